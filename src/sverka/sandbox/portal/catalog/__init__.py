"""The catalogue: products, offers, sections, prices, properties."""
