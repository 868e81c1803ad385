"""Outside systems as real HTTP servers on loopback, with their limits and bad manners; needs nothing of the hub."""
