"""How one system's fields answer to another's: catalogue, converters, status map, routing, profile."""
