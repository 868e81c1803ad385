<?php

namespace Sverka\Orders;

/** Knows the saves that the hub itself makes: it reads what came of them in the same request, so no bell rings. */
final class Echoes
{
    private static int $muted = 0;

    /** Runs $save with no bell for this order; other orders that are saved meanwhile are told of. */
    public static function mute(int $order, callable $save)
    {
        $before = self::$muted;
        self::$muted = $order;
        try {
            return $save();
        } finally {
            self::$muted = $before;
        }
    }

    /** Whether a save is the hub's: a patch of its own, or a REST request that carries its signed mark. */
    public static function isOurs(int $order, array $server, int $now): bool
    {
        if (self::$muted === $order) {
            return true;
        }
        if (!isset($server['HTTP_X_SVERKA_MARK'])) {
            return false;
        }
        $mark = Headers::ofMark($server);
        return Signature::isFresh($mark, $now) && Signature::isOurs(Signature::MARK, Settings::secret(), $mark, '');
    }
}
