import stat
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from sverka.cli.health import status


def test_init_says_where_things_are_and_what_comes_next(sverka):
    said = sverka.ok("init").out
    assert str(sverka.folder / "sverka.db") in said
    assert "sverka connect portal" in said
    assert stat.S_IMODE(Path("sverka.key").stat().st_mode) == 0o600


def test_init_again_keeps_the_key(sverka):
    sverka.ok("init")
    key = Path("sverka.key").read_bytes()
    assert "already" in sverka.ok("init").out
    assert Path("sverka.key").read_bytes() == key


@pytest.mark.parametrize(
    "command",
    [
        ("status",),
        ("doctor",),
        ("sweep",),
        ("up",),
        ("connection", "list"),
        ("order", "show", "a/1"),
        ("connect", "portal", "b24", "--webhook", "https://p.example/rest/1/x/"),
        ("profile", "list"),
    ],
)
def test_without_a_database_init_is_named(sverka, command):
    said = sverka.fails(*command).err
    assert "run `sverka init` first" in said
    assert not Path("sverka.db").exists()


def test_a_lost_key_is_not_replaced_silently(sverka):
    sverka.ok("init")
    Path("sverka.key").unlink()
    assert "restore it from your backup" in sverka.fails("status").err
    assert not Path("sverka.key").exists()


def test_a_database_that_is_none_is_a_sentence(sverka):
    sverka.ok("init")
    for path in Path().glob("sverka.db*"):
        path.unlink()
    Path("sverka.db").write_text("not a database" * 100)
    said = sverka.fails("status").err
    assert "database" in said
    assert "Traceback" not in said


def test_a_language_there_is_not(sverka):
    assert "SVERKA_LANG" in sverka.fails("status", env={"SVERKA_LANG": "de"}).err


def test_bad_usage_is_exit_code_2(sverka):
    sverka.ok("init")
    assert sverka("order", "show", "no-slash").code == 2
    assert sverka("connect", "store", "shop", "--kind", "opencart").code == 2
    assert sverka("connect", "portal", "a/b", "--webhook", "x").code == 2
    assert sverka("nonsense").code == 2


def test_no_printed_command_puts_a_secret_on_the_command_line(sverka):
    said = sverka.ok("init").out
    assert "sverka connect portal b24\n" in said
    assert "--webhook" not in said


def test_another_folder_is_named_where_the_database_is_missing(sverka):
    said = sverka.fails("status").err
    assert "change to the hub's folder" in said
    assert "SVERKA_DATABASE" in said


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt, typer.Abort])
def test_interrupted_is_130_without_a_traceback(sverka, monkeypatch, interrupt):
    def pressed(*_: object) -> None:
        raise interrupt

    sverka.ok("init")
    monkeypatch.setattr(status, "read_status", pressed)
    ran = sverka("status")
    assert ran.code == 130
    assert "Traceback" not in ran.text


def test_interrupted_while_loading(tmp_path):
    (tmp_path / "alembic").mkdir()
    (tmp_path / "alembic/__init__.py").write_text("raise KeyboardInterrupt", "utf-8")
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from sverka.cli import main; main()"
    ran = subprocess.run([sys.executable, "-c", code, "status"], capture_output=True, text=True, check=False)
    assert ran.returncode == 130
    assert "Traceback" not in ran.stderr
