"""Both catalogues as a profile needs them: with what every order has, and with good guesses where none was read."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from sverka.domain.commerce.money import ZERO
from sverka.domain.commerce.order import Order
from sverka.domain.kind import Kind
from sverka.domain.mapping.field import Field, FieldType
from sverka.domain.mapping.new_record import places
from sverka.domain.mapping.order_fields import LOOKED_UP, order_fields
from sverka.domain.text import Text

ANY_PROPERTY = "property.*"
"""A store that cannot list its orders' properties names this key in its catalogue, and takes any of them."""

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)

_ORDER_FIELDS = {field.key: field for field in order_fields((), {})}

_OFFICE_TYPES: Mapping[str, FieldType] = {
    "title": FieldType.TEXT,
    "comments": FieldType.TEXT,
    "stageId": FieldType.CHOICE,
    "categoryId": FieldType.CHOICE,
    "sourceId": FieldType.CHOICE,
    "typeId": FieldType.CHOICE,
    "currencyId": FieldType.TEXT,
    "opportunity": FieldType.MONEY,
    "taxValue": FieldType.MONEY,
    "rows": FieldType.LINES,
    "assignedById": FieldType.PERSON,
    "begindate": FieldType.DATE,
    "closedate": FieldType.DATE,
    "createdTime": FieldType.DATETIME,
}


def order_keys() -> list[str]:
    """Return the keys that every order has, whatever its store."""
    return [*Order("", "", "", "", ZERO, _EPOCH, _EPOCH).fields(), *sorted(LOOKED_UP)]


class StoreSide:
    """What can be read from a store's orders, and written to them."""

    def __init__(self, fields: Sequence[Field] | None) -> None:
        """Take the store's catalogue; without one, every property is thought to exist and to be writable."""
        self.given = fields is not None
        self._fields = {field.key: field for field in fields or ()}
        for key in order_keys():
            self._fields.setdefault(key, self._usual(key))

    def find(self, key: str) -> Field | None:
        """Return the field, None where the orders have no such; a text with `{places}` is one where all of them are."""
        if named := places(key):
            known = all(self.find(place) for place in named)
            return Field(key, Text(key, key), writable=False) if known else None
        if key in self._fields:
            return self._fields[key]
        if key.startswith("attribution.") and key != "attribution.":
            return replace(self._usual(key), writable=False)
        if key.startswith("property.") and key != "property." and (not self.given or ANY_PROPERTY in self._fields):
            wild = self._fields.get(ANY_PROPERTY)
            return replace(wild, key=key) if wild else self._usual(key)
        return None

    def keys(self) -> list[str]:
        """Return the known keys, for sentences."""
        return [*self._fields]

    def lists(self, key: str) -> bool:
        """Tell whether the field's type is known, and not guessed from its name."""
        return key in self._fields

    def _usual(self, key: str) -> Field:
        usual = _ORDER_FIELDS.get(key) or Field(key, Text(key, key))
        return replace(usual, writable=not self.given)


class OfficeSide:
    """What a back office's records of one kind are made of."""

    def __init__(self, fields: Sequence[Field] | None, kind: Kind = Kind.DEAL) -> None:
        """Take the catalogue of all kinds; without one, any key is thought to exist."""
        self.given = fields is not None
        self.kind = kind
        self._all = fields
        mark = "" if kind is Kind.DEAL else f"{kind}:"
        mine = [(field.key.removeprefix(mark), field) for field in fields or () if field.key.startswith(mark)]
        self._fields = {key: replace(field, key=key) for key, field in mine if ":" not in key}

    @property
    def given_any(self) -> bool:
        """Whether the catalogue has any field of this kind."""
        return bool(self._fields)

    def of(self, kind: Kind) -> "OfficeSide":
        """Return what records of another kind are made of."""
        return OfficeSide(self._all, kind)

    def find(self, key: str) -> Field | None:
        """Return the field as the catalogue has it, None where it does not or was not read."""
        return self._fields.get(key)

    def like(self, key: str, partner: Field, *, chosen: bool) -> Field:
        """Return the field, or a guess: by its usual type, as a list if values are given, else as its partner."""
        found = self._fields.get(key)
        if found:
            return found
        usual = FieldType.CHOICE if chosen else partner.type
        return Field(key, Text(key, key), _OFFICE_TYPES.get(key, usual), many=partner.many)

    def keys(self) -> list[str]:
        """Return the known keys, for sentences."""
        return [*self._fields]
