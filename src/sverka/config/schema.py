"""The profile document, schema 1: every table and key it may have. Unknown keys are errors, types are exact."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from sverka.domain.mapping.field_mapping import Policy, Way, WriteMode
from sverka.domain.text import Text


def refusal(text: Text) -> PydanticCustomError:
    """Return an error that carries a sentence in both languages to whoever translates pydantic's errors."""
    return PydanticCustomError("sentence", "{en}", {"en": text.en, "ru": text.ru})


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise refusal(Text("must be a number, without quotes.", "должно быть числом, без кавычек."))
    return value


def _create(value: Any) -> Any:
    if value == "lead":
        raise refusal(
            Text(
                "the hub cannot make leads yet; use `contact` or `none`.",
                "хаб пока не умеет создавать лиды; укажите `contact` или `none`.",
            )
        )
    return value


Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=64)]
"""A name of a profile or a connection; it becomes part of the origin written into records, so it has no slash."""

Filled = Annotated[str, StringConstraints(min_length=1)]
Number = Annotated[Decimal, Strict(False), BeforeValidator(_number)]
Count = Annotated[int, Field(ge=1)]
LaxWay = Annotated[Way, Strict(False)]
LaxPolicy = Annotated[Policy, Strict(False)]
LaxMode = Annotated[WriteMode, Strict(False)]


class Table(BaseModel):
    """What all tables share: exact types and no keys but the named ones."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=False)


def _texts(value: Any) -> Any:
    """Let a lone value stand for a list of one, and flags and whole numbers for the texts routes compare with."""
    items = value if isinstance(value, list) else [value]
    return [_plain(item) for item in items]


def _plain(item: Any) -> Any:
    if isinstance(item, bool):
        return "Y" if item else "N"
    return str(item) if isinstance(item, int) else item


Texts = Annotated[list[Filled], Field(min_length=1), BeforeValidator(_texts)]


class ConditionTable(Table):
    """What one order field must satisfy. A lone value or a list is short for `is`, which means any of them."""

    is_: Texts | None = Field(default=None, alias="is")
    not_: Texts | None = Field(default=None, alias="not")
    contains: Texts | None = None
    at_least: Number | None = None
    at_most: Number | None = None

    @model_validator(mode="before")
    @classmethod
    def short_form(cls, value: Any) -> Any:
        """Read `"x"` and `["x", "y"]` as the full table."""
        return value if isinstance(value, dict) else {"is": value}

    @model_validator(mode="after")
    def says_something(self) -> "ConditionTable":
        """Refuse a condition without a word in it, and bounds that nothing lies between."""
        if not self.model_fields_set:
            raise refusal(Text("the condition is empty.", "условие пустое."))
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise refusal(
                Text(
                    "`at_least` is above `at_most`: no order can match.",
                    "`at_least` больше, чем `at_most`: ни один заказ не подойдёт.",
                )
            )
        return self


class WhenTable(Table):
    """Which orders the profile takes: conditions by order field, all of which must hold."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)
    __pydantic_extra__: dict[str, ConditionTable]

    also: bool = False

    @property
    def conditions(self) -> dict[str, ConditionTable]:
        """The conditions by order field."""
        return self.__pydantic_extra__


def _person(value: Any) -> Any:
    """Read an employee's id, given as a number or a text."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str) and value:
        return value
    raise refusal(
        Text("must be an employee's id, such as 9.", "должно быть номером сотрудника, например 9."),
    )


Person = Annotated[str, BeforeValidator(_person)]


class ResponsibleTable(Table):
    """Who answers for a new record; a lone id is short for `else`."""

    from_: Literal["contact"] | None = Field(default=None, alias="from")
    else_: Person = Field(default="", alias="else")

    @model_validator(mode="before")
    @classmethod
    def short_form(cls, value: Any) -> Any:
        """Read `9` as `{ else = 9 }`."""
        return value if isinstance(value, dict) else {"else": value}


class DealTable(Table):
    """What a new deal looks like, and which parts of the money go into it."""

    pipeline: Filled = "0"
    title: Filled = "{order.number}"
    responsible: ResponsibleTable = Field(default_factory=lambda: ResponsibleTable.model_validate({}))
    lines: Literal["products", "one_line", "none"] = "products"
    delivery: Literal["line", "field"] = "line"
    source: str = ""
    begin_date: bool = True
    amount: bool = True


class NewOrderTable(Table):
    """Which deals opened by hand become orders: those that stand in one of these stages."""

    stages: list[Filled] = Field(min_length=1)


class CustomerTable(Table):
    """How buyers are recognised and what is made of unknown ones."""

    match: list[Literal["phone", "email"]] = Field(default=["phone", "email"], min_length=1)
    create: Annotated[Literal["contact", "none"], BeforeValidator(_create)] = "contact"
    fields: dict[Literal["name", "phone", "email", "company"], LaxMode] = Field(default_factory=dict)


class StatusRowTable(Table):
    """One status and the stages that mean it; the first is the one the hub sets."""

    status: Filled
    stage: list[Filled] = Field(min_length=1)
    back: bool = False


class StatusTable(Table):
    """Statuses and stages. `way` is for stores that cannot be told a status: they need `->`."""

    policy: LaxPolicy = Policy.ASK
    unmapped: Literal["hold", "ignore"] = "hold"
    way: LaxWay = Way.BOTH
    map: list[StatusRowTable] = Field(default_factory=list)
    cancel: list[Filled] = Field(default_factory=list)


class FieldTable(Table):
    """One order field kept in step with one field of the back office. Without a way it only goes to the office."""

    to: Filled
    way: LaxWay = Way.TO_OFFICE
    policy: LaxPolicy = Policy.ASK
    write: LaxMode = WriteMode.OVERWRITE
    values: dict[str, Filled] | None = Field(default=None, min_length=1)


class BrakesTable(Table):
    """When the profile stops by itself."""

    writes_per_wave: Count = 500
    same_value_writes: Count = 4
    window_minutes: Count = 10
    on_deal_deleted: Literal["release", "recreate", "cancel_order"] = "release"


class ProfileTable(Table):
    """The whole document."""

    schema_: Literal[1] = Field(alias="schema")
    profile: Name
    store: Name
    portal: Name
    when: WhenTable = Field(default_factory=lambda: WhenTable.model_validate({}))
    deal: DealTable = DealTable()
    new_order: NewOrderTable | None = None
    customer: CustomerTable = CustomerTable()
    status: StatusTable | None = None
    fields: dict[str, FieldTable] = Field(default_factory=dict)
    brakes: BrakesTable = BrakesTable()


_TABLES: dict[str, type[Table]] = {
    "deal": DealTable,
    "new_order": NewOrderTable,
    "customer": CustomerTable,
    "status": StatusTable,
    "brakes": BrakesTable,
}


def allowed_keys(path: tuple[str | int, ...]) -> list[str]:
    """Return the keys the table at that path may have, in the order of this page; empty where names are free."""
    table: type[Table] | None = None
    match path:
        case ():
            table = ProfileTable
        case ("when", _):
            table = ConditionTable
        case ("deal", "responsible"):
            table = ResponsibleTable
        case ("status", "map", _):
            table = StatusRowTable
        case ("fields", _):
            table = FieldTable
        case ("customer", "fields"):
            return ["name", "phone", "email", "company"]
        case (str(name),):
            table = _TABLES.get(name)
    if table is None:
        return []
    return [field.alias or name for name, field in table.model_fields.items()]
