"""The fields each connected system's records had when it was last asked."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Engine, func, select, update

from sverka.domain.mapping.field import Field, FieldType
from sverka.domain.text import Text
from sverka.storage.database import read, write
from sverka.storage.tables import connections


class Catalogues:
    """The catalogues of all connections; profiles take their field types from them (K13)."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @property
    def generation(self) -> int:
        """A number that rises whenever any catalogue is kept anew."""
        statement = select(func.sum(connections.c.catalogue_version))
        return read(self._engine, lambda connection: connection.scalar(statement) or 0)

    def get(self, name: str) -> Sequence[Field] | None:
        """Return a connection's fields, None where it was never asked."""
        statement = select(connections.c.catalogue).where(connections.c.name == name)
        rows = read(self._engine, lambda connection: connection.scalar(statement))
        return [_field(row) for row in rows] if rows else None

    def put(self, name: str, fields: Sequence[Field]) -> bool:
        """Keep a connection's fields; False, keeping nothing, where they are as they were."""
        if fields == self.get(name):
            return False
        values = {
            "catalogue": [_row(field) for field in fields],
            "catalogue_version": connections.c.catalogue_version + 1,
        }
        statement = update(connections).where(connections.c.name == name).values(values)
        return write(self._engine, lambda connection: connection.execute(statement).rowcount) > 0


def _row(field: Field) -> Mapping[str, Any]:
    return {
        "key": field.key,
        "en": field.label.en,
        "ru": field.label.ru,
        "type": field.type.value,
        "many": field.many,
        "writable": field.writable,
        "options": dict(field.options),
    }


def _field(row: Mapping[str, Any]) -> Field:
    label = Text(row["en"], row["ru"])
    return Field(row["key"], label, FieldType(row["type"]), row["many"], row["writable"], row["options"])
