"""Comments over HTTP: what is said about an order in the shop stands in its deal's timeline, and back, once each."""

from collections.abc import Iterator

import pytest

from support.http_world import SOUVENIRS, WOO, HttpWorld
from support.leads import convert, lead, looked_at
from support.leads import deal as the_deal
from sverka.domain.ids import OrderRef
from sverka.ports.journal import Event
from sverka.sandbox.portal.crm.fields import DEAL, LEAD
from sverka.sandbox.shop.faults import Fault

BOTH = SOUVENIRS + '[comments]\nway = "<->"\nfor_customer = "Покупателю:"\n'


@pytest.fixture
def world() -> Iterator[HttpWorld]:
    with HttpWorld([WOO]) as world:
        world.apply(BOTH)
        yield world


def note(world: HttpWorld, order: OrderRef, text: str, *, customer: bool = False) -> None:
    """Have the shop's manager write a note."""
    world.clock.advance(1)
    world.woo.store.add_note(int(order.id), text, customer, author="Олег")


def say(world: HttpWorld, order: OrderRef, text: str) -> None:
    """Have the portal's manager write a comment."""
    world.clock.advance(1)
    fields = {"ENTITY_ID": world.deal(order)["id"], "ENTITY_TYPE": "deal", "COMMENT": text}
    world.portal.call("crm.timeline.comment.add", {"fields": fields})


def timeline(world: HttpWorld, order: OrderRef) -> list[str]:
    """Return the first line of every comment of the deal."""
    deal = int(world.deal(order)["id"])
    comments = world.portal.core.state.comments.values()
    return [one.text.splitlines()[0] for one in comments if (one.entity_type, one.entity_id) == ("deal", deal)]


def notes(world: HttpWorld, order: OrderRef, *, customer: bool = False) -> list[str]:
    """Return the first line of every note that people or the hub wrote."""
    rows = world.woo.store.notes[int(order.id)]
    texts = [row["note"] for row in rows if row["customer_note"] is customer]
    return [text.splitlines()[0] for text in texts if not text.startswith("Order status")]


@pytest.mark.covers("R278")
def test_what_is_said_on_either_side_stands_on_both_once(world: HttpWorld) -> None:
    order = world.order(WOO)
    note(world, order, "Позвонить до обеда")
    world.settle()
    assert timeline(world, order) == ["Позвонить до обеда"]
    say(world, order, "Макет принят")
    world.settle()
    assert notes(world, order) == ["Позвонить до обеда", "Макет принят"]
    for _ in range(3):
        world.ring(order)
        world.settle()
    assert timeline(world, order) == ["Позвонить до обеда", "Макет принят"]
    assert notes(world, order) == ["Позвонить до обеда", "Макет принят"]
    world.assert_in_step(order)


@pytest.mark.covers("R278")
def test_a_field_of_the_deal_holds_the_discussion_as_one_text(world: HttpWorld) -> None:
    world.portal.add_field(DEAL, "FEED")
    world._catalogues["portal"] = world.connectors["portal"].catalogue()
    world.apply(SOUVENIRS + '"comments.text" = { to = "UF_CRM_FEED", way = "->" }\n')
    order = world.order(WOO)
    note(world, order, "Позвонить до обеда")
    world.settle()
    assert world.deal(order)["UF_CRM_FEED"] == "2026-03-01 Олег: Позвонить до обеда"
    note(world, order, "Готово", customer=True)
    world.ring(order)
    world.settle()
    assert world.deal(order)["UF_CRM_FEED"].splitlines()[1] == "2026-03-01 Олег: Готово"
    assert timeline(world, order) == []
    world.assert_in_step(order)


@pytest.mark.covers("R278", "R312")
def test_the_discussion_of_a_lead_goes_on_in_the_deal_that_is_made_of_it(world: HttpWorld) -> None:
    for kind in (LEAD, DEAL):
        world.portal.add_field(kind, "FEED")
    world.learn()
    feed = '"comments.text" = { to = "UF_CRM_FEED", way = "->" }\n'
    world.apply(SOUVENIRS + feed + '[customer]\ncreate = "lead"\n')
    order = world.order(WOO)
    note(world, order, "Позвонить до обеда")
    world.settle()
    assert lead(world, order)["UF_CRM_FEED"] == "2026-03-01 Олег: Позвонить до обеда"
    note(world, order, "Срочно")
    world.ring(order)
    world.settle()
    said = "2026-03-01 Олег: Позвонить до обеда\n2026-03-01 Олег: Срочно"
    assert lead(world, order)["UF_CRM_FEED"] == said
    convert(world, order, deal=True, contact=True)
    looked_at(world)
    assert the_deal(world)["UF_CRM_FEED"] == said
    note(world, order, "Готово")
    world.ring(order)
    world.settle()
    assert the_deal(world)["UF_CRM_FEED"].splitlines()[2:] == ["2026-03-01 Олег: Готово"]


def test_only_what_a_manager_addresses_to_the_buyer_reaches_him(world: HttpWorld) -> None:
    order = world.order(WOO)
    world.settle()
    say(world, order, "Покупатель капризный")
    say(world, order, "Покупателю: заказ готов")
    world.settle()
    assert notes(world, order) == ["Покупатель капризный"]
    assert notes(world, order, customer=True) == ["заказ готов"]


def test_the_shops_own_notes_of_status_changes_stay_in_the_shop(world: HttpWorld) -> None:
    order = world.order(WOO)
    world.settle()
    world.woo.store.edit(int(order.id), {"status": "completed"})
    world.settle()
    assert timeline(world, order) == []


@pytest.mark.covers("C12", "C17")
@pytest.mark.parametrize("fault", [Fault.CLOSED_AFTER_COMMIT, Fault.TRUNCATED])
def test_a_note_whose_answer_was_lost_is_not_made_again(world: HttpWorld, fault: Fault) -> None:
    order = world.order(WOO)
    world.settle()
    say(world, order, "Макет принят")
    world.woo.faults.arm(fault, on="POST /orders/{id}/notes")
    world.settle()
    assert Event.DOUBT in world.events(order), "the answer was lost"
    assert notes(world, order) == ["Макет принят"]
    world.assert_at_rest()


@pytest.mark.covers("C12")
def test_a_note_that_the_buyer_is_mailed_is_not_mailed_again(world: HttpWorld) -> None:
    order = world.order(WOO)
    world.settle()
    say(world, order, "Покупателю: заказ готов")
    world.woo.faults.arm(Fault.CLOSED_AFTER_COMMIT, on="POST /orders/{id}/notes")
    world.settle()
    assert Event.DOUBT in world.events(order), "the answer was lost"
    assert notes(world, order, customer=True) == ["заказ готов"]
    world.assert_at_rest()


@pytest.mark.parametrize("done", range(2, 9))
def test_a_birth_cut_off_between_its_comments_gets_the_others_later(world: HttpWorld, done: int) -> None:
    order = world.order(WOO)
    said = ["Первое", "Второе", "Третье"]
    for text in said:
        note(world, order, text)
    world.fault("close", "crm.timeline.comment.add", commands=done)
    world.settle()
    assert Event.DOUBT in world.events(order), "the answer was lost"
    assert timeline(world, order) == said
    world.assert_in_step(order)


def test_comments_cut_off_in_the_middle_are_gone_on_with(world: HttpWorld) -> None:
    order = world.order(WOO)
    world.settle()
    said = ["Первое", "Второе", "Третье"]
    for text in said:
        note(world, order, text)
    world.ring(order)
    world.fault("close", "crm.timeline.comment.add", commands=2)
    world.deliver()
    world.wave()
    world.move(order, "EXECUTING")
    world.settle()
    assert timeline(world, order) == said
    assert world.differences(order) == {}


def test_a_long_talk_travels_whole_and_once(world: HttpWorld) -> None:
    order = world.order(WOO)
    world.settle()
    said = [f"Реплика {number}" for number in range(70)]
    for text in said:
        note(world, order, text)
    for _ in range(2):
        world.ring(order)
        world.settle()
    assert timeline(world, order) == said
    say(world, order, "Ответ")
    world.settle()
    assert notes(world, order) == [*said, "Ответ"]
    world.assert_in_step(order)


def test_comments_that_the_portal_refuses_are_shown_and_stop_nothing_else(world: HttpWorld) -> None:
    order = world.order(WOO)
    world.settle()
    note(world, order, "Отклонят")
    world.fault("refuse", "crm.timeline.comment.add", times=50, status=400, code="ACCESS_DENIED")
    world.woo.store.edit(int(order.id), {"status": "completed"})
    world.settle()
    assert world.deal(order)["stageId"] == "WON"
    assert world.differences(order) == {"comments": "refused"}


@pytest.mark.parametrize("kind", ["close", "truncate"])
def test_a_comment_whose_answer_was_lost_is_not_made_again(world: HttpWorld, kind: str) -> None:
    order = world.order(WOO)
    world.settle()
    note(world, order, "Позвонить до обеда")
    world.ring(order)
    world.fault(kind, "crm.timeline.comment.add")
    world.settle()
    assert Event.DOUBT in world.events(order), "the answer was lost"
    assert timeline(world, order) == ["Позвонить до обеда"]
    world.assert_at_rest()


def test_what_a_person_deletes_is_not_said_again(world: HttpWorld) -> None:
    order = world.order(WOO)
    note(world, order, "Ошибка")
    world.settle()
    world.portal.core.state.comments.clear()
    note(world, order, "Верно")
    world.ring(order)
    world.settle()
    assert timeline(world, order) == ["Верно"]


def test_a_profile_without_the_table_reads_no_notes(world: HttpWorld) -> None:
    world.apply(SOUVENIRS)
    order = world.order(WOO)
    note(world, order, "Позвонить до обеда")
    world.settle()
    assert timeline(world, order) == []
    assert not [call for call in world.woo.log.calls() if "notes" in call.operation]
