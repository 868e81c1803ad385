"""What has happened to an order, and where its deal has got to: rules beside the status map (R27, R34)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sverka.domain.commerce.value import Value, many
from sverka.domain.mapping.convert import Plain, Unmapped
from sverka.domain.mapping.course import Course, Onward, is_earlier, pipeline_of
from sverka.domain.mapping.field import FieldType
from sverka.domain.mapping.field_mapping import Side, Way

HANDOVER = "handover"
"""The key of the mapping that hands deals over to another funnel."""

_FLAG = Plain(office=FieldType.BOOLEAN)


@dataclass(frozen=True)
class Milestone(Course):
    """A converter between what has happened to an order (it is paid, it is shipped) and the stages from there on.

    Once it has happened the deal is moved to the first of `stages` in its own funnel, unless it is there or `beyond`
    already, is cancelled, or is in a funnel without such a stage. And the other way round, as far as the way allows:
    a deal that gets there makes it happen. Nothing is ever undone. It has happened where the field is yes, or has one
    of the `values`.
    """

    stages: tuple[str, ...]
    beyond: tuple[str, ...] = ()
    cancel: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    way: Way = Way.TO_OFFICE
    course: tuple[str, ...] = ()

    def at(self, pipeline: str) -> "Milestone":
        """Return the rule for a deal in that pipeline."""
        return replace(self, stages=tuple(stage for stage in self.stages if pipeline_of(stage) == pipeline))

    def is_back(self, side: Side, here: Value, there: Value) -> bool:
        """Tell whether it would move a deal back along a guarded map."""
        return side is Side.OFFICE and is_earlier(self.course, here, there)

    def to_office(self, value: Value) -> Value | Unmapped:
        """Return the stage it leads to; where it has not happened, or leads nowhere, there is none."""
        return self.stages[0] if self.stages and self._happened(value) else Unmapped(value)

    def to_store(self, value: Value) -> Value | Unmapped:
        """Return what a deal on that stage makes of the field."""
        if not self._reached(value):
            return Unmapped(value)
        return self.values[0] if self.values else True

    def agree(self, store: Value, office: Value) -> bool:
        """Tell whether nothing follows: it has not happened, or the deal is far enough; and the other way round."""
        pushes = self.way is not Way.TO_STORE and self._happened(store) and not self._reached(office)
        pulls = self.way is not Way.TO_OFFICE and self._reached(office) and not self._happened(store)
        concerned = office not in self.cancel and self._concerns(office)
        return not (pushes and concerned) and not pulls

    def fingerprint(self) -> str:
        """Name all of the rule but its guard."""
        parts = [list(self.stages), list(self.beyond), list(self.cancel), list(self.values)]
        return "milestone:" + json.dumps(parts, ensure_ascii=False)

    def _happened(self, value: Value) -> bool:
        if self.values:
            return any(str(item) in self.values for item in many(value))
        return _FLAG.to_office(value) is True

    def _reached(self, office: Value) -> bool:
        return office in self.stages or office in self.beyond

    def _concerns(self, office: Value) -> bool:
        return not isinstance(office, str) or any(pipeline_of(stage) == pipeline_of(office) for stage in self.stages)


@dataclass(frozen=True)
class Handover(Onward):
    """A converter that converts nothing: a deal on one of these stages is moved on to another funnel's."""

    to: Mapping[str, str] = field(default_factory=dict)

    def onward(self, office: Value) -> Value:
        """Return the stage in the other funnel, None where the deal stays."""
        return self.to.get(office) if isinstance(office, str) else None

    def to_office(self, value: Value) -> Value | Unmapped:
        """Return nothing: no status hands a deal over."""
        return Unmapped(value)

    def to_store(self, value: Value) -> Value | Unmapped:
        """Return nothing: what the new stage means to the order is the status map's affair."""
        return Unmapped(value)

    def agree(self, store: Value, office: Value) -> bool:  # noqa: ARG002 - any order will do
        """Tell whether the deal stays."""
        return self.onward(office) is None

    def fingerprint(self) -> str:
        """Name every pair of stages."""
        return "handover:" + json.dumps(dict(self.to), sort_keys=True, ensure_ascii=False)
