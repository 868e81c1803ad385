"""What the command line says of itself is in the person's language, and ends as it does in English."""

from importlib.metadata import version

import pytest

from sverka.cli.commands import ROWS
from sverka.cli.usage import _MEANT

RUSSIAN = {"SVERKA_LANG": "ru"}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("order show", "Не указан аргумент"),
        ("order show s/1 --nonsense", "Нет ключа --nonsense"),
        ("nonsense", "Нет команды 'nonsense'"),
        ("order nonsense", "Нет команды 'nonsense'"),
        ("order decide s/1 status", "Не указан ключ '--winner'"),
        ("order list --why whatever", "Неверное значение '--why': "),
        ("profile moves p --since soon", "Неверное значение '--since': 'soon' – не дата; пишите 2026-05-31"),
        ("backfill main --since 2026-13-01", "Неверное значение '--since': здесь нужна дата; пишите 2026-05-31"),
        ("up --sweep-minutes x", "Неверное значение '--sweep-minutes': здесь нужно число."),
        ("sandbox portal --port 99999999", "Неверное значение '--port': не больше 65535."),
        ("order show s/1 s/2", "Лишнее: s/2."),
    ],
)
def test_what_is_not_understood_is_said_in_russian_with_the_next_step(sverka, line, told):
    ran = sverka(*line.split(), env=RUSSIAN)
    assert ran.code == 2
    assert f"Ошибка: {told}" in ran.err
    assert "Использование:" in ran.err
    assert "Справка: " in ran.err


@pytest.mark.parametrize(
    ("word", "english", "russian"),
    [
        ("prove", "Did you mean 'sverka report'?", "Возможно, 'sverka report'?"),
        ("compare", "Did you mean 'sverka reconcile'?", "Возможно, 'sverka reconcile'?"),
        ("reprot", "Did you mean 'report', 'export'?", "Возможно, 'report', 'export'?"),
        ("nonsense", "All are listed by 'sverka --help'.", "Все команды: 'sverka --help'."),
    ],
)
def test_whoever_takes_another_word_is_led_to_the_command(sverka, word, english, russian):
    for given, told in (({}, english), (RUSSIAN, russian)):
        ran = sverka(word, env=given)
        assert ran.code == 2
        assert told in ran.err


def test_every_command_that_is_led_to_is_there_and_none_is_hidden():
    paths = {row.path for row in ROWS}
    assert all(any(meant.startswith(path) for path in paths) for meant in _MEANT.values())
    assert not paths & _MEANT.keys()


def test_a_key_without_its_value_is_told(sverka):
    ran = sverka("order", "list", "--limit", env=RUSSIAN)
    assert (ran.code, ran.err) == (2, "Ошибка: Ключу '--limit' нужно значение.\n")


def test_help_is_in_russian(sverka):
    for words in ((), ("order",), ("order", "list")):
        said = sverka.ok(*words, "--help", env=RUSSIAN).out
        assert "Использование:" in said
        assert "Показать эту справку." in said
        assert "Options" not in said
    assert "Usage:" in sverka.ok("--help").out
    assert sverka("order", env=RUSSIAN).code == 2
    assert "Команды:" in sverka("order", env=RUSSIAN).text


def test_a_file_that_is_not_there_is_told_in_russian(sverka):
    said = sverka.fails("profile", "check", "нет.toml", env=RUSSIAN).err
    assert "нет.toml не читается: нет такого файла или папки." in said


def test_the_version_is_the_packages_own(sverka):
    assert sverka.ok("--version").out == f"{version('sverka')}\n"
