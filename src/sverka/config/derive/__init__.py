"""The mappings and facets that the tables of a document imply."""
