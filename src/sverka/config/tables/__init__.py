"""The tables of a profile document, one kind of them a file."""
