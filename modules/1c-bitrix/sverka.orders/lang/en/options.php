<?php

$MESS['SVERKA_ORDERS_TAB'] = 'The hub';
$MESS['SVERKA_ORDERS_HUB'] = 'The hub\'s address for notices:';
$MESS['SVERKA_ORDERS_SECRET'] = 'Secret:';
$MESS['SVERKA_ORDERS_SECRET_SET'] = 'is set; leave empty to keep it';
$MESS['SVERKA_ORDERS_SECRET_UNSET'] = '32 characters or more, the same as in the hub';
$MESS['SVERKA_ORDERS_INSTANT'] = 'Tell at once, after the buyer has the page:';
$MESS['SVERKA_ORDERS_SLOW'] = 'This PHP cannot let the buyer go first: better leave it to the agent.';
$MESS['SVERKA_ORDERS_SAVE'] = 'Save';
$MESS['SVERKA_ORDERS_KEPT'] = 'The settings are saved.';
$MESS['SVERKA_ORDERS_WRONG_HUB'] = 'The hub\'s address must begin with https://; copy it from what `sverka connect` prints.';
$MESS['SVERKA_ORDERS_NO_SECRET'] = 'Set a secret: without one the hub cannot tell that it is this site that writes.';
$MESS['SVERKA_ORDERS_SHORT_SECRET'] = 'The secret has fewer than 32 characters; take a longer one.';
