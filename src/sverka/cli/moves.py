"""`sverka order moves` and `sverka profile moves`: which rule moved what, from the journal, as one table (R35)."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer

from sverka.bootstrap import House
from sverka.cli.home import at_home
from sverka.cli.order.show import bindings_of, not_known
from sverka.cli.profile.apply import saved_profile
from sverka.cli.profile.preview import order_ref
from sverka.cli.screen import line, moment, table
from sverka.cli.words import say, t
from sverka.domain.errors import Misconfigured
from sverka.domain.ids import ProfileName
from sverka.domain.mapping.profile import document_of
from sverka.domain.text import Text
from sverka.ports.journal import JournalLine
from sverka.storage.profiles import ProfileVersion

RULES: Mapping[str, Text] = {
    "birth": Text("a new record", "новая запись"),
    "one-way": Text("the field has one way", "у поля один путь"),
    "moved-alone": Text("only the other side had moved", "менялась только другая сторона"),
    "store_wins": Text("both moved; the store wins", "менялись обе; важнее магазин"),
    "office_wins": Text("both moved; the portal wins", "менялись обе; важнее портал"),
    "first-sight": Text("was empty at first sight", "при первой встрече было пусто"),
    "append": Text("what the other side has gained", "добавленное на другой стороне"),
    "decision": Text("a person's decision", "решение человека"),
}
"""The journal's rules, as people say them; a rule that is not here is shown by its name."""

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
    versions = {name: house.storage.profiles.versions(name) for name in {one.profile for one in moves if one.profile}}
    rows = [_row(one, versions.get(one.profile, ()) if one.profile else ()) for one in moves]
    if as_json:
        keys = ("at", "order", "field", "before", "after", "rule", "profile")
        told = [
            dict(zip(keys, (*row[:5], one.rule, row[6]), strict=True)) for one, row in zip(moves, rows, strict=True)
        ]
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    if not rows:
        line(t("Nothing was written yet.", "Ещё ничего не записано."))
        return
    columns = (
        t("When, UTC", "Когда, UTC"),
        t("Field", "Поле"),
        t("Before → after", "Было → стало"),
        t("Why", "Почему"),
    )
    several = len({row[1] for row in rows}) > 1
    shown = [
        (f"{row[0]}\n{row[1]}" if several else row[0], row[2], f"{row[3]} → {row[4]}", f"{row[5]} ({row[6]})")
        for row in rows
    ]
    table(columns, shown, narrow=(0, 1))


def _row(one: JournalLine, versions: Sequence[ProfileVersion]) -> tuple[str, ...]:
    in_force = max((version.version for version in versions if version.applied_at <= one.at), default=0)
    profile = f"{one.profile} v{in_force}" if in_force else str(one.profile or "")
    rule = say(RULES[one.rule]) if one.rule in RULES else one.rule
    return (moment(one.at), str(one.order or ""), one.field, one.before, one.after, rule, profile)
