<?php

use Bitrix\Main\Config\Option;
use Bitrix\Main\Localization\Loc;
use Sverka\Orders\Settings;

final class SettingsTest extends SiteCase
{
    private function page(array $post = [], bool $isAdmin = true): string
    {
        defined('B_PROLOG_INCLUDED') || define('B_PROLOG_INCLUDED', true);
        defined('LANGUAGE_ID') || define('LANGUAGE_ID', 'ru');
        $APPLICATION = $GLOBALS['APPLICATION'];
        $USER = new CUser();
        $USER->isAdmin = $isAdmin;
        $_POST = $post;
        $_SERVER['REQUEST_METHOD'] = $post === [] ? 'GET' : 'POST';
        ob_start();
        try {
            include dirname(__DIR__, 2) . '/sverka.orders/options.php';
            return (string)ob_get_contents();
        } finally {
            ob_end_clean();
        }
    }

    public function testTheSecretIsNeverPrinted(): void
    {
        $page = $this->page();
        $this->same([true, false], [strpos($page, self::HUB) !== false, strpos($page, self::SECRET) !== false]);
        $page = $this->page(['sverka' => 'Y', 'sessid' => 'right', 'hub' => '', 'secret' => self::SECRET . 'new']);
        $this->same(false, strpos($page, self::SECRET) !== false);
        $this->same(self::SECRET . 'new', Settings::secret());
    }

    public function testAnEmptySecretKeepsTheOneThatIsSet(): void
    {
        $this->page(['sverka' => 'Y', 'sessid' => 'right', 'hub' => 'https://other.example/', 'secret' => '']);
        $this->same(['https://other.example/', self::SECRET], [Settings::hub(), Settings::secret()]);
    }

    public function testWhatIsWrongIsSaidAndNothingKept(): void
    {
        $page = $this->page(['sverka' => 'Y', 'sessid' => 'right', 'hub' => 'http://hub.example/', 'secret' => 'short']);
        Loc::loadMessages(dirname(__DIR__, 2) . '/sverka.orders/options.php');
        foreach (['WRONG_HUB', 'SHORT_SECRET'] as $code) {
            $this->same(true, strpos($page, Loc::getMessage("SVERKA_ORDERS_$code")) !== false);
        }
        $this->same([self::HUB, self::SECRET], [Settings::hub(), Settings::secret()]);
        Option::set('sverka.orders', 'secret', '');
        $this->same(['NO_SECRET'], Settings::keep(['hub' => '']));
    }

    public function testAFormFromElsewhereAndAnotherUserChangeNothing(): void
    {
        $form = ['sverka' => 'Y', 'hub' => 'https://evil.example/', 'secret' => str_repeat('e', 40)];
        $this->page($form + ['sessid' => 'wrong']);
        $this->same('', $this->page($form + ['sessid' => 'right'], false));
        $this->same([self::HUB, self::SECRET], [Settings::hub(), Settings::secret()]);
    }

    public function testAnAddressIsShownAsText(): void
    {
        $page = $this->page(['sverka' => 'Y', 'sessid' => 'right', 'hub' => '"><script>', 'secret' => '']);
        $this->same(false, strpos($page, '<script>') !== false);
    }
}
