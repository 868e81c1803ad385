"""A random life of the hub: bells lost, doubled and late, edits on both sides, answers lost, kills after any step.

Whatever happens, there is one deal per order and profile, an edit is never overwritten against its policy, an echo
writes nothing, and the hub comes to rest.
"""

from typing import Any

import pytest
from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from support.world import START, World, mappings, profile
from sverka.connectors.in_memory.weather import Fate
from sverka.domain.errors import Superseded
from sverka.domain.ids import OrderRef
from sverka.domain.mapping.field_mapping import Policy

NUMBERS = ("1",)  # contention, and not variety, is what breaks a merge
TRACKS = ("", "A", "B", "C")
fates = st.lists(st.sampled_from([Fate.FINE, Fate.FINE, *Fate]), max_size=6)


class Killed(BaseException):
    """The process ends here: nothing after it runs, not even what tidies up."""


class Life(RuleBasedStateMachine):
    """People, bells, waves and accidents, in any order."""

    @initialize()
    def begin(self) -> None:
        self.world = World()
        self.world.profiles = [profile(mappings=mappings(Policy.OFFICE_WINS))]
        self.fates: list[Fate] = []
        self.world.office.weather.next_fate = self.next_fate
        self.world.store.weather.next_fate = self.next_fate
        self.edited: dict[str, dict[str, str]] = {}
        self.agreed: dict[str, str] = {}
        self.deleted: set[str] = set()
        self.late: list[OrderRef] = []
        self._make_mortal()

    def _make_mortal(self) -> None:
        """Let a kill strike after any commit and after any write, and leave the lock as a dead process does."""
        storage: Any = self.world.storage
        self.lives = -1
        self.dead = False
        release = storage.release
        storage.release = lambda *args: None if self.dead else release(*args)
        office: Any = self.world.office
        store: Any = self.world.store
        storage.commit = self._mortal(storage.commit)
        office.write = self._mortal(office.write)
        office.add_customers = self._mortal(office.add_customers)
        store.write = self._mortal(store.write)

    def _mortal(self, act: Any) -> Any:
        def carried_out(*args: Any) -> Any:
            answer = act(*args)
            self.lives -= 1
            if self.lives == 0:
                self.dead = True
                raise Killed
            return answer

        return carried_out

    def next_fate(self) -> Fate:
        return self.fates.pop(0) if self.fates else Fate.FINE

    @property
    def orders(self) -> list[OrderRef]:
        return [self.world.order_ref(number) for number in NUMBERS if self.world.has_order(number)]

    # People

    @rule(number=st.sampled_from(NUMBERS), bell=st.booleans())
    def place(self, number: str, bell: bool) -> None:
        if not self.world.has_order(number):
            order = self.world.order(number)
            self.ring(order, 1 if bell else 0)

    @precondition(lambda self: self.orders)
    @rule(data=st.data(), value=st.sampled_from(TRACKS), bells=st.integers(0, 2))
    def edit_track_in_the_shop(self, data: Any, value: str, bells: int) -> None:
        order = data.draw(st.sampled_from(self.orders))
        self.note_edit(order, "store", str(self.world.shop(order)["delivery.track"] or ""), value)
        self.world.edit_order(order, delivery__track=value)
        self.ring(order, bells)

    @precondition(lambda self: self.orders)
    @rule(data=st.data(), value=st.sampled_from(["N", "P", "F", "cancelled", "X"]), bells=st.integers(0, 2))
    def edit_status_in_the_shop(self, data: Any, value: str, bells: int) -> None:
        order = data.draw(st.sampled_from(self.orders))
        self.world.edit_order(order, status=value)
        self.ring(order, bells)

    @precondition(lambda self: self.orders)
    @rule(value=st.sampled_from(TRACKS), bell=st.booleans())
    def edit_track_in_the_deal(self, value: str, bell: bool) -> None:
        for order in self.orders:
            for record in self.world.records_of(order):
                self.note_edit(order, "office", str(self.world.office.show(record).get("UF_TRACK") or ""), value)
                self.world.edit_record(record, UF_TRACK=value)
                if bell:
                    self.world.office_bell(record)

    @precondition(lambda self: self.orders)
    @rule(value=st.sampled_from(["NEW", "QUALITY", "WON", "APOLOGY", "ODD"]), bell=st.booleans())
    def move_the_deal(self, value: str, bell: bool) -> None:
        for order in self.orders:
            for record in self.world.records_of(order):
                self.world.edit_record(record, stageId=value)
                if bell:
                    self.world.office_bell(record)

    @rule(number=st.sampled_from(NUMBERS))
    def delete_the_deal(self, number: str) -> None:
        if self.world.has_order(number):
            for record in self.world.records_of(self.world.order_ref(number)):
                self.world.office.drop(record)
                self.deleted.add(number)

    def note_edit(self, order: OrderRef, side: str, before: str, value: str) -> None:
        """Keep what a side was edited to since both last agreed.

        Setting what is there already is no edit, and setting back what was agreed on undoes one: nobody can tell.
        """
        sides = self.edited.setdefault(order.id, {})
        if value == self.agreed.get(order.id, ""):
            sides.pop(side, None)
        elif value != before:
            sides[side] = value

    def hub_saw(self, order: OrderRef, shop: object, deal: object) -> bool:
        bindings = self.world.storage.recall([order], START).bindings.get(order, [])
        entries = [binding.baseline["track"].pair for binding in bindings if "track" in binding.baseline]
        return any(pair is not None and (pair.store or "", pair.office or "") == (shop, deal) for pair in entries)

    # Bells, waves, time

    def ring(self, order: OrderRef, times: int) -> None:
        for _ in range(times):
            self.world.bell(order)
        if not times:
            self.late.append(order)

    @precondition(lambda self: self.late)
    @rule()
    def a_late_bell_arrives(self) -> None:
        self.world.bell(self.late.pop(0))

    @rule(weather=fates, lives=st.integers(-1, 6))
    def wave(self, weather: list[Fate], lives: int) -> None:
        self.fates, self.lives, self.dead = weather, lives, False
        try:
            self.world.wave()
        except Killed:
            note("killed after a commit or a write")
        except Superseded:
            note("superseded")
        self.fates, self.lives, self.dead = [], -1, False

    @rule()
    def wave_in_fine_weather(self) -> None:
        self.world.wave()

    @rule()
    def everything_is_rung_and_done(self) -> None:
        for order in self.orders:
            self.world.bell(order)
        self.world.settle()

    @rule(seconds=st.sampled_from([1, 30, 241, 400]))
    def time_passes(self, seconds: int) -> None:
        self.world.clock.sleep(seconds)

    @rule()
    def sweep(self) -> None:
        self.world.sweep()

    # What must hold

    @invariant()
    def one_deal_per_order(self) -> None:
        for order in self.orders:
            if order.id not in self.deleted:
                assert len(self.world.records_of(order)) <= 1, "two deals for one order"

    @invariant()
    def one_contact_per_buyer(self) -> None:
        assert len(self.world.office.contacts()) <= 1, "two contacts for one buyer"

    @invariant()
    def an_edit_stands_on_its_own_side(self) -> None:
        for order in self.orders:
            sides = self.edited.setdefault(order.id, {})
            records = self.world.records_of(order)
            if not records:
                sides.pop("office", None)
                continue
            shop = self.world.shop(order)["delivery.track"] or ""
            deal = self.world.office.show(records[0]).get("UF_TRACK") or ""
            if shop == deal:
                assert len(set(sides.values())) < 2, "both sides were edited, and one edit was overwritten"
                if self.hub_saw(order, shop, deal):
                    sides.clear()
                    self.agreed[order.id] = str(shop)
            else:
                assert shop == sides.get("store", shop), "a shop's edit was overwritten"
                assert deal == sides.get("office", deal), "a manager's edit was overwritten"

    @rule()
    def come_to_rest(self) -> None:
        for order in self.orders:
            self.world.bell(order)
        self.world.settle()
        for order in self.orders:
            self.agrees(order)
        writes = self.world.office.writes, self.world.store.writes
        for order in self.orders:
            self.world.bell(order)
        self.world.settle()
        assert (self.world.office.writes, self.world.store.writes) == writes, "an echo was written"
        assert self.world.storage.counts().open_intents == 0

    def agrees(self, order: OrderRef) -> None:
        differences = self.world.differences(order)
        records = self.world.records_of(order)
        if not records:
            assert differences or order.id in self.deleted, "no deal and no reason"
            return
        if len(records) > 1 or order.id in self.deleted:
            return
        shop, deal = self.world.shop(order), self.world.office.show(records[0])
        for mapping in mappings():
            same = mapping.converter.agree(shop.get(mapping.store_field), deal.get(mapping.office_field))
            assert same or mapping.key in differences, f"{mapping.key} differs without a reason"

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.come_to_rest()
            self.world.close()


TestLife = pytest.mark.timeout(900)(Life.TestCase)  # shrinking a story that broke takes its time
TestLife.settings = settings(
    max_examples=80, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
