"""A connector drafted by the command: its tests are green at once, and the hub takes it."""

from __future__ import annotations

from shutil import copytree

import pytest

from support.wheels import install, python
from sverka.cli.connect.connector import write_draft
from sverka.connectors import registry
from sverka.connectors.in_memory import MemoryStore
from sverka.connectors.registry import manifests
from sverka.domain.mapping.field_mapping import Side


@pytest.fixture(scope="module", params=["store", "office"])
def drafted(request, tmp_path_factory):
    """A drafted package, and where it is installed."""
    folder = tmp_path_factory.mktemp(request.param)
    write_draft("my_shop", Side(request.param), folder / "mine")
    site = folder / "site"
    site.mkdir()
    install(folder / "mine", site)
    return folder / "mine", site


def test_a_draft_passes_its_contract_at_once(drafted):
    package, site = drafted
    ran = python("-m", "pytest", "-p", "no:cacheprovider", site=site, folder=package)
    assert ran.returncode == 0, ran.stdout


def test_a_draft_whose_rule_is_broken_fails(drafted, tmp_path):
    package, installed = drafted
    site = copytree(installed, tmp_path / "site")
    code = site / "sverka_my_shop" / "client.py"
    code.write_text(code.read_text("utf-8").replace(">= moment", "> moment"), "utf-8")
    ran = python("-m", "pytest", "-p", "no:cacheprovider", "-k", "own_moment", site=site, folder=package)
    assert ran.returncode == 1, ran.stdout


def test_a_draft_is_in_good_style(drafted):
    package, _ = drafted
    rules = ["check", "--isolated", "--line-length", "120", "--select", "B,D1,E,F,I,UP", "--per-file-ignores"]
    for tool in (["format", "--isolated", "--check", "--line-length", "120"], [*rules, "tests/*:D1", "--ignore=D107"]):
        ran = python("-m", "ruff", *tool, str(package), site=package, folder=package)
        assert ran.returncode == 0, ran.stdout + ran.stderr


def test_the_hub_finds_it_or_says_why_not(drafted, tmp_path):
    package, installed = drafted
    listing = ["-c", "from sverka.cli import main; main()", "connector", "list"]
    ran = python(*listing, site=installed, folder=package)
    assert ran.returncode == 0, ran.stdout
    assert next(line.split() for line in ran.stdout.splitlines() if "my_shop" in line)[-1] == "sverka-my_shop"
    site = copytree(installed, tmp_path / "site")
    (site / "sverka_my_shop" / "manifest.toml").unlink()
    ran = python(*listing, site=site, folder=package)
    assert ran.returncode == 1
    assert "The connector my_shop of the package sverka-my_shop cannot be used" in ran.stdout
    assert "woocommerce" in ran.stdout


def test_the_command_writes_it_and_says_what_is_next(sverka, tmp_path):
    said = sverka.ok("connector", "new", "my_shop", "--side", "store", "--into", "mine").out
    assert "scripts/add mine" in said
    written = {str(path.relative_to(tmp_path / "mine")) for path in (tmp_path / "mine").rglob("*") if path.is_file()}
    assert {"pyproject.toml", "src/sverka_my_shop/manifest.toml", "tests/test_contract.py"} <= written
    assert not any("$kind" in (tmp_path / "mine" / name).read_text("utf-8") for name in written)


def test_what_cannot_be_drafted_is_said(sverka, tmp_path):
    assert sverka("connector", "new", "My Shop", "--side", "store", "--into", "mine").code == 2
    assert "already" in sverka.fails("connector", "new", "woocommerce", "--side", "store", "--into", "mine").err
    (tmp_path / "mine").mkdir()
    assert "is there already" in sverka.fails("connector", "new", "my_shop", "--side", "store", "--into", "mine").err
    assert sverka("connect", "store", "shop", "--kind", "my_shop", "--url", "https://x.example").code == 2


def test_a_connection_whose_connector_is_gone_stops_alone(applied, monkeypatch):
    """The package was uninstalled: the hub says so, and its other connections work."""
    found = registry.connectors()
    without = {kind: made for kind, made in found.factories.items() if kind != "bitrix_site"}
    gone = registry.Connectors(manifests(), without, found.broken, found.packages)
    monkeypatch.setattr(registry, "connectors", lambda: gone)
    said = applied.fails("doctor").out
    assert "There is no connector 'bitrix_site' here" in said
    assert "b24" not in said.partition("Needs attention: ")[2].split(", ")
    swept = applied("sweep")
    assert "There is no connector 'bitrix_site'" in swept.text
    assert "b24: " in swept.out


def test_it_is_connected_like_any_other(sverka, monkeypatch):
    found = registry.connectors()
    toy = registry.Manifest("toy", manifests()["woocommerce"].side, manifests()["woocommerce"].title, ())
    mine = registry.Connectors(
        {**found.manifests, "toy": toy},
        {**found.factories, "toy": lambda settings, secrets, kit: MemoryStore(kit.clock)},
        {},
        {"toy": "sverka-toy"},
    )
    for module in ("sverka.connectors.registry", "sverka.cli.connect.connect"):
        monkeypatch.setattr(f"{module}.connectors", lambda: mine)
    sverka.ok("init")
    assert "The store in memory answers" in sverka.ok("connect", "store", "shop", "--kind", "toy").out
    assert "toy" in sverka("connect", "store", "other", "--kind", "tow").text
