"""`sverka order moves` and `sverka profile moves`: which rule moved what, from the journal, as one table (R35)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from sverka.bootstrap import House
from sverka.cli.home import at_home
from sverka.cli.profile.preview import order_ref
from sverka.cli.screen import line, moment, table
from sverka.cli.words import say, t
from sverka.domain.errors import Misconfigured
from sverka.domain.ids import ProfileName
from sverka.domain.mapping.field_mapping import Side
from sverka.domain.mapping.profile import document_of
from sverka.domain.text import Text
from sverka.engine.narrate import move_of
from sverka.operate.moves import Move, moves_of
from sverka.operate.orders import bindings_of, not_known
from sverka.operate.profiles import saved_profile
from sverka.ports.journal import JournalLine

RULES: Mapping[str, Text] = {
    "birth": Text("a new record", "новая запись"),
    "store_wins": Text("both moved; the store wins", "менялись обе стороны; важнее магазин"),
    "office_wins": Text("both moved; the portal wins", "менялись обе стороны; важнее портал"),
    "first-sight": Text("was empty at first sight", "при первой встрече было пусто"),
    "append": Text("what the other side has gained", "добавленное на другой стороне"),
    "decision": Text("a person's decision", "решение человека"),
    "handover": Text("handed over to another funnel", "передача в другую воронку"),
    "K23": Text("an order made of a record", "заказ из записи"),
}
"""The journal's rules, as people say them; a rule that is not here is shown by its name."""

MOVED: Mapping[tuple[str, Side], Text] = {
    ("moved-alone", Side.OFFICE): Text("only the store had changed it", "менялось только в магазине"),
    ("moved-alone", Side.STORE): Text("only the portal had changed it", "менялось только на портале"),
    ("one-way", Side.OFFICE): Text("goes from the store alone", "идёт только из магазина"),
    ("one-way", Side.STORE): Text("goes from the portal alone", "идёт только с портала"),
}
"""The same for rules by which one side leads: it is told which, by the side that was written."""

_SIDES = {Side.STORE: Text("order", "заказ"), Side.OFFICE: Text("record", "запись")}

Json = Annotated[bool, typer.Option("--json", help=t("For programs.", "Для программ."))]


def of_order(
    order: Annotated[str, typer.Argument(metavar="STORE/ID", help=t("The order.", "Заказ."))], as_json: Json = False
) -> None:
    """Show every value the hub has written of an order: when, before and after, by which rule of which profile."""
    ref = order_ref(order)
    with at_home() as house:
        moves = house.storage.journal.moves(order=ref)
        if not (moves or bindings_of(house, ref) or house.storage.journal.timeline(ref)):
            raise Misconfigured(not_known(house, ref))
        _show(house, moves, as_json=as_json)


def of_profile(
    name: Annotated[str, typer.Argument(help=t("The profile's name.", "Имя профиля."))],
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"], help=t("From this moment, UTC.", "С этого, UTC.")),
    ] = None,
    field: Annotated[str, typer.Option(help=t("This field alone.", "Только это поле."))] = "",
    limit: Annotated[int, typer.Option(min=1, help=t("How many at most.", "Сколько самое большее."))] = 100,
    as_json: Json = False,
) -> None:
    """Show what was written under a profile, newest last."""
    start = since.replace(tzinfo=UTC) if since else None
    with at_home() as house:
        saved_profile(house, document_of(ProfileName(name)))
        moves = house.storage.journal.moves(profile=ProfileName(name), since=start, field=field, limit=limit)
        _show(house, moves, as_json=as_json)


def _show(house: House, moves: Sequence[JournalLine], *, as_json: bool) -> None:
    told = moves_of(house, moves)
    if as_json:
        typer.echo(json.dumps([{**asdict(one), "at": moment(one.at)} for one in told], ensure_ascii=False))
        return
    if not told:
        line(t("Nothing was written yet.", "Ещё ничего не записано."))
        return
    columns = (
        t("When, UTC", "Когда, UTC"),
        t("What", "Что"),
        t("Before → after", "Было → стало"),
        t("Why, and by which row", "Почему и по какой строке"),
    )
    several = len({one.order for one in told}) > 1
    table(columns, [_row(move, one, several=several) for move, one in zip(moves, told, strict=True)], narrow=(0, 1))


def _row(move: JournalLine, told: Move, *, several: bool) -> tuple[str, ...]:
    side, _ = move_of(move)
    where = f"{say(_SIDES[side])}: " if side else ""
    text = MOVED.get((move.rule, side)) if side else None
    why = say(text or RULES.get(move.rule) or Text(move.rule, move.rule))
    why += f": {told.by}" if told.by else ""
    by = ", ".join(filter(None, (told.row, told.profile)))
    at = moment(told.at)
    when = f"{at}\n{told.order}" if several else at
    return when, f"{where}{told.field}", f"{told.before} → {told.after}", f"{why}\n{by}"
