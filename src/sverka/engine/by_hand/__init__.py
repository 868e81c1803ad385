"""What an operator asks of the hub: a preview, a statement, a choice, an import, a restored database."""
