"""What only applications have: their tokens, events and placements."""
