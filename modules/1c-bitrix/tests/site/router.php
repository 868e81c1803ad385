<?php

// A site of stand-ins under PHP's own server: the module's endpoint as it is installed, REST from another server, and
// what people do in the shop.

require_once dirname(__DIR__) . '/kernel/boot.php';
require_once dirname(__DIR__) . '/kernel/site.php';

use Bitrix\Main\Application;
use Bitrix\Main\Config\Option;
use Bitrix\Sale\Order;

$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
if (strpos($path, '/bitrix/tools/') === 0) {
    return false;
}
$body = file_get_contents('php://input');
if (strpos($path, '/rest/') === 0) {
    $http = ['method' => 'POST', 'header' => 'Content-Type: application/json', 'content' => $body, 'ignore_errors' => true];
    $answer = file_get_contents(getenv('STAND_REST') . $path, false, stream_context_create(['http' => $http]));
    http_response_code((int)explode(' ', $http_response_header[0])[1]);
    header('Content-Type: application/json');
    echo $answer;
    return true;
}

$told = json_decode($body, true) ?: [];
$order = isset($told['id']) ? Order::load((int)$told['id']) : null;
switch ($path) {
    case '/shop/open':
        make_site($_SERVER['DOCUMENT_ROOT']);
        $done = module_installer()->DoInstall();
        break;
    case '/shop/settings':
        foreach ($told as $name => $value) {
            Option::set('sverka.orders', $name, $value);
        }
        $done = true;
        break;
    case '/shop/place':
        $order = new_order($told);
        $order->save();
        $done = $order->getId();
        break;
    case '/shop/edit':
        $order->setField($told['field'], $told['value']);
        $done = $order->save()->isSuccess();
        break;
    case '/shop/delete':
        $done = Order::delete((int)$told['id'])->isSuccess();
        break;
    case '/shop/order':
        $done = \Bitrix\Main\Loader::includeModule('sverka.orders') ? \Sverka\Orders\Snapshot::of($order) : null;
        break;
    case '/shop/waiting':
        $done = \Bitrix\Main\Loader::includeModule('sverka.orders') ? \Sverka\Orders\Outbox::waiting() : null;
        break;
    case '/shop/agents':
        // The agent, some time later.
        $done = \Bitrix\Main\Loader::includeModule('sverka.orders') && \Sverka\Orders\Delivery::run(time() + $told['later']);
        break;
    default:
        http_response_code(404);
        $done = false;
}
echo json_encode($done);
Application::getInstance()->terminate();
