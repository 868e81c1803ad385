"""The proof: the real engine and the real storage under attack, by dice that can be thrown again."""
