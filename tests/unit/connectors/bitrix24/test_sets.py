"""How many requests sets of orders take: the portal's scarcest good."""

from decimal import Decimal

import pytest

from sverka.domain.commerce.customer import Customer, MatchKey
from sverka.domain.commerce.lines import Line
from sverka.domain.errors import Halt, Superseded, Unanswered
from sverka.domain.ids import RecordId
from sverka.ports.backoffice import Look, NewCustomer, RecordWrite
from sverka.ports.store import Wrote
from sverka.sandbox.portal import Fault

ROWS = (Line("Кружка", Decimal(2), Decimal("500.00")), Line("Доставка", Decimal(1), Decimal(300)))


def creates(origin, numbers, **fields):
    return [RecordWrite(n, {"title": f"№{n}", "rows": ROWS, **fields}, origin=origin(n)) for n in numbers]


@pytest.mark.covers("C42", "C47")
def test_two_hundred_orders_of_new_customers(office, guard, origin, portal):
    office.catalogue()
    portal.reset_counters()
    before = office.client.requests
    numbers = range(200)
    phones = {n: f"+79990000{n:03}" for n in numbers}
    keys = {n: (MatchKey("phone", phones[n][1:]), MatchKey("email", f"b{n}@example.ru")) for n in numbers}
    ask = Look(origins=[origin(n) for n in numbers], keys=[key for pair in keys.values() for key in pair])
    seen = office.look(ask, guard)
    assert set(seen.keys) == set(ask.keys)
    assert set(seen.origins) == set(ask.origins)
    buyers = [NewCustomer(n, Customer(name=f"b{n}", phone=phones[n], email=keys[n][1].value)) for n in numbers]
    contacts = office.add_customers(buyers, guard)
    writes = [RecordWrite(n, {"rows": ROWS}, origin=origin(n), contacts=[contacts[n]]) for n in numbers]
    answers = office.write(writes, guard)
    assert all(isinstance(answers[n], Wrote) and answers[n].after.contacts == (contacts[n],) for n in numbers)
    assert portal.counters.requests == 22
    assert office.client.requests - before == 22
    again = office.look(Look(keys=[keys[7][0]], origins=[origin(7)]), guard)
    assert again.keys == {keys[7][0]: [contacts[7]]}
    assert again.origins[origin(7)] == [answers[7].after]


@pytest.mark.covers("R222")
def test_bound_records_go_fifty_a_command_and_fifty_commands_a_request(office, guard, portal):
    office.catalogue()
    made = [RecordId(str(portal.create(2, {"title": "x"}))) for _ in range(2600)]
    portal.reset_counters()
    seen = office.look(Look(records=made), guard)
    assert portal.counters.requests == 2
    assert [seen.records[one].id for one in made] == made


def test_patches_are_packed(office, guard, portal):
    office.catalogue()
    made = [RecordId(str(portal.create(2, {"title": "x"}))) for _ in range(98)]
    portal.reset_counters()
    answers = office.write([RecordWrite(n, {"title": f"№{n}"}, record=one) for n, one in enumerate(made)], guard)
    assert portal.counters.requests == 2
    assert max(line.commands for line in portal.requests) == 50
    assert [answers[n].after.title for n in range(98)] == [f"№{n}" for n in range(98)]


def test_slow_work_is_packed_below_the_portals_sixty_seconds(office, guard, origin, portal):
    portal.settings.costs = {"crm.item.add": 4.0}
    office.write(creates(origin, [0]), guard)
    portal.reset_counters()
    office.write(creates(origin, range(1, 25)), guard)
    assert [line.commands for line in portal.requests] == [19, 19, 13]
    assert max(line.cost for line in portal.requests) < 60


def test_a_lost_batch_leaves_the_others_alone(office, guard, origin, portal):
    office.catalogue()
    portal.fault(Fault("close", method="batch"))
    answers = office.write(creates(origin, range(30)), guard)
    assert all(isinstance(answers[n], Unanswered) for n in range(24))
    assert all(isinstance(answers[n], Wrote) for n in range(24, 30))
    found = office.look(Look(origins=[origin(3)]), guard).origins[origin(3)]
    assert [one.title for one in found] == ["№3"]


def test_a_batch_cut_in_the_middle_is_unanswered_whole(office, guard, origin, portal):
    office.catalogue()
    portal.fault(Fault("close", method="batch", commands=3))
    answers = office.write(creates(origin, range(5)), guard)
    assert {type(answer) for answer in answers.values()} == {Unanswered}


def test_nothing_is_sent_after_a_takeover(office, guard, origin, portal):
    office.catalogue()
    portal.reset_counters()
    guard.after, guard.problem = 1, Superseded()
    answers = office.write(creates(origin, range(60)), guard)
    assert portal.counters.requests == 1
    assert [type(answers[n]) for n in (0, 23, 24, 59)] == [Wrote, Wrote, Superseded, Superseded]


def test_a_look_after_a_takeover_answers_all_it_was_asked(office, guard, origin, portal):
    guard.problem = Superseded()
    ask = Look([RecordId("1")], [RecordId("2")], [origin(1)], [MatchKey("email", "a@b.ru")], [RecordId("3")])
    seen = office.look(ask, guard)
    answers = [*seen.records.values(), *seen.origins.values(), *seen.keys.values(), *seen.contacts.values()]
    assert [type(answer) for answer in answers] == [Superseded] * 5
    assert portal.counters.requests == 0


def test_an_overload_stops_the_rest(office, guard, origin, portal):
    office.catalogue()
    portal.reset_counters()
    portal.fault(Fault("error", code="OVERLOAD_LIMIT"))
    answers = office.write(creates(origin, range(60)), guard)
    assert {type(answer) for answer in answers.values()} == {Halt}
    assert portal.counters.requests == 1


@pytest.mark.parametrize("keys", [("c0",), ("c1",), ("c2",)])
def test_a_portal_that_breaks_down_over_one_command(office, guard, origin, portal, keys):
    """The add, its rows or the read-back: the deal is in doubt, refused in part, or read once more."""
    office.catalogue()
    portal.reset_counters()
    portal.fault(Fault("refuse", method="batch", status=500, keys=keys))
    answer = office.write(creates(origin, [1]), guard)[1]
    if keys == ("c0",):
        assert isinstance(answer, Unanswered)
    elif keys == ("c1",):
        assert answer.refused.keys() == {"rows"}
        assert answer.after.unread == {"rows", "timeline"}
    else:
        assert portal.counters.requests == 2
        assert answer.refused == {}
        assert len(answer.after.get("rows")) == 2
