<?php

use Bitrix\Main\Application;
use Bitrix\Main\Config\Option;
use Bitrix\Main\Web\HttpClient;
use Bitrix\Main\Web\Json;
use Sverka\Orders\Endpoint;
use Sverka\Orders\Headers;
use Sverka\Orders\Reply;
use Sverka\Orders\Signature;

/** A test in a site of its own, where the module is installed and set; what goes to the hub is caught. */
abstract class SiteCase
{
    const SECRET = '0123456789abcdef0123456789abcdef';
    const HUB = 'https://hub.example/hooks/site/key';

    protected string $root;
    /** What was sent to the hub. */
    protected array $sent = [];
    /** The hub's answer. */
    protected int $status = 200;

    public function run(string $method): ?string
    {
        $this->root = sys_get_temp_dir() . '/sverka-php-' . bin2hex(random_bytes(6));
        mkdir($this->root);
        $_SERVER['DOCUMENT_ROOT'] = $this->root;
        $this->nextHit();
        make_site($this->root);
        HttpClient::$instead = function ($url, $headers, $body, $options) {
            $this->sent[] = ['url' => $url, 'headers' => $headers, 'body' => $body, 'options' => $options];
            return $this->status;
        };
        try {
            $this->prepare();
            $this->$method();
            return null;
        } catch (Throwable $error) {
            return get_class($error) . ': ' . $error->getMessage() . ' at ' . basename($error->getFile()) . ':' . $error->getLine();
        } finally {
            remove_site($this->root);
        }
    }

    protected function prepare(): void
    {
        $this->same(true, module_installer()->DoInstall());
        Option::set('sverka.orders', 'hub', self::HUB);
        Option::set('sverka.orders', 'secret', self::SECRET);
        Option::set('sverka.orders', 'instant', 'Y');
    }

    protected function nextHit(): void
    {
        unset($_SERVER['HTTP_X_SVERKA_MARK']);
        Application::again();
    }

    protected function endHit(): void
    {
        Application::getInstance()->terminate();
        $this->same([], Application::getInstance()->handler->log);
    }

    protected function placed(array $values = []): int
    {
        $order = new_order($values);
        $order->save();
        return $order->getId();
    }

    /** Returns what the outbox holds. */
    protected function rows(): array
    {
        return Application::getConnection()->query('SELECT * FROM b_sverka_orders_outbox ORDER BY ID')->fetchAll();
    }

    /** Calls the endpoint as the hub does, and checks that the answer is signed. */
    protected function call(array $asked, ?int $moment = null): array
    {
        $body = Json::encode($asked);
        $headers = Headers::sign(Signature::CALL, self::SECRET, $moment ?? time(), $body);
        $reply = Endpoint::reply($this->server($headers), $body, time());
        $said = "{$reply->status}\n{$reply->body}";
        $this->same(Signature::of('answer', self::SECRET, $headers->moment, $headers->nonce, $said), $reply->signature);
        return Json::decode($reply->body) + ['status' => $reply->status];
    }

    protected function server(Headers $headers): array
    {
        return ['REQUEST_METHOD' => 'POST', 'HTTP_X_SVERKA_TIMESTAMP' => (string)$headers->moment,
            'HTTP_X_SVERKA_NONCE' => $headers->nonce, 'HTTP_X_SVERKA_SIGNATURE' => $headers->signature];
    }

    protected function refused(Reply $reply, int $status, string $error): void
    {
        $this->same([$status, ['error' => $error], ''], [$reply->status, Json::decode($reply->body), $reply->signature]);
    }

    protected function same($wanted, $found): void
    {
        if ($wanted !== $found) {
            throw new LogicException('wanted ' . var_export($wanted, true) . ', found ' . var_export($found, true));
        }
    }
}
