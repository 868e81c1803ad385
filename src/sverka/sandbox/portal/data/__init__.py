"""Records in a file: a portal's data as JSON, written by hand, taken from a portal, or in the classic UPPER_CASE form.

`load` puts them into a portal and fires no events; `dump` gives a whole portal back, which `load` then restores to the
letter.
"""

from sverka.sandbox.portal.data.dumping import dump
from sverka.sandbox.portal.data.loading import Loaded, load
from sverka.sandbox.portal.data.problems import DataError

__all__ = ["DataError", "Loaded", "dump", "load"]
