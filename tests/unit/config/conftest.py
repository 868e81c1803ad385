"""Small catalogues of a shop and a portal, written by hand, that the documents of these tests name."""

from pathlib import Path

import pytest

from sverka.config.check import check
from sverka.domain.mapping.field import Field, FieldType
from sverka.domain.text import Text


def _field(key, type_=FieldType.TEXT, label="", **more):
    return Field(key, Text(label or key, label or key), type_, **more)


@pytest.fixture(scope="session")
def profiles_dir():
    return Path(__file__).parents[3] / "profiles"


@pytest.fixture(scope="session")
def store_fields():
    return (
        _field("status", FieldType.CHOICE, options={"N": "Принят", "P": "Оплачен", "F": "Выполнен"}),
        _field("order.number", writable=False),
        _field("site", options={"print.example.ru": "Print", "s2": "Second"}),
        _field("delivery.track"),
        _field("comment.manager"),
        _field("payment.paid", FieldType.BOOLEAN),
        _field("property.region"),
        _field("property.paper", FieldType.CHOICE, options={"glossy": "Глянцевая", "matte": "Матовая"}),
        _field("property.finish", FieldType.CHOICE, options={"lam": "Lamination", "uv": "UV"}),
        _field("property.files", FieldType.FILE, many=True),
        _field("property.colours", many=True, label="Цвета"),
        _field("property.urgent", FieldType.BOOLEAN, label="Срочно"),
        _field("property.weight", FieldType.NUMBER),
    )


@pytest.fixture(scope="session")
def office_fields():
    stages = {
        "NEW": "New",
        "PREPARATION": "Prepare",
        "PREPAYMENT_INVOICE": "Prepay",
        "EXECUTING": "In work",
        "FINAL_INVOICE": "Final",
        "WON": "Won",
        "LOSE": "Lost",
        "APOLOGY": "Sorry",
        "C2:NEW": "Новая",
        "C2:EXECUTING": "В печати",
        "C2:UC_QUALITY": "Проверка",
        "C2:WON": "Успех",
        "C2:LOSE": "Провал",
        "C2:APOLOGY": "Анализ",
    }
    return (
        _field("id", FieldType.NUMBER, writable=False),
        _field("title"),
        _field("comments"),
        _field("stageId", FieldType.CHOICE, options=stages),
        _field("categoryId", FieldType.CHOICE, options={"0": "Sales", "2": "Print"}),
        _field("sourceId", FieldType.CHOICE, options={"WEB": "Site", "STORE": "Shop"}),
        _field("opportunity", FieldType.MONEY),
        _field("currencyId"),
        _field("begindate", FieldType.DATE),
        _field("createdTime", FieldType.DATETIME, writable=False),
        _field("UF_CRM_ORDER_NUMBER"),
        _field("UF_CRM_TRACK"),
        _field("UF_CRM_PAPER", FieldType.CHOICE, options={"45": "Глянец", "46": "Мат"}),
        _field("UF_CRM_LAYOUT", FieldType.FILE, many=True),
        _field("UF_CRM_DELIVERY", FieldType.MONEY),
        _field("UF_CRM_COUPONS", many=True),
        _field("UF_CRM_COLOURS", many=True, label="Цвета"),
        _field("UF_CRM_URGENT", FieldType.BOOLEAN, label="Срочно"),
    )


@pytest.fixture(scope="session")
def woo_fields():
    names = ("pending", "on-hold", "processing", "completed", "cancelled", "refunded", "failed")
    return (
        _field("status", FieldType.CHOICE, options={name: name.capitalize() for name in names}),
        _field("comment.customer"),
        _field("property.*"),
    )


SOUND = """\
schema = 1
profile = "print-shop"
store = "shop-main"
portal = "b24"

[when]
site = ["print.example.ru"]

[deal]
pipeline = "2"
title = "Order {order.number}"
responsible = { from = "contact", else = 9 }

[customer]
create = "contact"

[status]
policy = "office_wins"
map = [
  { status = "N", stage = ["C2:NEW"] },
  { status = "P", stage = ["C2:EXECUTING", "C2:UC_QUALITY"] },
  { status = "F", stage = ["C2:WON"] },
]
cancel = ["C2:LOSE", "C2:APOLOGY"]

[fields]
"order.number" = { to = "UF_CRM_ORDER_NUMBER" }
"property.paper" = { to = "UF_CRM_PAPER", way = "<->", values = { glossy = "45", matte = "46" } }

[brakes]
writes_per_wave = 200
"""


class Sound:
    """A sound document, and what becomes of it when one line is another."""

    text = SOUND

    @staticmethod
    def broken(line, instead):
        lines = SOUND.splitlines()
        lines[line - 1] = instead
        return "\n".join(lines) + "\n"

    @staticmethod
    def bad(text, *catalogues):
        return [complaint for complaint in check(text, *catalogues) if complaint.bad]

    @staticmethod
    def assert_said(found, line, where, en, ru):
        said = [(c.line, c.where, c.say("en"), c.say("ru")) for c in found]
        if where is None:
            assert any(en in said_en and ru in said_ru for _, _, said_en, said_ru in said), said
            return
        at = [
            (said_en, said_ru) for at_line, at_where, said_en, said_ru in said if (at_line, at_where) == (line, where)
        ]
        assert any(en in said_en and ru in said_ru for said_en, said_ru in at), said
        said_en, said_ru = next(pair for pair in at if en in pair[0])
        assert said_en.startswith(f"line {line}")
        assert said_ru.startswith(f"строка {line}")


@pytest.fixture(scope="session")
def sound():
    return Sound()
