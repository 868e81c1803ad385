"""How a route of the API is made: no route without what it asks of whoever calls it."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Request

from sverka.bootstrap import House
from sverka.domain.roles import Permission
from sverka.domain.text import Language, Text
from sverka.operate.people import Guest, NotAllowed, csrf_of, let_in
from sverka.ports.dispatch import Dispatch
from sverka.storage.people import PassKind
from sverka.web.api.problems import ProblemShown, language_of

Handler = TypeVar("Handler", bound=Callable[..., Any])

_READS = frozenset({"GET", "HEAD"})


@dataclass(frozen=True)
class Api:
    """What the API works with; `public` is the hub's address as people see it, empty where nobody said it."""

    house: House
    dispatch: Dispatch
    public: str = ""

    @property
    def is_https(self) -> bool:
        """Whether people come by https, so that a cookie may be held back from plain http."""
        return self.public.lower().startswith("https://")

    @property
    def cookie(self) -> str:
        """The name of a session's cookie; by its prefix a browser takes it from no neighbour of the host."""
        return "__Host-sverka" if self.is_https else "sverka"


def _api(request: Request) -> Api:
    api: Api = request.app.state.api
    return api


Mine = Annotated[Api, Depends(_api)]
"""The parameter of a handler that works with the hub."""

Tongue = Annotated[Language, Depends(language_of)]
"""The parameter of a handler that says sentences."""

_NOT_OURS = Text(
    "The request does not carry the session's X-CSRF-Token, so another site may have sent it; sign in anew.",
    "В запросе нет X-CSRF-Token сеанса, его мог послать чужой сайт; войдите заново.",
)


def guest_of(request: Request, api: Mine) -> Guest:
    """Return who asks: a program by its token, a person by the session's cookie.

    Raises:
        NotLetIn: there is neither, or it has ended.
        NotAllowed: a cookie's request changes something and does not carry its `X-CSRF-Token`.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme:
        return let_in(api.house, token.strip() if scheme.lower() == "bearer" else "", PassKind.TOKEN)
    secret = request.cookies.get(api.cookie, "")
    guest = let_in(api.house, secret, PassKind.SESSION)
    given = request.headers.get("x-csrf-token", "")
    if request.method not in _READS and not hmac.compare_digest(given.encode(), csrf_of(secret).encode()):
        raise NotAllowed(_NOT_OURS)
    return guest


Asking = Annotated[Guest, Depends(guest_of)]
"""The parameter of a handler that wants to know who asks."""


def _needs(permission: Permission) -> Callable[[Guest], None]:
    def check(guest: Asking) -> None:
        if permission not in guest.may:
            raise NotAllowed

    return check


class Routes:
    """A part of the API. Each route names the permission it asks for, or says that it is `open` to anybody."""

    def __init__(self, tag: str) -> None:
        """Take the part's name in the description of the API."""
        self.router = APIRouter(tags=[tag])

    def at(self, method: str, path: str, permission: Permission, status: int = 200) -> Callable[[Handler], Handler]:
        """Make a handler answer a method at a path; its name is the operation's id."""
        return self._add(method, path, permission.value, status, [Depends(_needs(permission))])

    def open_at(self, method: str, path: str, status: int = 200) -> Callable[[Handler], Handler]:
        """Make a handler answer anybody."""
        return self._add(method, path, "open", status, [])

    def _add(
        self, method: str, path: str, permission: str, status: int, needs: list[Any]
    ) -> Callable[[Handler], Handler]:
        def add(handler: Handler) -> Handler:
            self.router.add_api_route(
                path,
                handler,
                methods=[method],
                status_code=status,
                operation_id=handler.__name__,
                dependencies=needs,
                responses={"default": {"model": ProblemShown, "description": "What stands in the way."}},
                openapi_extra={"x-permission": permission},
            )
            return handler

        return add
