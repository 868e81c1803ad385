"""The vendor's JS client against the sandbox portal: `tests/conformance/js` plays, here each scenario is judged."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from support.sdk_office import MANY, Office
from sverka.sandbox.clock import FastClock
from sverka.sandbox.tls import Authority

_HERE = Path(__file__).parent / "js"
_FILES = ("hook.mjs", "oauth.mjs")
_SECONDS = 110
#: how scenarios of one kind are named: the first text of each row
_ROWS = re.compile(r"for \(const \[name, .*?\] of \[(.*?)\n\]\) \{\s*scenario\(`\$\{name\}(.*?)`", re.DOTALL)


def _names() -> list[str]:
    """Return the names of all scenarios, read from their files, for node may be absent."""
    names = []
    for file in _FILES:
        text = (_HERE / file).read_text(encoding="utf-8")
        names += [found.replace("\\'", "'") for found in re.findall(r"^scenario\('((?:[^'\\]|\\.)+)'", text, re.M)]
        for rows, tail in _ROWS.findall(text):
            names += [name + tail for name in re.findall(r"^  \['([^']+)'", rows, re.MULTILINE)]
    return names


@pytest.fixture(scope="module")
def outcomes(serve: Callable[..., Office], authority: Authority) -> dict[str, Any]:
    """What became of every scenario, all played by one process of node."""
    node = shutil.which("node")
    if node is None or not (_HERE / "node_modules").is_dir():
        pytest.skip("node or tests/conformance/js/node_modules is absent: install Node 20 and run scripts/setup-js")
    before = datetime.now(UTC) - timedelta(days=1)
    offices = {
        "crowd": serve(plan="box"),
        "empty": serve(plan="box"),
        "standard": serve(plan="standard"),
        "burst": serve(plan="standard"),
        "spent": serve(FastClock(200, before), plan="enterprise", costs={"crm.deal.list": 200.0}),
        "oauth": serve(plan="box"),
        "blocked": serve(FastClock(200, before), plan="enterprise", costs={"crm.deal.list": 250.0}),
    }
    offices["crowd"].fill(MANY)
    places: dict[str, Any] = {
        name: {"url": f"https://{one.near}", "webhook": one.webhook} for name, one in offices.items()
    }
    places["oauth"] |= _application(offices["oauth"])
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    environment |= {"NODE_EXTRA_CA_CERTS": str(authority.file), "PLACES": json.dumps(places)}
    played = subprocess.run(
        [node, "run.mjs"],
        cwd=_HERE,
        env=environment,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    assert played.returncode == 0, played.stderr
    return {one["name"]: one for one in json.loads(played.stdout.splitlines()[-1])}


def _application(office: Office) -> dict[str, Any]:
    """Return an application's keys, and pairs of tokens by what is the matter with them."""
    portal = office.portal
    portal.settings.address = f"https://{office.near}"
    application = portal.add_application("Shop", scopes=("crm", "user"))
    pairs = {name: portal.tokens(application) for name in ("plain", "renewed", "expired", "expiredToo", "spent")}
    for name in ("expired", "expiredToo"):
        portal.expire_token(pairs[name].access)
    return {
        "clientId": application.client_id,
        "clientSecret": application.client_secret,
        "applicationToken": application.application_token,
        "memberId": portal.settings.member_id,
        "pairs": {name: {"access": one.access, "refresh": one.refresh} for name, one in pairs.items()}
        | {"madeUp": {"access": "made up", "refresh": "made up"}},
    }


@pytest.mark.parametrize("name", _names())
def test_the_js_client(outcomes: dict[str, Any], name: str) -> None:
    """One scenario came out as it says."""
    assert outcomes[name]["ok"], outcomes[name]["why"]


def test_no_scenario_goes_unjudged(outcomes: dict[str, Any]) -> None:
    assert set(outcomes) == set(_names())
