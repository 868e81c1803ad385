"""Profiles as documents: their schema, their one checker, and the way from text to the domain's `Profile`."""
