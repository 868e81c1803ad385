<?php

final class SnapshotTest extends SiteCase
{
    private function shown(array $values = []): array
    {
        $id = $this->placed($values);
        return $this->call(['do' => 'snapshot', 'orders' => [$id]])['orders'][$id];
    }

    public function testAnOrderIsShownWholeInTheWordsOfRest(): void
    {
        $order = $this->shown();
        $this->same(['132', 's1', 'N', '', 1], [$order['accountNumber'], $order['lid'], $order['statusId'], $order['id1c'],
            $order['version']]);
        $this->same(date('c', strtotime($order['dateUpdate'])), $order['dateUpdate']);
        $item = $order['basketItems'][0];
        $this->same([150.55, 10, 'SALE10', 'синий'], [$item['price'], $item['discountPrice'], $item['discountCoupon'],
            $item['properties'][0]['value']]);
        $this->same(['Карта', 'N'], [$order['payments'][0]['paySystemName'], $order['payments'][0]['paid']]);
        $this->same(['Курьер', 11], [$order['shipments'][0]['deliveryName'], $order['shipments'][0]['shipmentItems'][0]['basketId']]);
        $this->same('bx_platform_1', $order['tradeBindings'][0]['tradingPlatformXmlId']);
    }

    public function testWhatRestDoesNotShowIsShown(): void
    {
        $order = $this->shown(['UTM_SOURCE' => 'yandex', 'LAYOUT' => [7, 8]]);
        $values = array_column($order['propertyValues'], 'value', 'code');
        $this->same(['SALE10', 'FRIEND'], $order['coupons']);
        $this->same('yandex', $values['UTM_SOURCE']);
        $this->same(['/upload/sale/7/layout.pdf', '/upload/sale/8/layout.pdf'], array_column($values['LAYOUT'], 'src'));
        $this->same("/bitrix/admin/sale_order_view.php?ID={$order['id']}&lang=ru", $order['adminUrl']);
    }

    public function testOneFileIsShownByItself(): void
    {
        $values = array_column($this->shown(['LAYOUT' => 7])['propertyValues'], 'value', 'code');
        $this->same(['7', 'layout.pdf', 2048], [$values['LAYOUT']['id'], $values['LAYOUT']['originalName'], $values['LAYOUT']['fileSize']]);
    }

    public function testADefaultThatNobodySavedIsNotShown(): void
    {
        $order = new_order(['CITY' => 'Тверь']);
        foreach ($order->getPropertyCollection() as $value) {
            $value->setField('ID', $value->getField('CODE') === 'CITY' ? null : $value->getField('ID'));
        }
        $order->save();
        $id = $order->getId();
        $shown = $this->call(['do' => 'snapshot', 'orders' => [$id]])['orders'][$id];
        $this->same(['FIO', 'EMAIL', 'PHONE'], array_column($shown['propertyValues'], 'code'));
    }

    public function testFieldsNobodyNamedStayOnTheSite(): void
    {
        $this->same(false, strpos(json_encode($this->shown()), 'not for the hub') !== false);
    }

    public function testWhereThereIsNoOrderNothingIsShown(): void
    {
        $id = $this->placed();
        $orders = $this->call(['do' => 'snapshot', 'orders' => [$id, 999, 'x']])['orders'];
        $this->same([true, null, null], [is_array($orders[$id]), $orders[999], $orders[0]]);
    }
}
