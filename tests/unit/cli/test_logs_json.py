"""`SVERKA_LOG=json`: every line is JSON, the libraries' own too, with the wave it belongs to."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from sqlalchemy.exc import OperationalError

from sverka.cli.logs import set_up_logs
from sverka.domain.errors import Misconfigured
from sverka.domain.text import Text
from sverka.ports.watch import listen_with, note, wave_of


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    handlers, level = list(logging.root.handlers), logging.root.level
    yield
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
    structlog.reset_defaults()
    listen_with(None)


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_every_line_is_json(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("SVERKA_LOG", "json")
    set_up_logs()
    log = structlog.get_logger("sverka.worker")
    log.warning("wave put off", office="crm", reason=Text("It is busy.", "Занято."))
    password = "hunter2"
    try:
        {}[len(password)]
    except KeyError:
        log.exception("wave failed", office="crm")
    logging.getLogger("uvicorn.error").warning("Invalid HTTP request received.")
    with wave_of("crm:7"):
        note("request", connection="crm", method="crm.item.list", outcome="200")
    put_off, failed, theirs, request = lines(capsys)
    assert (put_off["event"], put_off["level"], put_off["reason"]) == ("wave put off", "warning", "It is busy.")
    assert "KeyError" in str(failed["traceback"])
    assert password not in str(failed)
    assert (theirs["event"], theirs["logger"]) == ("Invalid HTTP request received.", "uvicorn.error")
    assert (request["wave"], request["method"]) == ("crm:7", "crm.item.list")


def test_people_are_not_told_of_every_request(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("SVERKA_LOG", raising=False)
    set_up_logs()
    note("request", connection="crm")
    structlog.get_logger("sverka.alerts").error("alert", name="late crm", reason=Text("Bells wait.", "Ждут."))
    [line] = capsys.readouterr().err.splitlines()
    assert line.endswith("error: Bells wait.")


def test_another_word_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SVERKA_LOG", "xml")
    with pytest.raises(Misconfigured, match="SVERKA_LOG"):
        set_up_logs()


@pytest.mark.parametrize("form", ["json", ""])
def test_a_lost_database_is_one_line_without_a_traceback(
    form: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SVERKA_LOG", form)
    set_up_logs()
    lost = OperationalError("SELECT 1", {}, ConnectionError("refused"))
    structlog.get_logger("sverka.worker").error("backfill failed", error="OperationalError", exc_info=lost)
    [line] = capsys.readouterr().err.splitlines()
    assert "The database does not answer as it should (ConnectionError); check SVERKA_DATABASE" in line
    assert ('"what": "backfill failed"' in line) is (form == "json")


def test_people_are_told_of_a_lost_database_once_and_not_by_every_library(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("SVERKA_LOG", raising=False)
    set_up_logs()
    logging.root.handlers.clear()  # as in a process of the hub, where warnings then go to standard error
    logging.getLogger("psycopg.pool").warning("error connecting in %r: %s", "pool-1", "refused")
    logging.getLogger("procrastinate.worker").error("listener error")
    structlog.get_logger("sverka.dispatch").warning("no jobs for now", error="ConnectorException")
    [line] = capsys.readouterr().err.splitlines()
    assert line.endswith("The database cannot be reached; trying again (ConnectorException)")
