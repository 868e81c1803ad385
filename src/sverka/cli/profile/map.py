"""`sverka profile map`: the statuses and stages of a profile as one table, with milestones and handovers (R35, R79)."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from sverka.bootstrap import House
from sverka.cli.documents import catalogues_of, show, text_of
from sverka.cli.home import at_home
from sverka.cli.screen import STRONG, line, table
from sverka.cli.words import t
from sverka.domain.commerce.order import CANCELLED
from sverka.domain.errors import Misconfigured
from sverka.domain.ids import ProfileName
from sverka.domain.mapping.course import pipeline_of
from sverka.domain.mapping.field import Field
from sverka.domain.mapping.milestone import Handover, Milestone
from sverka.domain.mapping.profile import Profile
from sverka.domain.mapping.status_map import StatusMap
from sverka.domain.text import Text
from sverka.operate.documents import examine


def show_map(
    what: Annotated[str, typer.Argument(metavar="FILE|NAME", help=t("A file or an applied profile.", "Файл или имя."))],
) -> None:
    """Print which stage the hub sets for each status in every funnel, and which status each stage leads back to."""
    with at_home() as house:
        checked = examine(what, _document(house, what), catalogues_of(house, offline=True))
    if checked.profile is None:
        show(checked)
        raise typer.Exit(1)
    _print(checked.profile, _names(checked.store_fields, "status"), _names(checked.office_fields, "stageId"))


def _document(house: House, what: str) -> str:
    saved = None if Path(what).exists() else house.storage.profiles.get(ProfileName(what))
    return saved.document if saved else text_of(Path(what))


def _names(fields: Sequence[Field] | None, key: str) -> Mapping[str, str]:
    return next((dict(field.options) for field in fields or () if field.key == key), {})


def _print(profile: Profile, statuses: Mapping[str, str], stages: Mapping[str, str]) -> None:
    status = profile.mapping("status")
    if status is None or not isinstance(status.converter, StatusMap):
        raise Misconfigured(Text("The profile has no status map.", "В профиле нет таблицы статусов."))
    one = status.converter
    pipelines = sorted(one.pipelines(), key=lambda key: (len(key), key))
    heads = [t(f"Funnel {pipeline}", f"Воронка {pipeline}") for pipeline in pipelines]
    rows = []
    for name in [*dict.fromkeys(row.status for row in one.rows), CANCELLED]:
        label = " ".join(filter(None, (name, statuses.get(name, ""))))
        tells = t("notifies", "уведомляет") if name in status.notifies else ""
        rows.append((label, *(_cell(one, name, pipeline, stages) for pipeline in pipelines), tells))
    table((t("Status", "Статус"), *heads, ""), rows)
    line(t("+ is the stage the hub sets; → says which other status a stage leads back to.",
           "+ – стадия, которую ставит хаб; → – к какому другому статусу ведёт обратно стадия."))  # fmt: skip
    if one.guard:
        line(t("Nothing goes back up this table by itself.", "Вверх по этой таблице само ничего не возвращается."))
    for mapping in profile.mappings:
        match mapping.converter:
            case Milestone() as rule:
                line(f"{mapping.store_field} {mapping.way.value} {', '.join(rule.stages)}", STRONG)
            case Handover() as handed:
                for stage, to in handed.to.items():
                    line(t(f"handed over: {stage} → {to}", f"передаётся: {stage} → {to}"), STRONG)


def _cell(one: StatusMap, status: str, pipeline: str, names: Mapping[str, str]) -> str:
    """Return the stages of a status in a funnel, a line each."""
    mine = one.cancel if status == CANCELLED else [s for row in one.rows if row.status == status for s in row.stages]
    lines = []
    for stage in (stage for stage in mine if pipeline_of(stage) == pipeline):
        back = one.to_store(stage)
        mark = "+ " if one.at(pipeline).to_office(status) == stage else "  "
        away = f" → {back}" if back != status else ""
        lines.append(f"{mark}{stage} {names.get(stage, '')}".rstrip() + away)
    return "\n".join(lines) or t("waits for a person", "ждёт человека")
