"""Commands that run until they are told to stop, as processes of their own."""

import json
import ssl
import threading
from pathlib import Path

import httpx2
import pytest
import structlog

from support.running import end, running
from sverka.cli.logs import render
from sverka.cli.screen import _hung
from sverka.domain.text import Text

DEALS = {"entityTypeId": 2}


@pytest.mark.parametrize("kind", ["portal", "bitrix-site", "woocommerce", "pixlpark"])
def test_a_sandbox_says_how_it_is_reached(sverka, kind):
    with running("sandbox", kind, "--json", folder=sverka.folder) as process:
        facts = json.loads(process.stdout.readline())
        assert facts["control"].startswith("http://127.0.0.1:")
        assert ("webhook" in facts) or ("private_key" in facts) or (facts["consumer_key"].startswith("ck_"))
        out, _ = end(process)
        assert out == ""


DATA = '{"items": [{"entityTypeId": 2, "id": 70, "fields": {"title": "from a file"}}]}'
FAULTS = '[[fault]]\nkind = "html"\nstatus = 502\nmethod = "crm.deal.get"'


def test_a_portal_with_all_it_may_have(sverka):
    Path("data.json").write_text(DATA, "utf-8")
    Path("faults.toml").write_text(FAULTS, "utf-8")
    options = ["--data", "data.json", "--faults", "faults.toml", "--clock", "virtual", "--plan", "enterprise", "--tls"]
    with running("sandbox", "portal", "--json", *options, folder=sverka.folder) as process:
        facts = json.loads(process.stdout.readline())
        assert list(facts) == ["webhook", "client_id", "client_secret", "control", "ca"]
        assert Path(facts["ca"]).read_text().startswith("-----BEGIN CERTIFICATE")
        context = ssl.create_default_context(cafile=facts["ca"])
        with httpx2.Client(verify=context, trust_env=False) as client:
            assert client.post(f"{facts['webhook']}crm.deal.get", json={"id": 70}).status_code == 502
            deal = client.post(f"{facts['webhook']}crm.deal.get", json={"id": 70}).json()["result"]
            assert deal["TITLE"] == "from a file"
            assert client.get(f"{facts['control']}budgets").json()["result"]["burst"] == 250
            moved = client.post(f"{facts['control']}advance", json={"seconds": 60}).json()["result"]
            assert (moved["now"], moved["virtual"]) == ("2026-01-01T00:01:00+00:00", True)
        out, err = end(process)
        assert out + err == ""
    assert not Path(facts["ca"]).exists()


@pytest.mark.parametrize(
    ("option", "text", "said"),
    [
        ("--data", None, "Файл given не читается"),
        ("--data", b"\xff", "given – не текст в UTF-8; сохраните его так."),
        ("--data", b'{"a": ', "given – не JSON"),
        ("--data", b'{"a": 1}', "given: data: здесь нет 'a'; есть: currencies"),
        ("--data", DATA.replace("title", "titel").encode(), "здесь нет 'titel'"),
        ("--faults", b"x =", "given: TOML: файл не читается"),
        ("--faults", FAULTS.replace("html", "htm").encode(), "fault[0], поле kind: здесь нет 'htm'; есть: close"),
    ],
)
def test_what_is_wrong_with_a_file_is_a_sentence(sverka, option, text, said):
    if text is not None:
        Path("given").write_bytes(text)
    err = sverka("sandbox", "portal", option, "given", env={"SVERKA_LANG": "ru"})
    assert err.code == 1
    assert said in err.err
    assert err.out == ""


@pytest.mark.parametrize(
    ("option", "known"), [("--plan", "basic, standard, enterprise, box"), ("--clock", "real, virtual")]
)
def test_an_unknown_word_is_told_with_the_known_ones(sverka, option, known):
    ran = sverka("sandbox", "portal", option, "gold")
    assert ran.code == 2
    assert f"{option} is one of {known}, not 'gold'." in ran.err


def test_a_taken_port_is_a_sentence(sverka, portal_server):
    port = portal_server.url.rpartition(":")[2]
    assert f"Port {port} cannot be listened on" in sverka.fails("sandbox", "portal", "--port", port).err
    sverka.ok("init")
    assert "give another with --listen" in sverka.fails("up", "--listen", f"127.0.0.1:{port}").err
    assert sverka("up", "--listen", "nonsense").code == 2


def test_up_takes_bells_does_the_work_and_stops(applied, site, site_server, portal, place):
    made = threading.Event()
    create = portal.core.publish

    def watch(*arguments: object) -> object:
        made.set()
        return create(*arguments)

    portal.core.publish = watch
    with running("up", "--listen", "127.0.0.1:0", folder=applied.folder) as process:
        hello = process.stdout.readline()
        assert "The hub listens on http://127.0.0.1:" in hello
        url = hello.split()[4].rstrip(";")
        hook = applied.ok("connect", "store", "shop", "--kind", "bitrix_site", "--public", url).out
        address = next(part for part in hook.split() if "/hooks/shop/" in part)
        token = site_server.subscribe(address)
        applied.ok("connect", "store", "shop", "--kind", "bitrix_site", "--token", token)
        place()
        assert made.wait(30)
        out, err = end(process)
    assert "Stopped." in out
    assert "b24: 1 looked at, 1 made, 1 written" in err
    assert "/hooks/" not in out + err
    assert len(portal.call("crm.item.list", DEALS).result["items"]) == 1


def test_up_warns_of_what_is_missing_and_lets_no_second_hub_in(sverka):
    sverka.ok("init")
    with running("up", "--listen", "127.0.0.1:0", folder=sverka.folder) as process:
        url = process.stdout.readline().split()[4].rstrip(";")
        asked = httpx2.get(f"{url}/api/v1/status", trust_env=False)
        assert (asked.status_code, asked.json()["code"]) == (401, "not-let-in")
        assert "Another hub already runs" in sverka.fails("up", "--listen", "127.0.0.1:0").err
        _, err = end(process)
    assert "no portal is connected" in err
    assert "no profile is applied" in err


def test_a_traceback_shows_no_variables():
    def broken(webhook: str) -> None:
        raise RuntimeError("broken")

    address = "https://p.example/rest/1/" + "s3" + "cret/"
    try:
        broken(address)
    except RuntimeError:
        line = render(None, "error", {"event": "wave failed", "office": "b24", "exc_info": True, "level": "error"})
    assert "RuntimeError: broken" in line
    assert "s3cret" not in line


def test_log_lines_are_sentences(monkeypatch):
    monkeypatch.setenv("SVERKA_LANG", "ru")
    event: structlog.typing.EventDict = {"event": "wave", "office": "b24", "visits": 3, "births": 2, "writes": 3}
    assert render(None, "info", event).strip() == "b24: посмотрено 3, создано 2, записано 3"
    late = {"event": "sweep put off", "connection": "shop", "reason": Text("Down.", "Лежит."), "level": "warning"}
    assert render(None, "warning", late).strip() == "внимание: shop: обход отложен. Лежит."


def test_sentences_hang_under_their_beginning_on_a_terminal():
    hung = _hung("  ! " + "word " * 40, 80)
    assert max(len(line) for line in hung.splitlines()) <= 80
    assert all(line.startswith("    word") for line in hung.splitlines()[1:])
    assert len(hung.splitlines()) > 2
    assert _hung("  https://" + "x" * 100, 80) == "  https://" + "x" * 100
