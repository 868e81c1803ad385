"""The short form of `make chaos`: a plan is the same every time, and two of them are lived."""

from collections.abc import Iterator

import pytest

from chaos.bases import Base, OnFile, OnServer
from chaos.live import live
from chaos.looks import was_unseen
from chaos.nursery import Nursery
from chaos.plan import draw
from chaos.server import Server, binaries
from chaos.town import Town


def test_a_plan_is_drawn_from_its_seed_alone():
    assert draw(7, 50) == draw(7, 50)
    assert draw(7, 50) != draw(8, 50)
    kinds = {step.do for seed in range(20) for step in draw(seed, 20).steps}
    kills = {"kill_hub", "kill_hub_at_request", "kill_store", "kill_database"}
    assert kills | {"disk", "clock", "portal_fault", "store_fault"} <= kinds


def test_by_bells_alone_none_is_lost_on_its_way():
    kinds = {step.do for seed in range(20) for step in draw(seed, 20, bells_alone=True).steps}
    assert not kinds & {"kill_store", "store_bells"}
    assert {"kill_hub", "kill_hub_at_request", "kill_database", "disk"} <= kinds


@pytest.mark.parametrize(
    ("field", "edited", "unseen"),
    [
        ("status", 5.0, True),
        ("status", 9.0, True),
        ("status", 3.9, False),
        ("status", 10.1, False),
        ("note", 5.0, False),
    ],
)
def test_only_an_edit_between_a_look_and_its_write_counts_as_unseen(tmp_path, field, edited, unseen):
    (tmp_path / "looks.jsonl").write_text('["7", "shop", "status", 4.0, 6.0]\n["7", "shop", "no', "utf-8")
    assert was_unseen(tmp_path, 7, field, "shop", edited, lasts=4.0) is unseen


def test_an_edit_that_a_later_look_has_seen_does_not(tmp_path):
    (tmp_path / "looks.jsonl").write_text(
        '["7", "shop", "status", 4.0, 6.0]\n["7", "shop", "status", 5.1, 6.2]\n', "utf-8"
    )
    assert not was_unseen(tmp_path, 7, "status", "shop", 5.0, lasts=4.0)
    assert was_unseen(tmp_path, 7, "status", "shop", 5.2, lasts=4.0)


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    with Nursery() as nursery:
        yield nursery


def told_of(nursery: Nursery, base: Base, seed: int, folder):
    """Live a plan of a dozen orders."""
    name = "sqlite" if base.server is None else "postgresql"
    return live(Town(nursery, base, folder), draw(seed, 12, name, "bitrix_site"), folder / "run", patience=200.0)


@pytest.mark.covers("R166", "C35")
@pytest.mark.timeout(300)
def test_a_hub_and_a_shop_killed_at_random_lose_double_and_overwrite_nothing(tmp_path, nursery):
    told = told_of(nursery, OnFile(), 2, tmp_path)
    assert told.objections == []
    assert told.deaths["up"] >= 2
    assert told.deaths["store"] >= 1


@pytest.mark.covers("R166", "C35")
@pytest.mark.timeout(300)
def test_a_door_workers_a_shop_and_postgresql_killed_at_random_do_neither(tmp_path, nursery):
    if binaries() is None:
        pytest.skip("PostgreSQL absent")
    with Server() as server:
        told = told_of(nursery, OnServer(server), 303, tmp_path)
    assert told.objections == []
    assert told.deaths["database"] >= 1
    assert told.deaths["web"] + told.deaths["worker"] >= 2
