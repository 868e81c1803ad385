"""Connectors of other packages: found, refused and named, whatever is wrong with one."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint

import pytest

from sverka.connectors import registry
from sverka.connectors.in_memory import MemoryStore
from sverka.connectors.kit import Kit
from sverka.connectors.registry import GROUP, gather, make
from sverka.domain.errors import AuthLost, Later, Misconfigured
from sverka.domain.text import Text
from sverka.sandbox.clock import VirtualClock

MANIFEST = """
kind = "toy"
side = "store"
title = { en = "Toy", ru = "Игрушка" }
[settings.url]
type = "url"
required = true
label = { en = "Address", ru = "Адрес" }
help = { en = "Any.", ru = "Любой." }
[can]
writes = ["status"]
[quality]
read_back = { level = "done" }
files_written = { level = "exempt", reason = { en = "There are none.", ru = "Их нет." } }
"""
REASON = ', reason = { en = "There are none.", ru = "Их нет." }'


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Write a package and return its entry point."""
    monkeypatch.syspath_prepend(tmp_path)

    def write(code: str = "def connect(settings, secrets, kit): ...", manifest: str = MANIFEST, name: str = "toy_one"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "__init__.py").write_text(code, "utf-8")
        if manifest:
            (folder / "manifest.toml").write_text(manifest, "utf-8")
        monkeypatch.delitem(sys.modules, name, raising=False)
        return EntryPoint("toy", name, GROUP)

    return write


def test_a_connector_of_another_package_is_found_with_its_manifest(package):
    found = gather((package(),))
    assert found.manifests["toy"].title.ru == "Игрушка"
    assert [one.name for one in found.manifests["toy"].wanted] == ["url"]
    assert found.manifests["toy"].can.writes == {"status"}
    assert found.manifests["toy"].quality["files_written"].reason == Text("There are none.", "Их нет.")
    assert found.packages == {"toy": "toy_one"}
    assert not found.broken
    assert "woocommerce" in found.manifests


@pytest.mark.parametrize(
    ("code", "manifest", "says"),
    [
        ("import nothing_of_this_name", MANIFEST, "nothing_of_this_name"),
        ("1 / 0", MANIFEST, "ZeroDivisionError"),
        ("def connect(", MANIFEST, "SyntaxError"),
        ("x = 1", MANIFEST, "no module with `connect`"),
        ("def connect(): ...", "", "no manifest.toml"),
        ("def connect(): ...", "kind = ", "manifest.toml is wrong"),
        ("def connect(): ...", MANIFEST.replace('"toy"', '"other"', 1), "'other'"),
        ("def connect(): ...", MANIFEST.replace('side = "store"', 'side = "shelf"'), "side"),
        ("def connect(): ...", MANIFEST.replace("required = true", ""), "settings.url.required"),
        ("def connect(): ...", MANIFEST.replace(REASON, ""), "needs a reason"),
        ("def connect(): ...", MANIFEST.replace("read_back", "red_back"), "no such rule"),
    ],
)
def test_a_broken_one_is_named_and_spoils_no_other(package, code, manifest, says):
    found = gather((package(code, manifest),))
    assert says in found.broken["toy"].en
    assert "toy_one" in found.broken["toy"].en
    assert "toy_one" in found.broken["toy"].ru
    assert "toy" not in found.manifests
    assert "woocommerce" in found.manifests


def test_of_two_of_one_name_neither_is_taken(package):
    found = gather((package(), package(name="toy_two")))
    assert "toy" not in found.manifests
    assert "toy_one, toy_two" in found.broken["toy"].en


def test_the_hubs_own_stays(package):
    own = registry.manifests()["woocommerce"]
    found = gather((EntryPoint("woocommerce", package().value, GROUP),))
    assert found.manifests["woocommerce"] == own
    assert "toy_one" in found.broken["woocommerce"].en


KIT = Kit("shop", "hub", VirtualClock(), None)  # type: ignore[arg-type] # no connector here asks for a budget


@pytest.fixture
def offered(package, monkeypatch):
    """Have the process offer a package's connector."""

    def offer(code: str):
        found = gather((package(code),))
        monkeypatch.setattr(registry, "connectors", lambda: found)

    return offer


def test_it_is_made_as_the_hubs_own_are(offered):
    offered("from sverka.connectors.in_memory import MemoryStore\n"
            "def connect(settings, secrets, kit): return MemoryStore(kit.clock, settings['url'])")  # fmt: skip
    assert isinstance(make("toy", {"url": "x"}, {}, KIT), MemoryStore)
    with pytest.raises(Misconfigured, match="lacks: url"):
        make("toy", {}, {}, KIT)


@pytest.mark.parametrize(
    ("body", "says"), [("return 1", "it has no can, catalogue"), ("raise KeyError('s3cret')", r"down \(KeyError\)")]
)
def test_one_that_makes_no_store_is_named(offered, body, says):
    offered(f"def connect(settings, secrets, kit): {body}")
    with pytest.raises(Misconfigured, match=says) as refused:
        make("toy", {"url": "x"}, {}, KIT)
    assert "toy_one" in refused.value.text.en
    assert "s3cret" not in refused.value.text.en


def test_one_that_breaks_down_later_is_named_too(offered):
    offered("from sverka.connectors.in_memory import MemoryStore\n"
            "class Toy(MemoryStore):\n    def catalogue(self): raise KeyError\n"
            "def connect(settings, secrets, kit): return Toy(kit.clock)")  # fmt: skip
    with pytest.raises(Later, match="toy of the package toy_one breaks down"):
        make("toy", {"url": "x"}, {}, KIT).catalogue()


def test_a_reason_in_one_language_is_said_in_both(package):
    manifest = MANIFEST.replace('{ en = "There are none.", ru = "Их нет." }', '"There are none."')
    reason = gather((package(manifest=manifest),)).manifests["toy"].quality["files_written"].reason
    assert reason == Text("There are none.", "There are none.")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ('example = "x"\npattern = "("', "it is no regular expression"),
        ('[[suits]]\nengine = { en = "E", ru = "E" }\ngiven = { en = "g", ru = "g" }\nask = ["key"]', "key"),
    ],
)
def test_what_is_asked_wrongly_is_named(package, wrong, said):
    manifest = MANIFEST.replace("[can]", f"{wrong}\n[can]")
    found = gather((package(manifest=manifest),))
    assert said in found.broken["toy"].en


def test_what_it_says_itself_is_passed_on(offered):
    offered("from sverka.domain.errors import AuthLost\ndef connect(settings, secrets, kit): raise AuthLost")
    with pytest.raises(AuthLost):
        make("toy", {"url": "x"}, {}, KIT)


def test_a_broken_one_that_is_wanted_says_what_is_wrong_with_it(offered):
    offered("import nothing_of_this_name")
    with pytest.raises(Misconfigured, match="nothing_of_this_name"):
        make("toy", {"url": "x"}, {}, KIT)


def test_every_own_connector_names_its_rules():
    for kind, manifest in registry.manifests().items():
        assert manifest.quality, kind
        assert "no_secret_shown" in manifest.quality, kind
