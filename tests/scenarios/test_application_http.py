"""A portal entered by a local application, over real HTTP: let in at the hub's door, told of changes, thrown out."""

from collections.abc import Iterator
from urllib.parse import urlencode

import httpx2
import pytest

from support.http_world import PORTAL, SITE, HttpWorld
from sverka.domain.ids import OfficeName
from sverka.engine.bells.sweep import sweep
from sverka.ports.journal import Event
from sverka.worker import Worker

EXPIRED = 3601


@pytest.fixture
def world() -> Iterator[HttpWorld]:
    with HttpWorld(by_app=True) as one:
        yield one


def rung(world: HttpWorld) -> list[str]:
    """Return what the portal has posted to the hub, in order."""
    return [line.event for line in world.portal.events.log if line.application]


def get(url: str) -> httpx2.Response:
    with httpx2.Client(trust_env=False) as client:
        return client.get(url)


def post(url: str, told: dict[str, str]) -> int:
    with httpx2.Client(trust_env=False) as client:
        return client.post(url, data=told).status_code


@pytest.mark.covers("R1", "R28", "R126", "R153", "R259", "C16", "C17")
def test_an_order_goes_its_whole_way_and_none_of_it_rings_back(world: HttpWorld) -> None:
    assert rung(world) == ["ONAPPINSTALL"]
    order = world.order()
    world.settle()
    world.clock.advance(EXPIRED)
    world.site.store.edit(int(order.id), {"statusId": "P"})
    world.settle()
    world.assert_in_step(order)
    assert rung(world) == ["ONAPPINSTALL"]
    assert world.storage.watermark(f"pinged/{PORTAL}") is None


def test_a_managers_move_is_fetched_at_the_portals_word(world: HttpWorld) -> None:
    order = world.order()
    world.settle()
    world.move(order, "C2:EXECUTING")
    world.deliver()
    assert rung(world)[-1] == "ONOFFLINEEVENT"
    assert PORTAL in world.dispatch.offices
    world.settle()
    assert world.status(order) == "P"
    world.assert_in_step(order)


@pytest.mark.parametrize("has_queue", [True, False])
def test_a_move_to_another_funnel_is_told(world: HttpWorld, has_queue: bool) -> None:
    world.portal.settings.offline_extended = has_queue
    world.connectors[PORTAL].check()
    order = world.order()
    world.settle()
    world.clock.advance(1)
    deal = int(world.deal(order)["id"])
    before = len(world.story(order))
    world.portal.call("crm.item.update", {"entityTypeId": 2, "id": deal, "fields": {"categoryId": 0, "stageId": "NEW"}})
    world.settle()
    assert world.story(order)[before].event is Event.RANG


def test_where_the_plan_has_no_queue_bells_do(world: HttpWorld) -> None:
    world.portal.settings.offline_extended = False
    world.connectors[PORTAL].check()
    order = world.order()
    world.settle()
    world.move(order, "C2:EXECUTING")
    world.settle()
    assert world.status(order) == "P"
    assert "ONCRMDEALUPDATE" in rung(world)
    world.assert_in_step(order)


@pytest.mark.covers("C31")
def test_lost_words_of_the_portal_lose_nothing(world: HttpWorld) -> None:
    order = world.order()
    world.settle()
    worker = Worker(lambda: world.hub, dict)
    world.portal.events.switches.drop_all = True
    assert worker.work(OfficeName(PORTAL)) is not None, "it asks again by itself"
    world.move(order, "C2:EXECUTING")
    worker.work(OfficeName(PORTAL))
    assert world.status(order) == "N"
    world.clock.advance(60)
    worker.work(OfficeName(PORTAL))
    assert world.status(order) == "P"


@pytest.mark.covers("R166", "C35")
def test_a_hub_that_dies_between_fetching_and_recording_loses_nothing(world: HttpWorld) -> None:
    order = world.order()
    world.settle()
    world.move(order, "C2:EXECUTING")
    assert world.portal.flush()
    assert world.connectors[PORTAL].reserve() is not None  # type: ignore[union-attr]
    world.settle()
    assert world.status(order) == "N", "another process holds it, as far as this one knows"
    world.connectors[PORTAL].queue._has_orphans = True  # type: ignore[union-attr]
    world.settle()
    assert world.status(order) == "P"


def test_a_queue_that_does_not_say_what_changed_leads_to_a_sweep(world: HttpWorld) -> None:
    order = world.order()
    world.settle()
    sweep(world.hub, PORTAL, world.clock.now())
    world.move(order, "C2:EXECUTING")
    for line in world.portal.core.state.tables["offline"].values():
        line.values["data"] = False
    Worker(lambda: world.hub, dict).work(OfficeName(PORTAL))
    assert world.status(order) == "P"


def test_an_application_removed_from_the_portal_stops_the_connection(world: HttpWorld) -> None:
    world.portal.remove_application(world.portal.application)
    assert world.portal.flush()
    assert world.stopped("connection") == {PORTAL}
    lines = world.storage.journal.tail(2)
    assert Event.HALTED in [line.event for line in lines]
    assert any("--app" in line.text.ru for line in lines)


def test_who_does_not_know_the_token_stops_nothing(world: HttpWorld) -> None:
    told = {"event": "ONAPPUNINSTALL", "auth[application_token]": "guessed"}
    for door in ("hooks", "install"):
        assert post(world.hook(PORTAL).replace("hooks", door), told) == 403
    assert world.stopped("connection") == set()


def test_an_application_installed_anew_goes_on_with_its_new_token(world: HttpWorld) -> None:
    world.portal.update_application(world.portal.application)
    world.install()
    world.connectors[PORTAL].check()
    order = world.order()
    world.settle()
    world.move(order, "C2:EXECUTING")
    world.settle()
    assert world.status(order) == "P"


def test_a_persons_browser_brings_the_code(world: HttpWorld) -> None:
    app = world.portal.application
    world.storage.secrets_of(PORTAL).put("tokens", "")
    app.redirect_uri = world.hook(PORTAL).replace("/hooks/", "/install/")
    link = world.connectors[PORTAL].app.link()  # type: ignore[union-attr]
    back = get(f"{link}&{urlencode({'user_id': 1})}").headers["location"]
    assert get(back).status_code == 200
    assert world.storage.secrets_of(PORTAL).get("tokens")
    assert get(back).status_code == 403, "a link is good once"
    assert get(back.replace("key-of-portal", "guessed")).status_code == 404
    assert get(app.redirect_uri).status_code == 403


def test_an_employee_who_logs_in_unasked_does_not_become_the_hub(world: HttpWorld) -> None:
    app = world.portal.application
    app.redirect_uri = world.hook(PORTAL).replace("/hooks/", "/install/")
    kept = world.storage.secrets_of(PORTAL).get("tokens")
    page = world.connectors[PORTAL].app.link().partition("?")[0]  # type: ignore[union-attr]
    world.storage.secrets_of(PORTAL).put("state", "")
    link = f"{page}?{urlencode({'client_id': app.client_id, 'user_id': 6})}"
    answer = get(get(link).headers["location"])
    assert (answer.status_code, "--app" in answer.text) == (403, True)
    world.connectors[PORTAL].app.link()  # type: ignore[union-attr]
    assert get(get(f"{link}&state=guessed").headers["location"]).status_code == 403
    assert world.storage.secrets_of(PORTAL).get("tokens") == kept


def test_a_store_is_let_in_by_no_installation(world: HttpWorld) -> None:
    assert post(world.hook(SITE).replace("hooks", "install"), {"event": "ONAPPINSTALL"}) == 404


def test_by_plain_webhooks_a_move_to_another_funnel_is_found_by_the_sweep() -> None:
    with HttpWorld() as world:
        order = world.order()
        world.settle()
        world.sweep()
        world.settle()
        world.clock.advance(300)
        deal = int(world.deal(order)["id"])
        moved = {"entityTypeId": 2, "id": deal, "fields": {"categoryId": 0, "stageId": "NEW"}}
        world.portal.call("crm.item.update", moved)
        world.deliver()
        assert world.portal.events.log[-1].event != "ONCRMDEALMOVETOCATEGORY"
        before = len(world.story(order))
        assert sweep(world.hub, PORTAL, world.clock.now())
        assert [line.event for line in world.story(order)[before:]] == [Event.RANG]
