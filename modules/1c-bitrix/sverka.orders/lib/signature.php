<?php

namespace Sverka\Orders;

/**
 * HMAC-SHA256 over what a message is for, its moment, its nonce and its body.
 *
 * The purpose is signed with the rest, so that what one side said can never be sent back to it as the other's words.
 */
final class Signature
{
    const BELL = 'bell';
    const CALL = 'call';
    const ANSWER = 'answer';
    const MARK = 'mark';

    /** How far two clocks may be apart, in seconds. */
    const WINDOW = 300;

    public static function of(string $purpose, string $secret, int $moment, string $nonce, string $body): string
    {
        return hash_hmac('sha256', "sverka/1 $purpose\n$moment\n$nonce\n$body", $secret);
    }

    /** Whether a message is signed with the secret, whenever it was; an unset secret signs nothing. */
    public static function isOurs(string $purpose, string $secret, Headers $headers, string $body): bool
    {
        if ($secret === '' || !preg_match('/^[0-9a-f]{32}$/D', $headers->nonce)) {
            return false;
        }
        $right = self::of($purpose, $secret, $headers->moment, $headers->nonce, $body);
        return hash_equals($right, $headers->signature);
    }

    public static function isFresh(Headers $headers, int $now): bool
    {
        return abs($now - $headers->moment) <= self::WINDOW;
    }
}
