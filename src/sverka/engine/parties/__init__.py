"""The people and firms of orders: matched, given to deals, and who answers for them."""
