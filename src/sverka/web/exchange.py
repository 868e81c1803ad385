"""The door for a real 1C: a store has an exchange of its own once that is switched on, whatever it runs on."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta, timezone

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from sverka.connectors.commerceml.face import LIMIT, Asked, Face
from sverka.domain.ids import StoreName
from sverka.domain.merge.snapshot import Snapshot
from sverka.domain.text import Text
from sverka.engine.bells import desk
from sverka.engine.hub import Hub
from sverka.ports.clock import Clock
from sverka.ports.dispatch import Dispatch
from sverka.ports.exchange import Said
from sverka.web.request import body_of, headers_of

MOSCOW = timezone(timedelta(hours=3))
"""The time in which a guest is told moments: those of the exchange have no zone."""

Keep = Callable[[StoreName, str, bytes], None]
"""Keeps a file of a store's catalogue by its name."""


class _Desk:
    """The hub at work for one request of a guest of one store."""

    def __init__(self, hub: Hub, store: StoreName, dispatch: Dispatch, keep: Keep) -> None:
        self._hub = hub
        self._store = store
        self._dispatch = dispatch
        self._keep = keep

    def show(self) -> tuple[Sequence[Snapshot], datetime | None]:
        """Return what is new to the guest."""
        display = desk.show_new(self._hub, self._store)
        return display.orders, display.until

    def confirm(self, until: datetime) -> None:
        """Remember that the guest has it."""
        desk.confirm(self._hub, self._store, until)

    def take(self, said: Sequence[Said]) -> Sequence[Text]:
        """Write to the store what the guest says, and wake who has something to look at."""
        taken = desk.take(self._hub, self._store, said)
        for office in taken.offices:
            self._dispatch.wake(office)
        return taken.complaints

    def keep(self, name: str, body: bytes) -> None:
        """Keep a file of the catalogue."""
        self._keep(self._store, name, body)

    def statuses(self) -> Mapping[str, str]:
        """Return the store's statuses."""
        return desk.statuses(self._hub, self._store)


class Exchange:
    """Answers for the stores whose exchange is on; `password` gives that of a store's, empty while it is off."""

    def __init__(
        self,
        hub: Callable[[], Hub],
        password: Callable[[str], str],
        dispatch: Dispatch,
        keep: Keep,
        clock: Clock,
    ) -> None:
        """Take the hub to work for, and who keeps catalogues."""
        self._hub = hub
        self._password = password
        self._dispatch = dispatch
        self._keep = keep
        self._face = Face(clock, MOSCOW)

    def answer(self, name: str, asked: Asked) -> Response:
        """Answer one request; a store that is not there, or whose exchange is off, is not found."""
        hub, store = self._hub(), StoreName(name)
        password = self._password(name) if store in hub.stores else ""
        if not password:
            return PlainTextResponse("not found", 404)
        answered = self._face.answer(name, password, asked, _Desk(hub, store, self._dispatch, self._keep))
        return Response(answered.body, media_type=answered.type)


async def asked_by(request: Request) -> Asked | None:
    """Read a guest's request; None where it is larger than it was told to make it."""
    body = await body_of(request, LIMIT)
    return None if body is None else Asked(dict(request.query_params), headers_of(request), body)
