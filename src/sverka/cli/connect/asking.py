"""Questions to the person at the terminal: each says where to look, and is asked until its answer can be used."""

import sys
from collections.abc import Sequence
from urllib.parse import urlsplit

import typer

from sverka.cli.connect.reach import is_here
from sverka.cli.screen import STRONG, WARN, agrees, line, whole
from sverka.cli.words import say, t
from sverka.connectors.registry import Wanted

_INDENT = "   "


def somebody() -> bool:
    """Tell whether there is a person to be asked."""
    return sys.stdin.isatty()


def ask(one: Wanted, place: str = "", usual: str = "") -> str:
    """Return a person's answer, whose look is right; empty only where it is not required.

    `place` is the number of the question, `usual` what Enter alone gives.
    """
    line()
    line(f"{place} {say(one.label)}".strip(), STRONG)
    line(f"{_INDENT}{say(one.help)}")
    if one.where:
        line(f"{_INDENT}{t('Where', 'Где')}: {say(one.where)}")
    if one.looks_like:
        whole(f"{_INDENT}{t('Such as', 'Например')}: {one.looks_like}")
    if one.options:
        line(f"{_INDENT}{t('One of', 'Варианты')}: {', '.join(one.options)}")
    usual = usual or one.default
    if usual and one.is_secret:
        line(_INDENT + t("Enter alone leaves the one there is.", "Просто Enter – оставить прежний."))
    elif not usual and not one.is_required:
        line(_INDENT + t("Enter alone leaves it out.", "Просто Enter – не задавать."))
    label = t("(unseen as you type)", "(ввод не показывается)") if one.is_secret else ""
    while True:
        told = typer.prompt(
            f"{_INDENT}{label}>" if label else f"{_INDENT}>",
            prompt_suffix=" ",
            hide_input=one.is_secret,
            default=usual or ("" if not one.is_required else None),
            show_default=bool(usual) and not one.is_secret,
        )
        value = one.tidied(str(told))
        if one.is_required and not value:
            continue
        flaw = one.flaw(value) if value else None
        if not flaw:
            return _encrypted(value) if one.is_address and value != usual else value
        line(f"{_INDENT}{say(flaw)}", WARN)


def _encrypted(address: str) -> str:
    """Return an address by https where it was given without, and the person does not insist."""
    host = urlsplit(address).hostname or ""
    if not address.startswith("http://") or is_here(address):
        return address
    line(
        t(
            f"{_INDENT}With plain http, keys and buyers' data go to {host} in the clear, for anybody to read.",
            f"{_INDENT}По http ключи и данные покупателей передаются на {host} открыто: по пути их прочтёт кто угодно.",
        ),
        WARN,
    )
    wants = agrees(_INDENT + t("Take https instead?", "Подключить по https?"), usual=True)
    return f"https{address.removeprefix('http')}" if wants else address


def choose(question: str, answers: Sequence[tuple[str, str]]) -> int:
    """Return the place of the answer a person chose, from 0; each has a second line of its own, or none."""
    line()
    line(question, STRONG)
    line()
    for number, (answer, more) in enumerate(answers, start=1):
        line(f"  {number}. {answer}")
        if more:
            line(f"     {more}")
    line()
    while True:
        told = typer.prompt(t(f"Number, 1 to {len(answers)}", f"Номер, от 1 до {len(answers)}"))
        if str(told).strip().isdecimal() and 1 <= int(told) <= len(answers):
            return int(told) - 1
        line(t(f"Only a number from 1 to {len(answers)}, please.", f"Только число от 1 до {len(answers)}."), WARN)


def which(answers: Sequence[str]) -> list[int]:
    """Return the places, from 0, of the answers a person wants to correct; none where it is left for later."""
    line()
    if len(answers) == 1:
        return (
            [0] if agrees(t(f"Correct it now ({answers[0]})?", f"Исправить сейчас ({answers[0]})?"), usual=True) else []
        )
    line(t("Which answers are to be corrected?", "Какие ответы исправить?"), STRONG)
    for number, answer in enumerate(answers, start=1):
        whole(f"  {number}. {answer}")
    while True:
        told = typer.prompt(
            t("Numbers, as in: 1 2 (Enter alone: later)", "Номера, например: 1 2 (просто Enter – позже)"),
            default="",
            show_default=False,
        )
        numbers = str(told).replace(",", " ").split()
        if all(one.isdecimal() and 1 <= int(one) <= len(answers) for one in numbers):
            return sorted({int(one) - 1 for one in numbers})
        line(t(f"Only numbers from 1 to {len(answers)}, please.", f"Только числа от 1 до {len(answers)}."), WARN)
