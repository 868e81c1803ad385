"""The contracts of the ports, as test classes to inherit: a connector proves itself by passing them.

A subclass gives a pytest fixture `hands`: the connector, and a person's hands on the system behind it.
"""

from sverka.testing.backoffice_contract import BackOfficeContract, BackOfficeHands
from sverka.testing.store_contract import StoreContract, StoreHands

__all__ = ["BackOfficeContract", "BackOfficeHands", "StoreContract", "StoreHands"]
