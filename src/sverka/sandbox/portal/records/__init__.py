"""Records and their fields: what a field takes, how it is filtered and answered, whatever the records are."""
