"""What `[new_order]` has an order born with, where its store can be told it: the deal's client and its rows (R8)."""

from collections.abc import Iterator

from sverka.config.catalogue import StoreSide
from sverka.config.derive.customer import reachable
from sverka.config.derive.lines import layout_of
from sverka.config.schema import ProfileTable
from sverka.config.tables.customer import CustomerTable
from sverka.config.tables.deal import NewOrderTable
from sverka.domain.mapping.convert import LineItems, Plain
from sverka.domain.mapping.field import FieldType
from sverka.domain.mapping.field_mapping import FieldMapping, Way, WriteMode
from sverka.ports.backoffice import ROW_PRODUCTS

_NAME = {"customer.first_name": "contact.name", "customer.last_name": "contact.last_name"}
_FULL_NAME = {"customer.name": "contact.full_name"}
_REST = {"customer.phone": "contact.phone", "customer.email": "contact.email", "company.name": "company.title"}


def given(table: ProfileTable, new_order: NewOrderTable, store: StoreSide) -> Iterator[FieldMapping]:
    """Yield the mappings an order is born by; a store that takes a name in two parts is not told it whole."""
    if new_order.client:
        parts = all(_takes(store, key) for key in _NAME)
        for key, there in {**(_NAME if parts else _FULL_NAME), **_REST}.items():
            if _takes(store, key):
                yield _client(key, there, table.customer)
    in_step = table.deal.lines != "none" and table.deal.lines_way is not Way.TO_OFFICE
    if new_order.lines and not in_step and _takes(store, "lines"):
        yield FieldMapping(
            key="new_order.lines",
            store_field="lines",
            office_field="rows",
            way=Way.TO_STORE,
            write=WriteMode.IF_NEW,
            converter=LineItems(layout_of(table.deal)),
            office_type=FieldType.LINES,
            store_type=FieldType.LINES,
            heavy=True,
            beside=(ROW_PRODUCTS,),
        )


def _client(key: str, there: str, customer: CustomerTable) -> FieldMapping:
    # A buyer is reached under whatever kind of number his contact has.
    reach = reachable(there, customer.model_copy(update={"other_kinds": "use"}))
    return FieldMapping(
        key=f"new_order.{key}",
        store_field=key,
        office_field=there,
        way=Way.TO_STORE,
        write=WriteMode.IF_NEW,
        converter=reach or Plain(),
        ignore_unmapped=True,
    )


def _takes(store: StoreSide, key: str) -> bool:
    field = store.find(key)
    return field is not None and field.writable
