"""A changed profile put in force over what already stands: conflicts, rows that join other fields, orders it is not
new to.
"""

from pathlib import Path

import pytest

NOTE = '"comment.manager" = {{ to = "{to}", way = "{way}", policy = "{policy}" }}'
PAID = '{ status = "P", stage = ["C2:EXECUTING"] }'


def edit(old: str, new: str) -> None:
    text = Path("print.toml").read_text("utf-8")
    assert old in text
    Path("print.toml").write_text(text.replace(old, new, 1), "utf-8")


def deal(portal) -> dict:
    return portal.call("crm.item.list", {"entityTypeId": 2}).result["items"][0]


def change(portal, **fields: object) -> None:
    portal.call("crm.item.update", {"entityTypeId": 2, "id": deal(portal)["id"], "fields": fields})


@pytest.fixture
def apart(connected, place, portal, site):
    """An order whose two sides moved apart, and a document that gives the status they agreed on another stage."""
    edit('# { status = "P", stage = ["…"] }', PAID)
    connected.ok("profile", "apply", "print.toml", "--yes")
    order = place()
    connected.ok("order", "sync", order)
    portal.move_stage(deal(portal)["id"], "C2:WON")
    site.edit(int(order.partition("/")[2]), {"statusId": "P"})
    connected.ok("order", "sync", order)
    assert "(both sides moved" in connected.ok("order", "list", "--differences").out
    edit('stage = ["C2:NEW"]', 'stage = ["C2:PREPARATION"]')
    return order


@pytest.mark.covers("R36")
def test_recomputing_answers_the_conflicts_of_changed_rows_in_the_operators_name(connected, apart, portal):
    said = connected.ok("profile", "apply", "print.toml", "--recompute", "--yes").out
    assert "Conflicts on changed rows that are answered in your name: 1 (`status` × 1: the store's value)." in said
    assert "Answered in your name: 1" in said
    assert "decided on `status` (store P, portal C2:WON): the store's value stays." in " ".join(
        connected.ok("order", "show", apart, env={"COLUMNS": "250"}).out.split()
    )
    connected.ok("order", "sync", apart)
    assert deal(portal)["stageId"] == "C2:EXECUTING"
    assert "Nothing differs" in connected.ok("order", "list", "--differences").out


def test_keeping_answers_them_too_and_writes_nothing(connected, apart, portal, site):
    said = connected.ok("profile", "apply", "print.toml", "--keep", "--yes").out
    assert "answered in your name: 1; both sides stay as they are" in said
    writes = portal.counters.writes
    connected.ok("order", "sync", apart)
    assert deal(portal)["stageId"] == "C2:WON"
    assert portal.counters.writes == writes
    assert "choose which value is right" not in connected.ok("order", "list", "--differences").out


def test_unless_told_otherwise_conflicts_wait_and_the_preview_says_what_each_choice_would_do(connected, apart, portal):
    said = connected.ok("profile", "apply", "print.toml", "--yes").out
    assert "Conflicts that wait for you on changed rows: 1; they go on waiting." in said
    assert "--recompute takes: `status` × 1: the store's value." in said
    connected.ok("order", "sync", apart)
    assert deal(portal)["stageId"] == "C2:WON"
    assert "choose which value is right" in connected.ok("order", "list", "--differences").out


def test_an_answer_that_a_person_gave_is_not_replaced(connected, apart, portal):
    connected.ok("order", "decide", apart, "status", "--winner", "portal")
    said = connected.ok("profile", "apply", "print.toml", "--recompute", "--yes").out
    assert "in your name" not in said
    connected.ok("order", "sync", apart)
    assert deal(portal)["stageId"] == "C2:WON"


@pytest.fixture
def moved_row(connected, place, portal):
    """A hub with an order whose remark stands in a field, while another field holds a manager's own words."""

    def make(way: str, policy: str) -> str:
        row = NOTE.format(to="comments", way=way, policy=policy)
        edit("[fields]\n", f"[fields]\n{row}\n")
        connected.ok("profile", "apply", "print.toml", "--yes")
        order = place(comments="Позвоните утром")
        connected.ok("order", "sync", order)
        assert deal(portal)["comments"] == "Позвоните утром"
        change(portal, additionalInfo="Слова менеджера")
        edit(row, NOTE.format(to="additionalInfo", way=way, policy=policy))
        return order

    return make


@pytest.mark.covers("R36")
def test_a_row_that_joins_another_field_is_carried_over_by_its_own_rule(connected, moved_row, portal):
    order = moved_row("<->", "store_wins")
    said = connected.ok("profile", "apply", "print.toml", "--recompute", "--yes").out
    assert "joins other fields" not in said
    connected.ok("order", "sync", order)
    assert deal(portal)["additionalInfo"] == "Позвоните утром"


def test_a_row_without_a_rule_asks_and_the_preview_says_so(connected, moved_row, portal):
    order = moved_row("<->", "ask")
    said = connected.ok("profile", "apply", "print.toml", "--recompute", "--yes").out
    assert "Orders on which a row joins other fields now and no rule says whose value stays: 1" in said
    connected("order", "sync", order)
    assert deal(portal)["additionalInfo"] == "Слова менеджера"
    assert "choose which value is right" in connected.ok("order", "list", "--differences").out


def test_only_the_orders_a_change_is_new_to_are_looked_at(applied, place):
    """A buyer without a company never agrees on the company's fields: that is no reason to look again and again."""
    orders = [place(), place()]
    applied.ok("order", "sync", *orders)
    edit("[fields]\n", '[fields]\n"property.INN" = { to = "company.inn" }\n')
    assert "Rang for 2 orders" in applied.ok("profile", "apply", "print.toml", "--yes").out
    applied.ok("order", "sync", *orders)
    edit("writes_per_wave = 5000", "writes_per_wave = 400")
    assert "Rang for" not in applied.ok("profile", "apply", "print.toml", "--yes").out
