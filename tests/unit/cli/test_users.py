"""Users, tokens, the audit, the configuration in a file and the vault's key, as commands."""

import getpass
import json
import stat
from pathlib import Path

import pytest

from sverka.cli import home
from sverka.domain.errors import Misconfigured
from sverka.operate import keys
from sverka.operate.audit import Who
from sverka.storage.audit import Door

PASSWORD = "correct horse battery"


@pytest.fixture
def hub(sverka):
    sverka.ok("init")
    Path("password").write_text(f"{PASSWORD}\n", "utf-8")
    return sverka


@pytest.fixture
def anna(hub):
    hub.ok("user", "add", "anna", "--role", "owner", "--password-file", "password")
    return hub


def test_a_user_is_added_listed_changed_and_removed(anna):
    assert "owner" in anna.ok("user", "list").out
    anna.ok("user", "add", "boris", "--role", "viewer", "--password-file", "password")
    assert "taken" not in anna.fails("user", "add", "boris", "--role", "viewer", "--password-file", "password").out
    anna.ok("user", "role", "boris", "operator")
    anna.ok("user", "password", "boris", "--password-file", "password")
    assert "only owner" in anna.fails("user", "role", "anna", "viewer").text
    assert "only owner" in anna.fails("user", "remove", "anna").text
    anna.ok("user", "remove", "boris")
    assert "boris" in anna.fails("user", "password", "boris").text
    acts = json.loads(anna.ok("audit", "--json", "--subject", "user boris").out)
    assert [(one["act"], one["before"], one["after"]) for one in acts] == [
        ("user add", "", "viewer"), ("user role", "viewer", "operator"), ("user password", "", ""),
        ("user remove", "operator", ""),
    ]  # fmt: skip
    assert {(one["who"], one["door"]) for one in acts} == {(getpass.getuser(), "cli")}
    assert "user role" in anna.ok("audit").out
    assert PASSWORD not in "".join(anna.printed)


def test_a_password_is_no_argument_and_nobody_there_is_said(hub):
    assert "--password-file" in hub.fails("user", "add", "anna", "--role", "owner").text
    Path("password").write_text("short", "utf-8")
    assert "10" in hub.fails("user", "add", "anna", "--role", "owner", "--password-file", "password").text
    assert hub("user", "add", "anna", "--role", "king").code == 2


def test_a_token_is_shown_once(anna):
    secret = anna.ok("token", "add", "anna", "script").out.strip()
    assert secret.startswith("sverka_")
    assert "script" in anna.fails("token", "add", "anna", "script").text
    listed = anna.ok("token", "list").out
    assert ("script" in listed, secret in listed) == (True, False)
    assert "sverka token list" in anna.ok("user", "password", "anna", "--password-file", "password").out
    anna.ok("token", "remove", "anna", "script")
    assert "script" in anna.fails("token", "remove", "anna", "script").text


def test_connecting_and_applying_are_kept_without_secrets(applied, portal_server, site_server):
    applied.ok("profile", "pause", "print")
    applied.ok("profile", "resume", "print")
    applied.ok("profile", "stop", "print")
    applied.ok("profile", "start", "print")
    applied.ok("connection", "exchange", "shop")
    applied.ok("connection", "exchange", "shop", "--off")
    applied.ok("connection", "remove", "shop", "--yes")
    acts = json.loads(applied.ok("audit", "--json").out)
    assert [(one["act"], one["subject"]) for one in acts] == [
        ("connect office", "connection b24"),
        ("connect store", "connection shop"),
        ("profile apply", "profile print"),
        ("profile pause", "profile print"),
        ("profile resume", "profile print"),
        ("profile stop", "profile print"),
        ("profile start", "profile print"),
        ("connection exchange", "connection shop"),
        ("connection exchange", "connection shop"),
        ("connection remove", "connection shop"),
    ]
    assert acts[0]["after"] == "plan=box"
    assert acts[2]["after"] == "v1, priority 100"
    kept = json.dumps(acts)
    assert portal_server.webhook_url.split("/rest/")[1] not in kept
    assert site_server.webhook_url.split("/rest/")[1] not in kept


def test_a_configuration_goes_to_another_hub_without_its_secrets(applied, monkeypatch, portal_server):
    document = Path("print.toml").read_text("utf-8")
    applied.ok("profile", "apply", "print.toml", "--priority", 7, "--yes")
    applied.ok("export", "hub.json")
    assert "hub.json is there already; name a file that is not" in applied.fails("export", "hub.json").text
    assert "name another" in applied.fails("export", "nowhere/hub.json").text
    russian = applied.fails("export", "nowhere/hub.json", env={"SVERKA_LANG": "ru"}).text
    assert "Не удаётся записать nowhere/hub.json (нет такого файла или папки); назовите другой." in russian
    text = Path("hub.json").read_text("utf-8")
    assert portal_server.webhook_url.split("/rest/")[1].strip("/").split("/")[1] not in text
    Path("other").mkdir()
    monkeypatch.chdir("other")
    applied.ok("init")
    told = applied.ok("import", "../hub.json").out
    assert "sverka connect portal b24    (webhook" in told
    assert "sverka connect store shop --kind bitrix_site" in told
    assert applied.ok("profile", "show", "print").out == document
    applied.ok("export", "again.json")
    again, whole = json.loads(Path("again.json").read_text("utf-8")), json.loads(text)
    assert [one.pop("secrets") for one in again["connections"]] == [[], []]
    assert all(one.pop("secrets") for one in whole["connections"])
    assert again == whole
    applied.ok("import", "../hub.json")  # what is the same is passed over
    changed = Path("../hub.json").read_text("utf-8").replace('"priority": 7', '"priority": 8')
    Path("changed.json").write_text(changed, "utf-8")
    assert "print is here already" in applied.fails("import", "changed.json").text
    Path("bad.json").write_text('{"sverka": 1, "hidden": "hunter2"}', "utf-8")
    assert "hunter2" not in applied.fails("import", "bad.json").text


@pytest.fixture
def sealed(hub):
    with home.at_home() as house:
        house.storage.vault.put("shop/key", "hunter2")
    return hub


def _opened():
    with home.at_home() as house:
        return house.storage.vault.get("shop/key")


def test_secrets_are_sealed_under_another_key(sealed):
    old = Path("sverka.key").read_bytes()
    assert "1" in sealed.ok("key", "rotate").out
    assert Path("sverka.key").read_bytes() != old
    assert stat.S_IMODE(Path("sverka.key").stat().st_mode) == 0o600
    assert not Path("sverka.key.new").exists()
    assert _opened() == "hunter2"
    Path("sverka.key").write_bytes(old)
    with pytest.raises(Misconfigured):
        _opened()


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_rotation_that_is_cut_off_loses_nothing_and_is_ended_by_the_next(sealed, monkeypatch, moment):
    class Killed(BaseException):
        pass

    def killed(*_: object) -> None:
        raise Killed

    old = Path("sverka.key").read_bytes()
    with monkeypatch.context() as patch, home.at_home() as house:
        patch.setattr(*((house.storage.vault, "reseal") if moment == "before" else (Path, "replace")), killed)
        with pytest.raises(Killed):
            keys.rotate_key(house, Who("anna", Door.CLI), Path("sverka.key"))
    assert Path("sverka.key").read_bytes() == old
    assert _opened() == "hunter2"
    with home.at_home() as house:
        house.storage.vault.put("shop/other", "kept meanwhile")
    sealed.ok("key", "rotate")
    assert Path("sverka.key").read_bytes() != old
    assert _opened() == "hunter2"
    assert not Path("sverka.key.new").exists()


def test_a_wrong_key_changes_nothing_and_says_so(sealed):
    old = Path("sverka.key").read_bytes()
    Path("sverka.key").unlink()
    Path("elsewhere").mkdir()
    sealed.ok("init")
    assert "cannot be opened with this key" in sealed.fails("key", "rotate").text
    Path("sverka.key").write_bytes(old)
    assert _opened() == "hunter2"
