"""A site with the real django-cml2 on this machine, as scripts/setup-cml2 makes it."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from support.django_site import ROOT, served
from support.oscar_shop import NO_PROXY, free_port

PLACE = ROOT / ".venv" / ".cml2"
USER, PASSWORD = "hub", "hub-password"


def needed() -> None:
    """Skip the test where the site is not installed, and say why."""
    if (PLACE / ".made-of").exists():
        return
    left_out = PLACE / ".left-out"
    pytest.skip(left_out.read_text("utf-8") if left_out.exists() else "django-cml2 is absent: run scripts/setup-cml2")


class Cml2Shop:
    """The site, and the hands of its people."""

    def __init__(self, folder: Path) -> None:
        """Take a folder for its database, its orders and the files it is sent."""
        self._folder, self._port = folder, free_port()
        self.address = f"http://127.0.0.1:{self._port}/1c_exchange.php"
        self._orders: list[dict[str, Any]] = []

    @contextmanager
    def running(self) -> Iterator["Cml2Shop"]:
        """Serve while the context lasts."""
        with served(PLACE, self._folder, self._port, {}, self._answers):
            yield self

    def _answers(self) -> bool:
        try:
            urllib.request.build_opener(NO_PROXY).open(self.address, timeout=60).close()
        except urllib.error.HTTPError as refused:
            return refused.code == 401
        except (urllib.error.URLError, ConnectionError):
            return False
        return False

    def place(self, number: int, rows: int = 1, **more: str) -> None:
        """Have a customer place an order of so many goods."""
        goods = [
            {"id": f"g-{row}", "name": f"Визитки № {row}", "price": "150.55", "quantity": "3"} for row in range(rows)
        ]
        told = {"id": f"uid-{number}", "number": str(number), "placed": "2026-03-01T12:00:00", "comment": ""}
        buyer = {"buyer": "7", "first_name": "Анна", "last_name": "Ким", "address": "Казань, Садовая, 1"}
        self._orders.append({**told, **buyer, "rows": goods, **more})
        self._save()

    def edit(self, number: int, **fields: str) -> None:
        """Have somebody in the shop change an order."""
        next(one for one in self._orders if one["number"] == str(number)).update(fields)
        self._save()

    def log(self) -> str:
        """Return the requests so far, a line each."""
        return (self._folder / "shop.log").read_text("utf-8")

    def sent(self) -> dict[str, bytes]:
        """Return the files it was sent and keeps, by name."""
        folder = self._folder / "media" / "cml" / "tmp"
        return {file.name: file.read_bytes() for file in folder.iterdir()} if folder.is_dir() else {}

    def clear(self) -> None:
        """Forget all orders."""
        self._orders.clear()
        self._save()

    def _save(self) -> None:
        draft = self._folder / "orders.draft"
        draft.write_text(json.dumps(self._orders), "utf-8")
        draft.replace(self._folder / "orders.json")
