"""Clocks that are wrong, and are put right: nothing is passed over or made twice, over real HTTP."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from support.http_world import PORTAL, SITE, START, HttpWorld
from support.standing import Moments
from sverka.domain.errors import Problem, Superseded
from sverka.domain.ids import OrderRef, RecordId
from sverka.engine.bells.sweep import sweep
from sverka.ports.backoffice import Look, NewCustomer, Seen
from sverka.ports.guard import Guard
from sverka.sandbox.portal.crm.fields import CONTACT, DEAL
from sverka.sandbox.portal.faults import Fault


class Wrong:
    """A clock that is as far off as it is told."""

    def __init__(self, world: HttpWorld, off: timedelta) -> None:
        self._world, self.off = world, off

    def now(self) -> datetime:
        return self._world.clock.now() + self.off


@pytest.fixture
def world() -> Iterator[HttpWorld]:
    with HttpWorld([SITE]) as world:
        yield world


def deaf(world: HttpWorld) -> None:
    """Let every bell of the shop be lost from now on."""
    world.site.courier.drop(1000)


def found(world: HttpWorld, order: OrderRef) -> None:
    sweep(world.hub, SITE, START)
    world.settle()
    assert world.deal(order)["stageId"] == "C2:EXECUTING"


@pytest.mark.covers("C3", "R166")
@pytest.mark.parametrize("off", [timedelta(hours=5), timedelta(days=-400)])
def test_what_changes_after_a_wrong_clock_was_put_right_is_found(world: HttpWorld, off: timedelta) -> None:
    deaf(world)
    world.clock.advance(3600)
    clock = Wrong(world, off)
    world.site.store.clock = clock  # type: ignore[assignment] # a shop asks its clock for nothing but the time
    order = world.order()
    world.ring(order)
    world.settle()
    sweep(world.hub, SITE, START)
    clock.off = timedelta()
    world.clock.advance(600)
    world.site.store.edit(int(order.id), {"statusId": "P"})
    late = world.order()
    found(world, order)
    assert world.deals(late)


@pytest.mark.covers("C3")
def test_a_shop_that_moves_to_another_time_zone_loses_nothing(world: HttpWorld) -> None:
    deaf(world)
    order = world.order()
    world.ring(order)
    world.settle()
    sweep(world.hub, SITE, START)
    world.site.store.zone = timezone(timedelta(hours=-9))
    world.clock.advance(600)
    world.site.store.edit(int(order.id), {"statusId": "P"})
    found(world, order)


@pytest.fixture
def apart() -> Iterator[HttpWorld]:
    """A world whose portal has a clock of its own, some hours behind the hub's, and a search that lags."""
    with HttpWorld([SITE], portal_clock=Moments(START - timedelta(hours=3))) as world:
        world.portal.settings.lag_seconds = 30
        yield world


def passes(world: HttpWorld, seconds: float) -> None:
    """Let time pass, for everybody."""
    world.clock.advance(seconds)
    world.portal.clock.advance(seconds)  # type: ignore[attr-defined] # it is the one the fixture gave


@pytest.mark.covers("C3")
@pytest.mark.parametrize(
    ("kind", "other"), [(DEAL, None), (CONTACT, 1)], ids=["its deal", "the contact of another order"]
)
def test_what_is_being_made_is_not_made_again_when_the_hubs_clock_is_put_forward(
    apart: HttpWorld, kind: int, other: int | None
) -> None:
    order = apart.order(buyer=1)
    apart.ring(order)
    apart.portal.faults.add(Fault("close", method="crm.item.add", after=int(kind == DEAL)))
    assert apart.wave()
    made = dict(apart.portal.core.state.items[kind])
    assert len(made) == 1, "it is there, though no answer came and no search finds it"
    passes(apart, 1)
    apart.clock.advance(6 * 60)
    apart.ring(apart.order(buyer=other) if other else order)
    with pytest.raises(Superseded, match="clock"):
        apart.wave()
    report = apart.wave()
    assert not report or report.births == report.writes == 0, "it is left alone now"
    for _ in range(30):
        passes(apart, 10)
        apart.wave()
    assert list(apart.portal.core.state.items[kind]) == list(made)
    assert len(apart.deals(order)) == 1
    assert apart.storage.counts().open_intents == 0


def test_a_clock_put_forward_breaks_off_no_wave_that_has_begun_to_write(
    apart: HttpWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    apart.ring(apart.order())
    apart.portal.faults.add(Fault("close", method="crm.item.add"))
    apart.wave()
    assert apart.storage.counts().open_intents == 1, "the contact of one order is in doubt"
    passes(apart, 150)
    office = apart.connectors[PORTAL]
    add = office.add_customers  # type: ignore[union-attr]

    def jumps(customers: Sequence[NewCustomer], guard: Guard) -> Mapping[int, RecordId | Problem]:
        made = add(customers, guard)
        apart.clock.advance(100)
        return made

    monkeypatch.setattr(office, "add_customers", jumps)
    order = apart.order()
    apart.ring(order)
    assert apart.wave()
    assert len(apart.deals(order)) == 1
    assert apart.storage.counts().open_intents == 1


@pytest.mark.covers("C3")
def test_what_was_claimed_while_the_hubs_clock_was_ahead_is_not_made_again_once_it_is_right(
    apart: HttpWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, office = Wrong(apart, timedelta()), apart.connectors[PORTAL]
    apart.hub = replace(apart.hub, clock=clock)  # type: ignore[arg-type] # nobody sleeps by it
    order = apart.order()
    apart.ring(order)
    apart.portal.faults.add(Fault("close", method="crm.item.add", after=1))
    apart.wave()
    passes(apart, 1)
    clock.off = timedelta(minutes=6)
    look = office.look  # type: ignore[union-attr]

    def put_right(ask: Look, guard: Guard) -> Seen:
        clock.off = timedelta()
        return look(ask, guard)

    monkeypatch.setattr(office, "look", put_right)
    with pytest.raises(Superseded, match="clock"):
        apart.wave()
    for _ in range(30):
        passes(apart, 10)
        apart.wave()
    assert len(apart.deals(order)) == 1
    assert apart.storage.counts().open_intents == 0
