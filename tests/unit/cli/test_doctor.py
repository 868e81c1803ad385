"""A fixed list of mistakes in setting up: the doctor names each, with what to do about it."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet

from sverka.cli.home import alone, at_home
from sverka.domain.ids import OfficeName, OrderId, OrderRef, StoreName
from sverka.ports.notices import Notice, Subject
from sverka.ports.storage import Ring
from sverka.sandbox.clock import VirtualClock
from sverka.sandbox.portal import Portal

OUTSIDE = ("connect", "store", "far", "--kind", "woocommerce", "--url", "https://shop.invalid", "--skip-check")
KEYS = ("--consumer-key", "ck_1", "--consumer-secret", "cs_1")


def no_scope(hub: Any, portal: Portal) -> None:
    portal.settings.scopes = ("user_brief", "basic")


def dead_webhook(hub: Any, portal: Portal) -> None:
    portal.access.webhooks.clear()


def no_administrator(hub: Any, portal: Portal) -> None:
    portal.core.state.users[1].admin = False


def stage_removed(hub: Any, portal: Portal) -> None:
    stage = next(one for one in portal.core.state.stages(2, 2) if one.status_id == "C2:NEW")
    del portal.core.state.statuses[stage.id]


def funnel_removed(hub: Any, portal: Portal) -> None:
    portal.call("crm.category.delete", {"entityTypeId": 2, "id": 2})


def field_removed(hub: Any, portal: Portal) -> None:
    portal.add_field(2, "TRACK")
    text = Path("print.toml").read_text("utf-8")
    taken = '"delivery.track" = { to = "UF_CRM_TRACK", way = "->" }'
    Path("print.toml").write_text(text.replace("[fields]", f"[fields]\n{taken}"), "utf-8")
    hub.ok("profile", "apply", "print.toml", "--yes")
    (field,) = portal.call("crm.deal.userfield.list", {"filter": {"FIELD_NAME": "UF_CRM_TRACK"}}).result
    portal.call("crm.deal.userfield.delete", {"id": field["ID"]})


def clock_wrong(hub: Any, portal: Portal) -> None:
    portal.core.clock = VirtualClock(portal.core.clock.now() + timedelta(minutes=10))


def hub_unreachable(hub: Any, portal: Portal) -> None:
    hub(*OUTSIDE, *KEYS)


def no_bells(hub: Any, portal: Portal) -> None:
    hub.ok("sweep", "shop")


def no_worker(hub: Any, portal: Portal) -> None:
    """Nothing has to be done: `sverka up` was not started."""


def work_late(hub: Any, portal: Portal) -> None:
    with at_home() as house:
        due = house.clock.now() - timedelta(minutes=20)
        order = OrderRef(StoreName("shop"), OrderId("1"))
        house.storage.ring([Ring(order, OfficeName("b24"), due)])


def profile_hidden(hub: Any, portal: Portal) -> None:
    text = Path("print.toml").read_text("utf-8")
    Path("second.toml").write_text(text.replace('profile = "print"', 'profile = "second"'), "utf-8")
    hub.ok("profile", "apply", "second.toml", "--yes")


def profile_paused(hub: Any, portal: Portal) -> None:
    hub.ok("profile", "pause", "print")


def no_token(hub: Any, portal: Portal) -> None:
    """Nothing has to be done: the connection was made without an application token."""


def another_key(hub: Any, portal: Portal) -> None:
    Path("sverka.key").write_bytes(Fernet.generate_key())


def nobody_uses(hub: Any, portal: Portal) -> None:
    hub(*OUTSIDE, *KEYS)


BAD, WARNING = 1, 0
MISTAKES: list[tuple[Callable[[Any, Portal], None], int, str, str]] = [
    (no_scope, BAD, "lacks the scope `crm`", "tick “CRM (crm)”"),
    (dead_webhook, BAD, "refuses the hub's credentials", "`sverka connect portal`"),
    (no_administrator, WARNING, "is no administrator", "Connect as an administrator"),
    (stage_removed, BAD, "no stage `C2:NEW`", "print:"),
    (funnel_removed, BAD, "pipeline", "print:"),
    (field_removed, BAD, "UF_CRM_TRACK", "print:"),
    (clock_wrong, WARNING, "clock is 10 min behind the portal's", "NTP"),
    (hub_unreachable, BAD, "is reached from this machine alone", "set SVERKA_PUBLIC"),
    (no_bells, WARNING, "No bell of shop has come yet", "Connect it again"),
    (no_worker, WARNING, "No hub runs on this database", "`sverka up`"),
    (work_late, BAD, "The oldest bell has waited for 20 min", "`sverka status`"),
    (profile_hidden, WARNING, "profile second: never reached", "add conditions there"),
    (profile_paused, BAD, "Paused by", "`sverka profile resume print`"),
    (no_token, WARNING, "No application token is given", "make an outgoing webhook"),
    (another_key, BAD, "The vault cannot be opened with this key", "give the key"),
    (nobody_uses, BAD, "No profile uses far", "`sverka profile new`"),
]


@pytest.mark.covers("R167", "C25", "C72", "C75")
@pytest.mark.parametrize(("make", "code", "said", "cure"), MISTAKES, ids=[one[0].__name__ for one in MISTAKES])
def test_the_doctor_names_the_mistake_and_its_cure(applied, place, portal, make, code, said, cure):
    place()
    sound = " ".join(applied.ok("doctor").text.split())
    make(applied, portal)
    found = applied("doctor")
    words = " ".join(found.text.split())
    assert said in words, found.text
    assert cure in words, found.text
    assert found.code == code
    assert ("Nothing stands in the way." in words) == (code == WARNING)
    assert (said in sound) == (make in (no_worker, no_token)), "it is said of no sound hub"
    russian = applied("doctor", env={"SVERKA_LANG": "ru"})
    assert russian.code == code


@pytest.mark.covers("R167")
def test_a_hub_at_work_is_not_told_that_none_runs(applied):
    with alone():
        assert "No hub runs" not in applied.ok("doctor").out
    assert "No hub runs" in applied.ok("doctor").out


def test_a_bell_that_came_is_a_bell(applied, place):
    place()
    applied.ok("sweep", "shop")
    with at_home() as house:
        house.storage.receive("shop", [Notice(Subject.ORDER, "1", "saved")], [], [])
    assert "No bell of shop" not in applied("doctor").out
