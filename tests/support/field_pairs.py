"""A shop with properties of every type, a portal with fields of every type, and a profile that joins them all."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from support.http_world import PRINT, SITE, HttpWorld
from sverka.domain.ids import OrderRef
from sverka.sandbox.portal.crm.fields import DEAL


class Pair(NamedTuple):
    """A property's type, a field's type, and two values as each side keeps them: the buyer's and a manager's."""

    property: str
    field: str
    ours: tuple[Any, Any]
    theirs: tuple[Any, Any]


LETTERS = "Первая строка\nвторая: «ёлочки», 100 % & <b>…</b> 🎈"
PAIRS: Mapping[str, Pair] = {
    "STRING_STRING": Pair("STRING", "string", (LETTERS, "новый текст"), (LETTERS, "новый текст")),
    "STRING_URL": Pair(
        "STRING",
        "url",
        ("https://shop.test/макет?id=1", "https://cloud.test/2"),
        ("https://shop.test/макет?id=1", "https://cloud.test/2"),
    ),
    "NUMBER_MONEY": Pair("NUMBER", "money", ("1234.50", "-0.01"), ("1234.50|RUB", "-0.01|RUB")),
    "NUMBER_NUMBER": Pair("NUMBER", "double", ("-12.375", "1000000"), (Decimal("-12.375"), Decimal(1000000))),
    "NUMBER_WHOLE": Pair("NUMBER", "integer", ("7", "-8"), (7, -8)),
    "DATE_DATE": Pair("DATE", "date", ("31.12.2026", "01.03.2026"), (date(2026, 12, 31), date(2026, 3, 1))),
    "FLAG_FLAG": Pair("Y/N", "boolean", ("Y", "N"), ("Y", "N")),
    "ENUM_LIST": Pair("ENUM", "enumeration", ("glossy", "matte"), ("Глянец", "Мат")),
}


def _second(pair: Pair, values: tuple[Any, Any]) -> list[Any]:
    """Return what the values become: in another order, and of a list, whose options have none, one of them."""
    return [values[1]] if pair.property == "ENUM" else list(reversed(values))


SEVERAL: Mapping[str, Pair] = {
    f"{name}S": Pair(
        pair.property,
        pair.field,
        (list(pair.ours), _second(pair, pair.ours)),
        (list(pair.theirs), _second(pair, pair.theirs)),
    )
    for name, pair in PAIRS.items()
    if pair.property != "Y/N"
}
"""The same of several values each, their order and count kept; there are no several yes and no."""

EVERY = {**PAIRS, **SEVERAL}
NAMES = {"glossy": "Глянцевая", "matte": "Матовая"}


def add_property(world: HttpWorld, code: str, kind: str, *, many: bool = False) -> None:
    """Have the shop's people add a property for private buyers; an enumeration gets two kinds of paper."""
    catalogue = world.site.store.catalogue
    number = 100 + len(catalogue.properties)
    row = {**catalogue.properties[5], "id": number, "code": code, "name": f"Свойство {code}", "type": kind}
    catalogue.properties.append({**row, "multiple": "Y" if many else "N", "personTypeId": 1})
    if kind == "ENUM":
        row = catalogue.variants[0]
        for value, name in NAMES.items():
            catalogue.variants.append({**row, "value": value, "name": name, "orderPropsId": number})


def furnish(world: HttpWorld, pairs: Mapping[str, Pair]) -> str:
    """Add properties and fields, and return the rows of `[fields]` that join them both ways."""
    rows = []
    for name, pair in pairs.items():
        many = name in SEVERAL
        add_property(world, name, pair.property, many=many)
        options = ["Глянец", "Мат"] if pair.field == "enumeration" else None
        field = world.portal.add_field(DEAL, name, pair.field, multiple=many, options=options)
        values = {value: field.options[place].id for place, value in enumerate(NAMES)} if options else {}
        joined = ", ".join(f'{ours} = "{theirs}"' for ours, theirs in values.items())
        more = f", values = {{ {joined} }}" if values else ""
        rows.append(f'"property.{name}" = {{ to = "UF_CRM_{name}", way = "<->"{more} }}')
    return "\n".join(rows)


def joined(world: HttpWorld, rows: str, document: str = PRINT) -> str:
    """Put a document with more rows of `[fields]` in force, with both catalogues read anew."""
    world.learn()
    text = f"{document}\n{rows}\n"
    world.apply(text)
    return text


def raw(world: HttpWorld, order: OrderRef, code: str) -> Any:
    """Return what the shop keeps in a property of an order, None where it keeps nothing."""
    values: Sequence[Mapping[str, Any]] = world.site.store.order(int(order.id))["propertyValues"]
    return next((row["value"] for row in values if row["code"] == code), None)


def shown(world: HttpWorld, order: OrderRef, name: str) -> Any:
    """Return what the portal keeps in a field of an order's deal, an option as its name."""
    held = world.deal(order).get(f"UF_CRM_{name}")
    fields = world.portal.core.state.user_fields.values()
    field = next(one for one in fields if one.field_name == f"UF_CRM_{name}")
    names = {option.id: option.value for option in field.options}
    return [names.get(one, one) for one in held] if isinstance(held, list) else names.get(held, held)


def entered(world: HttpWorld, name: str, value: Any) -> Any:
    """Return a value as a manager enters it: an option by its number."""
    fields = world.portal.core.state.user_fields.values()
    field = next(one for one in fields if one.field_name == f"UF_CRM_{name}")
    numbers = {option.value: option.id for option in field.options}
    given = [numbers.get(one, one) for one in value] if isinstance(value, list) else numbers.get(value, value)
    return [_typed(one) for one in given] if isinstance(given, list) else _typed(given)


def _typed(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else str(value)


def site_order(world: HttpWorld, **properties: Any) -> OrderRef:
    """Have a customer place an order with these properties."""
    return world.order(SITE, properties=properties)
