"""How many scenarios of the vendor's clients pass, printed after a test run (`-p support.sdk_figures`).

`--sdk-figures FILE` writes the same as JSON: `{"clients": {name: {"passed", "tried"}}, "deviations": {name: {...}}}`.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

CLIENTS = {
    "test_b24pysdk_": "b24pysdk",
    "test_fast_bitrix24": "fast-bitrix24",
    "test_js_sdk": "@bitrix24/b24jssdk",
}
"""The client a test's file is about, by how the file's name begins."""

DEVIATIONS: dict[str, dict[str, str]] = {
    "b24pysdk": {
        "the authorisation server is reached by a tunnel": "its address, https://oauth.bitrix24.tech, is built in and "
        "cannot be set; the tests lead that name to the sandbox by HTTPS_PROXY, the client itself is untouched.",
        "portals are called by real names without a port": "it keeps only the host of `client_endpoint` and of a "
        "redirect, so a portal on another port than 443 is lost after a login, an event or a rename; same tunnel.",
    },
    "fast-bitrix24": {
        "creates of many batches answer in any order": "its batches run side by side and are joined as they come in, "
        "so the n-th answer of `call` is not that of the n-th item once there are more than fifty.",
        "without its policy it trips over the seconds": "with respect_velocity_policy=False it looks for a limiter it "
        "has not made and raises KeyError on any answer that carries `time.operating`, as a cloud portal's does.",
        "batch_size=1 in call": "an answer of a single command is unpacked as if it were the whole, and only the last "
        "number is left; lists are not concerned.",
        "eleven refusals in a row": "failures of all requests under way are counted together, so a burst of more than "
        "ten refusals by the limiter ends the work although no request was refused twice.",
        "an answer lost after the write": "it is sent again, and the portal holds two deals.",
    },
    "@bitrix24/b24jssdk": {
        "an empty error code inside a batch passes for an answer": 'classic methods fail with `error: ""`, which '
        "the client takes for no error at all, and for an unknown one outside of a batch.",
        "an answer lost after the write": "it is sent again, and the portal holds two deals, unless "
        "retryOnNetworkError is off and maxRetries is 1.",
    },
}
"""Where a client departs from what a scenario would ask, and why it is not the sandbox's fault, by client."""

_passed: dict[str, int] = dict.fromkeys(CLIENTS.values(), 0)
_tried: dict[str, int] = dict.fromkeys(CLIENTS.values(), 0)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Know the file the figures are wanted in."""
    parser.addoption("--sdk-figures", metavar="FILE", help="write how many scenarios of each client passed, as JSON")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Count a scenario once: by its call, or by the setup that failed or was skipped."""
    name = Path(report.location[0]).name
    client = next((client for start, client in CLIENTS.items() if name.startswith(start)), None)
    if report.location[2] == "test_no_scenario_goes_unjudged":
        return
    if client is not None and (report.when == "call" or (report.when == "setup" and not report.passed)):
        _tried[client] += 1
        _passed[client] += report.passed


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures and the known deviations, and write them where they are wanted."""
    terminalreporter.section("clients against the sandbox portal")
    for client, tried in _tried.items():
        terminalreporter.line(f"{client}: {_passed[client]} of {tried} scenarios")
        for what, why in DEVIATIONS[client].items():
            terminalreporter.line(f"    known: {what}: {why}")
    if wanted := terminalreporter.config.getoption("sdk_figures"):
        clients = {client: {"passed": _passed[client], "tried": tried} for client, tried in _tried.items()}
        text = json.dumps({"clients": clients, "deviations": DEVIATIONS}, indent=2, ensure_ascii=False)
        Path(wanted).write_text(text + "\n", encoding="utf-8")
