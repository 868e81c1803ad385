"""What a wave does: makes, writes, settles, and stops itself."""
