"""A shop, a portal, and a hub between them whose processes are killed."""

import json
import os
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from support.running import running, until
from sverka.sandbox.portal.crm.fields import DEAL

HASTE = """
from datetime import timedelta
from functools import partial
from sverka import bootstrap
second = timedelta(seconds=1)
bootstrap.Terms = partial(bootstrap.Terms, wave=4 * second, request=second, lag=second)
"""
"""What may take minutes with a portal far away takes seconds on loopback, so doubt is over sooner."""

SOON_DEAD = """
from sverka.dispatch.procrastinate import dispatcher
dispatcher.Pace = partial(dispatcher.Pace, beat=second / 2, dead=3 * second)
"""
"""And a worker that is silent for seconds is dead."""

DOCUMENT = """
schema  = 1
profile = "print"
store   = "shop"
portal  = "b24"
[deal]
pipeline = "2"
title    = "Заказ {order.number}"
[status]
policy = "office_wins"
map = [
  { status = "N", stage = ["C2:NEW"] },
  { status = "P", stage = ["C2:EXECUTING"] },
  { status = "F", stage = ["C2:WON"] },
]
cancel = ["C2:LOSE"]
"""
STAGES = {"N": "C2:NEW", "P": "C2:EXECUTING", "F": "C2:WON"}


class Street:
    """A shop whose customers order, a portal whose managers work, and a hub between them that is killed."""

    def __init__(self, terminal, site, site_server, portal, portal_server) -> None:
        self.terminal, self.site, self.portal = terminal, site, portal
        self.is_shared = "SVERKA_DATABASE" in os.environ
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        public = ("--public", f"http://127.0.0.1:{self.port}")
        for words, subscribe in (
            (("connect", "store", "shop", "--kind", "bitrix_site"), site_server.subscribe),
            (("connect", "portal", "b24"), lambda url: portal_server.subscribe(url, ["ONCRMDEALUPDATE"])),
        ):
            said = terminal.ok(*words, *public).out
            token = subscribe(next(part for part in said.split() if "/hooks/" in part))
            terminal.ok(*words, "--token", token)
        Path("print.toml").write_text(DOCUMENT, "utf-8")
        terminal.ok("profile", "apply", "print.toml", "--yes")

    @contextmanager
    def hub(self, *command: str) -> Iterator[subprocess.Popen[str]]:
        """Run the whole hub, or the process of it that a command names."""
        command = command or ("up", "--listen", f"127.0.0.1:{self.port}", "--sweep-minutes", "0.05")
        with running(
            *command, folder=self.terminal.folder, before=HASTE + (SOON_DEAD if self.is_shared else "")
        ) as process:
            hello = process.stdout.readline()
            assert "stops it" in hello, process.stderr.read()
            yield process

    def killed_at(self, owner: object, name: str, times: int, burst: Callable[[], None]) -> None:
        """Run the hub through a burst, and kill it before its Nth act of a kind is answered."""
        act, left = getattr(owner, name), times

        def watched(*arguments):
            nonlocal left
            left -= 1
            if left == 0:
                process.kill()
            return act(*arguments)

        with self.hub() as process:
            setattr(owner, name, watched)
            burst()
            until(lambda: process.poll() is not None, "the hub does what it is killed at")
        setattr(owner, name, act)
        assert process.returncode == -9

    def order(self, count: int) -> None:
        for _ in range(count):
            number = len(self.site.orders) + 1
            who = {"fio": f"Ким {number}", "email": f"b{number}@example.test", "phone": f"+7 999 000-00-{number:02}"}
            self.site.place_order(who, [{"name": "Визитки", "price": "150.55", "quantity": 3}])

    def managers_move(self, first: int) -> None:
        for deal in sorted(self.portal.core.state.items[DEAL])[first::3]:
            self.portal.move_stage(deal, "C2:EXECUTING")

    def shop_hands_over(self) -> None:
        for mark, stage in sorted(self.deals().items())[::4]:
            if stage == "C2:NEW":
                self.site.edit(int(mark.split("/")[1]), {"statusId": "F"})

    def deals(self) -> dict[str, str]:
        """Return each deal's stage by its mark."""
        items = self.portal.core.state.items[DEAL].values()
        return {str(one.values["originId"]): str(one.values["stageId"]) for one in items}

    def in_step(self) -> bool:
        orders = {f"shop/{number}/print": STAGES[str(one["statusId"])] for number, one in self.site.orders.items()}
        return self.deals() == orders

    def rests(self) -> bool:
        told = json.loads(self.terminal("status", "--json").out)
        return not told["open_intents"] and not told["differences"]
