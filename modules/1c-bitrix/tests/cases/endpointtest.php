<?php

use Bitrix\Main\Config\Option;
use Sverka\Orders\Endpoint;
use Sverka\Orders\Headers;
use Sverka\Orders\Signature;

final class EndpointTest extends SiteCase
{
    private function told(string $purpose, string $secret, string $body, int $moment): array
    {
        return $this->server(Headers::sign($purpose, $secret, $moment, $body));
    }

    public function testTheHubIsGreeted(): void
    {
        $said = $this->call(['do' => 'hello']);
        $this->same([200, '0.1.0', true, 0], [$said['status'], $said['module'], $said['hub'], $said['waiting']]);
    }

    public function testAStrangerLearnsNothing(): void
    {
        $body = '{"do":"hello"}';
        $wrong = str_repeat('x', 32);
        $this->refused(Endpoint::reply([], $body, time()), 401, 'forged');
        $this->refused(Endpoint::reply($this->told('call', $wrong, $body, time()), $body, time()), 401, 'forged');
        $this->refused(Endpoint::reply($this->told('bell', self::SECRET, $body, time()), $body, time()), 401, 'forged');
        $this->refused(Endpoint::reply($this->told('call', self::SECRET, $body, time()), $body . ' ', time()), 401, 'forged');
        $get = ['REQUEST_METHOD' => 'GET'] + $this->told('call', self::SECRET, $body, time());
        $this->refused(Endpoint::reply($get, $body, time()), 401, 'forged');
    }

    public function testAnUnsetSecretLetsNobodyIn(): void
    {
        Option::set('sverka.orders', 'secret', '');
        $body = '{"do":"hello"}';
        $this->refused(Endpoint::reply($this->told('call', '', $body, time()), $body, time()), 401, 'forged');
    }

    public function testANonceIsNoWayIntoTheDatabase(): void
    {
        $body = '{"do":"hello"}';
        $nonce = "'); DROP TABLE b_sverka_orders_nonce; --";
        $headers = new Headers(time(), $nonce, Signature::of('call', self::SECRET, time(), $nonce, $body));
        $this->refused(Endpoint::reply($this->server($headers), $body, time()), 401, 'forged');
    }

    public function testAnOldCallIsRefusedAndTheClockTold(): void
    {
        foreach ([-301, 301] as $apart) {
            $said = $this->call(['do' => 'hello'], time() + $apart);
            $this->same([401, 'clock'], [$said['status'], $said['error']]);
        }
        $this->same(200, $this->call(['do' => 'hello'], time() - 290)['status']);
    }

    public function testACallIsTakenOnce(): void
    {
        $body = '{"do":"hello"}';
        $server = $this->told('call', self::SECRET, $body, time());
        $this->same(200, Endpoint::reply($server, $body, time())->status);
        $this->refused(Endpoint::reply($server, $body, time()), 401, 'played again');
    }

    public function testACallThatIsTooLongIsNotRead(): void
    {
        $body = str_repeat(' ', Endpoint::LARGEST + 1);
        $this->refused(Endpoint::reply($this->told('call', self::SECRET, $body, time()), $body, time()), 413, 'too long');
    }

    public function testWhatIsNoCallIsSaidToBeNone(): void
    {
        foreach ([['do' => 'delete'], ['do' => 'snapshot', 'orders' => range(1, 51)], ['orders' => 5], ['do' => []]] as $asked) {
            $this->same(['error' => 'no such call', 'status' => 400], $this->call($asked));
        }
    }
}
