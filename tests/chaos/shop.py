"""The store's people, over HTTP, and its database, which says what it holds whether it runs or not."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx2

from sverka.sandbox.shop.keep import read_record


class ShopDown(Exception):
    """The shop does not answer now."""


_client = httpx2.Client(timeout=30.0, trust_env=False)


def control(port: int, name: str, **given: object) -> Any:
    """Do something in the store; ShopDown where nobody listens."""
    try:
        answer = _client.post(f"http://127.0.0.1:{port}/control/{name}", content=json.dumps(given))
    except httpx2.TransportError as error:
        raise ShopDown from error
    assert answer.status_code == 200, f"{name}: {answer.text}"
    return answer.json()["result"]


def orders_of(file: Path) -> dict[int, Any]:
    """Return what the shop's database holds of every order."""
    with closing(sqlite3.connect(file)) as database:
        rows = database.execute("SELECT name, content FROM parts WHERE name <> 'about'").fetchall()
    return {int(name): read_record(content) for name, content in rows}
