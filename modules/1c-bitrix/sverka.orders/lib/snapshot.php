<?php

namespace Sverka\Orders;

use Bitrix\Main\Type\Date;
use Bitrix\Main\Type\DateTime;
use Bitrix\Sale\Internals\OrderCouponsTable;
use Bitrix\Sale\Order;
use Bitrix\Sale\TradingPlatformTable;

/** A whole order, named as `sale.order.get` names it, with what REST does not show: coupons, its page, files' addresses. */
final class Snapshot
{
    /** Returns an order, null where there is none. */
    public static function ofId(int $id): ?array
    {
        $order = $id > 0 ? Order::load($id) : null;
        return $order === null ? null : self::of($order);
    }

    public static function of(Order $order): array
    {
        $id = (int)$order->getId();
        return self::named($order->getFieldValues(), Fields::ORDER) + [
            'basketItems' => self::basket($order),
            'payments' => self::rows($order->getPaymentCollection(), Fields::PAYMENT),
            'shipments' => self::shipments($order),
            'propertyValues' => Properties::of($order),
            'tradeBindings' => self::bindings($order),
            'coupons' => self::coupons($id),
            'adminUrl' => "/bitrix/admin/sale_order_view.php?ID=$id&lang=ru",
        ];
    }

    /** Returns the values of these fields by their names in REST: `DATE_INSERT` is `dateInsert` there. */
    public static function named(array $values, array $fields): array
    {
        $named = [];
        foreach ($fields as $field) {
            $name = lcfirst(str_replace(' ', '', ucwords(str_replace('_', ' ', strtolower($field)))));
            $value = self::plain($values[$field] ?? null);
            $named[$name] = in_array($field, Fields::NUMBERS, true) ? self::number($value) : $value;
        }
        return $named;
    }

    private static function plain($value)
    {
        if ($value instanceof DateTime) {
            return $value->format('c');
        }
        return $value instanceof Date ? $value->format('Y-m-d') : $value;
    }

    /** Returns a number as it is written by people; what is none, as a discount of "10%", stays. */
    private static function number($value)
    {
        if (!is_numeric($value)) {
            return $value;
        }
        $exact = round((float)$value, 4);
        return $exact === floor($exact) && abs($exact) < 1e15 ? (int)$exact : $exact;
    }

    private static function rows(iterable $parts, array $fields): array
    {
        $rows = [];
        foreach ($parts as $part) {
            $rows[] = self::named($part->getFieldValues(), $fields);
        }
        return $rows;
    }

    private static function basket(Order $order): array
    {
        $rows = [];
        foreach ($order->getBasket() ?? [] as $item) {
            $row = self::named($item->getFieldValues(), Fields::BASKET_ITEM);
            $row['properties'] = self::rows($item->getPropertyCollection(), Fields::BASKET_PROPERTY);
            $rows[] = $row;
        }
        return $rows;
    }

    private static function shipments(Order $order): array
    {
        $rows = [];
        foreach ($order->getShipmentCollection() as $shipment) {
            $row = self::named($shipment->getFieldValues(), Fields::SHIPMENT);
            $row['shipmentItems'] = self::rows($shipment->getShipmentItemCollection(), Fields::SHIPMENT_ITEM);
            $rows[] = $row;
        }
        return $rows;
    }

    private static function bindings(Order $order): array
    {
        if (!method_exists($order, 'getTradeBindingCollection')) {
            return [];
        }
        $rows = [];
        foreach ($order->getTradeBindingCollection() as $binding) {
            $row = self::named($binding->getFieldValues(), Fields::TRADE_BINDING);
            $row['tradingPlatformXmlId'] = self::platform((int)$row['tradingPlatformId']);
            $rows[] = $row;
        }
        return $rows;
    }

    private static function platform(int $id): ?string
    {
        $found = TradingPlatformTable::getList(['select' => ['XML_ID'], 'filter' => ['=ID' => $id]])->fetch();
        return $found ? (string)$found['XML_ID'] : null;
    }

    private static function coupons(int $id): array
    {
        $found = OrderCouponsTable::getList(['select' => ['COUPON'], 'filter' => ['=ORDER_ID' => $id]]);
        return array_values(array_unique(array_column($found->fetchAll(), 'COUPON')));
    }
}
