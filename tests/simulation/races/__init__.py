"""Races of transactions: the real storage on a real database, statement by statement."""
