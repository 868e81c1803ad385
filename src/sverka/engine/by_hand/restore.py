"""The database was restored from a backup: both sides have moved on without it (K20)."""

from collections.abc import Collection
from datetime import datetime

from sverka.domain.ids import OfficeName
from sverka.domain.text import Text
from sverka.ports.journal import Event, JournalLine
from sverka.ports.storage import Storage, Terms


def restore(storage: Storage, offices: Collection[OfficeName], now: datetime, terms: Terms, above: int) -> int:
    """Forget what may no longer be true, and ring for every order that has or had a record; return how many.

    `above` is the highest id of the journal this hub is known to have come to.
    """
    text = Text(
        "The database was restored from a backup: what was agreed on before is forgotten, every bound order is "
        "looked at, and older orders without a record are listed and not created.",
        "База восстановлена из резервной копии: прежние согласия забыты, все связанные заказы будут просмотрены, "
        "а старые заказы без записи – показаны, но не созданы.",
    )
    return storage.restored(offices, JournalLine(now, Event.APPLIED, text, rule="K20"), terms, above)
