<?php

$MESS['SVERKA_ORDERS_NAME'] = 'sverka: заказы для Битрикс24';
$MESS['SVERKA_ORDERS_DESCRIPTION'] = 'Сообщает хабу sverka об изменениях заказов и показывает их целиком.';
$MESS['SVERKA_ORDERS_NO_SALE'] = 'Нужен модуль «Интернет-магазин» (sale): установите его сначала.';
$MESS['SVERKA_ORDERS_OLD_PHP'] = 'Нужен PHP 7.4 или новее.';
