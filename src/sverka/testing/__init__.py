"""The contracts of the ports, as test classes to inherit: a connector proves itself by passing them.

A subclass gives a pytest fixture `hands`: the connector, and a person's hands on the system behind it. Beside them
stands `sverka.testing.plugin`, fixtures for tests of anything that talks to a Bitrix24 portal.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sverka.testing.backoffice_contract import BackOfficeContract, BackOfficeHands
    from sverka.testing.store_contract import StoreContract, StoreHands

__all__ = ["BackOfficeContract", "BackOfficeHands", "StoreContract", "StoreHands"]

_MODULES = {
    "BackOfficeContract": "backoffice_contract",
    "BackOfficeHands": "backoffice_contract",
    "StoreContract": "store_contract",
    "StoreHands": "store_contract",
}


def __getattr__(name: str) -> Any:
    # looked up late: pytest loads the plugin, and with it this package, at the start of every run
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
