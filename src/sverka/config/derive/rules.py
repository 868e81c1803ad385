"""The status map, and the mappings that milestones and handovers imply beside it."""

from collections.abc import Sequence

from sverka.config.schema import ProfileTable
from sverka.config.tables.status import MilestoneTable, StatusTable
from sverka.domain.mapping.course import is_earlier, pipeline_of
from sverka.domain.mapping.field import FieldType
from sverka.domain.mapping.field_mapping import FieldMapping, Policy, Side, Way
from sverka.domain.mapping.milestone import HANDOVER, Handover, Milestone
from sverka.domain.mapping.status_map import StatusMap, StatusRow


def status_map(status: StatusTable | None) -> StatusMap:
    """Return the converter of the `[status]` table; one without rows where there is none."""
    if status is None:
        return StatusMap(())
    rows = [StatusRow(row.status, tuple(row.stage), row.back) for row in status.map]
    return StatusMap(rows, tuple(status.cancel), status.guard == "forward")


def milestone_key(table: MilestoneTable) -> str:
    """Return the key of a milestone's mapping; there is one for each order field."""
    return f"milestone.{table.when}"


def rules(table: ProfileTable) -> Sequence[FieldMapping]:
    """Return the mappings of the milestones and of all handovers together."""
    notifies = frozenset(table.status.notifies if table.status else ())
    found = [_milestone(row, status_map(table.status), notifies) for row in table.milestone]
    if table.handover:
        to = {stage: row.to for row in table.handover for stage in row.at}
        found.append(
            FieldMapping(
                key=HANDOVER,
                store_field="status",
                office_field="stageId",
                way=Way.TO_OFFICE,
                converter=Handover(to),
                office_type=FieldType.CHOICE,
                store_type=FieldType.CHOICE,
                ignore_unmapped=True,
                notifies=notifies,
            )
        )
    return found


def beyond(row: MilestoneTable, statuses: StatusMap) -> tuple[str, ...]:
    """Return the stages a deal is not brought back from: those named, or all that come later in the same funnels."""
    if row.beyond is not None:
        return tuple(row.beyond)
    course = statuses.course(Side.OFFICE)
    return tuple(
        later
        for later in course
        if any(pipeline_of(stage) == pipeline_of(later) and is_earlier(course, later, stage) for stage in row.stage)
    )


def _milestone(row: MilestoneTable, statuses: StatusMap, notifies: frozenset[str]) -> FieldMapping:
    converter = Milestone(
        stages=tuple(row.stage),
        beyond=beyond(row, statuses),
        cancel=statuses.cancel,
        values=tuple(row.is_ or ()),
        way=row.way,
        course=tuple(statuses.course(Side.OFFICE)) if statuses.guard else (),
    )
    return FieldMapping(
        key=milestone_key(row),
        store_field=row.when,
        office_field="stageId",
        way=row.way,
        policy=Policy.STORE_WINS,
        converter=converter,
        office_type=FieldType.CHOICE,
        store_type=FieldType.CHOICE if row.is_ else FieldType.BOOLEAN,
        ignore_unmapped=True,
        notifies=notifies,
    )
