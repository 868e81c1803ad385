"""The short form of `make chaos`: a plan is the same every time, and two of them are lived."""

import pytest

from chaos.bases import OnFile
from chaos.live import live
from chaos.nursery import Nursery
from chaos.plan import draw
from chaos.town import Town


def test_a_plan_is_drawn_from_its_seed_alone():
    assert draw(7, 50) == draw(7, 50)
    assert draw(7, 50) != draw(8, 50)
    kinds = {step.do for seed in range(20) for step in draw(seed, 20).steps}
    assert {"kill_hub", "kill_hub_at_request", "kill_store", "disk", "clock", "portal_fault", "store_fault"} <= kinds


@pytest.mark.covers("R166", "C35")
@pytest.mark.timeout(300)
def test_a_hub_and_a_shop_killed_at_random_lose_double_and_overwrite_nothing(tmp_path):
    with Nursery() as nursery:
        town, plan = Town(nursery, OnFile(), tmp_path), draw(2, 12, "sqlite", "bitrix_site")
        told = live(town, plan, tmp_path / "run", patience=200.0)
    assert told.objections == []
    assert told.deaths["hub"] >= 2
    assert told.deaths["store"] >= 1
