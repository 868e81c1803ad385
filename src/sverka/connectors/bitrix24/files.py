"""Files of records both ways: they ride in no batch, so each field of them is a request of its own."""

import base64
from collections.abc import Sequence
from typing import Any

from sverka.connectors.bitrix24 import commands
from sverka.connectors.bitrix24.kinds import kind_of, number_of
from sverka.connectors.bitrix24.wire.client import Client, as_list, as_map
from sverka.connectors.kit.files import download
from sverka.domain.commerce.value import FileRef
from sverka.domain.errors import Later, Rejected, Unanswered
from sverka.domain.text import Text
from sverka.ports.files import Fetched, Upload
from sverka.ports.guard import Guard


def fetch(client: Client, owner: str, ref: FileRef, limit: int, guard: Guard) -> Fetched:
    """Return a file of a record; its address holds a token, so it is asked for anew and kept nowhere."""
    asked = {"entityTypeId": kind_of(owner).entity, "id": number_of(owner), "useOriginalUfNames": "Y"}
    try:
        item = as_map(as_map(client.call("crm.item.get", asked, guard)).get("item"))
    except Unanswered as problem:
        raise Later from problem  # nothing is written by asking
    for value in item.values():
        for one in as_list(value) if isinstance(value, list) else [value]:
            if isinstance(one, dict) and str(one.get("id")) == ref.id and one.get("urlMachine"):
                return download(client.kit, client.root, str(one["urlMachine"]), ref.name, limit, guard)
    raise Rejected(
        Text(
            f"The record {owner} has no file № {ref.id} any more; look at it on the portal.",
            f"В записи {owner} больше нет файла № {ref.id}; посмотрите её на портале.",
        )
    )


def put(
    client: Client, entity: int, record: str, name: str, files: Sequence[FileRef | Upload], guard: Guard, *, many: bool
) -> None:
    """Have a field hold these files; raises the problem that one of them or the portal met.

    A field of several loses every file that is not named, so those that stay are named by their ids.
    """
    given: list[Any] = []
    for file in files:
        if isinstance(file, FileRef):
            given.append({"id": int(file.id)})
        else:
            loaded = file.load()
            given.append([loaded.name, base64.b64encode(loaded.content).decode("ascii")])
    value: Any = given if many else (given[0] if given else "")
    asked = {"entityTypeId": entity, "id": int(record), "useOriginalUfNames": "Y", "fields": {name: value}}
    client.call(commands.UPDATE, asked, guard)
