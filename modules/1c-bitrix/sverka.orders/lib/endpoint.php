<?php

namespace Sverka\Orders;

use Bitrix\Main\Application;
use Bitrix\Main\Web\Json;
use Throwable;

/** Answers the hub's calls: `hello`, `snapshot` of orders, `patch` of some of their properties and texts. */
final class Endpoint
{
    /** The largest call, in bytes. */
    const LARGEST = 1048576;

    /** The most orders in one call. */
    const ORDERS = 50;

    /** Answers the request this PHP was started for. */
    public static function serve(): void
    {
        $body = (string)file_get_contents('php://input', false, null, 0, self::LARGEST + 1);
        try {
            $reply = self::reply($_SERVER, $body, time());
        } catch (Throwable $error) {
            Application::getInstance()->getExceptionHandler()->writeToLog($error);
            $reply = new Reply(500, ['error' => 'broken']);
        }
        // Whatever was printed meanwhile, a warning of PHP say, would spoil the signed answer.
        while (ob_get_level() > 0) {
            ob_end_clean();
        }
        http_response_code($reply->status);
        header('Content-Type: application/json; charset=utf-8');
        header('Cache-Control: no-store');
        if ($reply->signature !== '') {
            header("X-Sverka-Signature: {$reply->signature}");
        }
        echo $reply->body;
    }

    /** Judges a call and answers it; who is not the hub learns nothing. */
    public static function reply(array $server, string $body, int $now): Reply
    {
        if (strlen($body) > self::LARGEST) {
            return new Reply(413, ['error' => 'too long']);
        }
        $secret = Settings::secret();
        $call = Headers::ofCall($server);
        if (($server['REQUEST_METHOD'] ?? '') !== 'POST' || !Signature::isOurs(Signature::CALL, $secret, $call, $body)) {
            return new Reply(401, ['error' => 'forged']);
        }
        if (!Signature::isFresh($call, $now)) {
            return (new Reply(401, ['error' => 'clock', 'now' => $now]))->signed($secret, $call);
        }
        if (!Nonces::take($call->nonce, $now)) {
            return new Reply(401, ['error' => 'played again']);
        }
        return self::perform($body, $now)->signed($secret, $call);
    }

    private static function perform(string $body, int $now): Reply
    {
        try {
            $asked = Json::decode($body);
        } catch (Throwable $error) {
            $asked = null;
        }
        $orders = is_array($asked) ? ($asked['orders'] ?? []) : null;
        if (!is_array($orders) || count($orders) > self::ORDERS) {
            return new Reply(400, ['error' => 'no such call']);
        }
        switch ($asked['do'] ?? '') {
            case 'hello':
                return new Reply(200, self::hello($now));
            case 'snapshot':
                return new Reply(200, ['orders' => (object)self::shown($orders)]);
            case 'patch':
                return new Reply(200, ['orders' => (object)self::patched($orders)]);
        }
        return new Reply(400, ['error' => 'no such call']);
    }

    private static function hello(int $now): array
    {
        $arModuleVersion = [];
        include __DIR__ . '/../install/version.php';
        return [
            'module' => $arModuleVersion['VERSION'],
            'kernel' => defined('SM_VERSION') ? SM_VERSION : '',
            'hub' => Settings::hub() !== '',
            'waiting' => Outbox::waiting(),
            'now' => $now,
        ];
    }

    private static function shown(array $ids): array
    {
        $shown = [];
        foreach ($ids as $id) {
            $shown[(int)$id] = Snapshot::ofId((int)$id);
        }
        return $shown;
    }

    private static function patched(array $patches): array
    {
        $done = [];
        foreach ($patches as $patch) {
            $id = (int)($patch['id'] ?? 0);
            $done[$id] = Patch::apply($id, is_array($patch) ? $patch : []);
        }
        return $done;
    }
}
