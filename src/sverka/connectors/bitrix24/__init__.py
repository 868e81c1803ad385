"""A Bitrix24 portal: deals, contacts, stages and rows, by webhooks or by a local application."""

from sverka.connectors.bitrix24.connector import AppPortal, Bitrix24, connect

__all__ = ["AppPortal", "Bitrix24", "connect"]
