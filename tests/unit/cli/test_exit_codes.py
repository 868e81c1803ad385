"""The table of exit codes on the page of commands: each command stands in it, and ends as it says."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sverka.cli import app
from sverka.cli.commands import ROWS

COMMANDS = [row.path for row in ROWS if row.where]
PAGE = Path(__file__).parents[3] / "docs" / "reference" / "cli.md"
NO_PORTAL = "http://127.0.0.1:1/rest/1/abcdefgh/"
BAD = "schema = 1\nprofile = 7\n"

ENDS = [
    ("init", 0),
    (f"connect portal other --webhook {NO_PORTAL} --secret application_token", 1),
    (f"connect store shop --kind bitrix_site --webhook {NO_PORTAL} --confirm-moved", 1),
    ("connection list", 0),
    ("connection show shop", 0),
    ("connection show other", 1),
    ("connector show pixlpark", 0),
    ("connector show nonsense", 2),
    ("connection remove other --yes", 1),
    ("connection pause b24", 0),
    ("connection resume b24", 0),
    ("connection exchange shop", 0),
    ("connection exchange b24", 1),
    ("connector list", 0),
    ("connector new warehouse --side store --into print.toml", 1),
    ("profile new again --store shop --portal b24 --out print.toml", 1),
    ("profile check print.toml", 0),
    ("profile check bad.toml", 1),
    ("profile map print", 0),
    ("profile map bad.toml", 1),
    ("profile show print", 0),
    ("profile show other", 1),
    ("profile moves print", 0),
    ("profile moves other", 1),
    ("profile moves print --since yesterday", 2),
    ("profile scaffold print.toml", 0),
    ("profile preview print.toml --order GOOD", 0),
    ("profile preview print.toml --order HELD", 1),
    ("profile preview print.toml --order nonsense", 2),
    ("profile adopt print.toml --preview", 0),
    ("profile apply print.toml --yes", 0),
    ("profile apply bad.toml --yes", 1),
    ("profile apply print.toml --keep --recompute", 2),
    ("profile list", 0),
    ("profile start print", 0),
    ("profile stop print", 0),
    ("profile pause print", 0),
    ("profile resume print", 0),
    ("order list", 0),
    ("order list --differences", 0),
    ("order list --why whatever", 2),
    ("order list --older-than soon", 2),
    ("order show HELD", 0),
    ("order show shop/99", 1),
    ("order moves HELD", 0),
    ("order moves shop/99", 1),
    ("order decide HELD status --winner store", 1),
    ("order contact HELD 5", 1),
    ("order resolve --all --take store --yes", 0),
    ("order resolve other/1 --retry --yes", 1),
    ("order resolve --all", 2),
    ("order sync HELD", 0),
    ("order sync shop/99", 1),
    ("order sync nonsense", 2),
    ("portal people", 0),
    ("portal people --portal shop", 1),
    ("customer list shop", 1),
    ("customer send shop 1", 1),
    ("customer send shop", 2),
    ("sweep", 0),
    ("sweep other", 1),
    ("status", 0),
    ("report", 0),
    ("report --store other", 1),
    ("report --since soon", 2),
    ("doctor", 0),
    ("restored", 1),
    ("key rotate", 0),
    ("export print.toml", 1),
    ("import print.toml", 1),
    ("user add anna --role owner", 1),
    ("user list", 0),
    ("user password anna", 1),
    ("user role anna viewer", 1),
    ("user remove anna", 1),
    ("token add anna script", 1),
    ("token list", 0),
    ("token remove anna script", 1),
    ("audit", 0),
    ("up --listen nonsense", 2),
    ("web --listen nonsense", 2),
    ("worker --listen nonsense", 2),
    ("backfill print --since 2026-01-01 --preview", 0),
    ("backfill other --since 2026-01-01 --preview", 1),
    ("backfill print --since soon", 2),
    ("sandbox portal --port nonsense", 2),
    ("sandbox bitrix-site --port nonsense", 2),
    ("sandbox woocommerce --port nonsense", 2),
    ("sandbox commerceml --port nonsense", 2),
    ("sandbox pixlpark --port nonsense", 2),
    ("demo --nonsense", 2),
]
"""Commands on a hub that works, with one order held for a person, and how each ends."""


def test_every_command_stands_in_the_table_once_and_is_tried():
    table = PAGE.read_text("utf-8").partition("## Exit codes")[2]
    told = [name for row in re.findall(r"^\| (`.*?`) \|", table, re.MULTILINE) for name in re.findall(r"`(.+?)`", row)]
    assert sorted(told) == sorted(COMMANDS)
    tried = {name for name in told for line, _ in ENDS if line.startswith(name)}
    assert tried == set(told)


@pytest.mark.parametrize(("line", "code"), ENDS, ids=[line for line, _ in ENDS])
def test_a_command_ends_as_the_table_says(applied, place, line, code):
    named = {"HELD": place(statusId="P"), "GOOD": place()}
    applied("order", "sync", *named.values())
    Path("bad.toml").write_text(BAD, "utf-8")
    ran = applied(*(named.get(word, word) for word in line.split()))
    assert ran.code == code, ran.text
    assert ran.text


@pytest.mark.parametrize(
    "name", [name for name in COMMANDS if not name.startswith(("init", "demo", "sandbox", "connector"))]
)
def test_without_a_hub_a_command_says_so_and_makes_nothing(sverka, name):
    """What is missing is said in a sentence, whichever the command is."""
    words = {"--winner": "store", "--store": "s", "--portal": "p", "--kind": "woocommerce", "--url": "http://a.test"}
    given = [part for word in words.items() for part in word if _takes(name, word[0])]
    ran = sverka(*name.split(), *_arguments(name), *given)
    assert ran.code in (0, 1), ran.text
    assert ran.code == 0 or ran.err or "error" in ran.out
    assert "Traceback" not in ran.text
    assert not list(sverka.folder.glob("*.db"))


def _takes(name: str, option: str) -> bool:
    required = {
        "order decide": ["--winner"],
        "profile new": ["--store", "--portal"],
        "connect store": ["--kind", "--url"],
    }
    return option in required.get(name, ())


def _arguments(name: str) -> list[str]:
    given = {
        "order show": ["s/1"], "order moves": ["s/1"], "order decide": ["s/1", "status"], "order contact": ["s/1", "5"],
        "order sync": ["s/1"], "order resolve": ["s/1", "--retry"], "customer list": ["s"], "customer send": ["s", "1"],
        "connection remove": ["a"], "connection resume": ["a"], "connection pause": ["a"], "connection exchange": ["a"],
        "export": ["f"], "import": ["f"], "user password": ["a"], "user role": ["a", "viewer"], "user remove": ["a"],
        "user add": ["a", "--role", "owner"], "token add": ["a", "b"], "token remove": ["a", "b"],
        "connection show": ["a"],
        "connect portal": ["a", "--webhook", NO_PORTAL, "--secret", "application_token"],
        "connect store": ["a", "--consumer-key", "ck_1", "--consumer-secret", "cs_1"],
    }  # fmt: skip
    return given.get(name, ["print"] if name.startswith("profile") and name != "profile list" else [])


def test_what_cannot_be_read_is_no_command():
    assert CliRunner().invoke(app, ["nonsense"]).exit_code == 2
