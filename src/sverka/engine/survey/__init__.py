"""What a wave sees of its orders before it writes, and what it makes of it."""
