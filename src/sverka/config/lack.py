"""What a profile names and a side lacks, as things to be made; and the fields a deal is usually given (R89, R112)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sverka.config.catalogue import StoreSide
from sverka.config.owners import Owner, owner_of
from sverka.config.schema import ProfileTable
from sverka.config.tables.fields import FieldTable
from sverka.domain.kind import Kind
from sverka.domain.mapping.by_name import folded
from sverka.domain.mapping.field import Field, FieldType
from sverka.domain.text import Text
from sverka.ports.furnish import NewField, NewStage

RECOMMENDED: Mapping[str, tuple[str, Text]] = {
    "order.number": ("UF_CRM_SHOP_NUMBER", Text("Order number", "Номер заказа")),
    "order.url": ("UF_CRM_SHOP_ORDER", Text("Order in the store", "Заказ в магазине")),
    "payment.method_name": ("UF_CRM_SHOP_PAYMENT", Text("Payment method", "Способ оплаты")),
    "payment.paid": ("UF_CRM_SHOP_PAID", Text("Paid", "Оплачен")),
    "payment.paid_at": ("UF_CRM_SHOP_PAID_AT", Text("Paid at", "Дата оплаты")),
    "delivery.method_name": ("UF_CRM_SHOP_DELIVERY", Text("Delivery", "Доставка")),
    "delivery.address": ("UF_CRM_SHOP_ADDRESS", Text("Delivery address", "Адрес доставки")),
    "delivery.track": ("UF_CRM_SHOP_TRACK", Text("Tracking number", "Трек-номер")),
    "coupons": ("UF_CRM_SHOP_COUPONS", Text("Coupons", "Купоны")),
    "comment.customer": ("UF_CRM_SHOP_COMMENT", Text("Customer's comment", "Комментарий покупателя")),
}
"""The field for each order field that a deal has no place for by itself; all of them go from the order to the deal."""


@dataclass
class Lack:
    """What is to be made: fields, options by field, stages, statuses by id; `by_hand` is what only a person can do.

    Fields are named as the catalogue of all kinds names them: `UF_…` of deals, `lead:UF_…`, `contact.UF_…`.
    """

    fields: list[NewField] = field(default_factory=list)
    options: dict[str, list[str]] = field(default_factory=dict)
    stages: list[NewStage] = field(default_factory=list)
    statuses: dict[str, str] = field(default_factory=dict)
    by_hand: list[Text] = field(default_factory=list)

    @property
    def is_nothing(self) -> bool:
        """Whether both sides have all that the profile names."""
        return not (self.fields or self.options or self.stages or self.statuses or self.by_hand)


def lack_of(table: ProfileTable, store_fields: Sequence[Field], office_fields: Sequence[Field]) -> Lack:
    """Return what the document names and the two catalogues do not have."""
    found = Lack()
    store = StoreSide(store_fields)
    office = {one.key: one for one in office_fields}
    rows = [(Kind.DEAL, table.fields)]
    rows += [(Kind.LEAD, table.lead.fields)] if table.lead and _has(office, Kind.LEAD) else []
    rows += [(Kind.INVOICE, table.invoice.fields)] if table.invoice and _has(office, Kind.INVOICE) else []
    for kind, some in rows:
        for name, row in some.items():
            ours = store.find(name)
            if ours is not None:
                _row(found, owner_of(row.to, kind), row, ours, office)
    _statuses(found, table, store, office.get("stageId"))
    return found


def _has(office: Mapping[str, Field], kind: Kind) -> bool:
    """Tell whether the portal shows any record of a kind; without one it has no place for fields of it."""
    return any(key.startswith(f"{kind}:") for key in office)


def _row(found: Lack, owner: Owner, row: FieldTable, ours: Field, office: Mapping[str, Field]) -> None:
    key = f"{owner.mark}{row.to}"
    theirs = office.get(key)
    if theirs is None and owner.makes(row.to):
        if row.values:
            found.by_hand.append(_numbered(owner, row.to))
        else:
            _field(found, key, ours, list(ours.options.values()) if row.by_name else [])
    elif theirs is None and owner.bare(row.to).startswith("UF_"):
        text = Text(
            f"field of {owner.words.en} {owner.bare(row.to)}: one the hub makes has a name that begins with "
            f"{owner.beginning}; change the row, or make the field by hand.",
            f"поле {owner.words.ru} {owner.bare(row.to)}: имя поля, которое создаёт хаб, начинается с "
            f"{owner.beginning}; измените строку или создайте поле вручную.",
        )
        found.by_hand.append(text)
    elif (
        theirs is not None and row.by_name and theirs.type is FieldType.CHOICE and owner.bare(row.to).startswith("UF_")
    ):
        known = {folded(name) for name in theirs.options.values()}
        pairs = row.values or {}
        names = [name for id_, name in ours.options.items() if id_ not in pairs and folded(name) not in known]
        if names:
            found.options[key] = names


def _numbered(owner: Owner, key: str) -> Text:
    name = owner.bare(key)
    return Text(
        f"field of {owner.words.en} {name}: `values` names options by their ids, which a new list does not have yet; "
        "make the list with `by_name = true`, or by hand.",
        f"поле {owner.words.ru} {name}: `values` называет варианты по номерам, которых у нового списка ещё нет; "
        "создайте список с `by_name = true` или вручную.",
    )


def _field(found: Lack, key: str, ours: Field, options: Sequence[str]) -> None:
    if any(one.key == key for one in found.fields):
        return
    type_ = ours.type
    if type_ is FieldType.CHOICE and not options:
        type_ = FieldType.TEXT
    found.fields.append(NewField(key, ours.label, type_, ours.many, tuple(options)))


def _statuses(found: Lack, table: ProfileTable, store: StoreSide, stage: Field | None) -> None:
    if table.status is None:
        return
    field_ = store.find("status")
    statuses = dict(field_.options) if field_ else {}
    stages = dict(stage.options) if stage else {}
    for row in table.status.map:
        name = statuses.get(row.status) or row.status
        if statuses and row.status not in statuses:
            found.statuses[row.status] = stages.get(row.stage[0]) or row.status
        for place, id_ in enumerate(row.stage):
            _stage(found, stages, NewStage(id_, name if place == 0 else _tail(id_)))
    for id_ in table.status.cancel:
        _stage(found, stages, NewStage(id_, _tail(id_), is_failure=True))


def _stage(found: Lack, stages: Mapping[str, str], new: NewStage) -> None:
    if stages and new.id not in stages and all(new.id != one.id for one in found.stages):
        found.stages.append(new)


def _tail(stage: str) -> str:
    return stage.rpartition(":")[2].removeprefix("UC_").replace("_", " ").capitalize()


def recommended(table: ProfileTable, store_fields: Sequence[Field]) -> dict[str, NewField]:
    """Return the recommended fields, by order field, that the document does not carry yet and the store has."""
    store = StoreSide(store_fields)
    taken = set(table.fields)
    return {
        key: NewField(name, label, ours.type if ours.type is not FieldType.CHOICE else FieldType.TEXT)
        for key, (name, label) in RECOMMENDED.items()
        if key not in taken and (ours := store.find(key)) is not None
    }


def with_rows(text: str, new: Mapping[str, NewField]) -> str:
    """Return a document with a row of `[fields]` for each new field, its own lines and comments as they are."""
    rows = [f'"{key}" = {{ to = "{one.key}", way = "->" }}' for key, one in new.items()]
    lines = text.split("\n")
    place = next((number for number, line in enumerate(lines) if line.strip() == "[fields]"), None)
    if place is None:
        return text.rstrip("\n") + "\n\n[fields]\n" + "\n".join(rows) + "\n"
    return "\n".join([*lines[: place + 1], *rows, *lines[place + 1 :]])
