<?php

namespace Sverka\Orders;

/** What a signed message carries beside its body. */
final class Headers
{
    public int $moment;
    public string $nonce;
    public string $signature;

    public function __construct(int $moment, string $nonce, string $signature)
    {
        $this->moment = $moment;
        $this->nonce = $nonce;
        $this->signature = $signature;
    }

    /** Reads them out of $_SERVER. */
    public static function ofCall(array $server): self
    {
        return new self(
            (int)($server['HTTP_X_SVERKA_TIMESTAMP'] ?? 0),
            (string)($server['HTTP_X_SVERKA_NONCE'] ?? ''),
            (string)($server['HTTP_X_SVERKA_SIGNATURE'] ?? '')
        );
    }

    /** Reads the mark of a save the hub makes through REST: three parts in one header. */
    public static function ofMark(array $server): self
    {
        $parts = explode('.', (string)($server['HTTP_X_SVERKA_MARK'] ?? ''));
        return new self((int)$parts[0], $parts[1] ?? '', $parts[2] ?? '');
    }

    /** Signs a body anew. */
    public static function sign(string $purpose, string $secret, int $moment, string $body): self
    {
        $nonce = bin2hex(random_bytes(16));
        return new self($moment, $nonce, Signature::of($purpose, $secret, $moment, $nonce, $body));
    }
}
