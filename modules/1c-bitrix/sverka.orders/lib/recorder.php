<?php

namespace Sverka\Orders;

use Bitrix\Main\Application;
use Bitrix\Main\Event;
use Bitrix\Sale\OrderBase;
use Throwable;

/** Hears what the shop does and notes which order it concerns. */
final class Recorder
{
    const SAVED = 'saved';
    const DELETED = 'deleted';

    /** Events of the module sale, and who hears them. What is told twice is delivered once. */
    const HEARD = [
        'OnSaleOrderSaved' => 'onOrder',
        'OnSaleStatusOrderChange' => 'onOrder',
        'OnSaleOrderPaid' => 'onOrder',
        'OnSaleOrderCanceled' => 'onOrder',
        'OnSalePaymentEntitySaved' => 'onPart',
        'OnSaleShipmentEntitySaved' => 'onPart',
        'OnShipmentTrackingNumberChange' => 'onPart',
        'OnSaleOrderDeleted' => 'onDelete',
    ];

    public static function onOrder(Event $event): void
    {
        $order = $event->getParameter('ENTITY');
        if ($order instanceof OrderBase) {
            self::note((int)$order->getId(), self::SAVED);
        }
    }

    /** Hears of a payment or a shipment. */
    public static function onPart(Event $event): void
    {
        $part = $event->getParameter('ENTITY');
        $all = is_object($part) && method_exists($part, 'getCollection') ? $part->getCollection() : null;
        $order = $all === null ? null : $all->getOrder();
        if ($order instanceof OrderBase) {
            self::note((int)$order->getId(), self::SAVED);
        }
    }

    public static function onDelete(Event $event): void
    {
        $order = $event->getParameter('ENTITY');
        if ($order instanceof OrderBase) {
            // VALUE tells whether the row is really gone.
            self::note((int)$order->getId(), $event->getParameter('VALUE') === false ? self::SAVED : self::DELETED);
        }
    }

    /** Nothing that goes wrong here may cost the shop its order, so it ends in the site's log. */
    private static function note(int $order, string $event): void
    {
        try {
            $now = time();
            if ($order <= 0 || Settings::hub() === '' || Echoes::isOurs($order, $_SERVER, $now)) {
                return;
            }
            Outbox::add($order, $event, $now);
            Delivery::afterThisPage();
        } catch (Throwable $error) {
            Application::getInstance()->getExceptionHandler()->writeToLog($error);
        }
    }
}
