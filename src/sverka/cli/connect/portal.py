"""`sverka portal people`: who works on a portal, with the ids that profiles name."""

import json
from typing import Annotated

import typer

from sverka.bootstrap import House
from sverka.cli.home import at_home
from sverka.cli.order.show import Json
from sverka.cli.screen import line, table
from sverka.cli.words import t
from sverka.domain.errors import Misconfigured
from sverka.domain.mapping.field_mapping import Side
from sverka.domain.text import Text
from sverka.operate.documents import on_side
from sverka.ports.people import KnowsPeople


def people(
    name: Annotated[str, typer.Argument(help=t("Words of a name or a position.", "Слова имени или должности."))] = "",
    portal: Annotated[str, typer.Option(help=t("If several are connected.", "Если порталов несколько."))] = "",
    as_json: Json = False,
) -> None:
    """List those who work on a portal; with words, those whose name or position holds them."""
    with at_home() as house:
        connector = house.connector(house.connection(_portal(house, portal)))
        if not isinstance(connector, KnowsPeople):
            raise Misconfigured(
                Text("This system does not tell who works there.", "Эта система не говорит, кто в ней работает.")
            )
        found = connector.find_people(name)
    if as_json:
        rows = [{"id": one.id, "name": one.name, "position": one.position} for one in found]
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    if not found:
        line(t("Nobody of that name works there; try a part of the name.",
               "Никого с таким именем; попробуйте часть имени."))  # fmt: skip
        return
    columns = (t("Id", "Номер"), t("Name", "Имя"), t("Position", "Должность"))
    table(columns, [(one.id, one.name, one.position) for one in found], narrow=(0,))
    line(t("In a profile: `responsible = ID`. On the portal the id ends the address of the employee's page: "
           "Employees > Company structure, point at a name and click it.",
           "В профиле: `responsible = НОМЕР`. На портале номер стоит в конце адреса страницы сотрудника: "
           "Сотрудники > Структура компании, наведите курсор на сотрудника и нажмите на имя."))  # fmt: skip


def _portal(house: House, asked: str) -> str:
    if asked:
        on_side(house, asked, Side.OFFICE)
        return asked
    names = [one.name for one in house.storage.connections.list(Side.OFFICE)]
    if len(names) != 1:
        shown = ", ".join(names) or "–"
        raise Misconfigured(
            Text(f"Say which portal with --portal; there are: {shown}.",
                 f"Укажите портал: --portal; есть: {shown}.")
        )  # fmt: skip
    return names[0]
