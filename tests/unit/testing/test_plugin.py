"""The fixtures as somebody else's tests use them."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

ROOT = Path(__file__).resolve().parents[3]
PLUGIN = "sverka.testing.plugin"


@pytest.fixture
def run(pytester, monkeypatch):
    def run(text: str) -> pytest.RunResult:
        pytester.makepyfile(text)
        return pytester.runpytest_subprocess("-p", PLUGIN, "-p", "no:cacheprovider", "-q")

    return run


def test_a_portal_in_one_line(run):
    result = run(
        """
        import httpx2

        def test_a_deal_is_made(bitrix24_portal):
            with httpx2.Client(trust_env=False) as client:
                url = bitrix24_portal.webhook_url + "crm.item.add"
                answer = client.post(url, json={"entityTypeId": 2, "fields": {"title": "x"}})
            made = answer.json()["result"]["item"]["id"]
            assert bitrix24_portal.portal.item(2, made).values["title"] == "x"
            before = bitrix24_portal.portal.clock.now()
            bitrix24_portal.portal.advance(60)
            assert (bitrix24_portal.portal.clock.now() - before).total_seconds() == 60

        def test_it_is_a_new_one_each_time(bitrix24_portal):
            assert bitrix24_portal.portal.core.state.items[2] == {}
        """
    )
    result.assert_outcomes(passed=2)


def test_a_portal_over_tls(run):
    result = run(
        """
        import pathlib, ssl
        import httpx2

        def test_it_is_trusted(bitrix24_portal_tls):
            context = ssl.create_default_context(cafile=bitrix24_portal_tls.ca)
            with httpx2.Client(trust_env=False, verify=context) as client:
                assert client.post(bitrix24_portal_tls.webhook_url + "profile").json()["result"]["ID"] == "1"
            pathlib.Path("ca").write_text(bitrix24_portal_tls.ca)

        def test_its_file_is_gone_afterwards():
            assert not pathlib.Path(pathlib.Path("ca").read_text()).exists()
        """
    )
    result.assert_outcomes(passed=2)


def test_pytest_finds_it_by_itself():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["entry-points"]["pytest11"] == {PLUGIN: PLUGIN}


def test_loading_it_loads_neither_the_sandbox_nor_the_contracts():
    code = f"import sys, {PLUGIN}; print([name for name in sys.modules if name.startswith('sverka.')])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "['sverka.testing', 'sverka.testing.plugin']"
