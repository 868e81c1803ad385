<?php

use Bitrix\Main\Application;
use Bitrix\Main\Config\Option;
use Sverka\Orders\Agent;
use Sverka\Orders\Delivery;
use Sverka\Orders\Headers;
use Sverka\Orders\Outbox;
use Sverka\Orders\Signature;

final class DeliveryTest extends SiteCase
{
    public function testAMessageIsSignedAndCarriesNoSecretAndNoData(): void
    {
        $this->placed();
        $this->endHit();
        $sent = $this->sent[0];
        $headers = new Headers((int)$sent['headers']['X-Sverka-Timestamp'], $sent['headers']['X-Sverka-Nonce'],
            $sent['headers']['X-Sverka-Signature']);
        $this->same(self::HUB, $sent['url']);
        $this->same(true, Signature::isOurs(Signature::BELL, self::SECRET, $headers, $sent['body']));
        $this->same(false, Signature::isOurs(Signature::BELL, self::SECRET, $headers, $sent['body'] . ' '));
        $this->same(false, Signature::isOurs(Signature::CALL, self::SECRET, $headers, $sent['body']));
        $this->same(false, strpos(json_encode($sent), self::SECRET) !== false);
        $this->same(false, strpos($sent['body'], 'ivan@example.test') !== false);
        $this->same([false, 5], [$sent['options']['redirect'], $sent['options']['streamTimeout']]);
    }

    public function testWhileTheHubIsOutOfReachNoPageTriesIt(): void
    {
        $this->status = 503;
        $this->placed();
        $this->endHit();
        $this->same(1, count($this->sent));
        $this->placed();
        $this->endHit();
        $this->same(1, count($this->sent));
        $this->status = 200;
        Delivery::run(time() + 61);
        $this->same(2, count($this->sent));
        $this->same([], $this->rows());
    }

    public function testTriesGrowRarerUpToAnHour(): void
    {
        $this->same([60, 120, 240, 3600, 3600], array_map([Outbox::class, 'wait'], [1, 2, 3, 7, 40]));
        $this->status = 0;
        $this->placed();
        $now = time();
        Delivery::run($now);
        Delivery::run($now + 60);
        $this->same(['2', (string)($now + 180)], [(string)$this->rows()[0]['TRIES'], (string)$this->rows()[0]['NEXT_AT']]);
    }

    public function testARedirectIsNoDelivery(): void
    {
        $this->status = 302;
        $this->placed();
        $this->endHit();
        $this->same(true, count($this->rows()) > 0);
    }

    public function testTheAgentDeliversWhereThePageMayNot(): void
    {
        Option::set('sverka.orders', 'instant', 'N');
        $this->placed();
        $this->endHit();
        $this->same([], $this->sent);
        CAgent::CheckAgents();
        $this->same(1, count($this->sent));
        $agents = Application::getConnection()->query('SELECT * FROM agents')->fetchAll();
        $this->same([Agent::CALL], array_column($agents, 'call'));
    }

    public function testAMassImportGoesInSeveralMessages(): void
    {
        for ($number = 0; $number < 3 * Delivery::LIMIT; $number++) {
            Outbox::add($number + 1, 'saved', time());
        }
        Agent::run();
        $this->same([3, []], [count($this->sent), $this->rows()]);
    }

    public function testWhatNobodyTakesForThreeDaysIsDropped(): void
    {
        $this->status = 500;
        Outbox::add(1, 'saved', time() - Outbox::KEPT - 10);
        Outbox::add(2, 'saved', time());
        Agent::run();
        $this->same(['2'], array_map('strval', array_column($this->rows(), 'ORDER_ID')));
    }
}
