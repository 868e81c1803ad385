"""What an attack has to say."""

from dataclasses import dataclass, field


@dataclass
class Report:
    """How much was tried, and what was found."""

    runs: int = 0
    steps: int = 0
    blocked: int = 0
    retries: int = 0
    findings: list[str] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)
    """Races whose every order was not gone through, for want of runs."""

    def add(self, other: "Report") -> None:
        """Take another's figures in."""
        for name in ("runs", "steps", "blocked", "retries"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.findings += other.findings
        self.unfinished += other.unfinished
