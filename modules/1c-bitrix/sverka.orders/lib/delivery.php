<?php

namespace Sverka\Orders;

use Bitrix\Main\Application;
use Bitrix\Main\Web\HttpClient;
use Bitrix\Main\Web\Json;
use Throwable;

/** Tells the hub which orders changed: their ids and no more, for the hub reads them itself. */
final class Delivery
{
    /** How many rows go at once. */
    const LIMIT = 100;

    /** At most this many messages at a time, so that it ends. */
    const ROUNDS = 10;

    /** Seconds to wait for the hub. */
    const PATIENCE = 5;

    private static bool $isArranged = false;

    /** Sees to it that the hub is told once the buyer has the page; where PHP cannot do that the agent does it. */
    public static function afterThisPage(): void
    {
        if (!self::$isArranged && Settings::isInstant()) {
            self::$isArranged = true;
            Application::getInstance()->addBackgroundJob([self::class, 'quietly']);
        }
    }

    /** Delivers; what goes wrong ends in the site's log. */
    public static function quietly(): void
    {
        self::$isArranged = false;
        try {
            self::all();
        } catch (Throwable $error) {
            Application::getInstance()->getExceptionHandler()->writeToLog($error);
        }
    }

    /** Delivers what is due, and what is noted meanwhile by hits that found it taken. */
    public static function all(): void
    {
        for ($round = 0; $round < self::ROUNDS && !self::run(time()); $round++) {
            continue;
        }
    }

    /** Tells the hub of the oldest rows; true where there is nothing to tell now. */
    public static function run(int $now): bool
    {
        if (Settings::hub() === '' || !Settings::isReady()) {
            return true;
        }
        $rows = Outbox::due($now, self::LIMIT);
        if ($rows === [] || !Outbox::take($rows, $now)) {
            return true;
        }
        if (!self::post(Settings::hub(), self::body($rows), $now)) {
            Outbox::failed($rows, $now);
            return true;
        }
        Outbox::done($rows);
        return false;
    }

    /** Returns the message: each order once, with the last that happened to it. */
    private static function body(array $rows): string
    {
        $orders = [];
        foreach ($rows as $row) {
            $orders[(int)$row['ORDER_ID']] = ['id' => (string)$row['ORDER_ID'], 'event' => (string)$row['EVENT']];
        }
        return Json::encode(['v' => 1, 'orders' => array_values($orders)]);
    }

    private static function post(string $hub, string $body, int $now): bool
    {
        $client = new HttpClient([
            'redirect' => false,
            'socketTimeout' => self::PATIENCE,
            'streamTimeout' => self::PATIENCE,
        ]);
        $headers = Headers::sign(Signature::BELL, Settings::secret(), $now, $body);
        $client->setHeader('Content-Type', 'application/json');
        $client->setHeader('X-Sverka-Timestamp', (string)$headers->moment);
        $client->setHeader('X-Sverka-Nonce', $headers->nonce);
        $client->setHeader('X-Sverka-Signature', $headers->signature);
        $client->post($hub, $body);
        $status = (int)$client->getStatus();
        return $status >= 200 && $status < 300;
    }
}
