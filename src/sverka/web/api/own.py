"""Signing in and out, and what is one's own."""

from datetime import datetime
from typing import Annotated

import structlog
from fastapi import Request, Response
from pydantic import BaseModel, Field

from sverka.domain.roles import Permission, Role
from sverka.domain.text import Text
from sverka.operate.people import (
    LONGEST,
    SESSION,
    Guest,
    NotAllowed,
    NotLetIn,
    check_password,
    csrf_of,
    let_in,
    set_password,
)
from sverka.operate.people import sign_in as let_sign_in
from sverka.storage.people import PassKind
from sverka.web.api.route import Asking, Mine, Routes

routes = Routes("own")

_log = structlog.get_logger()

Password = Annotated[str, Field(max_length=LONGEST)]


class SigningIn(BaseModel):
    """A name and its password."""

    name: Annotated[str, Field(max_length=64)]
    password: Password


class Me(BaseModel):
    """Who asks, what he may, and the `X-CSRF-Token` his session's requests must carry."""

    name: str
    role: Role
    may: list[Permission]
    csrf: str
    until: datetime


class NewPassword(BaseModel):
    """One's present password, and the one to come."""

    old: Password
    new: Password


_STRANGE = Text("Another site may not sign people in here.", "Чужой сайт не может входить сюда от имени людей.")
_WRONG_OLD = Text("The present password is wrong.", "Текущий пароль неверен.")
_BY_TOKEN = Text("A token has no password; sign in.", "У токена нет пароля; войдите.")


def address_of(request: Request) -> str:
    """Return where a request came from, as far as the server knows."""
    return request.client.host if request.client else ""


@routes.open_at("POST", "/session")
def sign_in(given: SigningIn, request: Request, response: Response, api: Mine) -> Me:
    """Sign in: the answer sets the session's cookie."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise NotAllowed(_STRANGE)
    try:
        admitted = let_sign_in(api.house, given.name, given.password, address_of(request))
    except NotLetIn:
        # Without the name: people type passwords there by mistake.
        _log.warning("sign-in refused", address=address_of(request))
        raise
    lasts = round(SESSION.total_seconds())
    response.set_cookie(
        api.cookie, admitted.secret, max_age=lasts, httponly=True, samesite="strict", secure=api.is_https
    )
    return _me(let_in(api.house, admitted.secret, PassKind.SESSION), admitted.secret)


@routes.at("DELETE", "/session", Permission.OWN, 204)
def sign_out(guest: Asking, response: Response, api: Mine) -> None:
    """End the session; a token is ended by its name."""
    if guest.by.kind is PassKind.SESSION:
        api.house.storage.users.end(guest.digest)
        response.delete_cookie(api.cookie, httponly=True, samesite="strict", secure=api.is_https)


@routes.at("GET", "/me", Permission.OWN)
def who_am_i(guest: Asking, request: Request, api: Mine) -> Me:
    """Say who asks and what he may."""
    secret = request.cookies.get(api.cookie, "") if guest.by.kind is PassKind.SESSION else ""
    return _me(guest, secret)


def _me(guest: Guest, secret: str) -> Me:
    csrf = csrf_of(secret) if secret else ""
    return Me(name=guest.user.name, role=guest.user.role, may=sorted(guest.may), csrf=csrf, until=guest.by.until)


@routes.at("PUT", "/me/password", Permission.OWN, 204)
def change_my_password(given: NewPassword, guest: Asking, request: Request, api: Mine) -> None:
    """Take another password; all one's sessions end."""
    if guest.by.kind is not PassKind.SESSION:
        raise NotAllowed(_BY_TOKEN)
    if not check_password(api.house, guest.user.name, given.old, address_of(request)):
        raise NotAllowed(_WRONG_OLD)
    set_password(api.house, guest.who, guest.user.name, given.new)
