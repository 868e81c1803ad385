"""What rings: notices received, sweeps, queues drained, what is tried again."""
