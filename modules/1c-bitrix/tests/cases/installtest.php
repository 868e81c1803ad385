<?php

use Bitrix\Main\Application;
use Bitrix\Main\Loader;
use Sverka\Orders\Agent;
use Sverka\Orders\Recorder;

final class InstallTest extends SiteCase
{
    private function count(string $table): int
    {
        return (int)Application::getConnection()->query("SELECT COUNT(*) AS CNT FROM $table")->fetch()['CNT'];
    }

    public function testEverythingIsPutInItsPlace(): void
    {
        $this->same(true, Loader::includeModule('sverka.orders'));
        $this->same(count(Recorder::HEARD), $this->count('handlers'));
        $agents = Application::getConnection()->query('SELECT * FROM agents')->fetchAll();
        $this->same([Agent::CALL, 'sverka.orders'], [$agents[0]['func'], $agents[0]['module']]);
        $this->same(true, is_file($this->root . '/bitrix/tools/sverka_orders.php'));
        $this->same([true, true, []], [$this->isThere('b_sverka_orders_outbox'), $this->isThere('b_sverka_orders_nonce'), $this->rows()]);
    }

    private function isThere(string $table): bool
    {
        try {
            Application::getConnection()->query("SELECT 1 FROM $table");
            return true;
        } catch (\Bitrix\Main\DB\SqlQueryException $error) {
            return false;
        }
    }

    public function testRemovalLeavesNothing(): void
    {
        $this->placed();
        $this->same(true, module_installer()->DoUninstall());
        $this->same([0, 0, 0], [$this->count('handlers'), $this->count('agents'), $this->count('options')]);
        $this->same(false, is_file($this->root . '/bitrix/tools/sverka_orders.php'));
        $this->same(false, IsModuleInstalled('sverka.orders'));
        foreach (['b_sverka_orders_outbox', 'b_sverka_orders_nonce'] as $table) {
            $this->same(false, $this->isThere($table));
        }
        $this->placed();
    }

    public function testWithoutTheShopItSaysWhatIsMissing(): void
    {
        module_installer()->DoUninstall();
        UnRegisterModule('sale');
        $this->same(false, module_installer()->DoInstall());
        $this->same(true, strpos($GLOBALS['APPLICATION']->error, 'sale') !== false);
        $this->same(false, IsModuleInstalled('sverka.orders'));
    }

    public function testBothLanguagesSayTheSameThings(): void
    {
        $module = dirname(__DIR__, 2) . '/sverka.orders';
        foreach (['options.php', 'install/index.php'] as $name) {
            $keys = [];
            foreach (['ru', 'en'] as $language) {
                $MESS = [];
                include "$module/lang/$language/$name";
                $keys[$language] = array_keys($MESS);
            }
            $this->same($keys['ru'], $keys['en']);
        }
    }
}
