"""One module a revision, each standing on the one before it."""
