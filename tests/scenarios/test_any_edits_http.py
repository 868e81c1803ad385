"""Edits of any field on either side, while bells are lost, doubled, late and out of order: in the end both agree."""

from collections.abc import Iterator
from random import Random

import pytest

from support.field_pairs import EVERY, SEVERAL, entered, furnish, joined, raw, shown, site_order
from support.http_world import PORTAL, SITE, HttpWorld
from sverka.domain.ids import OrderRef
from sverka.engine.wave import run_wave
from sverka.sandbox.portal.crm.fields import DEAL

STAGES = {
    "N": ["C2:NEW", "C2:PREPARATION"],
    "P": ["C2:EXECUTING", "C2:UC_QUALITY"],
    "F": ["C2:WON"],
    "cancelled": ["C2:LOSE", "C2:APOLOGY"],
}
ALL_STAGES = [stage for stages in STAGES.values() for stage in stages]
NOTHING = (None, "", [], [""])


@pytest.fixture(scope="module")
def world() -> Iterator[HttpWorld]:
    with HttpWorld([SITE]) as world:
        joined(world, furnish(world, EVERY))
        world.sweep()
        yield world


def edit_a_field(world: HttpWorld, order: OrderRef, name: str, choice: int, *, by_shop: bool) -> None:
    """Have the shop's people or a manager set a property's value, its other one, or nothing."""
    pair, nothing = EVERY[name], [] if name in SEVERAL else ""
    if choice == 2 and pair.property == "Y/N":
        choice = 1
    if by_shop:
        world.site.store.set_properties(int(order.id), {name: [*pair.ours, nothing][choice]})
    else:
        value = nothing if choice == 2 else entered(world, name, pair.theirs[choice])
        world.portal.edit(DEAL, int(world.deal(order)["id"]), {f"UF_CRM_{name}": value})


def edit_the_status(world: HttpWorld, order: OrderRef, random: Random, *, by_shop: bool) -> None:
    if by_shop:
        world.site.store.edit(int(order.id), {"statusId": random.choice("NPF")})
    else:
        world.portal.move_stage(int(world.deal(order)["id"]), random.choice(ALL_STAGES))


def jumble(world: HttpWorld, random: Random) -> None:
    """Let the bells to come be lost, doubled or held back, as it happens."""
    ring, courier = world.portal.events.switches, world.site.courier
    ring.drop_all, ring.double, ring.hold = (random.random() < 0.3 for _ in range(3))
    getattr(courier, random.choice(["drop", "double", "hold", "release"]))()


def calm(world: HttpWorld) -> None:
    """Let held bells come in any order, and the sweep find what was lost."""
    switches = world.portal.events.switches
    switches.drop_all = switches.double = switches.hold = False
    world.portal.events.release(backwards=True)
    world.site.courier.release()
    world.settle()
    world.clock.advance(300)
    world.sweep()
    world.settle()


@pytest.mark.covers("R126", "R127")
@pytest.mark.parametrize("seed", range(10))
def test_whoever_edits_whatever_field_both_sides_show_it(world: HttpWorld, seed: int) -> None:
    random = Random(seed)
    order = site_order(world, FLAG_FLAG="Y")
    calm(world)
    for _ in range(6):
        name, choice, by_shop = random.choice(list(EVERY)), random.randrange(3), random.random() < 0.5
        jumble(world, random)
        world.clock.advance(1)
        edit_a_field(world, order, name, choice, by_shop=by_shop)
        calm(world)
        pair = EVERY[name]
        ours, theirs = raw(world, order, name), shown(world, order, name)
        if choice == 2 and pair.property != "Y/N":
            assert ours in NOTHING, (name, by_shop)
            assert theirs in NOTHING, (name, by_shop)
        else:
            assert (ours, theirs) == (pair.ours[min(choice, 1)], pair.theirs[min(choice, 1)]), (name, by_shop)
        assert world.differences(order) == {}
    world.assert_at_rest()


@pytest.mark.covers("R133")
@pytest.mark.parametrize("seed", range(20))
def test_after_any_moves_and_any_bells_both_sides_agree_on_the_status(world: HttpWorld, seed: int) -> None:
    random = Random(seed)
    orders = [site_order(world) for _ in range(3)]
    calm(world)
    for _ in range(12):
        jumble(world, random)
        world.clock.advance(random.choice([0, 1, 30]))
        edit_the_status(world, random.choice(orders), random, by_shop=random.random() < 0.5)
        if random.random() < 0.4:
            assert world.portal.flush()
            run_wave(world.hub, PORTAL)
    calm(world)
    for order in orders:
        assert world.deal(order)["stageId"] in STAGES[world.status(order)]
        assert world.differences(order) == {}
    world.assert_at_rest()
