"""Live orders go before sweeps and comparisons in the portal's budget."""

import pytest

from support.http_world import PORTAL, HttpWorld
from sverka.connectors.bitrix24.wire.client import PLANS, QUIET_BURST
from sverka.engine.bells.sweep import compare_all


@pytest.mark.covers("C45", "C49")
def test_a_wave_spends_in_the_lane_of_its_most_urgent_visit(monkeypatch: pytest.MonkeyPatch) -> None:
    with HttpWorld() as world:
        orders = [world.order() for _ in range(3)]
        world.settle()
        bursts: list[int] = []
        take = world.storage.budget.take

        def noted(portal: str, rate: float, burst: int) -> float:
            bursts.append(burst)
            return take(portal, rate, burst)

        monkeypatch.setattr(world.storage.budget, "take", noted)
        assert list(compare_all(world.hub, PORTAL)) == [3]
        world.settle()
        assert set(bursts) == {QUIET_BURST}
        bursts.clear()
        list(compare_all(world.hub, PORTAL))
        world.ring(orders[0])
        world.wave()
        assert set(bursts) == {PLANS["standard"][1]}
