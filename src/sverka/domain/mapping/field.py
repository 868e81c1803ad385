"""The catalogue: what a system's records are made of, from which forms, checks and converters draw themselves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sverka.domain.text import Text


class FieldType(StrEnum):
    """The types a field may have, whatever a system calls them."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    CHOICE = "choice"
    PERSON = "person"
    LINES = "lines"
    FILE = "file"
    PHONE = "phone"
    EMAIL = "email"
    URL = "url"
    COMMENTS = "comments"

    @property
    def is_chosen(self) -> bool:
        """Whether people and robots pick it from a list, so that a read-back that differs is news (K16)."""
        return self in (FieldType.CHOICE, FieldType.PERSON, FieldType.BOOLEAN)

    @property
    def words(self) -> Text:
        """What people call it."""
        return _WORDS[self]


_WORDS: Mapping[FieldType, Text] = {
    FieldType.TEXT: Text("text", "строка"),
    FieldType.NUMBER: Text("a number", "число"),
    FieldType.MONEY: Text("a sum", "сумма"),
    FieldType.BOOLEAN: Text("yes or no", "да/нет"),
    FieldType.DATE: Text("a date", "дата"),
    FieldType.DATETIME: Text("a moment", "дата со временем"),
    FieldType.CHOICE: Text("a list", "список"),
    FieldType.PERSON: Text("an employee", "сотрудник"),
    FieldType.LINES: Text("goods", "товары"),
    FieldType.FILE: Text("a file", "файл"),
    FieldType.PHONE: Text("a phone", "телефон"),
    FieldType.EMAIL: Text("an e-mail", "e-mail"),
    FieldType.URL: Text("a link", "ссылка"),
    FieldType.COMMENTS: Text("comments", "комментарии"),
}


@dataclass(frozen=True)
class Field:
    """One line of a system's catalogue. `options` maps an option's id to the name people see."""

    key: str
    label: Text
    type: FieldType = FieldType.TEXT
    many: bool = False
    writable: bool = True
    options: Mapping[str, str] = field(default_factory=dict)
