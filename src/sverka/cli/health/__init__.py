"""Commands that say how the hub is: status, report, doctor."""
