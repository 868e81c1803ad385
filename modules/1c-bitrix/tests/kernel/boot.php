<?php

require_once __DIR__ . '/database.php';
require_once __DIR__ . '/main.php';
require_once __DIR__ . '/old.php';
require_once __DIR__ . '/sale.php';

date_default_timezone_set('Europe/Moscow');
$GLOBALS['APPLICATION'] = $APPLICATION = new CMain();
$GLOBALS['USER'] = $USER = new CUser();
$GLOBALS['DB'] = $DB = new CDatabase();
