"""The laws of what moves along: stages, statuses, and mails to customers, which are judged write by write."""

from simulation.lives.topics import COURSE
from sverka.domain.commerce.value import Value
from sverka.domain.mapping.course import pipeline_of
from sverka.domain.mapping.field_mapping import FieldMapping, Side
from sverka.domain.mapping.milestone import Handover, Milestone
from sverka.domain.mapping.status_map import StatusMap

_STAGE = "stageId"


def objections(mapping: FieldMapping, side: Side, looked: Value, sent: Value) -> list[str]:
    """Return what is wrong with moving a side on from what its wave had seen, where no person has decided so."""
    converter, found = mapping.converter, []
    if isinstance(converter, Handover):
        return [] if converter.to.get(str(looked)) == sent else ["handed over from where nothing is handed over"]
    if mapping.office_field == _STAGE and side is Side.OFFICE and looked and _funnel(looked) != _funnel(sent):
        found.append("moved into another funnel, though nothing hands it over")
    if isinstance(converter, Milestone) and side is Side.OFFICE:
        if looked in converter.cancel:
            found.append("a milestone brought back what was cancelled")
        if _leads_back(side, looked, sent):
            found.append("a milestone moved a deal back")
    if isinstance(converter, StatusMap) and converter.guard and _leads_back(side, looked, sent):
        found.append("a guarded map moved it back")
    return found


def _funnel(stage: Value) -> str:
    return pipeline_of(str(stage))


def _leads_back(side: Side, here: Value, there: Value) -> bool:
    course = COURSE[side]
    known = here in course and there in course
    return known and course.index(str(there)) < course.index(str(here))
