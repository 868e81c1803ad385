"""What is written with a record and is no field of it: it travels in commands of its own."""

from collections.abc import Sequence
from typing import Protocol

from sverka.connectors.bitrix24 import commands, timeline
from sverka.connectors.bitrix24.commands import Command
from sverka.connectors.bitrix24.kinds import RecordKind
from sverka.connectors.bitrix24.wire.params import Ref
from sverka.domain.commerce.comment import Comment
from sverka.domain.commerce.party import is_party
from sverka.domain.commerce.value import Value
from sverka.domain.kind import Kind


class Beside(Protocol):
    """Where it is kept until it is sent."""

    to_say: Sequence[Comment]
    trace: str


def put_aside(job: Beside, key: str, value: Value) -> bool:
    """Keep a value that is no field of the record's own; tell whether it was that."""
    match key:
        case "rows":
            pass  # laid out before, for a whole record may stand or fall with them
        case "timeline":
            job.to_say = timeline.missing(value)
        case "trace":
            job.trace = str(value)
        case _:
            return is_party(key)
    return True


def traced(kind: RecordKind, trace: str, owner: str | Ref, contacts: Sequence[str]) -> list[Command]:
    """Return the command that tells where the buyer came from: harmless if it fails, and never repeated (K8)."""
    if not trace or kind.kind not in (Kind.DEAL, Kind.LEAD):
        return []
    return [commands.trace_added(trace, kind.kind.upper(), owner, next(iter(contacts), ""))]
