<?php

namespace Sverka\Orders;

use Bitrix\Main\Application;
use Bitrix\Main\DB\SqlQueryException;

/** Remembers calls for as long as they could be played again. */
final class Nonces
{
    const TABLE = 'b_sverka_orders_nonce';

    /** Takes a nonce of 32 hexadecimal digits; false where it was used already. */
    public static function take(string $nonce, int $now): bool
    {
        try {
            Application::getConnection()->queryExecute(
                'INSERT INTO ' . self::TABLE . " (NONCE, SEEN_AT) VALUES ('$nonce', $now)"
            );
            return true;
        } catch (SqlQueryException $error) {
            if (self::isKnown($nonce)) {
                return false;
            }
            throw $error;
        }
    }

    /** Drops what no clock within the window could play again. */
    public static function forget(int $now): void
    {
        $old = $now - 2 * Signature::WINDOW - 1;
        Application::getConnection()->queryExecute('DELETE FROM ' . self::TABLE . " WHERE SEEN_AT < $old");
    }

    private static function isKnown(string $nonce): bool
    {
        $found = Application::getConnection()->query('SELECT NONCE FROM ' . self::TABLE . " WHERE NONCE = '$nonce'");
        return $found->fetch() !== false;
    }
}
