"""The lock is of this pyproject.toml: what it needs is pinned, and every file has a hash."""

import re
import tomllib

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

SHOP = "tests/acceptance/oscar/requirements.txt"


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


def test_the_shop_of_the_acceptance_tests_is_pinned_too(root):
    pins = _pins(root, SHOP)
    wanted = (root / SHOP).with_suffix(".in").read_text("utf-8").split()
    assert {f"{name}=={pins[name][0]}" for name in ("django-oscar", "django-oscar-api")} == set(wanted)
    assert [name for name, (_, body) in pins.items() if "--hash=sha256:" not in body] == []
