"""Orders of the real django-oscar become deals and move with them, by a connector the hub knows nothing of."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from support.oscar_shop import PASSWORD, SECRET, USER, OscarShop, free_port
from support.running import end, running, until
from support.wheels import python
from sverka.sandbox.portal import Portal, PortalServer

PROFILE = """
schema  = 1
profile = "oscar"
store   = "shop"
portal  = "b24"
[deal]
pipeline    = "0"
title       = "Order {order.number}: {customer.name}"
responsible = 6
[status]
policy = "office_wins"
map = [
  { status = "Pending", stage = ["NEW"] },
  { status = "Being processed", stage = ["PREPARATION", "EXECUTING"] },
  { status = "Complete", stage = ["WON"] },
]
cancel = ["LOSE"]
"""
EVENTS = ["ONCRMDEALADD", "ONCRMDEALUPDATE", "ONCRMDEALDELETE"]


class World:
    """The shop, the portal and a hub between them, each a process or a server of its own."""

    def __init__(self, folder: Path, site: Path, portal: Portal) -> None:
        self.folder, self.portal = folder, portal
        self._site = site
        self.listen = f"127.0.0.1:{free_port()}"
        hidden = {"password": PASSWORD, "webhook_secret": SECRET}
        self.given = {f"SVERKA_SECRET_{name.upper()}": value for name, value in hidden.items()}
        self.given["SVERKA_PUBLIC"] = f"http://{self.listen}"
        self.shop: OscarShop

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the hub."""
        code = "from sverka.cli import main; main()"
        return python("-c", code, *arguments, site=self._site, folder=self.folder, given=self.given)

    def ok(self, *arguments: str) -> str:
        """Run a command that must end well, and return what it prints."""
        done = self.run(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    @contextmanager
    def up(self) -> Iterator[None]:
        """Have the hub run; it sweeps once, at its start."""
        path = f"import sys; sys.path.insert(0, {str(self._site)!r})"
        arguments = ["up", "--listen", self.listen, "--sweep-minutes", "60"]
        with running(*arguments, folder=self.folder, before=path) as process:
            assert "listens on" in str(process.stdout.readline())  # type: ignore[union-attr]
            yield
            end(process)

    def deals(self) -> list[Mapping[str, Any]]:
        """Return the portal's deals, oldest first."""
        rows = self.portal.call("crm.item.list", {"entityTypeId": 2}).result["items"]
        return sorted(rows, key=lambda row: int(row["id"]))

    def deal_of(self, order: str) -> Mapping[str, Any] | None:
        """Return the deal made of an order, None where there is none yet."""
        return next((row for row in self.deals() if str(row["originId"]).startswith(f"shop/{order}/")), None)

    def made_of(self, order: str) -> Mapping[str, Any]:
        """Wait for an order's deal."""
        until(lambda: self.deal_of(order), f"a deal of order {order}")
        return self.deal_of(order) or {}

    def move(self, deal: Mapping[str, Any], stage: str) -> None:
        """Have a manager move a deal."""
        self.portal.call("crm.item.update", {"entityTypeId": 2, "id": deal["id"], "fields": {"stageId": stage}})


@pytest.fixture(scope="module")
def world(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """All connected as a person connects it, the profile in force; the hub does not run yet."""
    portal = Portal(plan="box")
    world = World(tmp_path_factory.mktemp("hub"), site, portal)
    port = free_port()
    with PortalServer(portal) as server:
        world.ok("init")
        world.ok("connect", "portal", "b24", "--webhook", server.webhook_url, "--plan", "box")
        hook = next(part for part in world.ok("connect", "portal", "b24").split() if "/hooks/b24/" in part)
        world.ok("connect", "portal", "b24", "--token", server.subscribe(hook, EVENTS))
        way = ["--kind", "oscar", "--url", f"http://127.0.0.1:{port}", "--set", f"user={USER}"]
        said = world.ok("connect", "store", "shop", *way, "--skip-check")
        hook = next(part for part in said.split() if "/hooks/shop/" in part)
        assert "HUB_ADDRESS" in said
        with OscarShop(tmp_path_factory.mktemp("shop"), port, hook).running() as world.shop:
            assert "its statuses: Pending, Being processed" in world.ok("connect", "store", "shop", *way)
            (world.folder / "oscar.toml").write_text(PROFILE, "utf-8")
            world.ok("profile", "apply", "oscar.toml", "--yes")
            yield world


def test_an_order_becomes_a_deal_and_its_stage_the_orders_status(world: World) -> None:
    with world.up():
        order = world.shop.place()
        deal = world.made_of(order)
        assert "Анна Ким" in deal["title"]
        assert (deal["stageId"], str(deal["opportunity"])) == ("NEW", "451.65")
        world.move(deal, "PREPARATION")
        until(lambda: world.shop.status(order) == "Being processed", "the stage is the order's status")
        world.shop.move(order, "Complete")
        until(lambda: world.made_of(order)["stageId"] == "WON", "the status is the deal's stage")


def test_a_step_that_the_shop_does_not_take_is_held_with_a_sentence(world: World) -> None:
    with world.up():
        order, other = world.shop.place(), world.shop.place()
        deal, beside = world.made_of(order), world.made_of(other)
        world.move(deal, "WON")
        until(lambda: "not a valid status" in world.ok("order", "show", f"shop/{order}"), "the refusal is shown")
        world.move(beside, "PREPARATION")
        until(lambda: world.shop.status(other) == "Being processed", "the others go on")
    said = world.ok("order", "show", f"shop/{order}")
    assert "OSCAR_ORDER_STATUS_PIPELINE" in " ".join(said.split())
    assert world.shop.status(order) == "Pending"
    assert world.made_of(order)["stageId"] == "WON"


def test_what_a_lost_notice_told_is_found_by_the_sweep(world: World) -> None:
    order = world.shop.place()  # nobody listens: the notice is lost
    assert world.deal_of(order) is None
    with world.up():
        assert world.made_of(order)["stageId"] == "NEW"
    assert len([row for row in world.deals() if str(row["originId"]).startswith(f"shop/{order}/")]) == 1


def test_a_profile_that_asks_for_more_than_the_connection_can_is_refused(world: World) -> None:
    asked = '[fields]\n"comment.manager" = { to = "comments", way = "<->" }\n'
    (world.folder / "more.toml").write_text(PROFILE + asked, "utf-8")
    refused = world.run("profile", "check", "more.toml")
    assert refused.returncode == 1
    assert "the store cannot be told `comment.manager`" in refused.stdout + refused.stderr
