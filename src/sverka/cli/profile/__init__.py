"""Commands about a profile, from its draft to its table."""
