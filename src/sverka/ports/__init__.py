"""Protocols: what the engine asks of a store, a back office, the storage, a clock; whoever answers stands above."""
