"""The lock is of this pyproject.toml: what it needs is pinned, and every file has a hash."""

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

SHOPS = ["oscar", "cml2"]


def _pins(root, lock="requirements.lock"):
    text = (root / lock).read_text("utf-8")
    return {
        canonicalize_name(name): (version, body)
        for name, version, body in re.findall(r"^([\w.-]+)==([\w.]+)(.*?)(?=^[\w.-]+==|\Z)", text, re.M | re.S)
    }


def test_everything_wanted_is_pinned_as_wanted(root):
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    wanted = [
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["postgres"],
        *project["dependency-groups"]["dev"],
        *project["build-system"]["requires"],
    ]
    pins = _pins(root)
    unmet = []
    for line in wanted:
        requirement = Requirement(line)
        version, _ = pins.get(canonicalize_name(requirement.name), ("", ""))
        if not version or not requirement.specifier.contains(version):
            unmet.append(line)
    assert unmet == [], "run `make lock`"


def test_every_pin_has_its_hashes(root):
    pins = _pins(root)
    assert len(pins) > 40
    assert [name for name, (_, body) in pins.items() if "--hash=sha256:" not in body] == []


@pytest.mark.parametrize("shop", SHOPS)
def test_the_shops_of_the_acceptance_tests_are_pinned_too(root, shop):
    lock = f"tests/acceptance/{shop}/requirements.txt"
    pins = _pins(root, lock)
    lines = (root / lock).with_suffix(".in").read_text("utf-8").splitlines()
    wanted = [Requirement(line) for line in lines if not line.startswith("#")]
    assert [one.name for one in wanted if not one.specifier.contains(pins[one.name][0])] == []
    assert [name for name, (_, body) in pins.items() if "--hash=sha256:" not in body] == []
