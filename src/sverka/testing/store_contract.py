"""What every store's connector must do."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal, Protocol
from unittest import SkipTest

from sverka.domain.commerce.lines import Line, sum_of
from sverka.domain.commerce.order import CANCELLED
from sverka.domain.commerce.value import Value, lines_of
from sverka.domain.errors import AuthLost, Forged, Gone, Later, Rejected, Unanswered
from sverka.domain.ids import OrderId
from sverka.domain.merge.snapshot import Snapshot
from sverka.ports.guard import free
from sverka.ports.history import TellsHistory
from sverka.ports.notices import Subject
from sverka.ports.store import NewOrderWrite, OrderWrite, Store
from sverka.testing.expect import keeps_secrets, problem_of, whole
from sverka.testing.law import StoreLaw

Fault = Literal["busy", "auth", "lost", "html"]
"""What the next request meets: too many requests, refused credentials, a write done whose answer is lost, a page."""

_OF_STATUS = {
    *("status", "status.code", "payment.paid", "payment.total", "payment.paid_at", "payment.status", "payments"),
}
"""What may move with a status: a shop may count an order as paid by it."""


class StoreHands(Protocol):
    """A connector, and people's hands on the store behind it."""

    store: Store
    secrets: list[str]
    page: int
    """How many orders a page of the store's own lists holds."""

    def place(self) -> OrderId:
        """Have a customer place an order that is not cancelled."""

    def place_open(self) -> OrderId:
        """Have a customer place an order that is not paid and whose goods may be changed yet."""

    def edit(self, order: OrderId) -> None:
        """Have somebody in the shop change something of an order."""

    def delete(self, order: OrderId) -> None:
        """Have somebody in the shop delete an order."""

    def other_status(self, order: OrderId) -> str:
        """Return a status the order does not have and may get."""

    def notice(self, order: OrderId) -> tuple[Mapping[str, str], bytes]:
        """Return a genuine webhook about an order: lower-case headers and the body."""

    def forge(self, notice: tuple[Mapping[str, str], bytes]) -> tuple[Mapping[str, str], bytes]:
        """Spoil a webhook's secret or signature."""

    def fault(self, fault: Fault) -> None:
        """Let the next request meet a fault."""


class StoreContract(StoreLaw):
    """Inherit it, give the fixture `hands`, and every test is yours."""

    def test_reads_each_order_and_an_unknown_one_spoils_no_other(self, hands: StoreHands) -> None:
        """An unknown order is Gone; the others are read."""
        order = hands.place()
        shown = hands.store.read([order, OrderId("999999")])
        assert whole(shown[order]).id == order
        assert isinstance(shown[OrderId("999999")], Gone)

    def test_a_snapshot_has_what_every_route_and_title_needs(self, hands: StoreHands) -> None:
        """Number, status, total, currency, creation and a stamp are always there."""
        shown = self._read(hands, hands.place())
        missing = [
            key
            for key in ("order.number", "status", "total", "currency", "order.created_at")
            if shown.get(key) in (None, "")
        ]
        assert not missing
        assert shown.stamp
        assert shown.changed_at

    def test_a_deleted_order_is_gone(self, hands: StoreHands) -> None:
        """Deleted or in the bin, it is Gone."""
        if not hands.store.can.sees_deletions:
            raise SkipTest("this store does not show that an order was deleted")
        order = hands.place()
        hands.delete(order)
        assert isinstance(hands.store.read([order])[order], Gone)

    def test_a_write_is_partial(self, hands: StoreHands) -> None:
        """Fields that were not named stay as they were."""
        order = hands.place()
        before = self._read(hands, order)
        self._write(hands, order, {"status": hands.other_status(order)})
        after = self._read(hands, order)
        moved = {key for key in before.fields if before.get(key) != after.get(key)}
        assert moved <= _OF_STATUS, moved

    def test_what_a_write_returns_is_what_a_read_returns(self, hands: StoreHands) -> None:
        """The read-back is honest."""
        order = hands.place()
        status = hands.other_status(order)
        after = self._write(hands, order, {"status": status})
        assert after.get("status") == status
        assert after.fields == self._read(hands, order).fields

    def test_a_write_twice_is_once(self, hands: StoreHands) -> None:
        """The second equal write changes nothing that is mapped."""
        order = hands.place()
        status = hands.other_status(order)
        first = self._write(hands, order, {"status": status})
        assert self._write(hands, order, {"status": status}).fields == first.fields

    def test_cancels_and_takes_it_back(self, hands: StoreHands) -> None:
        """Every store is cancelled by the one reserved status, whatever it calls it."""
        order = hands.place()
        status = hands.other_status(order)
        assert self._write(hands, order, {"status": CANCELLED}).get("status") == CANCELLED
        assert self._write(hands, order, {"status": status}).get("status") == status

    def test_a_write_to_an_unknown_order_is_gone(self, hands: StoreHands) -> None:
        """It spoils no other write of the set."""
        order = hands.place()
        status = hands.other_status(order)
        unknown = OrderId("999999")
        writes = [OrderWrite(unknown, {"status": status}), OrderWrite(order, {"status": status})]
        answers = hands.store.write(writes, free)
        assert isinstance(answers[unknown], Gone)
        assert whole(answers[order]).after.get("status") == status

    def test_changes_include_their_own_moment_and_all_pages(self, hands: StoreHands) -> None:
        """The stamp of the newest change finds that change again."""
        orders = {hands.place() for _ in range(hands.page + 3)}
        notices = list(hands.store.changed_since(None))
        assert {OrderId(notice.id) for notice in notices} >= orders
        newest = max(notice.stamp for notice in notices if notice.stamp)
        again = {notice.id for notice in hands.store.changed_since(newest)}
        assert again & {notice.id for notice in notices if notice.stamp == newest}

    def test_history_is_told_by_the_moment_orders_were_placed(self, hands: StoreHands) -> None:
        """Every order since a moment is there, its own moment included, and says when it was placed."""
        if not isinstance(hands.store, TellsHistory):
            raise SkipTest("tells no history")
        orders = [hands.place() for _ in range(hands.page + 1)]
        shown = {order: self._read(hands, order).get("order.created_at") for order in (orders[0], orders[-1])}
        first, last = (moment for moment in shown.values() if isinstance(moment, datetime))
        told = {one.id: one.at for one in hands.store.placed_since(first)}
        assert set(orders) <= set(told)
        assert (told[orders[0]], told[orders[-1]]) == (first, last)
        assert orders[-1] in {one.id for one in hands.store.placed_since(last)}
        assert not list(hands.store.placed_since(last + timedelta(days=1)))

    def test_a_genuine_notice_rings_and_a_forged_one_is_refused(self, hands: StoreHands) -> None:
        """A bell is verified before it is believed."""
        if not hands.store.can.signs_notices:
            raise SkipTest("this store sends no notices")
        order = hands.place()
        notice = hands.notice(order)
        assert [n.id for n in hands.store.notices(*notice) if n.subject is Subject.ORDER] == [order]
        problem = problem_of(lambda: hands.store.notices(*hands.forge(notice)))
        assert isinstance(problem, Forged)
        keeps_secrets(problem, hands.secrets)

    def test_a_store_that_sends_no_notices_believes_none(self, hands: StoreHands) -> None:
        """Whatever comes to its address is forged."""
        if hands.store.can.signs_notices:
            raise SkipTest("this store sends notices")
        assert isinstance(problem_of(lambda: hands.store.notices({}, b'{"id": 1}')), Forged)

    def test_problems_are_sorted_by_what_to_do_next(self, hands: StoreHands) -> None:
        """Busy is Later, refused credentials are AuthLost, a lost answer is Unanswered; none shows a secret."""
        order = hands.place()
        status = hands.other_status(order)
        for fault, kind in (("busy", Later), ("auth", AuthLost), ("lost", Unanswered)):
            hands.fault(fault)  # type: ignore[arg-type] # each is one of the literal's words
            problem = problem_of(lambda: hands.store.write([OrderWrite(order, {"status": status})], free))
            assert isinstance(problem, kind), (fault, problem)
            keeps_secrets(problem, hands.secrets)

    def test_the_status_has_its_options_in_the_catalogue(self, hands: StoreHands) -> None:
        """Every status an order can show or get is offered to the profile's author."""
        order = hands.place()
        options: Mapping[str, str] = next(f for f in hands.store.catalogue() if f.key == "status").options
        assert {str(self._read(hands, order).get("status")), hands.other_status(order)} <= set(options)

    def test_the_catalogue_says_what_can_be_written(self, hands: StoreHands) -> None:
        """A profile is checked against it: a field that is writable there and not here would be promised in vain."""
        hands.place()
        can, fields = hands.store.can.writes, hands.store.catalogue()
        wild = tuple(key.removesuffix("*") for key in can if key.endswith(".*"))
        promised = {one.key for one in fields if one.writable and not (wild and one.key.startswith(wild))}
        assert not promised - can

    def test_an_order_is_made_with_its_mark_and_found_by_it(self, hands: StoreHands) -> None:
        """What a create returns is what a read returns; the others of the shop carry no mark (K23)."""
        self._needs_marks(hands)
        placed = hands.place()
        status = hands.other_status(placed)
        made = whole(hands.store.create([NewOrderWrite(1, "office/57", {"status": status})], free)[1]).after
        assert (made.mark, made.get("status")) == ("office/57", status)
        shown = self._read(hands, OrderId(made.id))
        assert (shown.fields, shown.mark) == (made.fields, made.mark)
        assert self._read(hands, placed).mark == ""
        found = hands.store.find(["office/57", "office/5"], free)
        assert [one.id for one in whole(found["office/57"])] == [made.id]
        assert list(whole(found["office/5"])) == []
        assert made.id in {notice.id for notice in hands.store.changed_since(None)}

    def test_orders_with_one_mark_are_found_oldest_first(self, hands: StoreHands) -> None:
        """Two were made by mistake: whoever looks takes the older."""
        self._needs_marks(hands)
        made = [whole(hands.store.create([NewOrderWrite(key, "office/57", {})], free)[key]).after.id for key in (1, 2)]
        assert [one.id for one in whole(hands.store.find(["office/57"], free)["office/57"])] == made

    def test_an_order_whose_answer_was_lost_is_found_by_its_mark(self, hands: StoreHands) -> None:
        """The create is Unanswered for every order it carried, and the order is there."""
        self._needs_marks(hands)
        hands.fault("lost")
        problem = problem_of(lambda: hands.store.create([NewOrderWrite(1, "office/57", {})], free))
        assert isinstance(problem, Unanswered)
        assert len(whole(hands.store.find(["office/57"], free)["office/57"])) == 1

    def test_a_store_that_keeps_no_mark_refuses_to_make_orders(self, hands: StoreHands) -> None:
        """It says so, and sends nothing."""
        if hands.store.can.keeps_mark:
            raise SkipTest("this store keeps marks")
        placed = {notice.id for notice in hands.store.changed_since(None)}
        assert isinstance(problem_of(lambda: hands.store.create([NewOrderWrite(1, "office/57", {})], free)), Rejected)
        assert isinstance(problem_of(lambda: hands.store.find(["office/57"], free)), Rejected)
        assert {notice.id for notice in hands.store.changed_since(None)} == placed

    def test_goods_are_changed_added_and_taken_out(self, hands: StoreHands) -> None:
        """What a write of line items returns adds up to the order's own total, and a second one changes nothing."""
        order = self._needs_goods(hands)
        lines = lines_of(self._read(hands, order).get("lines"))
        dearer = replace(lines[0], quantity=Decimal(3), total=lines[0].price * 3)
        more = [dearer, *lines[1:], Line("Упаковка", Decimal(1), Decimal("100.00"))]
        for wanted in (tuple(more), tuple(more), tuple(more[:-1])):
            after = self._write(hands, order, {"lines": wanted})
            shown = lines_of(after.get("lines"))
            assert sorted((line.name, line.total) for line in shown) == sorted((one.name, one.total) for one in wanted)
            assert sum_of(shown) == after.get("total")
            assert after.fields == self._read(hands, order).fields

    def _needs_goods(self, hands: StoreHands) -> OrderId:
        """Return an order whose goods may be changed; skip where the store changes none."""
        if "lines" not in hands.store.can.writes:
            raise SkipTest("this store changes no goods of an order")
        return hands.place_open()

    @staticmethod
    def _needs_marks(hands: StoreHands) -> None:
        if not hands.store.can.keeps_mark:
            raise SkipTest("this store keeps no mark, so it makes no orders")

    @staticmethod
    def _read(hands: StoreHands, order: OrderId) -> Snapshot:
        return whole(hands.store.read([order])[order])

    @staticmethod
    def _write(hands: StoreHands, order: OrderId, fields: Mapping[str, Value]) -> Snapshot:
        wrote = whole(hands.store.write([OrderWrite(order, fields)], free)[order])
        assert not wrote.refused
        return wrote.after
