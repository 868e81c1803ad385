"""Requests to a portal: its doors, its budget, the form of its parameters, its problems."""
