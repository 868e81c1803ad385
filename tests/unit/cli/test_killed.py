"""A hub killed in the middle of a burst and started again: nothing is lost, nothing doubled, over real HTTP."""

import json
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from support.running import end, running, until
from sverka.sandbox.portal.crm.fields import CONTACT, DEAL

HASTE = """
from datetime import timedelta
from functools import partial
from sverka import bootstrap
second = timedelta(seconds=1)
bootstrap.Terms = partial(bootstrap.Terms, wave=4 * second, request=second, lag=second)
"""
"""What may take minutes with a portal far away takes seconds on loopback, so doubt is over sooner."""

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
    def hub(self) -> Iterator[subprocess.Popen[str]]:
        command = ("up", "--listen", f"127.0.0.1:{self.port}", "--sweep-minutes", "0.05")
        with running(*command, folder=self.terminal.folder, before=HASTE) as process:
            assert "listens on" in process.stdout.readline()
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


@pytest.mark.covers("R166", "C35")
def test_a_hub_killed_again_and_again_in_a_burst_loses_and_doubles_nothing(
    connected, site, site_server, portal, portal_server
):
    street = Street(connected, site, site_server, portal, portal_server)
    street.killed_at(portal.core, "publish", 4, lambda: street.order(12))
    street.order(3)
    street.killed_at(portal.core, "publish", 24, lambda: street.order(6))
    with street.hub() as process:
        until(street.in_step, "every order has its deal")
        until(street.rests, "what was begun is known to be done")
        process.kill()
    street.killed_at(site, "on_event", 1, lambda: street.managers_move(0))
    street.managers_move(1)
    street.shop_hands_over()
    street.order(4)
    with street.hub() as process:
        until(street.in_step, "every order has its deal on the right stage")
        until(street.rests, "no write is in doubt and nothing differs")
        end(process)
    assert street.in_step()
    assert len(portal.core.state.items[DEAL]) == len(portal.core.state.items[CONTACT]) == len(site.orders) == 25
    assert set(street.deals().values()) == {"C2:NEW", "C2:EXECUTING", "C2:WON"}
