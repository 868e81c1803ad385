"""Contacts and companies of a portal: their ids, their fields, and how they are read, made and changed."""
