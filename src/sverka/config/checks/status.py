"""What can be wrong with `[status]`: unclear ways back, and stages or statuses the other side lacks."""

from collections.abc import Iterator
from typing import TypeAlias

from sverka.config.catalogue import OfficeSide, StoreSide
from sverka.config.complaint import Complaint, listed, named, options
from sverka.config.derive.rules import status_map
from sverka.config.lines import Path
from sverka.config.read import Document
from sverka.config.schema import ProfileTable
from sverka.config.tables.status import StatusTable
from sverka.domain.commerce.order import CANCELLED
from sverka.domain.kind import Kind
from sverka.domain.mapping.course import pipeline_of
from sverka.domain.mapping.field_mapping import Way
from sverka.domain.text import Text

Complaints: TypeAlias = Iterator[Complaint]

_DEALS = Text("deal", "сделку"), Text("deals", "сделки")
_CALLED = {Kind.INVOICE: (Text("invoice", "счёт"), Text("invoices", "счета"))}
"""What the records are called whose stages a table joins: one of them, and several."""


def check_status(document: Document, store: StoreSide, office: OfficeSide) -> Complaints:
    """Yield what is wrong with the status map, with or without catalogues."""
    status, (one, several) = document.table.status, _CALLED.get(office.kind, _DEALS)
    if status is None or not status.map:
        yield document.complain(
            ("status",),
            Text(
                f"there is no status map, so no {one.en} can be created; add rows such as "
                '`map = [{ status = "N", stage = ["NEW"] }]`.',
                f"нет таблицы статусов, поэтому {one.ru} не создать; добавьте строки вида "
                '`map = [{ status = "N", stage = ["NEW"] }]`.',
            ),
        )
        return
    yield from _rows(document, status)
    yield from _ambiguous(document, status)
    yield from _pipelines(document, status, several)
    yield from _known_stages(document, status, office)
    yield from _known_statuses(document, status, store)
    if not status.cancel:
        yield document.complain(
            ("status",),
            Text(
                f"`cancel` names no stage, so a cancelled order leaves its {one.en} where it is.",
                f"в `cancel` нет ни одной стадии, поэтому отменённый заказ оставит {one.ru} на месте.",
            ),
            bad=False,
        )


def _stages(status: StatusTable) -> Iterator[tuple[Path, str]]:
    for row, line in enumerate(status.map):
        for place, stage in enumerate(line.stage):
            yield ("status", "map", row, "stage", place), stage
    for place, stage in enumerate(status.cancel):
        yield ("status", "cancel", place), stage


def _rows(document: Document, status: StatusTable) -> Complaints:
    seen: dict[str, int] = {}
    for row, line in enumerate(status.map):
        path: Path = ("status", "map", row, "status")
        if line.status == CANCELLED:
            text = Text(
                f"the status `{CANCELLED}` stands above the map; name its stages in `cancel = [ … ]`.",
                f"статус `{CANCELLED}` стоит над таблицей; укажите его стадии в `cancel = [ … ]`.",
            )
            yield document.complain(path, text)
        elif line.status in seen:
            text = Text(
                f"the status `{line.status}` already stands in row {seen[line.status]}; join the two rows.",
                f"статус `{line.status}` уже есть в строке {seen[line.status]}; объедините строки.",
            )
            yield document.complain(path, text)
        seen.setdefault(line.status, row + 1)
        for place, stage in enumerate(line.stage):
            if stage in status.cancel:
                text = Text(
                    f"the stage `{stage}` is in `cancel` too; leave it in one of the two.",
                    f"стадия `{stage}` есть и в `cancel`; оставьте её в одном месте.",
                )
                yield document.complain(("status", "map", row, "stage", place), text)


def _ambiguous(document: Document, status: StatusTable) -> Complaints:
    if status.way is Way.TO_OFFICE:
        return
    for stage in status_map(status).ambiguous():
        rows = [row for row, line in enumerate(status.map) if stage in line.stage]
        names = listed(status.map[row].status for row in rows)
        text = Text(
            f"the stage `{stage}` leads back to several statuses: {names}; mark exactly one of the rows `back = true`.",
            f"стадия `{stage}` ведёт обратно к нескольким статусам: {names}; "
            "отметьте ровно одну из строк `back = true`.",
        )
        yield document.complain(("status", "map", rows[-1], "stage"), text)


def _pipelines(document: Document, status: StatusTable, called: Text) -> Complaints:
    pipeline = document.table.deal.pipeline
    covered = {pipeline_of(stage) for row in status.map for stage in row.stage}
    if not pipeline.isdigit():
        return
    for path, stage in _stages(status):
        if pipeline in covered and pipeline_of(stage) in covered:
            continue
        text = Text(
            f"the stage `{stage}` belongs to pipeline {pipeline_of(stage)}, the profile's {called.en} to {pipeline}.",
            f"стадия `{stage}` из воронки {pipeline_of(stage)}, а {called.ru} профиля в воронке {pipeline}.",
        )
        yield document.complain(path, text)
    for reached in reached_pipelines(document.table):
        if reached != pipeline or pipeline in covered:
            yield from _covered(document, status, reached)


def reached_pipelines(table: ProfileTable) -> list[str]:
    """Return the pipelines the hub itself brings deals of a profile to, its own first."""
    return list(dict.fromkeys([*table.deal.pipelines, *(pipeline_of(row.to) for row in table.handover)]))


def _covered(document: Document, status: StatusTable, pipeline: str) -> Complaints:
    """Name the statuses for which a deal in that pipeline has no stage (R81)."""
    missed = [row.status for row in status.map if pipeline not in {pipeline_of(stage) for stage in row.stage}]
    if missed and status.unmapped == "hold":
        text = Text(
            f"in pipeline {pipeline} these statuses have no stage, so deals there will wait for a person: "
            f"{listed(missed)}.",
            f"в воронке {pipeline} у этих статусов нет стадии, сделки в ней будут ждать человека: {listed(missed)}.",
        )
        yield document.complain(("status", "map"), text, bad=False)
    cancels = status.cancel and pipeline not in {pipeline_of(stage) for stage in status.cancel}
    if cancels:
        text = Text(
            f"`cancel` has no stage of pipeline {pipeline}, so a cancelled order leaves its deal there where it is.",
            f"в `cancel` нет стадии воронки {pipeline}, поэтому отменённый заказ оставит сделку в ней на месте.",
        )
        yield document.complain(("status", "cancel"), text, bad=False)


def _known_stages(document: Document, status: StatusTable, office: OfficeSide) -> Complaints:
    if not office.given:
        return
    field = office.find("stageId")
    known = dict(field.options) if field else {}
    for path, stage in _stages(status):
        yield from known_stage(document, path, stage, office)
    pipelines = {*reached_pipelines(document.table), *status_map(status).pipelines()}
    ours = {key: name for key, name in known.items() if _is_of(key, pipelines)}
    missed = {key: name for key, name in ours.items() if key not in status_map(status).stages()}
    if missed and status.unmapped == "hold" and status.way is not Way.TO_OFFICE:
        _, called = _CALLED.get(office.kind, _DEALS)
        text = Text(
            f"no row has these stages, so {called.en} moved there will wait for a person: {named(missed)}.",
            f"этих стадий нет ни в одной строке, {called.ru} на них будут ждать человека: {named(missed)}.",
        )
        yield document.complain(("status", "map"), text, bad=False)


def _is_of(stage: str, pipelines: set[str]) -> bool:
    return pipeline_of(stage) in pipelines or any(not pipeline.isdigit() for pipeline in pipelines)


def known_stage(document: Document, path: Path, stage: str, office: OfficeSide) -> Complaints:
    """Yield that the portal has no such stage, with those it has in that pipeline."""
    field = office.find("stageId")
    known = dict(field.options) if field else {}
    if office.given and stage not in known:
        pipeline = document.table.deal.pipeline
        pipeline = pipeline_of(stage) if pipeline.isdigit() else pipeline
        tail = options(stage, {key: name for key, name in known.items() if _is_of(key, {pipeline})})
        text = Text(
            f"the portal has no stage `{stage}` in pipeline {pipeline}.{tail.en}",
            f"на портале нет стадии `{stage}` в воронке {pipeline}.{tail.ru}",
        )
        yield document.complain(path, text)


def _known_statuses(document: Document, status: StatusTable, store: StoreSide) -> Complaints:
    field = store.find("status")
    if not store.given or field is None:
        return
    if status.way is not Way.TO_OFFICE and not field.writable:
        text = Text(
            'the store\'s status cannot be written; add `way = "->"` to [status].',
            'статус в магазине не записать; добавьте в [status] строку `way = "->"`.',
        )
        yield document.complain(("status", "way"), text)
    known = {key: name for key, name in field.options.items() if key != CANCELLED}
    if not known:
        return
    for row, line in enumerate(status.map):
        if line.status not in known and line.status != CANCELLED:
            tail = options(line.status, known)
            text = Text(
                f"the store has no status `{line.status}`.{tail.en}",
                f"в магазине нет статуса `{line.status}`.{tail.ru}",
            )
            yield document.complain(("status", "map", row, "status"), text)
    missed = {key: name for key, name in known.items() if key not in status_map(status).statuses()}
    if missed and status.unmapped == "hold":
        text = Text(
            f"no row has these statuses, so orders in them will wait for a person: {named(missed)}.",
            f"этих статусов нет ни в одной строке, заказы в них будут ждать человека: {named(missed)}.",
        )
        yield document.complain(("status", "map"), text, bad=False)
