"""What can be wrong with each table of a profile, in sentences."""
