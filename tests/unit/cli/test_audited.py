"""No act without its line in the audit: killed between the two, the database keeps neither."""

import json
import sqlite3
from pathlib import Path

import pytest

from sverka.cli import home
from sverka.domain.text import Text
from sverka.ports.journal import Event, JournalLine
from sverka.storage.audit import Audit

PASSWORD = ("--password-file", "password")
FAR = ("far", "--kind", "woocommerce", "--url", "https://shop.invalid", "--consumer-key", "ck_1", "--skip-check")

WORKING = [
    ("user", "add", "carl", "--role", "viewer", *PASSWORD),
    ("user", "password", "boris", *PASSWORD),
    ("user", "role", "boris", "operator"),
    ("user", "remove", "boris"),
    ("token", "add", "anna", "other"),
    ("token", "remove", "anna", "script"),
    ("connect", "store", *FAR, "--consumer-secret", "cs_1"),
    ("connection", "exchange", "shop"),
    ("connection", "remove", "shop", "--yes"),
    ("profile", "apply", "changed.toml", "--yes"),
    ("profile", "adopt", "print", "--by", "title", "--yes"),
    ("profile", "pause", "print"),
    ("profile", "stop", "print"),
    ("import", "other.json"),
    ("key", "rotate"),
]
STANDING = [
    ("profile", "resume", "print"),
    ("profile", "start", "print"),
    ("connection", "resume", "shop"),
    ("restored", "--yes"),
]


class Killed(Exception):
    """The process is no more."""


def kept() -> list[str]:
    """Return all that the database holds, but for counts of events and requests."""
    connection = sqlite3.connect("sverka.db")
    passing = ('INSERT INTO "tallies"', 'INSERT INTO "budgets"')
    lines = [line for line in connection.iterdump() if not line.startswith(passing)]
    connection.close()
    return lines


@pytest.fixture
def peopled(applied, place, portal):
    """A hub with users, a token, a deal to adopt, and a profile that has another text in a file."""
    order = place()
    title = f"Заказ {order.partition('/')[2]}"
    portal.call("crm.item.add", {"entityTypeId": 2, "fields": {"title": title, "categoryId": 2}})
    Path("password").write_text("correct horse battery\n", "utf-8")
    for name, role in (("anna", "owner"), ("boris", "viewer")):
        applied.ok("user", "add", name, "--role", role, *PASSWORD)
    applied.ok("token", "add", "anna", "script")
    Path("changed.toml").write_text(Path("print.toml").read_text("utf-8") + "\n# anew\n", "utf-8")
    other = {"name": "other", "side": "store", "kind": "bitrix_site", "settings": {}}
    given = {"sverka": 1, "connections": [{**other, "connected_at": "2026-01-01T00:00:00Z"}]}
    Path("other.json").write_text(json.dumps(given), "utf-8")
    return applied


def assert_neither(sverka, commands, monkeypatch) -> None:
    def die(_self, _act) -> None:
        raise Killed

    before = kept()
    with monkeypatch.context() as deadly:
        deadly.setattr(Audit, "write", die)
        for command in commands:
            with pytest.raises(Killed):
                sverka(*command)
            assert kept() == before, command


def test_killed_before_the_audit_is_written_an_act_is_not_done_either(peopled, monkeypatch):
    assert_neither(peopled, WORKING, monkeypatch)
    for command in [one for one in WORKING if one[:2] != ("connection", "remove")]:
        peopled.ok(*command)


def test_nor_is_one_that_lets_something_go_on(applied, monkeypatch):
    applied.ok("profile", "pause", "print")
    applied.ok("profile", "stop", "print")
    with home.at_home() as house:
        line = JournalLine(house.clock.now(), Event.HALTED, Text("refused", "отказ"))
        house.storage.pause_connection("shop", line)
    assert_neither(applied, STANDING, monkeypatch)


@pytest.mark.parametrize(
    ("command", "network"),
    [
        (("profile", "scaffold", "wide.toml", "--yes"), "sverka.cli.profile.scaffold._carry_out"),
        (("customer", "send", "woo", "--all"), "sverka.cli.customer.send_customers"),
    ],
)
def test_what_is_done_elsewhere_is_noted_before(connected, woo_server, monkeypatch, command, network):
    keys = ("--consumer-key", woo_server.consumer_key, "--consumer-secret", woo_server.consumer_secret)
    connected.ok("connect", "store", "woo", "--kind", "woocommerce", "--url", woo_server.url, *keys)
    connected.ok("profile", "new", "souvenirs", "--store", "woo", "--portal", "b24", "--out", "woo.toml")
    connected.ok("profile", "apply", "woo.toml", "--yes")
    woo_server.store.register("olga@example.test")
    wide = Path("print.toml").read_text("utf-8").replace("[fields]", '[fields]\n"coupons" = { to = "UF_CRM_COUPONS" }')
    Path("wide.toml").write_text(wide, "utf-8")

    def die(*_: object) -> None:
        raise Killed

    monkeypatch.setattr(network, die)
    with pytest.raises(Killed):
        connected(*command)
    last = json.loads(connected.ok("audit", "--json").out)[-1]
    assert last["act"] == " ".join(command[:2])
    assert last["after"]
