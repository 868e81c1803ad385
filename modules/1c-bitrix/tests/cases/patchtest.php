<?php

use Bitrix\Sale\Order;

final class PatchTest extends SiteCase
{
    private function patched(int $id, array $changes, ?array $seen = null): array
    {
        $shown = $this->call(['do' => 'snapshot', 'orders' => [$id]])['orders'][$id];
        $seen = $seen ?? ['version' => $shown['version'], 'dateUpdate' => $shown['dateUpdate']];
        return $this->call(['do' => 'patch', 'orders' => [['id' => $id, 'seen' => $seen] + $changes]])['orders'][$id];
    }

    public function testOnlyWhatIsNamedIsSetAndShownAfterwards(): void
    {
        $id = $this->placed(['CITY' => 'Тверь', 'LAYOUT' => 7]);
        $done = $this->patched($id, ['properties' => [4 => 'Москва'], 'fields' => ['comments' => 'Срочно']]);
        $values = array_column($done['order']['propertyValues'], 'value', 'code');
        $this->same([[], 'Срочно', 'Москва', 'Иванов Иван', '7'], [$done['refused'], $done['order']['comments'],
            $values['CITY'], $values['FIO'], $values['LAYOUT']['id']]);
    }

    public function testTheHubsOwnSaveRingsNoBellAndTheNextOneDoes(): void
    {
        $id = $this->placed();
        $this->endHit();
        $this->patched($id, ['properties' => [4 => 'Москва']]);
        $this->same([], $this->rows());
        Order::load($id)->save();
        $this->same(true, count($this->rows()) > 0);
    }

    public function testAnOrderThatChangedMeanwhileIsNotTouched(): void
    {
        $id = $this->placed();
        foreach ([['version' => 0, 'dateUpdate' => ''], []] as $seen) {
            $done = $this->patched($id, ['fields' => ['comments' => 'late']], $seen);
            $this->same(['changed', ''], [$done['error'], $done['order']['comments']]);
        }
        $this->same('', Order::load($id)->getField('COMMENTS'));
    }

    public function testWhatCannotBeSetIsNamedAndTheRestIsSet(): void
    {
        $id = $this->placed();
        $done = $this->patched($id, ['properties' => [9 => 'x', 99 => 'x', 4 => 'Москва'],
            'fields' => ['price' => 1, 'comments' => ['x'], 'userDescription' => 'Позвоните']]);
        $refused = [9 => 'type', 99 => 'absent', 'price' => 'absent', 'comments' => 'absent'];
        $this->same($refused, $done['refused']);
        $this->same(['Позвоните', 751.65], [$done['order']['userDescription'], $done['order']['price']]);
    }

    public function testAValueTheKernelDoesNotTakeIsNamed(): void
    {
        $id = $this->placed(['CITY' => 'Тверь']);
        $done = $this->patched($id, ['properties' => [4 => 'NO', 1 => 'Ким Анна'], 'fields' => ['comments' => 'NO']]);
        $values = array_column($done['order']['propertyValues'], 'value', 'code');
        $this->same([4 => 'refused', 'comments' => 'refused'], $done['refused']);
        $this->same(['Тверь', 'Ким Анна'], [$values['CITY'], $values['FIO']]);
    }

    public function testARefusalOfTheKernelIsToldInItsWords(): void
    {
        $id = $this->placed();
        $done = $this->patched($id, ['fields' => ['comments' => 'REFUSE ME']]);
        $this->same(['not saved', 'The comment is refused', ''], [$done['error'], $done['words'], $done['order']['comments']]);
    }

    public function testOneThatIsGoneSpoilsNoOther(): void
    {
        $id = $this->placed();
        $seen = $this->call(['do' => 'snapshot', 'orders' => [$id]])['orders'][$id];
        $patches = [['id' => 999], ['id' => $id, 'seen' => $seen, 'fields' => ['comments' => 'Да']], 'nonsense'];
        $done = $this->call(['do' => 'patch', 'orders' => $patches])['orders'];
        $this->same(['gone', 'Да'], [$done[999]['error'], $done[$id]['order']['comments']]);
    }
}
