<?php

namespace Sverka\Orders;

use Bitrix\Main\Config\Option;

/** What the administrator has set. The secret is handed to the signature alone and printed nowhere. */
final class Settings
{
    const MODULE = 'sverka.orders';
    const SHORTEST_SECRET = 32;

    /** The hub's address for notices, empty where none is set. */
    public static function hub(): string
    {
        return (string)Option::get(self::MODULE, 'hub', '');
    }

    public static function secret(): string
    {
        return (string)Option::get(self::MODULE, 'secret', '');
    }

    /** Whether orders are to be told of and the hub may call. */
    public static function isReady(): bool
    {
        return self::secret() !== '';
    }

    /** Whether to tell right after the page, and not by the agent alone. */
    public static function isInstant(): bool
    {
        return Option::get(self::MODULE, 'instant', self::canAnswerFirst() ? 'Y' : 'N') === 'Y';
    }

    /** Whether this PHP can let the buyer go before it works on. */
    public static function canAnswerFirst(): bool
    {
        return function_exists('fastcgi_finish_request') || function_exists('litespeed_finish_request');
    }

    /**
     * Keeps what a form says and returns the codes of what is wrong with it; nothing is kept then.
     *
     * An empty secret leaves the one that is set.
     */
    public static function keep(array $form): array
    {
        $hub = trim((string)($form['hub'] ?? ''));
        $secret = trim((string)($form['secret'] ?? ''));
        $wrong = array_merge(self::wrongHub($hub), self::wrongSecret($secret));
        if ($wrong === []) {
            Option::set(self::MODULE, 'hub', $hub);
            Option::set(self::MODULE, 'instant', ($form['instant'] ?? 'N') === 'Y' ? 'Y' : 'N');
            if ($secret !== '') {
                Option::set(self::MODULE, 'secret', $secret);
            }
        }
        return $wrong;
    }

    private static function wrongHub(string $hub): array
    {
        if ($hub === '') {
            return [];
        }
        $parts = parse_url($hub);
        $local = in_array($parts['host'] ?? '', ['127.0.0.1', 'localhost'], true);
        $scheme = $parts['scheme'] ?? '';
        $good = isset($parts['host']) && ($scheme === 'https' || ($scheme === 'http' && $local));
        return $good ? [] : ['WRONG_HUB'];
    }

    private static function wrongSecret(string $secret): array
    {
        if ($secret === '') {
            return self::isReady() ? [] : ['NO_SECRET'];
        }
        return strlen($secret) < self::SHORTEST_SECRET ? ['SHORT_SECRET'] : [];
    }
}
