<?php

namespace Sverka\Orders;

use Bitrix\Main\Web\Json;

/** An answer to the hub: its status and its JSON. */
final class Reply
{
    public int $status;
    public string $body;

    /** The signature by which the hub knows that the module itself speaks, and not a cache or an error page. */
    public string $signature = '';

    public function __construct(int $status, array $data)
    {
        $this->status = $status;
        $this->body = Json::encode($data);
    }

    public function signed(string $secret, Headers $call): self
    {
        $said = "{$this->status}\n{$this->body}";
        $this->signature = Signature::of(Signature::ANSWER, $secret, $call->moment, $call->nonce, $said);
        return $this;
    }
}
