"""What the command line says by itself, of its usage and of what it did not understand, in Russian too.

Its library speaks English only; its sentences are few, and what is not among them is left as it is.
"""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from sverka.cli.words import language

_PHRASES = (
    (r"^Usage:", "Использование:"),
    (r"\[OPTIONS\]", "[КЛЮЧИ]"),
    (r"COMMAND \[ARGS\]\.\.\.", "КОМАНДА [АРГУМЕНТЫ]..."),
    (r"^Options:", "Ключи:"),
    (r"^Arguments:", "Аргументы:"),
    (r"^Commands:", "Команды:"),
    (r"Show this message and exit\.", "Показать эту справку."),
    (r"\brequired\]", "обязательно]"),
    (r"\bdefault: ", "по умолчанию: "),
    (r"^Try '(.*)' for help\.", r"Справка: \1"),
    (r"^Error: ", "Ошибка: "),
    (r"No such option: (\S+?)\.?( |$)", r"Нет ключа \1.\2"),
    (r"\(Possible options: (.*)\)", r"Есть: \1."),
    (r"No such command (.*?)\.", r"Нет команды \1."),
    (r"Did you mean (.*)\?", r"Возможно, \1?"),
    (r"All are listed by '(.*)'\.", r"Все команды: '\1'."),
    (r"Missing command\.", "Не указана команда."),
    (r"Missing option (.*?)\.", r"Не указан ключ \1."),
    (r"Missing argument (.*?)\.", r"Не указан аргумент \1."),
    (r"Invalid value for (.*?): ", r"Неверное значение \1: "),
    (r"Invalid value: ", "Неверное значение: "),
    (r"Value error, (.*) does not match the formats .*", r"\1 – не дата; пишите 2026-05-31 или 2026-05-31T09:00:00."),
    (r"Input should be a valid datetime.*", "здесь нужна дата; пишите 2026-05-31 или 2026-05-31T09:00:00."),
    (r"Input should be a valid (number|integer).*", "здесь нужно число."),
    (r"Input should be less than or equal to (\S+)", r"не больше \1."),
    (r"Input should be greater than or equal to (\S+)", r"не меньше \1."),
    (r"Choose from:", "Одно из:"),
    (r"Got unexpected extra arguments?(?:\(s\))? \((.*)\)", r"Лишнее: \1."),
    (r"Option (.*) requires an argument\.", r"Ключу \1 нужно значение."),
    (r"Option (.*) does not take a value\.", r"Ключ \1 пишется без значения."),
)

_NO_COMMAND = re.compile(r"^No such command '([^']*)'")

_MEANT = {
    **dict.fromkeys(("prove", "verify", "account", "audit-orders"), "report"),
    **dict.fromkeys(("compare", "diff"), "reconcile"),
    **dict.fromkeys(("repair", "fix", "resync"), "reconcile --repair"),
    **dict.fromkeys(("check", "test", "health"), "doctor"),
    **dict.fromkeys(("run", "start", "serve"), "up"),
    **dict.fromkeys(("history", "import-orders"), "backfill PROFILE --since DATE"),
    **dict.fromkeys(("orders", "differences", "conflicts"), "order list --differences"),
    **dict.fromkeys(("resend", "retry", "sync"), "order sync STORE/ID"),
}
"""What people call things that have another name here; words that are nearly a command are told by the library."""

_UsageError: Any = typer.BadParameter.__mro__[1]
"""What the library raises where a command was not understood; it has moved from module to module."""


def said(text: str) -> str:
    """Return what the library says in the language of the person at the terminal."""
    if language() == "ru":
        for english, russian in _PHRASES:
            text = re.sub(english, russian, text, flags=re.MULTILINE)
    return text


@contextmanager
def understood() -> Iterator[None]:
    """Say what was not understood, with exit code 2."""
    try:
        yield
    except _UsageError as error:
        sentence = error.format_message()
        if type(error).__name__ != "NoArgsIsHelpError":  # that one is the help itself
            sentence = f"Error: {_led(sentence)}"
            if error.ctx is not None:
                sentence = f"{error.ctx.get_usage()}\nTry '{error.ctx.command_path} --help' for help.\n\n{sentence}"
        typer.echo(said(sentence), file=sys.stderr)
        raise typer.Exit(error.exit_code) from None


def _led(sentence: str) -> str:
    """Return the sentence about an unknown command with the one that was meant, or where all are listed."""
    unknown = _NO_COMMAND.match(sentence)
    if unknown is None:
        return sentence
    if meant := _MEANT.get(unknown[1]):
        return f"{unknown[0]}. Did you mean 'sverka {meant}'?"
    return sentence if "Did you mean" in sentence else f"{sentence} All are listed by 'sverka --help'."


class Command(TyperCommand):
    """A command whose help is in the person's language."""

    def get_help(self, ctx: Any) -> str:
        """Return its help."""
        return said(super().get_help(ctx))


class Group(TyperGroup):
    """A group of commands whose help is in the person's language."""

    def get_help(self, ctx: Any) -> str:
        """Return its help."""
        return said(super().get_help(ctx))
