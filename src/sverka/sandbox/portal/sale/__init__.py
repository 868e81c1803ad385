"""Orders, baskets, payments and shipments behind the deals."""
