<?php

$MESS['SVERKA_ORDERS_NAME'] = 'sverka: orders for Bitrix24';
$MESS['SVERKA_ORDERS_DESCRIPTION'] = 'Tells the sverka hub of changed orders and shows them whole.';
$MESS['SVERKA_ORDERS_NO_SALE'] = 'The module "sale" (e-Store) is needed: install it first.';
$MESS['SVERKA_ORDERS_OLD_PHP'] = 'PHP 7.4 or newer is needed.';
