"""Alerts: each told once when it begins and once when it is over, whatever is restarted, on every way there is."""

import base64
import email
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.policy import default
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from support.watching import MailServer, Receiver, house_of, serving
from support.world import CRM, SHOP, START, World
from sverka.bootstrap import House
from sverka.config.watching import Watching
from sverka.domain.errors import AuthLost, Later
from sverka.domain.text import Text
from sverka.operate.watchman import Watchman, alerts_of
from sverka.operate.ways import ways_of
from sverka.ports.journal import Event, JournalLine
from sverka.worker import Worker

PATIENCE = timedelta(minutes=5)


@pytest.fixture
def world() -> Iterator[World]:
    world = World()
    yield world
    world.close()


@pytest.fixture
def house(world: World) -> House:
    return house_of(world)


@pytest.fixture
def mail() -> Iterator[MailServer]:
    server = MailServer()
    with serving(server):
        yield server


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    with serving(server):
        yield server


def watching(tmp_path: Path, mail: MailServer | None = None, receiver: Receiver | None = None, **more: str) -> Watching:
    given = dict(more)
    if mail:
        port = mail.server_address[1]
        given = {
            "SVERKA_SMTP": f"smtp://127.0.0.1:{port}",
            "SVERKA_ALERT_MAIL": "a@example.test,b@example.test",
        } | given
    if receiver:
        (tmp_path / "hook").write_text(f"http://127.0.0.1:{receiver.server_address[1]}/T0K3N\n")
        given["SVERKA_ALERT_HOOK_FILE"] = "hook"
    return Watching.from_env(given, tmp_path)


def watchman(house: House, wanted: Watching, language: str = "en") -> Watchman:
    return Watchman(house, ways_of(wanted, language, house.clock), wanted.patience)  # type: ignore[arg-type]


def break_link(world: World, monkeypatch: pytest.MonkeyPatch) -> Worker:
    def away(*_: object) -> None:
        raise Later(Text("The shop is away.", "Магазин недоступен."))

    monkeypatch.setattr(world.store, "changed_since", away)
    return Worker(lambda: world.hub, lambda: {SHOP: START, CRM: START})


def test_a_link_that_stalls_is_told_within_two_sweeps_and_once(
    world: World, house: House, tmp_path: Path, mail: MailServer, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = watching(tmp_path, mail, receiver)
    worker = break_link(world, monkeypatch)
    worker.sweep_once()
    watchman(house, wanted).look()
    assert (mail.letters, receiver.posted) == ([], [])  # most of it passes by itself
    world.clock.sleep(300)
    worker.sweep_once()
    with capture_logs() as lines:
        watchman(house, wanted).look()
        world.clock.sleep(300)
        watchman(house, wanted).look()  # another process, or this one started anew
    assert [(line["event"], line["log_level"], line["name"]) for line in lines] == [("alert", "error", "trouble shop")]
    [letter] = [email.message_from_string(one, policy=default) for one in mail.letters]
    assert "shop does not answer: The shop is away." in letter["subject"]
    assert letter["to"] == "a@example.test, b@example.test"
    assert "sverka doctor" in letter.get_content()
    assert receiver.posted == [
        {
            "text": "shop does not answer: The shop is away. Orders wait meanwhile. Next: `sverka doctor`.",
            "name": "trouble shop",
            "state": "begun",
            "since": START.isoformat(),
        }
    ]


def test_that_it_is_over_is_told_once_too(
    world: World, house: House, tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = watching(tmp_path, receiver=receiver)
    worker = break_link(world, monkeypatch)
    worker.sweep_once()
    world.clock.sleep(300)
    watchman(house, wanted).look()
    monkeypatch.undo()
    worker.sweep_once()
    watchman(house, wanted, "ru").look()
    watchman(house, wanted).look()
    assert [one["state"] for one in receiver.posted] == ["begun", "over"]
    assert receiver.posted[1]["text"].startswith("Прошло: shop не отвечает: Магазин недоступен.")
    assert house.storage.alerts.told("hook") == {}


def test_what_was_stopped_is_told_at_once_with_the_command(world: World, house: House) -> None:
    line = JournalLine(START, Event.HALTED, AuthLost.text)
    world.storage.pause_connection(CRM, line)
    world.storage.pause(world.profiles[0].name, line)
    world.storage.note_trouble(CRM, AuthLost.text, START - timedelta(hours=1))
    found = alerts_of(house, PATIENCE)
    assert sorted(found) == ["connection crm", "profile main"]  # and not a third time that it does not answer
    assert "`sverka connection resume crm`" in found["connection crm"].text.ru
    assert "`sverka profile resume main`" in found["profile main"].text.en


def test_a_bell_without_an_answer_is_late_and_one_of_a_stopped_office_is_not(world: World, house: House) -> None:
    world.bell(world.order())
    world.clock.sleep(PATIENCE.total_seconds() - 1)
    assert alerts_of(house, PATIENCE) == {}
    world.clock.sleep(1)
    assert alerts_of(house, PATIENCE)["late crm"].since == START
    world.storage.pause_connection(CRM, JournalLine(START, Event.HALTED, AuthLost.text))
    assert list(alerts_of(house, PATIENCE)) == ["connection crm"]


def test_a_way_that_fails_is_tried_again_and_repeats_nothing_on_another(
    world: World, house: House, tmp_path: Path, mail: MailServer, receiver: Receiver
) -> None:
    world.storage.pause_connection(CRM, JournalLine(START, Event.HALTED, AuthLost.text))
    mail.refuses = True
    man = watchman(house, watching(tmp_path, mail, receiver))
    with capture_logs() as lines:
        man.look()
        mail.refuses, receiver.status = False, 500
        man.look()
    assert [line["event"] for line in lines] == ["alert", "alert not told"]
    assert "127.0.0.1 did not take an alert (SMTPSenderRefused)" in lines[1]["reason"].en
    assert (len(mail.letters), len(receiver.posted)) == (1, 1)


def test_a_hook_that_refuses_is_told_without_its_address(
    world: World, house: House, tmp_path: Path, receiver: Receiver
) -> None:
    world.storage.pause_connection(CRM, JournalLine(START, Event.HALTED, AuthLost.text))
    receiver.status = 302
    with capture_logs() as lines:
        watchman(house, watching(tmp_path, receiver=receiver)).look()
    assert "(302)" in lines[1]["reason"].en
    assert "T0K3N" not in repr(lines)
    assert house.storage.alerts.told("hook") == {}


def test_a_hook_where_clouds_keep_passwords_is_never_asked(
    world: World, house: House, tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.storage.pause_connection(CRM, JournalLine(START, Event.HALTED, AuthLost.text))
    monkeypatch.setattr("sverka.connectors.kit.reach.may_be_asked", lambda *_, **__: False)
    watchman(house, watching(tmp_path, receiver=receiver)).look()
    assert receiver.posted == []


def test_a_password_never_goes_without_tls(world: World, house: House, tmp_path: Path, mail: MailServer) -> None:
    world.storage.pause_connection(CRM, JournalLine(START, Event.HALTED, AuthLost.text))
    (tmp_path / "password").write_text("hunter2hunter2")
    server = f"smtp://someone@127.0.0.1:{mail.server_address[1]}"
    wanted = watching(tmp_path, mail, SVERKA_SMTP=server, SVERKA_SMTP_PASSWORD_FILE="password")
    with capture_logs() as lines:
        watchman(house, wanted).look()
    assert "offers no TLS" in lines[1]["reason"].en
    assert mail.letters == []
    assert base64.b64encode(b"hunter2hunter2").decode() not in " ".join(mail.heard)
    assert not any("AUTH" in one.upper() for one in mail.heard)
    assert "hunter2" not in repr(wanted)


def test_only_one_process_tells_at_a_time(world: World, house: House, tmp_path: Path, receiver: Receiver) -> None:
    world.storage.pause_connection(CRM, JournalLine(START, Event.HALTED, AuthLost.text))
    with house.storage.secrets_of("hub").alone("alerts", 300) as is_mine:
        assert is_mine
        watchman(house, watching(tmp_path, receiver=receiver)).look()
    assert receiver.posted == []


def test_the_watchman_looks_by_himself_and_keeps_what_was_counted(
    world: World, house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sverka.operate.watchman.TICK", timedelta(milliseconds=1))
    world.storage.pause_connection(CRM, JournalLine(START, Event.HALTED, AuthLost.text))
    man = watchman(house, replace(watching(tmp_path), patience=PATIENCE))
    man.start()
    from support.waves import until  # noqa: PLC0415 - used here alone

    until(lambda: house.storage.alerts.told("log"), "the alert")
    man.stop()
    assert list(house.storage.alerts.told("log")) == ["connection crm"]
