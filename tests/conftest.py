"""What every test is held to: nothing that it says holds a secret (support.no_secrets); and it is quick."""

import pytest

from support import no_secrets, quick
from support.no_secrets import WATCH

pytest_plugins = ["pytester"]


def pytest_configure() -> None:
    no_secrets.listen()
    quick.hurry()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    WATCH.begin()
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef):
    before, WATCH.outlives = WATCH.outlives, WATCH.outlives or fixturedef.scope != "function"
    try:
        return (yield)
    finally:
        WATCH.outlives = before


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if call.when == "teardown" and report.passed and not item.get_closest_marker("shows_a_secret"):
        no_secrets.judge(item, report)
    return report
