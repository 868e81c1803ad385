"""A random life of deals opened by hand: bells lost, doubled and late, answers lost, kills after any step (K23).

Whatever happens, a deal becomes one order at most, the order is bound to that deal and gets no other, and the hub comes
to rest.
"""

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from support.by_hand import order_making_world
from support.world import CRM, START
from sverka.connectors.in_memory.weather import Fate
from sverka.domain.errors import Superseded
from sverka.domain.ids import OrderRef, RecordId

fates = st.one_of(st.just([]), st.lists(st.sampled_from([Fate.FINE, *Fate]), max_size=4))


class Killed(BaseException):
    """The process ends here: nothing after it runs, not even what tidies up."""


class ByHand(RuleBasedStateMachine):
    """Managers, bells, waves and accidents, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.world = order_making_world()
        self.fates: list[Fate] = []
        self.deals: list[RecordId] = []
        self.lives, self.dead = -1, False
        self.making = Fate.FINE
        storage: Any = self.world.storage
        office: Any = self.world.office
        store: Any = self.world.store
        office.weather.next_fate = store.weather.next_fate = self.next_fate
        release = storage.release
        storage.release = lambda *args: None if self.dead else release(*args)
        storage.commit, store.create = self._mortal(storage.commit), self._mortal(self._unlucky(store.create))
        office.write, store.write = self._mortal(office.write), self._mortal(store.write)

    def _mortal(self, act: Any) -> Any:
        def carried_out(*args: Any) -> Any:
            answer = act(*args)
            self.lives -= 1
            if self.lives == 0:
                self.dead = True
                raise Killed
            return answer

        return carried_out

    def _unlucky(self, create: Any) -> Any:
        """Let the making of orders meet a fate of its own: among all requests it would be hit too rarely."""

        def carried_out(*args: Any) -> Any:
            self.fates.insert(0, self.making)
            return create(*args)

        return carried_out

    def next_fate(self) -> Fate:
        return self.fates.pop(0) if self.fates else Fate.FINE

    @precondition(lambda self: len(self.deals) < 2)
    @rule(stage=st.sampled_from(["NEW", "NEW", "EXECUTING"]), bells=st.integers(0, 2))
    def open_a_deal(self, stage: str, bells: int) -> None:
        self.deals.append(self.world.office.open({"title": "By hand", "stageId": stage, "UF_TRACK": "A"}))
        for _ in range(bells):
            self.world.office_bell(self.deals[-1])

    @precondition(lambda self: len(self.deals) < 4)
    @rule(making=st.sampled_from([Fate.LOST_AFTER, Fate.LOST_BEFORE]), lives=st.sampled_from([-1, 1, 2, 3]))
    def a_deal_is_taken_up_and_something_happens(self, making: Fate, lives: int) -> None:
        """Contention, and not variety, is what breaks a merge."""
        self.open_a_deal("NEW", 1)
        self.wave([], making, lives)

    @precondition(lambda self: self.deals)
    @rule(data=st.data(), stage=st.sampled_from(["NEW", "EXECUTING", "ODD"]), bell=st.booleans())
    def move_a_deal(self, data: Any, stage: str, bell: bool) -> None:
        deal = data.draw(st.sampled_from(self.deals))
        self.world.edit_record(deal, stageId=stage)
        if bell:
            self.world.office_bell(deal)

    @precondition(lambda self: self.deals)
    @rule(data=st.data())
    def a_bell_of_a_deal(self, data: Any) -> None:
        self.world.office_bell(data.draw(st.sampled_from(self.deals)))

    @precondition(lambda self: self.world.store.ids())
    @rule(data=st.data())
    def a_bell_of_an_order(self, data: Any) -> None:
        self.world.bell(self.world.order_ref(data.draw(st.sampled_from(sorted(self.world.store.ids())))))

    @precondition(lambda self: not self.world.has_order("7"))
    @rule()
    def a_customer_places_an_order(self) -> None:
        self.world.bell(self.world.order("7", phone=""))

    @rule(weather=fates, making=st.sampled_from(Fate), lives=st.sampled_from([-1, -1, 1, 2, 3]))
    def wave(self, weather: list[Fate], making: Fate, lives: int) -> None:
        self.fates, self.making, self.lives, self.dead = weather, making, lives, False
        try:
            self.world.wave()
        except (Killed, Superseded):
            self.dead = True
        self.fates, self.making, self.lives, self.dead = [], Fate.FINE, -1, False

    @rule(seconds=st.sampled_from([1, 30, 241, 400]))
    def time_passes(self, seconds: int) -> None:
        self.world.clock.sleep(seconds)

    @rule()
    def sweep(self) -> None:
        self.world.sweep()

    @invariant()
    def one_order_a_deal(self) -> None:
        store = self.world.store
        marks = [f"{CRM}/{deal}" for deal in self.deals]
        found = store.find(marks) if marks else {}
        for mark, orders in found.items():
            assert not isinstance(orders, Exception)
            assert len(orders) <= 1, f"two orders of {mark}"
            for one in orders:
                assert self.world.records_of(self.world.order_ref(one.id)) == [], "an order of a deal got another deal"

    @invariant()
    def one_deal_of_a_customers_order(self) -> None:
        assert len(self.world.records_of(self.world.order_ref("7"))) <= 1

    @rule()
    def everything_is_rung_and_done(self) -> None:
        for deal in self.deals:
            self.world.office_bell(deal)
        self.world.clock.sleep(self.world.hub.terms.doubt.total_seconds())
        self.world.settle()
        bound = self.world.storage.orders_of(CRM, self.deals)
        for deal in self.deals:
            if self.world.office.show(deal)["stageId"] == "NEW":
                assert len(bound.get(deal, ())) == 1, "a deal that stands there has its order"
            for order in bound.get(deal, ()):
                (binding,) = self.world.storage.recall([order], START).bindings[order]
                assert OrderRef.of_record(CRM, binding.record).mark == f"{CRM}/{deal}"
        assert self.world.storage.open_orders(CRM) == []

    def teardown(self) -> None:
        self.everything_is_rung_and_done()
        self.world.close()


TestByHand = ByHand.TestCase
TestByHand.settings = settings(
    max_examples=60, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
