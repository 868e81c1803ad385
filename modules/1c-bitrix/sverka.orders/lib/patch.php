<?php

namespace Sverka\Orders;

use Bitrix\Sale\Order;

/** Sets what is named of an order and nothing else, if the order is still the one the hub has seen. */
final class Patch
{
    /** Fields that may be set, by their names in REST. */
    const FIELDS = [
        'comments' => 'COMMENTS',
        'userDescription' => 'USER_DESCRIPTION',
        'additionalInfo' => 'ADDITIONAL_INFO',
        'responsibleId' => 'RESPONSIBLE_ID',
    ];

    /**
     * Returns the order as it shows itself afterwards (`order`), what was not set and why (`refused`), and `error`
     * where nothing was: `gone`, `changed`, `not saved` with the kernel's `words`.
     */
    public static function apply(int $id, array $asked): array
    {
        $order = $id > 0 ? Order::load($id) : null;
        if ($order === null) {
            return ['error' => 'gone'];
        }
        $now = Snapshot::of($order);
        if (!self::isAsSeen($now, $asked['seen'] ?? null)) {
            return ['error' => 'changed', 'order' => $now];
        }
        $refused = self::set($order, $asked);
        $saved = Echoes::mute($id, [$order, 'save']);
        if (!$saved->isSuccess()) {
            $words = implode('; ', $saved->getErrorMessages());
            return ['error' => 'not saved', 'words' => $words, 'order' => Snapshot::ofId($id)];
        }
        return ['order' => Snapshot::ofId($id), 'refused' => (object)$refused];
    }

    private static function isAsSeen(array $now, $seen): bool
    {
        return is_array($seen)
            && (string)$now['version'] === (string)($seen['version'] ?? '')
            && (string)$now['dateUpdate'] === (string)($seen['dateUpdate'] ?? '');
    }

    /** Returns why some of it was not set, by property id or field name. */
    private static function set(Order $order, array $asked): array
    {
        $refused = Properties::set($order, is_array($asked['properties'] ?? null) ? $asked['properties'] : []);
        foreach (is_array($asked['fields'] ?? null) ? $asked['fields'] : [] as $name => $value) {
            if (!isset(self::FIELDS[$name]) || !is_scalar($value)) {
                $refused[$name] = 'absent';
            } elseif (!Properties::isTaken($order->setField(self::FIELDS[$name], $value))) {
                $refused[$name] = 'refused';
            }
        }
        return $refused;
    }
}
