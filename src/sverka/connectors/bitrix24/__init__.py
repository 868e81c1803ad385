"""A Bitrix24 portal: deals, contacts, stages and rows, by an incoming and an outgoing webhook."""

from sverka.connectors.bitrix24.connector import Bitrix24, connect

__all__ = ["Bitrix24", "connect"]
