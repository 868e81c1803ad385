<?php

use Bitrix\Main\Application;
use Bitrix\Main\Config\Option;
use Bitrix\Sale\Order;
use Sverka\Orders\Headers;
use Sverka\Orders\Signature;

final class RecordTest extends SiteCase
{
    public function testASaveIsNotedAndNothingIsSentBeforeThePageEnds(): void
    {
        $id = $this->placed();
        $this->same((string)$id, (string)$this->rows()[0]['ORDER_ID']);
        $this->same([], $this->sent);
        $this->endHit();
        $this->same(1, count($this->sent));
        $this->same([], $this->rows());
    }

    public function testARolledBackSaveRingsNoBell(): void
    {
        Application::getConnection()->startTransaction();
        $this->placed();
        $this->same(true, count($this->rows()) > 0);
        Application::getConnection()->rollbackTransaction();
        $this->same([], $this->rows());
        $this->endHit();
        $this->same([], $this->sent);
    }

    public function testEveryOrderOfAHitIsToldOfOnce(): void
    {
        $ids = [$this->placed(), $this->placed(), $this->placed()];
        Order::load($ids[0])->save();
        $this->endHit();
        $this->same(1, count($this->sent));
        $told = json_decode($this->sent[0]['body'], true)['orders'];
        $this->same(array_map('strval', $ids), array_column($told, 'id'));
    }

    public function testADeletionIsToldOfAsSuch(): void
    {
        $id = $this->placed();
        $this->endHit();
        Order::delete($id);
        $this->endHit();
        $told = json_decode($this->sent[1]['body'], true)['orders'];
        $this->same([['id' => (string)$id, 'event' => 'deleted']], $told);
    }

    public function testADeletionThatFailedIsNoDeletion(): void
    {
        $id = $this->placed();
        $this->endHit();
        \Bitrix\Main\EventManager::send('sale', 'OnSaleOrderDeleted', ['ENTITY' => Order::load($id), 'VALUE' => false]);
        $this->same('saved', $this->rows()[0]['EVENT']);
    }

    public function testASaveThroughRestWithTheHubsMarkRingsNoBell(): void
    {
        $id = $this->placed();
        $this->endHit();
        $mark = Headers::sign(Signature::MARK, self::SECRET, time(), '');
        $_SERVER['HTTP_X_SVERKA_MARK'] = "{$mark->moment}.{$mark->nonce}.{$mark->signature}";
        Order::load($id)->save();
        $this->same([], $this->rows());
    }

    public function testAForgedOrOldMarkMutesNothing(): void
    {
        $old = Headers::sign(Signature::MARK, self::SECRET, time() - 301, '');
        $other = Headers::sign(Signature::MARK, str_repeat('x', 32), time(), '');
        $call = Headers::sign(Signature::CALL, self::SECRET, time(), '');
        foreach ([$old, $other, $call] as $mark) {
            $_SERVER['HTTP_X_SVERKA_MARK'] = "{$mark->moment}.{$mark->nonce}.{$mark->signature}";
            $before = count($this->rows());
            $this->placed();
            $this->same(true, count($this->rows()) > $before);
        }
        unset($_SERVER['HTTP_X_SVERKA_MARK']);
    }

    public function testAnOrderIsSavedThoughItsNoteCannotBe(): void
    {
        Application::getConnection()->queryExecute('DROP TABLE b_sverka_orders_outbox');
        $id = $this->placed();
        $this->same($id, Order::load($id)->getId());
        $this->same(true, count(Application::getInstance()->handler->log) > 0);
    }

    public function testWithoutAnAddressNothingIsNoted(): void
    {
        Option::set('sverka.orders', 'hub', '');
        $this->placed();
        $this->same([], $this->rows());
    }
}
