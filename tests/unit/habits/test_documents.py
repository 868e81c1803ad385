"""What exists is documented: each command, option, variable, key and rule has its place, and links lead somewhere."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import BaseModel
from typer.main import get_command

from sverka.cli import app
from sverka.config import schema
from sverka.domain.commerce.order import Order
from sverka.ports.customers import ACCOUNT
from sverka.ports.stock import STOCK

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
CALL = re.compile(r"(?:^|`|\$ |bin/)(sverka(?: [a-z][a-z-]+){1,2})", re.MULTILINE)


def _commands(command, path: str = "sverka") -> Iterator[tuple[str, list[str]]]:
    """Yield each command that does something, with its long options."""
    inner = getattr(command, "commands", None)
    if inner:
        for name, found in inner.items():
            yield from _commands(found, f"{path} {name}")
        return
    options = [name for one in command.params for name in one.opts if name.startswith("--") and name != "--help"]
    yield path, options


COMMANDS = dict(_commands(get_command(app)))


def _section(page: str, heading: str) -> str:
    """Return what stands under a heading, up to the next."""
    found = re.search(rf"^#+ `{re.escape(heading)}`\n(.*?)(?=^#|\Z)", page, re.MULTILINE | re.DOTALL)
    return found.group(1) if found else ""


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_its_heading_and_options(command, root):
    section = _section((root / "docs/reference/cli.md").read_text("utf-8"), command)
    assert section, f"docs/reference/cli.md has no heading `{command}`"
    assert [option for option in COMMANDS[command] if f"`{option}" not in section] == []


def test_the_reference_names_no_command_there_is_not(root):
    page = (root / "docs/reference/cli.md").read_text("utf-8")
    assert set(re.findall(r"^#+ `(sverka [^`]+)`", page, re.MULTILINE)) == set(COMMANDS)


@pytest.mark.parametrize("page", ["README.md", "README.ru.md", "CONTRIBUTING.md", "docs"])
def test_commands_in_pages_exist(page, root):
    pages = sorted((root / page).rglob("*.md")) if (root / page).is_dir() else [root / page]
    groups = {" ".join(name.split()[:2]) for name in COMMANDS if len(name.split()) == 3}
    for path in pages:
        for call in CALL.findall(path.read_text("utf-8")):
            words = call.split()
            wanted = call if " ".join(words[:2]) in groups else " ".join(words[:2])
            assert wanted in COMMANDS or wanted in groups, f"{path.relative_to(root)} names `{call}`"


def test_every_environment_variable_is_named(root, python_files):
    page = (root / "docs/reference/environment.md").read_text("utf-8")
    used = {
        name
        for path in [*python_files, *(root / "scripts").iterdir(), root / ".ci/run"]
        if path.is_file()
        for name in re.findall(r"SVERKA_[A-Z]+(?:_[A-Z]+)*", path.read_text("utf-8"))
    }
    assert "SVERKA_DATABASE" in used
    assert {name for name in used if f"`{name}" not in page} - {"SVERKA_SECRET"} == set()
    assert set(re.findall(r"^\| `(SVERKA_[A-Z_]+)`", page, re.MULTILINE)) - used == set(), "documented, but not used"


def _keys() -> dict[str, list[str]]:
    tables = [one for one in vars(schema).values() if isinstance(one, type) and issubclass(one, BaseModel)]
    tables = [one for one in tables if one.__module__ == schema.__name__ and one.model_fields]
    return {one.__name__: [field.alias or name for name, field in one.model_fields.items()] for one in tables}


@pytest.mark.parametrize("table", _keys())
def test_every_profile_key_is_named(table, root):
    page = (root / "docs/reference/profile.md").read_text("utf-8")
    assert [key for key in _keys()[table] if not re.search(rf"`(\[\[?)?({key})(\]\]?)?`", page)] == []


def test_every_order_field_is_named(root):
    page = (root / "docs/reference/profile.md").read_text("utf-8").partition("Order fields;")[2].partition("\n## ")[0]
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    fields = Order("1", "1", "N", "RUB", Decimal(0), moment, moment).fields()
    assert "delivery.track" in fields
    named = set(re.findall(r"`([a-z_.]+)`", page))
    assert named == {*fields, *ACCOUNT, STOCK}


def test_every_rule_is_named_once(root):
    page = (root / "docs/reference/rules.md").read_text("utf-8")
    assert re.findall(r"^## K(\d+)\b", page, re.MULTILINE) == [str(number) for number in range(1, 25)]


def test_files_the_rules_name_exist(root):
    page = (root / "docs/reference/rules.md").read_text("utf-8")
    named = re.findall(r"`((?:src|tests)/[\w/.]+)`", page)
    assert len(named) > 24
    assert [name for name in named if not (root / name).exists()] == []


def test_links_lead_somewhere(root, documents):
    assert root / "README.ru.md" in documents
    broken = []
    for path in documents:
        for link in LINK.findall(path.read_text("utf-8")):
            if re.match(r"[a-z]+:", link):
                continue
            target = (path.parent / link.partition("#")[0]).resolve() if not link.startswith("#") else Path(path)
            if not target.exists():
                broken.append(f"{path.relative_to(root)}: {link}")
    assert broken == []


def test_every_page_is_reached_from_the_readme(root, documents):
    seen, todo = set(), [root / "README.md"]
    while todo:
        path = todo.pop()
        if path in seen or path.suffix != ".md" or not path.exists():
            continue
        seen.add(path)
        links = (link.partition("#")[0] for link in LINK.findall(path.read_text("utf-8")) if ":" not in link)
        todo += [(path.parent / link).resolve() for link in links if link]
    pages = {path for path in documents if path.parent.name != "changelog.d"}
    assert {str(path.relative_to(root)) for path in pages - seen} == set()


PARTS = (
    "connect-bitrix24",
    "statuses",
    "route-orders",
    "fields",
    "customers",
    "leads-and-invoices",
    "keep-the-money-right",
)


@pytest.mark.covers("R75")
@pytest.mark.parametrize(("page", "mark"), [("README.md", "- Bitrix24:"), ("README.ru.md", "Битрикс24:")])
def test_the_readme_has_a_part_about_the_portal_with_a_page_for_each_of_its_settings(page, mark, root):
    text = (root / page).read_text("utf-8")
    part = re.split(r"\n\n|\n- ", text.partition(mark)[2])[0]
    assert [name for name in PARTS if name not in {Path(link).stem for link in LINK.findall(part)}] == []


def test_every_example_profile_stands_in_the_page_of_set_ups(root):
    page = (root / "docs/how-to/set-ups.md").read_text("utf-8")
    linked = {Path(link).name for link in LINK.findall(page) if link.endswith(".toml")}
    assert linked == {file.name for file in (root / "profiles").glob("*.toml")}
