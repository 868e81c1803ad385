"""`sverka audit`: who changed what in the hub, and when."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from sverka.cli.home import at_home
from sverka.cli.screen import line, moment, table
from sverka.cli.words import t


def audit(
    who: Annotated[str, typer.Option(help=t("Only this person's.", "Только этого человека."))] = "",
    subject: Annotated[
        str, typer.Option(help=t("Only of this, such as 'profile print'.", "Только об этом: 'profile print'."))
    ] = "",
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"], help=t("From this moment, UTC.", "С этого, UTC.")),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help=t("How many at most.", "Сколько самое большее."))] = 100,
    as_json: Annotated[bool, typer.Option("--json", help=t("For programs.", "Для программ."))] = False,
) -> None:
    """Show who changed what, by which door, and what was in force before and after; newest last."""
    with at_home() as house:
        acts = house.storage.audit.list(limit, subject, who, since.replace(tzinfo=UTC) if since else None)
    if as_json:
        typer.echo(json.dumps([{**asdict(one), "at": one.at.isoformat()} for one in acts], ensure_ascii=False))
        return
    if not acts:
        line(t("Nobody has changed anything yet.", "Пока никто ничего не менял."))
        return
    columns = (t("When, UTC", "Когда, UTC"), t("Who", "Кто"), t("Act", "Что сделал"), t("What", "С чем"),
               t("Before → after", "Было → стало"))  # fmt: skip
    rows = [
        (moment(one.at), f"{one.who} ({one.door.value})", one.act, one.subject,
         f"{one.before} → {one.after}" if one.before or one.after else "")
        for one in acts
    ]  # fmt: skip
    table(columns, rows, narrow=(0,))
