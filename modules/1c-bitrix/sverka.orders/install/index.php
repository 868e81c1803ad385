<?php

use Bitrix\Main\Config\Option;
use Bitrix\Main\EventManager;
use Bitrix\Main\Loader;
use Bitrix\Main\Localization\Loc;
use Sverka\Orders\Agent;
use Sverka\Orders\Recorder;

Loc::loadMessages(__FILE__);

/** Installs and removes the module; the name of the class is the vendor's rule for the id sverka.orders. */
class sverka_orders extends CModule
{
    public $MODULE_ID = 'sverka.orders';
    public $MODULE_VERSION;
    public $MODULE_VERSION_DATE;
    public $MODULE_NAME;
    public $MODULE_DESCRIPTION;
    public $PARTNER_NAME = 'sverka';
    public $PARTNER_URI = '';
    public $MODULE_GROUP_RIGHTS = 'N';

    public function __construct()
    {
        $arModuleVersion = [];
        include __DIR__ . '/version.php';
        $this->MODULE_VERSION = $arModuleVersion['VERSION'];
        $this->MODULE_VERSION_DATE = $arModuleVersion['VERSION_DATE'];
        $this->MODULE_NAME = Loc::getMessage('SVERKA_ORDERS_NAME');
        $this->MODULE_DESCRIPTION = Loc::getMessage('SVERKA_ORDERS_DESCRIPTION');
    }

    public function DoInstall()
    {
        $lack = $this->lack();
        if ($lack !== null) {
            $GLOBALS['APPLICATION']->ThrowException(Loc::getMessage($lack));
            return false;
        }
        if ($this->InstallDB() === false) {
            return false;
        }
        RegisterModule($this->MODULE_ID);
        Loader::includeModule($this->MODULE_ID);
        $this->InstallFiles();
        $this->InstallEvents();
        CAgent::AddAgent(Agent::CALL, $this->MODULE_ID, 'N', Agent::EVERY);
        return true;
    }

    public function DoUninstall()
    {
        Loader::includeModule($this->MODULE_ID);
        CAgent::RemoveModuleAgents($this->MODULE_ID);
        $this->UnInstallEvents();
        $this->UnInstallFiles();
        $this->UnInstallDB();
        Option::delete($this->MODULE_ID);
        UnRegisterModule($this->MODULE_ID);
        return true;
    }

    public function InstallDB()
    {
        return $this->sql('install.sql');
    }

    public function UnInstallDB()
    {
        return $this->sql('uninstall.sql');
    }

    public function InstallEvents()
    {
        foreach (Recorder::HEARD as $event => $method) {
            EventManager::getInstance()->registerEventHandler('sale', $event, $this->MODULE_ID, Recorder::class, $method);
        }
        return true;
    }

    public function UnInstallEvents()
    {
        foreach (Recorder::HEARD as $event => $method) {
            EventManager::getInstance()->unRegisterEventHandler('sale', $event, $this->MODULE_ID, Recorder::class, $method);
        }
        return true;
    }

    public function InstallFiles()
    {
        CopyDirFiles(__DIR__ . '/tools', $_SERVER['DOCUMENT_ROOT'] . '/bitrix/tools', true, true);
        return true;
    }

    public function UnInstallFiles()
    {
        DeleteDirFiles(__DIR__ . '/tools', $_SERVER['DOCUMENT_ROOT'] . '/bitrix/tools');
        return true;
    }

    private function lack()
    {
        if (PHP_VERSION_ID < 70400) {
            return 'SVERKA_ORDERS_OLD_PHP';
        }
        return IsModuleInstalled('sale') ? null : 'SVERKA_ORDERS_NO_SALE';
    }

    private function sql($name)
    {
        $errors = $GLOBALS['DB']->RunSQLBatch(__DIR__ . '/db/mysql/' . $name);
        if ($errors !== false) {
            $GLOBALS['APPLICATION']->ThrowException(implode('<br>', $errors));
            return false;
        }
        return true;
    }
}
