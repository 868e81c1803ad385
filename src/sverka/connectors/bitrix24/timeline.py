"""Comments of a record's timeline."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final

from sverka.connectors.bitrix24 import commands
from sverka.connectors.bitrix24.commands import PAGE, Command
from sverka.connectors.bitrix24.kinds import KINDS, RecordKind, kind_of
from sverka.connectors.bitrix24.values import moment
from sverka.connectors.bitrix24.wire.client import Answered, Client, as_list, as_map
from sverka.connectors.bitrix24.wire.params import Ref
from sverka.domain.commerce.comment import Comment, read_comment
from sverka.domain.commerce.value import Value, many
from sverka.domain.errors import Gone, Problem, Rejected
from sverka.domain.ids import RecordId
from sverka.domain.kind import Kind
from sverka.ports.guard import Guard

_OWNERS: Final = {Kind.DEAL: "deal", Kind.LEAD: "lead", Kind.INVOICE: "dynamic_31"}

AT_ONCE: Final = 20
"""Comments added to one record in one request at most; the others follow at its next visit."""


def read(data: Any, connection: str) -> list[Comment]:
    """Return the comments a list answers, in its order."""
    return [_read(as_map(row), connection) for row in as_list(data)]


def _read(row: Mapping[str, Any], connection: str) -> Comment:
    said = str(row.get("COMMENT") or "")
    return read_comment(connection, str(row.get("ID")), said, at=moment(row.get("CREATED")))


def missing(value: Value) -> Sequence[Comment]:
    """Return what of a field's comments the timeline does not have yet, as far as one request takes them."""
    return [one for one in many(value) if isinstance(one, Comment) and not one.own][:AT_ONCE]


class Ear:
    """The comments of a look: each record is a command of its own, and nothing is asked unless somebody `listens`."""

    def __init__(self, connection: str, queue: Callable[[Command, Callable[[Answered], None]], None]) -> None:
        """Take where commands wait to be sent, each with what takes its answer."""
        self._connection = connection
        self._queue = queue
        self.listens = False
        self.said: dict[str, list[Comment] | Problem] = {}

    def ask(self, record: str, start: int = 0) -> None:
        """Have a record's comments read, page after page."""

        def take(answer: Answered) -> None:
            held = self.said.get(record, [])
            if isinstance(answer, Problem):
                self.said[record] = answer
            elif not isinstance(held, Problem):
                self.said[record] = [*held, *read(answer.data, self._connection)]
                if answer.next is not None and answer.next > start:
                    self.ask(record, answer.next)

        if self.listens:
            kind = kind_of(record)
            self._queue(commands.comments_listed(_OWNERS[kind.kind], kind.number_of(record), start), take)


def added(kind: RecordKind, record: str | Ref, said: Sequence[Comment]) -> list[Command]:
    """Return the commands that add comments to a record, and show its timeline afterwards."""
    owner = _OWNERS[kind.kind]
    adds = [commands.comment_added(owner, record, one.signed()) for one in said]
    return [*adds, commands.comments_listed(owner, record, order="DESC")]


def shown(
    answers: Sequence[Answered], value: Value, connection: str
) -> tuple[tuple[Comment, ...] | None, Problem | None]:
    """Return what those commands answered: the timeline, and the first refusal.

    Of a long one only the newest page is read again; what stood before it is as it was in the `value` written.
    """
    refused = next((one for one in answers[:-1] if isinstance(one, Problem)), None)
    last = answers[-1]
    if isinstance(last, Problem):
        return None, refused
    newest = read(last.data, connection)[::-1]
    older = [one for one in many(value) if isinstance(one, Comment) and one.own and one not in newest]
    return (*(older if len(newest) >= PAGE else ()), *newest), refused


def records_of(client: Client, comments: Collection[str], guard: Guard) -> Mapping[str, RecordId | Problem | None]:
    """Return the record each comment stands under, None where it is gone or stands under something else."""
    asked = sorted(comments)
    answers = client.run([commands.comment_got(one) for one in asked], guard)
    return {one: _deal_of(answer) for one, answer in zip(asked, answers, strict=True)}


def _deal_of(answer: Answered) -> RecordId | Problem | None:
    if isinstance(answer, Problem):
        return None if isinstance(answer, Gone | Rejected) else answer
    row = as_map(answer.data)
    owner = str(row.get("ENTITY_TYPE")).lower()
    kind = next((KINDS[kind] for kind, name in _OWNERS.items() if name == owner), None)
    return kind.id_of(row.get("ENTITY_ID")) if kind else None
