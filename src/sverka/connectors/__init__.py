"""One folder per outside system, each an island on the kit."""
