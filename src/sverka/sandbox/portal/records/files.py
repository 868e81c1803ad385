"""Files in fields and comments: taken in as base64, kept whole, and handed out at the addresses answers name."""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Iterable
from typing import Any

from sverka.sandbox.portal.core import Core
from sverka.sandbox.portal.params import to_int
from sverka.sandbox.portal.state import StoredFile

#: where files are handed out, with `fileId` and `token`
PATH = "/bitrix/tools/crm/file.php"
#: where integrations fetch them
MACHINE_PATH = "/rest/crm.controller.item.getFile.json"


def take(core: Core, raw: Any) -> dict[str, Any] | None:
    """Return the value of a file field: a new file's, a kept one's (`{"id": N}`), None for one to be removed.

    A new one is a list of name and base64 content, or that under `fileData`. ValueError for anything else.
    """
    if isinstance(raw, dict) and "fileData" in raw:
        raw = raw["fileData"]
    if isinstance(raw, dict):
        number = to_int(raw.get("id", raw.get("ID")))
        if number not in core.state.files:
            raise ValueError("there is no file with this id")
        return None if str(raw.get("remove", raw.get("REMOVE"))).upper() == "Y" else {"id": number}
    if isinstance(raw, list) and len(raw) == 2 and all(isinstance(part, str) for part in raw):
        return {"id": store(core, raw[0], raw[1]).id}
    raise ValueError("a file is a name and its base64 content")


def store(core: Core, name: str, encoded: str) -> StoredFile:
    """Keep a new file of the caller; ValueError when its content is no base64."""
    try:
        content = base64.b64decode("".join(encoded.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("a file's content is base64") from error
    number = core.state.next_id("file")
    file = StoredFile(number, name, content, secrets.token_hex(16), core.caller.user_id, core.now())
    core.state.files[number] = file
    return file


def drop(core: Core, values: Iterable[Any], kept: Iterable[Any] = ()) -> None:
    """Delete the files that field values name, except those `kept` still names."""
    for number in _ids(values) - _ids(kept):
        core.state.files.pop(number, None)


def _ids(values: Iterable[Any]) -> set[int]:
    found: set[int] = set()
    for value in values:
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict) and isinstance(one.get("id"), int):
                found.add(one["id"])
    return found


def address(core: Core, number: int) -> str:
    """Return the address a browser with a session would use; without one it leads nowhere."""
    return f"{core.settings.origin}{PATH}?fileId={number}"


def machine_address(core: Core, number: int) -> str:
    """Return the address that hands the file out to whoever has it: it carries a token, keep it out of logs."""
    return f"{core.settings.origin}{MACHINE_PATH}?fileId={number}&token={_token(core, number)}"


def relative_address(core: Core, number: int) -> str:
    """Return the address of the older methods, relative to the portal; it carries a token too."""
    return f"{PATH}?fileId={number}&token={_token(core, number)}"


def _token(core: Core, number: int) -> str:
    file = core.state.files.get(number)
    return file.token if file else ""


def download(core: Core, number: int | None, token: str) -> StoredFile | None:
    """Return the file that this token opens, None when it opens none."""
    file = core.state.files.get(number or 0)
    if file is None or not secrets.compare_digest(file.token.encode(), token.encode()):
        return None
    return file


def picture_size(content: bytes) -> tuple[int, int] | None:
    """Return width and height of a GIF or PNG, None of anything else."""
    if content[:4] == b"GIF8" and len(content) >= 10:
        return int.from_bytes(content[6:8], "little"), int.from_bytes(content[8:10], "little")
    if content[:8] == b"\x89PNG\r\n\x1a\n" and len(content) >= 24:
        return int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")
    return None
