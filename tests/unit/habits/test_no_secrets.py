"""The watch that looks for secrets in what tests say finds them, and is awake."""

import json

import pytest
from typer.testing import CliRunner

from support.no_secrets import WATCH, Watch, files_of, judge, values_of
from sverka.cli import app
from sverka.storage.sql_storage import open_storage

PLANTED = "planted-4f1c"


class Noon:
    def now(self):
        raise NotImplementedError


@pytest.mark.parametrize(
    ("secret", "values"),
    [
        ("short", set()),
        (PLANTED, {PLANTED}),
        ("https://a.bitrix24.ru/rest/1/abc123def456/", {"abc123def456"}),
        (json.dumps({"access": "0123456789", "refresh": "9876543210", "endpoint": "https://a.test"}),
         {"0123456789", "9876543210"}),
        ("{no json", set()),
    ],
)  # fmt: skip
def test_what_of_a_secret_must_not_be_seen(secret, values):
    assert values_of(secret) == values


def test_a_secret_is_found_in_texts_and_files_by_its_name_alone(tmp_path):
    watch = Watch()
    watch.note("shop/key", PLANTED)
    watch.note("shop/hook", "shown-by-design")
    (tmp_path / "hub.db").write_bytes(b"\x00\xff" + PLANTED.encode())
    (tmp_path / "password").write_text(PLANTED)
    texts = [("stdout", f"x{PLANTED}x shown-by-design"), ("stderr", "nothing"), *files_of(tmp_path)]
    assert watch.leaks(texts) == ["shop/key in hub.db", "shop/key in stdout"]
    watch.begin()
    assert watch.leaks(texts) == []


def test_a_lasting_fixtures_secrets_are_looked_for_in_every_test():
    watch = Watch(outlives=True)
    watch.note("shop/key", PLANTED)
    watch.begin()
    assert watch.leaks([("stdout", PLANTED)]) == ["shop/key in stdout"]


def test_vaults_and_commands_tell_the_watch(tmp_path):
    storage = open_storage("sqlite://", Noon())
    storage.vault.put("shop/key", PLANTED)
    storage.close()
    ran = CliRunner().invoke(app, [PLANTED])
    assert WATCH.own == {PLANTED: "shop/key"}
    assert WATCH.leaks([("a command", text) for text in WATCH.said]) == ["shop/key in a command"]
    assert ran.exit_code == 2
    WATCH.begin()  # what was planted here is not held against this test


@pytest.mark.parametrize("told", ["print", "log", "file", "nothing"])
def test_the_end_of_a_test_that_told_a_secret_fails(told, tmp_path, request):
    WATCH.note("shop/key", PLANTED)
    report = pytest.TestReport.from_item_and_call(
        request.node, pytest.CallInfo.from_call(lambda: None, "teardown", reraise=None)
    )
    if told == "file":
        (tmp_path / "report.json").write_text(PLANTED)
    elif told != "nothing":
        report.sections.append((told, PLANTED))
    judge(request.node, report)
    (tmp_path / "report.json").unlink(missing_ok=True)
    WATCH.begin()
    assert report.failed == (told != "nothing")
    assert PLANTED not in str(report.longrepr)
    assert ("shop/key" in str(report.longrepr)) == report.failed
