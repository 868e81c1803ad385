"""Orders that the shop's list of `any` leaves out: the trash, and drafts."""

import pytest

from sverka.domain.errors import Gone


def test_a_sweep_finds_what_was_put_into_the_trash(woo, placed, shop, clock):
    kept, trashed, old = placed(), placed(), placed()
    shop.trash(int(old))
    clock.advance(600)
    moment = clock.now()
    shop.trash(int(trashed))
    (notice,) = woo.changed_since(moment)
    assert (notice.id, notice.stamp, notice.event) == (trashed, moment, "changed")
    assert isinstance(woo.read([trashed])[trashed], Gone)
    assert [one.id for one in woo.changed_since(None)] == [kept, old, trashed]


def test_an_empty_trash_costs_one_request(woo, placed, server, clock):
    moment = clock.now()
    placed()
    assert len(list(woo.changed_since(moment))) == 1
    assert server.log.counts() == {"GET /orders": 2}


def test_a_full_trash_is_paged_through(woo, placed, shop):
    ids = [placed() for _ in range(130)]
    for id_ in ids:
        shop.trash(int(id_))
    assert [notice.id for notice in woo.changed_since(None)] == ids


def test_an_order_deleted_for_good_is_in_no_sweep(woo, placed, shop):
    id_ = placed()
    shop.delete(int(id_))
    assert list(woo.changed_since(None)) == []


@pytest.mark.covers("C2")
@pytest.mark.parametrize("status", ["checkout-draft", "auto-draft"])
def test_a_draft_is_no_order_yet(woo, placed, shop, status):
    here, draft = placed(), placed(fields={"status": status})
    found = woo.read([here, draft])
    assert isinstance(found[draft], Gone)
    assert not isinstance(found[here], Gone)
    assert [notice.id for notice in woo.changed_since(None)] == [here]
    shop.edit(int(draft), {"status": "processing"})
    assert woo.read([draft])[draft].get("status") == "processing"


def test_a_draft_is_no_status_to_choose(woo, shop):
    options = next(field for field in woo.catalogue() if field.key == "status").options
    assert "checkout-draft" in shop.catalogue.statuses
    assert not {"checkout-draft", "auto-draft"} & set(options)
    assert "processing" in options
