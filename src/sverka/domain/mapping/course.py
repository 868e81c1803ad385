"""Where a record stands matters too: which funnel it is in, and how far it has come."""

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence

from sverka.domain.commerce.value import Value
from sverka.domain.mapping.convert import Converter, Unmapped
from sverka.domain.mapping.field_mapping import FieldMapping, Side

_PREFIX = re.compile(r"^(?:C|DT31_)(\d+):")


def pipeline_of(stage: str) -> str:
    """Return the pipeline a stage belongs to: `C2:NEW` is of "2", an invoice's `DT31_1:N` of "1", any other of "0"."""
    found = _PREFIX.match(stage)
    return found[1] if found else "0"


class Course(ABC):
    """A converter of stages: what it gives depends on where the record stands."""

    @abstractmethod
    def at(self, pipeline: str) -> Converter:
        """Return the conversion for a record in that pipeline."""

    @abstractmethod
    def is_back(self, side: Side, here: Value, there: Value) -> bool:
        """Tell whether a move is one that the guard does not let through, because it leads back."""


class Onward(ABC):
    """A converter that moves a record on by what it shows itself, whatever the order shows."""

    @abstractmethod
    def onward(self, office: Value) -> Value:
        """Return where a record that shows this is moved, None where it stays."""


def counterpart(mapping: FieldMapping, target: Side, value: Value, here: Value) -> Value | Unmapped:
    """Return the value for the target, which shows `here` now: a deal is moved within its own funnel."""
    if target is Side.STORE:
        return mapping.converter.to_store(value)
    if isinstance(here, str) and here:
        return at(mapping.converter, pipeline_of(here)).to_office(value)
    return mapping.converter.to_office(value)


def at(converter: Converter, pipeline: Value) -> Converter:
    """Return the conversion for a pipeline. One that is no number has stages that do not name it: all are meant."""
    if isinstance(converter, Course) and isinstance(pipeline, str) and pipeline.isdigit():
        return converter.at(pipeline)
    return converter


def leads_back(mapping: FieldMapping, target: Side, here: Value, there: Value) -> bool:
    """Tell whether a write would move the target back though the mapping is guarded."""
    return isinstance(mapping.converter, Course) and mapping.converter.is_back(target, here, there)


def is_earlier(order: Sequence[str], here: Value, there: Value) -> bool:
    """Tell whether `there` comes before `here`, where the order knows both."""
    return here in order and there in order and order.index(str(there)) < order.index(str(here))
