"""Lives of the hub: the real engine in a world of bad manners, step by step, judged by an oracle."""
