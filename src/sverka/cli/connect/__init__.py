"""Commands about connections: a portal, a store, and what is asked for them."""
