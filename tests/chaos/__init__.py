"""Real processes killed at random while orders are edited on both sides; see run.py."""
