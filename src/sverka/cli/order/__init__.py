"""Commands about one order, and about many."""
