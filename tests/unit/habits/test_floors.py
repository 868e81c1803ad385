"""A new top folder must say on which floor it lives before anything may import it."""

import tomllib

GROUND = {"sandbox"}
"""Stands beside the house: its own two contracts keep it apart."""


def test_every_top_folder_has_its_floor(root):
    config = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    contracts = config["tool"]["importlinter"]["contracts"]
    layers = next(one["layers"] for one in contracts if one["name"] == "The floors of the house")
    floors = {name.strip().removeprefix("sverka.") for layer in layers for name in layer.split("|")}
    package = root / "src" / "sverka"
    found = {path.parent.name for path in package.glob("*/__init__.py")}
    found |= {path.stem for path in package.glob("*.py") if path.stem != "__init__"}
    assert found - floors == GROUND
    assert floors - found == set(), "a floor nobody lives on"


def test_the_sandbox_has_both_its_fences(root):
    config = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    fences = [one for one in config["tool"]["importlinter"]["contracts"] if one["type"] == "forbidden"]
    assert any(one["source_modules"] == ["sverka.sandbox"] for one in fences)
    assert any("sverka.sandbox" in one["forbidden_modules"] for one in fences)


def test_every_connector_is_an_island(root):
    config = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    contracts = config["tool"]["importlinter"]["contracts"]
    islands = next(one["modules"] for one in contracts if one["type"] == "independence")
    folders = (root / "src" / "sverka" / "connectors").glob("*/__init__.py")
    assert {f"sverka.connectors.{path.parent.name}" for path in folders} - {"sverka.connectors.kit"} == set(islands)
