"""What every sandbox store has in common: its HTTP shell, faults on demand, a request log and a webhook courier."""
