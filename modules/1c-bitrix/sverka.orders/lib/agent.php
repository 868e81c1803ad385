<?php

namespace Sverka\Orders;

/** Delivers what could not be told right after the page. */
final class Agent
{
    const CALL = '\Sverka\Orders\Agent::run();';
    const EVERY = 60;

    /** At most this many messages a run, so that a run ends. */
    const ROUNDS = 10;

    public static function run(): string
    {
        $now = time();
        for ($round = 0; $round < self::ROUNDS && !Delivery::run($now); $round++) {
            continue;
        }
        Outbox::forget($now);
        Nonces::forget($now);
        return self::CALL;
    }
}
