"""Sverka keeps an online store's orders and a back office's records in step, both ways."""
