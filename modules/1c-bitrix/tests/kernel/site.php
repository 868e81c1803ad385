<?php

use Bitrix\Sale\Order;

/** Makes a site in an empty folder: the module lies in it, `main` and `sale` are installed, and nothing else. */
function make_site(string $root): void
{
    foreach (['bitrix/modules/main/include', 'bitrix/tools'] as $folder) {
        mkdir("$root/$folder", 0777, true);
    }
    symlink(dirname(__DIR__, 2) . '/sverka.orders', "$root/bitrix/modules/sverka.orders");
    $boot = var_export(__DIR__ . '/boot.php', true);
    file_put_contents("$root/bitrix/modules/main/include/prolog_before.php", "<?php require_once $boot;");
    $end = '<?php \Bitrix\Main\Application::getInstance()->terminate();';
    file_put_contents("$root/bitrix/modules/main/include/epilog_after.php", $end);
    $_SERVER['DOCUMENT_ROOT'] = $root;
    RegisterModule('main');
    RegisterModule('sale');
}

function remove_site(string $root): void
{
    \Bitrix\Main\Application::getConnection()->drop();
    $found = new RecursiveDirectoryIterator($root, FilesystemIterator::SKIP_DOTS);
    foreach (new RecursiveIteratorIterator($found, RecursiveIteratorIterator::CHILD_FIRST) as $path) {
        $path->isDir() && !$path->isLink() ? rmdir($path) : unlink($path);
    }
    rmdir($root);
}

function module_installer(): sverka_orders
{
    require_once dirname(__DIR__, 2) . '/sverka.orders/install/index.php';
    return new sverka_orders();
}

/** Returns a new order of a buyer, not saved: goods, a payment, a shipment, properties of several types. */
function new_order(array $values = []): Order
{
    $properties = [];
    $told = ['FIO' => 'Иванов Иван', 'EMAIL' => 'ivan@example.test', 'PHONE' => '8 (999) 000-00-01'];
    $kinds = [1 => 'FIO', 2 => 'EMAIL', 3 => 'PHONE', 4 => 'CITY', 9 => 'LAYOUT', 50 => 'UTM_SOURCE'];
    foreach ($kinds as $id => $code) {
        $properties[] = [
            'fields' => ['ID' => 100 + $id, 'CODE' => $code, 'NAME' => $code, 'ORDER_PROPS_ID' => $id],
            'property' => ['TYPE' => $code === 'LAYOUT' ? 'FILE' : 'STRING'],
            'value' => $values[$code] ?? $told[$code] ?? null,
        ];
    }
    $now = date('c');
    $item = ['ID' => 11, 'NAME' => 'Визитки', 'PRICE' => '150.5500', 'BASE_PRICE' => 160.549999999999983, 'DISCOUNT_PRICE' => 10,
        'QUANTITY' => '3.0000', 'DISCOUNT_VALUE' => '10%', 'WEIGHT' => null, 'CURRENCY' => 'RUB', 'VAT_RATE' => 0.2, 'VAT_INCLUDED' => 'Y', 'PRODUCT_ID' => 7,
        'DISCOUNT_COUPON' => 'SALE10', 'SECRET_FIELD' => 'not for the hub'];
    return new Order([
        'fields' => ['ACCOUNT_NUMBER' => '132', 'LID' => 's1', 'PERSON_TYPE_ID' => 1, 'USER_ID' => 1, 'CURRENCY' => 'RUB',
            'STATUS_ID' => 'N', 'PRICE' => 751.65, 'CANCELED' => 'N', 'COMMENTS' => '', 'DATE_INSERT' => $now,
            'DATE_UPDATE' => $now, 'XML_ID' => 'bx_1', 'ID_1C' => ''],
        'basket' => [['fields' => $item, 'props' => [['fields' => ['CODE' => 'COLOR', 'NAME' => 'Цвет', 'VALUE' => 'синий']]]]],
        'payments' => [['fields' => ['ID' => 21, 'PAY_SYSTEM_ID' => 1, 'PAY_SYSTEM_NAME' => 'Карта', 'SUM' => 751.65,
            'CURRENCY' => 'RUB', 'PAID' => 'N']]],
        'shipments' => [['fields' => ['ID' => 31, 'DELIVERY_ID' => 2, 'DELIVERY_NAME' => 'Курьер', 'STATUS_ID' => 'DN',
            'PRICE_DELIVERY' => 300, 'ALLOW_DELIVERY' => 'N', 'DEDUCTED' => 'N', 'SYSTEM' => 'N', 'TRACKING_NUMBER' => ''],
            'items' => [['fields' => ['ID' => 41, 'BASKET_ID' => 11, 'QUANTITY' => 3]]]]],
        'properties' => $properties,
        'bindings' => [['fields' => ['ID' => 51, 'TRADING_PLATFORM_ID' => 1]]],
        'coupons' => ['SALE10', 'FRIEND'],
    ]);
}
