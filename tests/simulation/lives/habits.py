"""How a side differs from what it was told: what it keeps in its own way, what it refuses, and its robots."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from sverka.domain.commerce.value import Value

Keep = Callable[[Value, Value], Value]
"""How a side keeps a value it is given: (given, there before) → kept."""


@dataclass(frozen=True)
class Robot:
    """When a field is set to a value, by whomever, it sets the same field to another, at once or after a while."""

    field: str
    sees: Value
    sets: Value
    after: timedelta = timedelta()


@dataclass
class Habits:
    """How a side differs from what it was told: values it keeps in its own way, values it refuses, robots."""

    keeps: Mapping[str, Keep] = field(default_factory=dict)
    refuses: Mapping[str, Collection[Value]] = field(default_factory=dict)
    robots: Sequence[Robot] = ()
    own: Mapping[str, Value] = field(default_factory=dict)
    marks_late: bool = False

    def kept(self, key: str, given: Value, before: Value) -> Value:
        """Return what is kept of a value."""
        keep = self.keeps.get(key)
        return keep(given, before) if keep else given

    def refused(self, fields: Mapping[str, Value]) -> bool:
        """Tell whether any of the values is refused, and with it the whole command."""
        return any(value in self.refuses.get(key, ()) for key, value in fields.items())

    def rouse(
        self,
        fields: Mapping[str, Value],
        answer: Callable[[Robot], None],
        later: Callable[[timedelta, Callable[[], None]], None],
    ) -> None:
        """Let the robots see what was just set: each answers at once, or later where it takes a while."""
        for robot in self.robots:
            if fields.get(robot.field) == robot.sees:
                if robot.after:
                    later(robot.after, partial(answer, robot))
                else:
                    answer(robot)


Moved = Callable[[str, str, str], None]
"""Told when a robot has moved something: (id, field, who)."""
