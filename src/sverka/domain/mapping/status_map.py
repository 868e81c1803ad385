"""Statuses and stages, joined many to many, with cancellation above them (R10, R49, R83, R85)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sverka.domain.commerce.order import CANCELLED
from sverka.domain.commerce.value import Value
from sverka.domain.mapping.convert import Unmapped
from sverka.domain.mapping.course import Course, is_earlier, pipeline_of
from sverka.domain.mapping.field_mapping import Side


@dataclass(frozen=True)
class StatusRow:
    """One status and the stages that mean it. The first one in a deal's own funnel is the one the hub sets.

    `back` marks the row that decides where a stage leads when several rows list it.
    """

    status: str
    stages: tuple[str, ...]
    back: bool = False


@dataclass(frozen=True)
class StatusMap(Course):
    """A converter between a store's status and a deal's stage; a stage agrees with every status that lists it.

    Stages of several funnels may stand in a row. The order of the rows, and of the stages within a row, is the order
    in which things go on: with `guard` neither side is moved back along it, cancelling and its undoing apart.
    """

    rows: Sequence[StatusRow]
    cancel: tuple[str, ...] = ()
    guard: bool = False

    def at(self, pipeline: str) -> "StatusMap":
        """Return the part of the map that a deal in that pipeline can be moved by."""
        rows = [(row, tuple(stage for stage in row.stages if pipeline_of(stage) == pipeline)) for row in self.rows]
        cancel = tuple(stage for stage in self.cancel if pipeline_of(stage) == pipeline)
        return replace(self, rows=[replace(row, stages=stages) for row, stages in rows if stages], cancel=cancel)

    def is_back(self, side: Side, here: Value, there: Value) -> bool:
        """Tell whether a guarded map keeps that side where it is."""
        return self.guard and is_earlier(self.course(side), here, there)

    def course(self, side: Side) -> Sequence[str]:
        """Return the statuses, or the stages that are not cancellation, in the order in which things go on."""
        if side is Side.STORE:
            return [row.status for row in self.rows]
        return list(dict.fromkeys(stage for row in self.rows for stage in row.stages if stage not in self.cancel))

    def to_office(self, value: Value) -> Value | Unmapped:
        """Return the stage the hub sets for a status."""
        if value == CANCELLED and self.cancel:
            return self.cancel[0]
        for row in self.rows:
            if row.status == value:
                return row.stages[0]
        return Unmapped(value)

    def to_store(self, value: Value) -> Value | Unmapped:
        """Return the status a stage leads to."""
        if value in self.cancel:
            return CANCELLED
        rows = [row for row in self.rows if value in row.stages]
        for row in sorted(rows, key=lambda row: not row.back):
            return row.status
        return Unmapped(value)

    def agree(self, store: Value, office: Value) -> bool:
        """Tell whether the stage is one of the status's own: a manager's finer stage is not flattened back."""
        if store == CANCELLED or office in self.cancel:
            return store == CANCELLED and office in self.cancel
        return any(row.status == store and office in row.stages for row in self.rows)

    def fingerprint(self) -> str:
        """Name every row."""
        rows = [[row.status, list(row.stages), row.back] for row in self.rows]
        return "status:" + json.dumps([rows, list(self.cancel)], ensure_ascii=False)

    def ambiguous(self) -> Sequence[str]:
        """Return the stages that lead back to several statuses with no row marked `back` (R49)."""
        stages = {stage for row in self.rows for stage in row.stages}
        unclear = []
        for stage in sorted(stages):
            rows = [row for row in self.rows if stage in row.stages]
            if len({row.status for row in rows}) > 1 and sum(row.back for row in rows) != 1:
                unclear.append(stage)
        return unclear

    def pipelines(self) -> frozenset[str]:
        """Return the pipelines whose stages the map names."""
        return frozenset(pipeline_of(stage) for stage in self.stages())

    def stages(self) -> frozenset[str]:
        """Return every stage the map names."""
        return frozenset(stage for row in self.rows for stage in row.stages) | frozenset(self.cancel)

    def statuses(self) -> frozenset[str]:
        """Return every status the map names, the reserved one for cancellation left out."""
        return frozenset(row.status for row in self.rows) - {CANCELLED}
