<?php

use Bitrix\Main\Application;
use Bitrix\Main\Config\Option;
use Bitrix\Main\Web\HttpClient;
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

    public function testWhileOneHitTellsNoOtherWaitsForTheHubAndNothingIsForgotten(): void
    {
        HttpClient::$instead = function ($url, $headers, $body) {
            $this->sent[] = $body;
            if (count($this->sent) === 1) {
                Outbox::add(77, 'saved', time());
                $rows = Application::getConnection()->query('SELECT * FROM b_sverka_orders_outbox')->fetchAll();
                $this->same(true, Delivery::run(time()));
                $this->same(false, Outbox::take([$rows[0]], time()));
            }
            return 200;
        };
        $this->placed();
        $this->endHit();
        $this->same([2, '77'], [count($this->sent), json_decode($this->sent[1], true)['orders'][0]['id']]);
        $this->same([], $this->rows());
    }

    public function testWhatADeadHitHadTakenIsTakenUp(): void
    {
        $this->placed();
        $now = time();
        $this->same(true, Outbox::take($this->rows(), $now));
        Delivery::run($now + Outbox::TAKEN - 1);
        $this->same(0, count($this->sent));
        Delivery::run($now + Outbox::TAKEN);
        $this->same(1, count($this->sent));
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
        $this->same([Agent::CALL], array_column($agents, 'func'));
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
