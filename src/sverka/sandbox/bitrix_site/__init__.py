"""A 1C-Bitrix "Управление сайтом" shop: REST `sale.*` behind an inbound webhook, and its order events."""

from sverka.sandbox.bitrix_site.catalogue import Catalogue
from sverka.sandbox.bitrix_site.server import BitrixSiteServer
from sverka.sandbox.bitrix_site.store import BEFORE_DELETE, SAVED, BitrixSiteStore

__all__ = ["BEFORE_DELETE", "SAVED", "BitrixSiteServer", "BitrixSiteStore", "Catalogue"]
