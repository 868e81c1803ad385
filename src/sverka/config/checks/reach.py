"""What a status map never comes to: statuses no stage leads to, ways there and back that end elsewhere, lone funnels.

All of it works, so all of it is only worth knowing. A row says by `back = false` that it is meant to have no way back.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from sverka.config.complaint import Complaint, listed
from sverka.config.derive.rules import status_map
from sverka.config.lines import Path
from sverka.config.read import Document
from sverka.config.schema import ProfileTable
from sverka.config.tables.status import StatusTable
from sverka.domain.commerce.order import CANCELLED
from sverka.domain.mapping.course import pipeline_of
from sverka.domain.mapping.field_mapping import Way
from sverka.domain.text import Text

Complaints: TypeAlias = Iterator[Complaint]


def check_reach(document: Document) -> Complaints:
    """Yield what is never come to, a sentence a kind; a map whose ways back are unclear is not looked at."""
    status = document.table.status
    if status is None or status_map(status).ambiguous():
        return
    if status.way is not Way.TO_OFFICE and (lost := unreached(status)):
        text = Text(
            f"no stage leads back to these statuses, so no move of a deal sets them in the store: {listed(lost)}. Give "
            "each a stage of its own, or write `back = false` in its row if that is meant.",
            f"к этим статусам не ведёт обратно ни одна стадия, движение сделки их в магазине не поставит: "
            f"{listed(lost)}. Дайте каждому свою стадию или, если так и нужно, напишите в его строке `back = false`.",
        )
        yield document.complain(_place(status, lost), text, bad=False)
    if status.way is Way.BOTH and (ways := one_ways(document.table, status)):
        told = [" → ".join(way) for way in ways.values()]
        text = Text(
            f"there and back does not return here: {listed(told)}. Put a stage that means the status first in its row, "
            "or write `back = false` in the row if that is meant.",
            f"туда и обратно здесь не возвращает: {listed(told)}. Поставьте первой в строке стадию, которая означает "
            "этот статус, или, если так и нужно, напишите в строке `back = false`.",
        )
        yield document.complain(_place(status, list(ways)), text, bad=False)
    if stages := lone_stages(document.table, status):
        names = listed(dict.fromkeys(pipeline_of(stage) for stage in stages))
        text = Text(
            f"nothing in this profile brings a deal to funnel {names}; only a person can move it to these stages: "
            f"{listed(stages)}. Add a [[handover]] or a section that leads there, or take the stages out.",
            f"ничто в профиле не приводит сделку в воронку {names}; на эти стадии её переведёт только человек: "
            f"{listed(stages)}. Добавьте [[handover]] или раздел, который туда ведёт, или уберите стадии.",
        )
        yield document.complain(("status", "map"), text, bad=False)


def unreached(status: StatusTable) -> Sequence[str]:
    """Return the statuses that no stage leads to, but for those meant so."""
    statuses = status_map(status)
    led = {statuses.to_store(stage) for stage in statuses.stages()}
    return [row.status for row in status.map if row.status not in led and row.status not in _meant(status)]


def one_ways(table: ProfileTable, status: StatusTable) -> Mapping[str, Sequence[str]]:
    """Return, by status, the way from it to the stage the hub sets, on by handovers, and back to another status.

    Statuses that no stage leads to are not among them, for they are told by themselves.
    """
    statuses = status_map(status)
    passed = {*_meant(status), *unreached(status)}
    found: dict[str, Sequence[str]] = {}
    for pipeline in sorted(statuses.pipelines()):
        here = statuses.at(pipeline)
        for name in [row.status for row in here.rows] + ([CANCELLED] if here.cancel else []):
            path = _onward(table, str(here.to_office(name)))
            back = statuses.to_store(path[-1])
            if isinstance(back, str) and back != name and name not in passed:
                found.setdefault(name, [name, *path, back])
    return found


def lone_stages(table: ProfileTable, status: StatusTable) -> Sequence[str]:
    """Return the stages of funnels that neither a new deal nor a handover comes to; none where a funnel is named."""
    reached = set(table.deal.pipelines)
    if not all(pipeline.isdigit() for pipeline in reached):
        return []
    handed = {stage: row.to for row in table.handover for stage in row.at}
    while more := {pipeline_of(to) for at, to in handed.items() if pipeline_of(at) in reached} - reached:
        reached |= more
    return sorted(stage for stage in status_map(status).stages() if pipeline_of(stage) not in reached)


def _meant(status: StatusTable) -> set[str]:
    return {row.status for row in status.map if "back" in row.model_fields_set and not row.back}


def _onward(table: ProfileTable, stage: str) -> list[str]:
    """Return the stages a deal goes through by itself from one on; a circle is told elsewhere, and ends here."""
    handed = {at: row.to for row in table.handover for at in row.at}
    path = [stage]
    while (to := handed.get(path[-1])) and to not in path:
        path.append(to)
    return path


def _place(status: StatusTable, names: Sequence[str]) -> Path:
    row = next((place for place, row in enumerate(status.map) if row.status in names), None)
    return ("status", "cancel") if row is None else ("status", "map", row, "status")
