"""Who may come in: users, their sessions and tokens, how often it is tried, and what was done."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sverka.domain.errors import Misconfigured
from sverka.domain.roles import Role
from sverka.storage.audit import Act, Door
from sverka.storage.people import Pass, PassKind

HOUR = timedelta(hours=1)


@pytest.fixture
def users(hub):
    hub.storage.users.add("anna", Role.OWNER, "argon-1")
    hub.storage.users.add("boris", Role.VIEWER, "argon-2")
    return hub.storage.users


def _pass(hub, user="boris", kind=PassKind.SESSION, label="l"):
    return Pass(user, kind, label, Role.OWNER, hub.now, hub.now + HOUR)


def test_a_name_is_taken_once(users):
    assert not users.add("anna", Role.VIEWER, "other")
    assert [(one.name, one.role) for one in users.list()] == [("anna", Role.OWNER), ("boris", Role.VIEWER)]
    assert users.password_of("anna") == "argon-1"
    assert users.password_of("nobody") is None


def test_a_pass_lets_in_until_its_time_is_over(hub, users):
    assert users.admit("d", _pass(hub))
    user, found = users.find("d")
    assert (user.name, user.role, found) == ("boris", Role.VIEWER, _pass(hub))
    hub.clock.sleep(3600)
    assert users.find("d") is None


def test_what_has_run_out_is_dropped_when_the_next_comes(hub, users):
    users.admit("d", _pass(hub))
    hub.clock.sleep(3600)
    users.admit("e", _pass(hub))
    assert hub.sql("SELECT digest FROM passes") == [("e",)]


@pytest.mark.parametrize("end", ["password", "removal", "sign-out"])
def test_a_session_ends_with_its_password_its_user_and_by_signing_out(hub, users, end):
    users.admit("d", _pass(hub))
    {"password": lambda: users.set_password("boris", "new"), "removal": lambda: users.remove("boris"),
     "sign-out": lambda: users.end("d")}[end]()  # fmt: skip
    assert users.find("d") is None


def test_another_password_ends_no_token_and_nobody_elses_session(hub, users):
    users.admit("d", _pass(hub, kind=PassKind.TOKEN))
    users.admit("e", _pass(hub, user="anna"))
    users.set_password("boris", "new")
    assert users.find("d")
    assert users.find("e")
    assert users.password_of("boris") == "new"


def test_a_new_role_counts_at_once(hub, users):
    users.admit("d", _pass(hub))
    users.set_role("boris", Role.OPERATOR)
    assert users.find("d")[0].role is Role.OPERATOR


def test_the_last_owner_stays(users):
    for act in (lambda: users.remove("anna"), lambda: users.set_role("anna", Role.VIEWER)):
        with pytest.raises(Misconfigured):
            act()
    assert users.get("anna").role is Role.OWNER
    users.set_role("boris", Role.OWNER)
    users.remove("anna")
    assert users.get("anna") is None


def test_tokens_are_told_apart_by_label_and_end_one_by_one(hub, users):
    token = _pass(hub, kind=PassKind.TOKEN, label="script")
    assert users.admit("d", token)
    assert not users.admit("e", token)
    assert users.admit("f", replace(token, user="anna"))
    assert [(one.user, one.label) for one in users.tokens()] == [("anna", "script"), ("boris", "script")]
    assert users.end_token("boris", "script")
    assert not users.end_token("boris", "script")
    assert users.find("d") is None
    assert users.find("f")


def test_a_bucket_lets_its_burst_through_and_then_one_at_a_time(hub):
    take = hub.storage.limits.take
    every = timedelta(seconds=10)
    assert [take("a", every, 3) for _ in range(3)] == [timedelta()] * 3
    assert take("a", every, 3) == every
    assert take("a", every, 3) == every, "a refused try makes nobody wait longer"
    assert take("b", every, 3) == timedelta()
    hub.clock.sleep(10)
    assert take("a", every, 3) == timedelta()
    assert take("a", every, 3) == every


def test_empty_buckets_leave_no_row(hub):
    every = timedelta(seconds=10)
    for number in range(5):
        hub.storage.limits.take(f"name-{number}", every, 3)
    hub.clock.sleep(10)
    hub.storage.limits.take("last", every, 3)
    assert hub.sql("SELECT name FROM limits") == [("last",)]


def test_acts_are_listed_by_whom_and_of_what(hub):
    first = Act(hub.now, "anna", Door.CLI, "user add", "user boris", "", "viewer")
    hub.storage.audit.write(first)
    hub.clock.sleep(60)
    second = Act(hub.now, "boris", Door.API, "connection pause", "connection shop")
    hub.storage.audit.write(second)
    audit = hub.storage.audit
    assert audit.list() == [first, second]
    assert audit.list(1) == [second]
    assert audit.list(who="anna") == [first]
    assert audit.list(subject="connection shop") == [second]
    assert audit.list(since=hub.now) == [second]
