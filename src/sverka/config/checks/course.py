"""What can be wrong with how orders and deals go on: the guard, what is notified, milestones and handovers."""

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from sverka.config.catalogue import OfficeSide, StoreSide
from sverka.config.checks.machine import circle, loops
from sverka.config.checks.status import known_stage
from sverka.config.complaint import Complaint, choices, listed
from sverka.config.derive.rules import status_map
from sverka.config.lines import Path
from sverka.config.read import Document
from sverka.config.tables.status import MilestoneTable
from sverka.domain.commerce.order import CANCELLED
from sverka.domain.mapping.course import pipeline_of
from sverka.domain.mapping.field import FieldType
from sverka.domain.mapping.field_mapping import Side, Way
from sverka.domain.text import Text

Complaints: TypeAlias = Iterator[Complaint]


def check_course(document: Document, store: StoreSide, office: OfficeSide) -> Complaints:
    """Yield what is wrong with the course of things; raises nothing, with or without catalogues."""
    yield from _notifies(document)
    yield from _guard(document, office)
    yield from _milestones(document, store, office)
    yield from _handovers(document, office)


def _notifies(document: Document) -> Complaints:
    status = document.table.status
    if status is None:
        return
    statuses = status_map(status)
    stages = {stage for row in document.table.milestone for stage in row.stage}
    stages |= {row.to for row in document.table.handover} | statuses.stages()
    for place, value in enumerate(status.notifies):
        if value not in stages and value not in statuses.statuses() | {CANCELLED}:
            tail = choices(value, [row.status for row in status.map])
            text = Text(
                f"`{value}` is neither a status nor a stage of this profile.{tail.en}",
                f"`{value}` – не статус и не стадия этого профиля.{tail.ru}",
            )
            yield document.complain(("status", "notifies", place), text)


def _guard(document: Document, office: OfficeSide) -> Complaints:
    """Compare the order of the rows with the portal's own order of stages, by which people read it."""
    field = office.find("stageId")
    if document.table.status is None or document.table.status.guard == "off" or field is None:
        return
    known = list(field.options)
    course = [stage for stage in status_map(document.table.status).course(Side.OFFICE) if stage in known]
    for pipeline in dict.fromkeys(pipeline_of(stage) for stage in course):
        ours = [stage for stage in course if pipeline_of(stage) == pipeline]
        theirs = sorted(ours, key=known.index)
        if ours != theirs:
            text = Text(
                f"the guard goes by the order of the rows, and on the portal these stages stand otherwise: "
                f"{listed(theirs)}. Put the rows in the order in which things go on.",
                f"запрет идти назад смотрит на порядок строк, а на портале эти стадии стоят иначе: {listed(theirs)}. "
                "Расставьте строки в том порядке, в котором идёт дело.",
            )
            yield document.complain(("status", "guard"), text, bad=False)


def _milestones(document: Document, store: StoreSide, office: OfficeSide) -> Complaints:
    seen: dict[str, int] = {}
    for number, row in enumerate(document.table.milestone):
        path: Path = ("milestone", number)
        if row.when in seen:
            text = Text(
                f"`{row.when}` has a milestone already, number {seen[row.when]}; name the stages of several funnels in "
                "one `stage = [ … ]`.",
                f"у `{row.when}` уже есть веха, номер {seen[row.when]}; стадии разных воронок перечислите в одном "
                "`stage = [ … ]`.",
            )
            yield document.complain((*path, "when"), text)
        seen.setdefault(row.when, number + 1)
        yield from _condition(document, path, row, store)
        for place, stage in enumerate(row.stage):
            yield from known_stage(document, (*path, "stage", place), stage, office)
            yield from _stage_of_milestone(document, path, row, stage)
        for place, stage in enumerate(row.beyond or ()):
            yield from known_stage(document, (*path, "beyond", place), stage, office)


def _condition(document: Document, path: Path, row: MilestoneTable, store: StoreSide) -> Complaints:
    field = store.find(row.when)
    if field is None:
        tail = choices(row.when, store.keys())
        text = Text(f"orders have no field `{row.when}`.{tail.en}", f"у заказов нет поля `{row.when}`.{tail.ru}")
        yield document.complain((*path, "when"), text)
        return
    if row.is_ is None and store.lists(row.when) and field.type is not FieldType.BOOLEAN:
        text = Text(
            f"`{row.when}` is no yes or no; say by `is = [ … ]` with which values it has happened.",
            f"`{row.when}` – не да/нет; перечислите в `is = [ … ]` значения, при которых это случилось.",
        )
        yield document.complain((*path, "when"), text)
    if row.way is not Way.TO_OFFICE and store.given and not field.writable:
        text = Text(
            f'the store cannot be told `{row.when}`; use way = "->".',
            f'поле `{row.when}` в магазин не записать; укажите way = "->".',
        )
        yield document.complain((*path, "way"), text)


def _stage_of_milestone(document: Document, path: Path, row: MilestoneTable, stage: str) -> Complaints:
    status = document.table.status
    statuses = status_map(status)
    if stage in statuses.cancel:
        text = Text(
            f"the stage `{stage}` is in `cancel`: whatever happens to an order, it is not cancelled by that.",
            f"стадия `{stage}` есть в `cancel`: что бы ни случилось с заказом, это его не отменяет.",
        )
        yield document.complain((*path, "stage"), text)
    elif status and status.map and stage not in statuses.stages():
        text = Text(
            f"no row of [status] has the stage `{stage}`, so nobody knows what comes after it and what it means to the "
            "order; add it to a row.",
            f"стадии `{stage}` нет ни в одной строке [status], поэтому неизвестно, что идёт после неё и что она "
            "значит для заказа; добавьте её в строку.",
        )
        yield document.complain((*path, "stage"), text, bad=row.beyond is None)


def _handovers(document: Document, office: OfficeSide) -> Complaints:
    seen: dict[str, int] = {}
    statuses = status_map(document.table.status)
    if path := circle(document.table):
        yield document.complain(("handover",), _restless(path))
    for number, row in enumerate(document.table.handover):
        where: Path = ("handover", number)
        yield from known_stage(document, (*where, "to"), row.to, office)
        if document.table.status and row.to not in statuses.stages():
            text = Text(
                f"no row of [status] has the stage `{row.to}`, so deals handed over will wait for a person; add it.",
                f"стадии `{row.to}` нет ни в одной строке [status], переданные сделки будут ждать человека; "
                "добавьте её.",
            )
            yield document.complain((*where, "to"), text, bad=False)
        for place, stage in enumerate(row.at):
            yield from known_stage(document, (*where, "at", place), stage, office)
            if pipeline_of(stage) == pipeline_of(row.to):
                text = Text(
                    f"`{stage}` and `{row.to}` are of one funnel; a handover leads to another.",
                    f"`{stage}` и `{row.to}` – одна воронка; передача ведёт в другую.",
                )
                yield document.complain((*where, "at", place), text)
            if stage in seen:
                text = Text(
                    f"the stage `{stage}` is handed over by number {seen[stage]} already; leave it in one of the two.",
                    f"стадию `{stage}` уже передаёт номер {seen[stage]}; оставьте её в одной передаче.",
                )
                yield document.complain((*where, "at", place), text)
            seen.setdefault(stage, number + 1)


def check_machine(document: Document) -> Complaints:
    """Run a map that is sound otherwise as the hub would, and tell where it never comes to rest."""
    for path in loops(document.table):
        where: Path = ("handover",) if document.table.handover else ("milestone",)
        yield document.complain(where, _restless(path))


def _restless(path: Sequence[str]) -> Text:
    told = " → ".join(path)
    return Text(
        f"the hub would never come to rest: {told}. Take one of these steps out.",
        f"хаб никогда не остановится: {told}. Уберите один из этих шагов.",
    )
