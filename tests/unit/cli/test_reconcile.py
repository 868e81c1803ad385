"""`sverka reconcile`: the plan of repairs, as a person and a program read it."""

import json


def test_what_differs_is_planned_and_nothing_is_written(applied, place, portal):
    first, second = place(), place()
    applied.ok("order", "sync", first, second)
    assert "All agree." in applied.ok("reconcile").out
    (*_, moved) = deals = portal.call("crm.item.list", {"entityTypeId": 2}).result["items"]
    assert len(deals) == 2
    portal.call("crm.item.update", {"entityTypeId": 2, "id": moved["id"], "fields": {"stageId": "C2:WON"}})
    before = portal.call("crm.item.list", {"entityTypeId": 2})
    ran = applied.fails("reconcile")
    assert "Compared field by field: 2 orders." in ran.out
    assert "to be repaired: 1" in ran.out
    assert "order statusId" in ran.out or "order status" in ran.out
    assert "sverka reconcile --repair" in ran.out
    assert portal.call("crm.item.list", {"entityTypeId": 2}) == before
    told = json.loads(applied.fails("reconcile", "--json").out)
    assert (told["compared"], told["fields"], told["queued"]) == (2, {"status": 1}, 0)
    assert "исправить: 1" in applied.fails("reconcile", env={"SVERKA_LANG": "ru"}).out
    said = applied.ok("reconcile", "--repair").out
    assert "They are queued" in said
    assert applied.ok("status", "--json")
