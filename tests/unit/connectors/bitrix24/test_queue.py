"""What a portal is asked to tell an application of, and its queue: nothing lost, nothing of our own."""

from collections.abc import Iterator

import pytest

from sverka.connectors.bitrix24 import AppPortal, connect
from sverka.domain.errors import AuthLost, Unanswered
from sverka.domain.ids import RecordId
from sverka.ports.backoffice import RecordWrite
from sverka.ports.findings import Level
from sverka.ports.guard import free
from sverka.ports.notices import Notice, Subject
from sverka.ports.store import Wrote
from sverka.sandbox.portal import Fault, PortalServer
from sverka.sandbox.portal.apps.offline import LINES

HANDLER = "https://hub.example/hooks/b24/key"
DEALS = {"ONCRMDEALADD", "ONCRMDEALUPDATE", "ONCRMDEALDELETE", "ONCRMDEALMOVETOCATEGORY"}


def enter(server: PortalServer, kit, user: int = 1) -> AppPortal:
    """Return the portal entered by its application, with tokens of an employee."""
    portal = server.portal
    app = portal.application
    settings = {"plan": "box", "portal": server.url, "auth_server": server.url, "client_id": app.client_id}
    office = connect(settings, {"client_secret": app.client_secret}, kit)
    assert isinstance(office, AppPortal)
    office.app.exchange(portal.access.grant_code(app, user))
    return office


@pytest.fixture
def app(server: PortalServer, kit) -> Iterator[AppPortal]:
    office = enter(server, kit)
    office.subscribe(HANDLER)
    yield office
    office.close()


def bound(portal) -> set[tuple[str, str, bool]]:
    return {(one.event, one.url, one.offline) for one in portal.core.apps.handlers_of(portal.application)}


def names(portal, *, offline: bool) -> set[str]:
    return {event for event, _, is_offline in bound(portal) if is_offline is offline}


def lines(portal) -> list:
    return list(LINES.rows(portal.core).values())


def drained(office: AppPortal) -> list[Notice]:
    found: list[Notice] = []
    while parcel := office.reserve():
        found += parcel.notices
        office.confirm(parcel)
    return found


def test_a_portal_with_a_queue_fills_it_and_rings_once(app, portal):
    assert {one.level for one in app.queue.bind()} == {Level.GOOD}
    assert app.has_queue
    assert names(portal, offline=True) >= DEALS
    assert names(portal, offline=False) == {"ONOFFLINEEVENT", "ONAPPUNINSTALL"}
    assert {url for _, url, is_offline in bound(portal) if not is_offline} == {HANDLER}


@pytest.mark.parametrize("lacking", ["offline_extended", "auth_connector"])
def test_a_portal_without_one_rings(app, portal, lacking):
    setattr(portal.settings, lacking, False)
    assert {one.level for one in app.queue.bind()} == {Level.GOOD}
    assert not app.has_queue
    assert names(portal, offline=True) == set()
    assert names(portal, offline=False) >= {*DEALS, "ONAPPUNINSTALL", "ONCRMCONTACTUPDATE", "ONCRMCOMPANYUPDATE"}


def test_who_is_no_administrator_gets_bells(server, kit, portal):
    office = enter(server, kit, user=6)
    office.subscribe(HANDLER)
    assert {one.level for one in office.queue.bind()} == {Level.GOOD}
    assert not office.has_queue
    assert names(portal, offline=False) >= DEALS
    office.close()


def test_without_an_address_or_a_queue_there_are_sweeps_alone(server, kit, portal):
    portal.settings.offline_extended = False
    office = enter(server, kit)
    [told] = office.queue.bind()
    assert told.level is Level.WARNING
    assert "--public" in told.text.en
    assert bound(portal) == set()
    office.close()


def test_binding_is_harmless_to_repeat_and_follows_what_changed(app, portal):
    app.queue.bind()
    before = bound(portal)
    portal.reset_counters()
    app.queue.bind()
    assert portal.counters.requests == 1
    assert bound(portal) == before
    app.subscribe("https://new.example/hooks/b24/key")
    app.queue.bind()
    assert {url for _, url, _ in bound(portal)} == {"", "https://new.example/hooks/b24/key"}
    portal.settings.offline_extended = False
    app.queue.bind()
    assert names(portal, offline=True) == set()
    assert not app.has_queue
    portal.core.apps.handlers.clear()
    app.check()
    assert names(portal, offline=False) >= DEALS


def test_bound_meanwhile_by_another_process_is_as_good(app, portal, monkeypatch):
    app.queue.bind()
    before = bound(portal)
    run = app.client.run
    blind = iter([True])

    def as_if_nothing_was_there(asked, guard):
        answers = run(asked, guard)
        if next(blind, False):
            object.__setattr__(answers[-1], "data", [])
        return answers

    monkeypatch.setattr(app.client, "run", as_if_nothing_was_there)
    assert {one.level for one in app.queue.bind()} == {Level.GOOD}
    assert app.has_queue
    assert bound(portal) == before


def test_an_answer_lost_while_binding_takes_no_queue_down(app, portal, monkeypatch):
    app.queue.bind()
    app.subscribe("https://new.example/hooks/b24/key")
    run, asked = app.client.run, []

    def loses_the_second(commands, guard):
        asked.append(commands)
        return [Unanswered()] * len(commands) if len(asked) in (2, 3) else run(commands, guard)

    monkeypatch.setattr(app.client, "run", loses_the_second)
    assert [one.level for one in app.queue.bind()] == [Level.WARNING]
    assert app.has_queue
    assert names(portal, offline=True) >= DEALS


def test_the_queue_tells_of_peoples_changes_once(app, portal):
    app.queue.bind()
    made = portal.create(2, {"title": "x"})
    portal.edit(2, made, {"title": "y"})
    portal.edit(2, made, {"title": "z"})
    assert [(one.subject, one.id, one.event) for one in drained(app)] == [
        (Subject.RECORD, str(made), "ONCRMDEALADD"),
        (Subject.RECORD, str(made), "ONCRMDEALUPDATE"),
    ]
    assert drained(app) == []
    assert lines(portal) == []


def test_our_own_writes_do_not_come_back(app, portal, origin):
    app.queue.bind()
    made = app.write([RecordWrite(1, {"title": "x"}, origin=origin(1))], free)[1]
    assert isinstance(made, Wrote)
    record = RecordId(made.after.id)
    assert isinstance(app.write([RecordWrite(2, {"title": "y", "rows": ()}, record=record)], free)[2], Wrote)
    assert lines(portal) == []
    portal.edit(2, int(record), {"title": "by hand"})
    assert [one.id for one in drained(app)] == [record]


def test_before_there_is_a_queue_nothing_is_marked(app, portal, origin):
    portal.settings.offline_extended = False
    app.queue.bind()
    assert app.client.source == ""


def test_what_was_not_confirmed_comes_again_to_whoever_asks_next(app, server, kit, portal):
    app.queue.bind()
    made = [str(portal.create(2, {"title": "x"})) for _ in range(60)]
    first = app.reserve()
    assert len(first.notices) == 50
    died = connect_again(server, kit)
    assert sorted({one.id for one in drained(died)}, key=int) == made
    assert lines(portal) == []
    died.close()


def connect_again(server: PortalServer, kit) -> AppPortal:
    app = server.portal.application
    settings = {"plan": "box", "portal": server.url, "auth_server": server.url, "client_id": app.client_id}
    office = connect(settings, {"client_secret": app.client_secret}, kit)
    assert isinstance(office, AppPortal)
    assert office.has_queue
    return office


def test_an_answer_that_is_lost_loses_no_event(app, portal):
    app.queue.bind()
    made = str(portal.create(2, {"title": "x"}))
    drained_before = app.reserve()
    app.confirm(drained_before)
    portal.edit(2, int(made), {"title": "y"})
    portal.fault(Fault("close", method="event.offline.get"))
    with pytest.raises(Unanswered):
        app.reserve()
    assert [line.values["processId"] != "" for line in lines(portal)] == [True]
    assert [one.id for one in drained(app)] == [made]
    assert lines(portal) == []


def test_a_confirmation_that_is_lost_makes_it_come_again(app, portal):
    app.queue.bind()
    made = str(portal.create(2, {"title": "x"}))
    parcel = app.reserve()
    portal.fault(Fault("drop", method="event.offline.clear"))
    with pytest.raises(Unanswered):
        app.confirm(parcel)
    assert [one.id for one in drained(app)] == [made]
    assert lines(portal) == []


def test_a_change_during_the_visit_is_a_new_one(app, portal):
    app.queue.bind()
    made = portal.create(2, {"title": "x"})
    app.confirm(app.reserve())
    portal.edit(2, made, {"title": "y"})
    parcel = app.reserve()
    portal.edit(2, made, {"title": "z"})
    app.confirm(parcel)
    assert [one.id for one in drained(app)] == [str(made)]


def test_a_line_that_names_nothing_is_vague(app, portal):
    app.queue.bind()
    portal.create(2, {"title": "x"})
    for line in lines(portal):
        line.values["data"] = False
    parcel = app.reserve()
    assert (parcel.notices, parcel.is_vague) == ([], True)


def test_a_dead_authorisation_is_no_empty_queue(app, portal):
    app.queue.bind()
    portal.access.tokens.clear()
    with pytest.raises(AuthLost):
        app.reserve()
