<?php

namespace Sverka\Orders;

use Bitrix\Sale\Order;
use CFile;

/** An order's properties: as they are shown, and set one by one, the others untouched. */
final class Properties
{
    public static function of(Order $order): array
    {
        $rows = [];
        foreach ($order->getPropertyCollection() as $value) {
            if (!$value->getField('ID')) {
                // The kernel shows a default here that nobody has saved.
                continue;
            }
            $property = $value->getProperty();
            $held = ($property['TYPE'] ?? '') === 'FILE' ? self::files($value->getValue()) : $value->getValue();
            if ($held === null || $held === '' || $held === []) {
                continue;
            }
            $rows[] = [
                'id' => $value->getField('ID'),
                'code' => (string)$value->getField('CODE'),
                'name' => (string)$value->getField('NAME'),
                'orderPropsId' => (int)$value->getField('ORDER_PROPS_ID'),
                'value' => $held,
            ];
        }
        return $rows;
    }

    /** Sets the named properties (by id) and returns why some were not set, by id. Saves nothing. */
    public static function set(Order $order, array $values): array
    {
        $refused = [];
        $found = [];
        foreach ($order->getPropertyCollection() as $value) {
            $found[(int)$value->getField('ORDER_PROPS_ID')] = $value;
        }
        foreach ($values as $id => $told) {
            $value = $found[(int)$id] ?? null;
            if ($value === null) {
                $refused[$id] = 'absent';
            } elseif (in_array($value->getProperty()['TYPE'] ?? '', ['FILE', 'ADDRESS'], true)) {
                $refused[$id] = 'type';
            } elseif (!self::isTaken($value->checkValue($id, $told)) || !self::isTaken($value->setValue($told))) {
                $refused[$id] = 'refused';
            }
        }
        return $refused;
    }

    /** Whether the kernel takes a value; some versions return nothing of a setter. */
    public static function isTaken($result): bool
    {
        return !is_object($result) || !method_exists($result, 'isSuccess') || $result->isSuccess();
    }

    /** Returns one file or several, as the kernel holds them: by number, or with all that is known of them. */
    private static function files($held)
    {
        if (is_array($held) && !isset($held['ID'])) {
            return array_values(array_filter(array_map([self::class, 'file'], $held)));
        }
        return self::file($held);
    }

    private static function file($held): ?array
    {
        $id = (int)(is_array($held) ? ($held['ID'] ?? 0) : $held);
        $file = $id > 0 ? CFile::GetFileArray($id) : false;
        if (!is_array($file)) {
            return null;
        }
        return [
            'id' => (string)$id,
            'originalName' => (string)($file['ORIGINAL_NAME'] ?? ''),
            'fileSize' => (int)($file['FILE_SIZE'] ?? 0),
            'contentType' => (string)($file['CONTENT_TYPE'] ?? ''),
            'src' => (string)($file['SRC'] ?? ''),
        ];
    }
}
