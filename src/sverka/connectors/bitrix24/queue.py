"""What a portal tells an application of: by a queue of its own where the plan has one, else by bells."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sverka.connectors.bitrix24.commands import PAGE, Command
from sverka.connectors.bitrix24.notices import EVENTS, PING, REMOVED, notice
from sverka.connectors.bitrix24.wire.client import Answered, Client, Reply, as_list, as_map
from sverka.connectors.kit import Kit
from sverka.domain.errors import Misconfigured, Problem, Rejected
from sverka.domain.text import Text
from sverka.ports.backoffice import Parcel
from sverka.ports.findings import Finding, Level
from sverka.ports.guard import free

HANDLER: Final = "handler"
"""The name under which the hub's own address for bells is kept; the unguessable part of it makes it a secret."""

_MODE: Final = "queue"
_GET: Final = "event.offline.get"
_CLEAR: Final = "event.offline.clear"
_FEATURES: Final = ("rest_offline_extended", "rest_auth_connector")

Bound = tuple[str, str, bool]
"""One subscription: the event in capitals, the address ("" for the queue), and whether it fills the queue."""


class Queue:
    """The events of an application. While `is_on`, the hub's own writes are marked and do not come back."""

    def __init__(self, client: Client, kit: Kit) -> None:
        """Take up what was agreed with the portal last."""
        self._client = client
        self._kit = kit
        self._has_orphans = True
        self._turn(on=kit.secrets.get(_MODE) == "on")

    @property
    def is_on(self) -> bool:
        """Whether the portal keeps a queue for this hub."""
        return bool(self._client.source)

    def bind(self) -> Sequence[Finding]:
        """Have the portal tell of all that is wanted and of nothing else; harmless to repeat."""
        features = [Command("feature.get", {"CODE": code}) for code in _FEATURES]
        told = self._client.run([*features, Command("event.get", {})], free)
        problem = next((one for one in told if isinstance(one, Problem)), None)
        if problem is not None:
            return [Finding(Level.WARNING, problem.text)]
        has_queue = all(_value(one) == "Y" for one in told[:2])
        bound = _bound(told[2])
        if has_queue:
            problem = self._agree(bound, self._wanted(queue=True))
            if problem is None:
                return self._agreed(on=True)
            if not isinstance(problem, Rejected | Misconfigured):
                return [Finding(Level.WARNING, problem.text)]  # no word against a queue: the next check asks again
        problem = self._agree(bound, self._wanted(queue=False))
        return [Finding(Level.WARNING, problem.text)] if problem else self._agreed(on=False)

    def reserve(self) -> Parcel | None:
        """Take up to 50 events out of everybody else's sight; None where there is none.

        Nothing is lost by whatever happens before they are confirmed: what was reserved and not confirmed, by this
        process or one that died, is listed and taken again.
        """
        if self._has_orphans and (parcel := self._orphans()):
            return parcel
        self._has_orphans = True
        params = {"clear": 0, "limit": PAGE, "auth_connector": self._client.source}
        told = as_map(self._client.call(_GET, params, free))
        self._has_orphans = False
        rows = [as_map(row) for row in as_list(told.get("events"))]
        return _parcel(str(told.get("process_id") or ""), rows) if rows else None

    def confirm(self, parcel: Parcel) -> None:
        """Let the portal forget events that are recorded; raises the problem it met, and then they come again."""
        process, *ids = parcel.ticket.split()
        self._has_orphans, had = True, self._has_orphans
        self._client.call(_CLEAR, {"process_id": process, "id": ids}, free)
        self._has_orphans = had

    def _orphans(self) -> Parcel | None:
        """Return events that somebody reserved and did not confirm; whose work it was is no matter, for all ring."""
        start = 0
        while True:
            params = {"order": {"ID": "ASC"}, "start": start, "auth_connector": self._client.source}
            page = [as_map(row) for row in as_list(self._client.call("event.offline.list", params, free))]
            kept: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
            for row in page:
                if row.get("PROCESS_ID"):
                    kept[str(row["PROCESS_ID"])].append(row)
            if kept:
                return _parcel(*next(iter(kept.items())))
            if len(page) < PAGE:
                return None
            start += PAGE

    def _wanted(self, *, queue: bool) -> set[Bound]:
        handler = self._kit.secrets.get(HANDLER) or ""
        names = {name.upper() for name in EVENTS}
        rung = {REMOVED, PING} if queue else {REMOVED, *names}
        return {(name, "", True) for name in names if queue} | {(name, handler, False) for name in rung if handler}

    def _agree(self, bound: set[Bound], wanted: set[Bound]) -> Problem | None:
        """Subscribe to what is missing, then leave what is no more wanted; return what the portal refused."""
        ours = {name.upper() for name in EVENTS} | {REMOVED, PING}
        added = self._client.run([self._command("event.bind", one) for one in sorted(wanted - bound)], free)
        refused = next((one for one in added if isinstance(one, Problem)), None)
        # What stands there already is refused too, in words that differ: the list tells what counts.
        if refused and not wanted <= _bound(self._client.run([Command("event.get", {})], free)[0]):
            return refused
        surplus = sorted(one for one in bound - wanted if one[0] in ours)
        self._client.run([self._command("event.unbind", one) for one in surplus], free)
        return None

    def _command(self, method: str, one: Bound) -> Command:
        name, handler, is_queue = one
        if is_queue:
            return Command(method, {"event": name, "event_type": "offline", "auth_connector": self._kit.hub})
        return Command(method, {"event": name, "handler": handler})

    def _agreed(self, *, on: bool) -> Sequence[Finding]:
        self._kit.secrets.put(_MODE, "on" if on else "off")
        self._turn(on=on)
        if on:
            text = Text(
                "The portal keeps a queue of changes for the hub: none is lost, and the hub's own do not come back.",
                "Портал ведёт для хаба очередь изменений: ни одно не теряется, собственные не возвращаются.",
            )
            return [Finding(Level.GOOD, text)]
        if self._kit.secrets.get(HANDLER):
            text = Text(
                "The portal keeps no queue on this plan, or not for this employee; it calls the hub instead.",
                "Очереди изменений на этом тарифе или у этого сотрудника нет; портал звонит хабу.",
            )
            return [Finding(Level.GOOD, text)]
        text = Text(
            "The portal does not know the hub's address, so only sweeps find changes; give --public https://...",
            "Портал не знает адреса хаба, и изменения находит только обход; задайте --public https://...",
        )
        return [Finding(Level.WARNING, text)]

    def _turn(self, *, on: bool) -> None:
        self._client.source = self._kit.hub if on else ""


def _value(answer: Answered) -> str:
    return str(as_map(answer.data).get("value")) if isinstance(answer, Reply) else ""


def _bound(answer: Answered) -> set[Bound]:
    rows = [as_map(row) for row in as_list(answer.data)] if isinstance(answer, Reply) else []
    return {_bound_row(row) for row in rows}


def _bound_row(row: Mapping[str, Any]) -> Bound:
    is_queue = str(row.get("offline")) == "1"
    return (str(row.get("event")).upper(), "" if is_queue else str(row.get("handler") or ""), is_queue)


def _parcel(process: str, rows: Sequence[Mapping[str, Any]]) -> Parcel:
    notices, is_vague = [], False
    for row in rows:
        event, data = str(row.get("EVENT_NAME") or ""), as_map(row.get("EVENT_DATA"))
        record = str(as_map(data.get("FIELDS")).get("ID") or data.get("ID") or "")
        read = notice(event, record)
        notices += [read] if read else []
        is_vague = is_vague or (read is None and event.lower() in EVENTS)
    return Parcel(" ".join([process, *(str(row.get("ID")) for row in rows)]), notices, is_vague)
