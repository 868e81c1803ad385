"""Statuses and stages, joined many to many, with cancellation above them (R10, R49, R83, R85)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sverka.domain.commerce.order import CANCELLED
from sverka.domain.commerce.value import Value
from sverka.domain.mapping.convert import Unmapped


@dataclass(frozen=True)
class StatusRow:
    """One status and the stages that mean it. The first stage is the one the hub sets.

    `back` marks the row that decides where a stage leads when several rows list it.
    """

    status: str
    stages: tuple[str, ...]
    back: bool = False


@dataclass(frozen=True)
class StatusMap:
    """A converter between a store's status and a deal's stage; a stage agrees with every status that lists it."""

    rows: Sequence[StatusRow]
    cancel: tuple[str, ...] = ()

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

    def stages(self) -> frozenset[str]:
        """Return every stage the map names."""
        return frozenset(stage for row in self.rows for stage in row.stages) | frozenset(self.cancel)

    def statuses(self) -> frozenset[str]:
        """Return every status the map names, the reserved one for cancellation left out."""
        return frozenset(row.status for row in self.rows) - {CANCELLED}
