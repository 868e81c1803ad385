"""What a measurement says."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One line: what was measured, what came out, and what was promised (None where nothing was)."""

    what: str
    value: float
    most: float | None
    unit: str
    least: float | None = None

    @property
    def holds(self) -> bool:
        """Whether the promise is kept."""
        return (self.most is None or self.value <= self.most) and (self.least is None or self.value >= self.least)

    @property
    def promise(self) -> str:
        """The promise in words, empty where there is none."""
        return f"at most {self.most:g}" if self.most is not None else f"at least {self.least:g}" if self.least else ""
