DROP TABLE IF EXISTS b_sverka_orders_outbox;
DROP TABLE IF EXISTS b_sverka_orders_nonce;
