"""The vendor's JS client as one more client under measurement: a process of node for each piece of work."""

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from peer_orders import COMMENT, Order
from support.sdk_office import Office
from world import Clock

_HERE = Path(__file__).parent
_MODULES = _HERE.parent / "tests/conformance/js/node_modules/@bitrix24/b24jssdk"


class SdkError(Exception):
    """What the client, or its user by its answer, has raised in node."""


class JsSdk:
    """@bitrix24/b24jssdk with its own defaults: its limiter for a standard plan, three tries of what failed."""

    name = "b24jssdk"

    def __init__(self, office: Office, clock: Clock) -> None:
        """Take the portal's webhook; node reaches it without a tunnel."""
        del clock
        self._office = office

    @staticmethod
    def is_there() -> bool:
        """Whether node and the client are installed."""
        return shutil.which("node") is not None and _MODULES.is_dir()

    def walk(self) -> list[int]:
        """Return the ids of all deals."""
        return self._play("walk")

    def read(self, ids: Sequence[int]) -> list[int]:
        """Return the ids of the deals that were asked for, which begin with 1."""
        return self._play("read", count=len(ids))

    def update(self, ids: Sequence[int]) -> None:
        """Write one field of each; their ids begin with 1."""
        self._play("update", count=len(ids), comment=COMMENT)

    def create(self, orders: Sequence[Order]) -> None:
        """Make all contacts, then the deals with their rows."""
        plain = [
            {"number": order.number, "contact": order.contact, "deal": order.deal(0), "rows": order.rows}
            for order in orders
        ]
        self._play("create", orders=plain)

    def _play(self, work: str, count: int = 0, **given: Any) -> list[int]:
        place = {"url": f"https://{self._office.near}", "webhook": self._office.webhook}
        asked = json.dumps({**place, "work": work, "count": count, **given})
        node = shutil.which("node") or "node"
        played = subprocess.run(
            [node, "peer.mjs"], cwd=_HERE, input=asked, capture_output=True, text=True, timeout=300, check=False
        )
        if played.returncode or not played.stdout:
            raise RuntimeError(played.stderr[-300:])
        answer = json.loads(played.stdout.splitlines()[-1])
        if "trouble" in answer:
            raise SdkError(answer["trouble"])
        return list(answer["found"])
