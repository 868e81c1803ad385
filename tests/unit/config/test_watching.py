"""How the hub is watched, from the environment."""

from datetime import timedelta
from pathlib import Path

import pytest

from sverka.config.watching import Watching
from sverka.domain.errors import Misconfigured


def test_nothing_is_asked_for_unless_it_is_said(tmp_path: Path) -> None:
    found = Watching.from_env({}, tmp_path)
    assert found == Watching()
    assert (found.metrics_token, found.mail, found.hook, found.has_traces) == ("", None, "", False)
    assert (found.keep, found.keep_acts, found.patience) == (
        timedelta(days=90),
        timedelta(days=365),
        timedelta(minutes=5),
    )


def test_secrets_come_from_files_and_are_never_shown(tmp_path: Path) -> None:
    for name in ("token", "password"):
        (tmp_path / name).write_text(f"the-{name}-itself\n")
    (tmp_path / "hook").write_text("https://chat.example/the-hook-itself")
    given = {
        "SVERKA_METRICS_FILE": "token",
        "SVERKA_SMTP": "smtps://robot@mail.example",
        "SVERKA_SMTP_PASSWORD_FILE": "password",
        "SVERKA_ALERT_MAIL": "one@example.test, two@example.test",
        "SVERKA_ALERT_HOOK_FILE": "hook",
    }
    found = Watching.from_env(given, tmp_path)
    assert found.metrics_token == "the-token-itself"
    assert found.mail
    assert found.mail.password == "the-password-itself"
    assert found.mail.recipients == ("one@example.test", "two@example.test")
    assert found.mail.sender == "one@example.test"
    assert found.hook == "https://chat.example/the-hook-itself"
    assert "itself" not in repr(found)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"SVERKA_KEEP_DAYS": "0"}, "SVERKA_KEEP_DAYS"),
        ({"SVERKA_KEEP_AUDIT_DAYS": "a year"}, "SVERKA_KEEP_AUDIT_DAYS"),
        ({"SVERKA_ALERT_MINUTES": "99999999999"}, "SVERKA_ALERT_MINUTES"),
        ({"SVERKA_METRICS_FILE": "absent"}, "SVERKA_METRICS_FILE"),
        ({"SVERKA_METRICS_FILE": "empty"}, "SVERKA_METRICS_FILE"),
        ({"SVERKA_ALERT_MAIL": "a@example.test"}, "SVERKA_SMTP"),
        ({"SVERKA_ALERT_MAIL": "a@example.test", "SVERKA_SMTP": "mail.example"}, "SVERKA_SMTP"),
        ({"SVERKA_ALERT_MAIL": "a@example.test", "SVERKA_SMTP": "smtp://u:p@mail.example"}, "SVERKA_SMTP"),
        ({"SVERKA_ALERT_MAIL": "a@example.test", "SVERKA_SMTP": "smtp://mail.example:0"}, "SVERKA_SMTP"),
        ({"SVERKA_ALERT_MAIL": "a@b\nBcc: c@d", "SVERKA_SMTP": "smtp://mail.example"}, "SVERKA_ALERT_MAIL"),
        ({"SVERKA_ALERT_HOOK_FILE": "words"}, "SVERKA_ALERT_HOOK_FILE"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, given: dict[str, str], named: str) -> None:
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "words").write_text("no address")
    with pytest.raises(Misconfigured) as met:
        Watching.from_env(given, tmp_path)
    assert named in met.value.text.en
    assert named in met.value.text.ru
