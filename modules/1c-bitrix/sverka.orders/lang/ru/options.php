<?php

$MESS['SVERKA_ORDERS_TAB'] = 'Связь с хабом';
$MESS['SVERKA_ORDERS_HUB'] = 'Адрес хаба для уведомлений:';
$MESS['SVERKA_ORDERS_SECRET'] = 'Секрет:';
$MESS['SVERKA_ORDERS_SECRET_SET'] = 'задан; оставьте пустым, чтобы не менять';
$MESS['SVERKA_ORDERS_SECRET_UNSET'] = 'не короче 32 знаков, тот же, что в хабе';
$MESS['SVERKA_ORDERS_INSTANT'] = 'Сообщать сразу после ответа покупателю:';
$MESS['SVERKA_ORDERS_SLOW'] = 'Этот PHP не умеет отпустить покупателя до отправки: лучше оставить агенту.';
$MESS['SVERKA_ORDERS_SAVE'] = 'Сохранить';
$MESS['SVERKA_ORDERS_KEPT'] = 'Настройки сохранены.';
$MESS['SVERKA_ORDERS_WRONG_HUB'] = 'Адрес хаба должен начинаться с https://; скопируйте его из вывода `sverka connect`.';
$MESS['SVERKA_ORDERS_NO_SECRET'] = 'Задайте секрет: без него хабу нечем проверить, что пишет этот сайт.';
$MESS['SVERKA_ORDERS_SHORT_SECRET'] = 'Секрет короче 32 знаков; возьмите длиннее.';
