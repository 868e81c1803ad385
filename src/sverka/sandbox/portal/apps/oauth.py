"""The authorisation server: codes against tokens, and old tokens against new ones."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from sverka.sandbox.portal.access import ACCESS_SECONDS, Access, Pair, Token
from sverka.sandbox.portal.callers import Application
from sverka.sandbox.portal.errors import CONDITIONS, RestError
from sverka.sandbox.portal.params import Tree
from sverka.sandbox.portal.settings import Settings

_GRANTS = {"authorization_code": "code", "refresh_token": "refresh_token"}


class Unauthorised(Exception):
    """Why the authorisation page shows an error of its own; its text is for the person in front of it."""


def authorise(access: Access, client_id: str, user_id: int, state: str) -> tuple[str, str]:
    """Return the address to send the employee back to, and the code in it; no address when the application has none.

    Unauthorised when there is no such application, it is not installed, or there is no such employee.
    """
    application = known(access, client_id)
    user = access.state.users.get(user_id)
    if user is None or not user.active or not (application.installed or user.admin):
        raise Unauthorised("You cannot log in to this application.")
    code = access.grant_code(application, user_id)
    back = application.redirect_uri or application.handler
    if not back:
        return "", code
    settings = access.settings
    answer = {
        "code": code,
        "state": state,
        "domain": settings.domain,
        "member_id": settings.member_id,
        "scope": application.scope,
        "server_domain": settings.auth_domain,
    }
    return f"{back}{'&' if '?' in back else '?'}{urlencode(answer)}", code


def known(access: Access, client_id: str) -> Application:
    """Return the application; Unauthorised when there is none."""
    application = access.applications.get(client_id)
    if application is None:
        raise Unauthorised("The application is not installed in this Bitrix24.")
    return application


def exchange(access: Access, params: Tree) -> Tree:
    """Return the tokens for a code or a refresh token, which is spent by this; RestError when it opens nothing."""
    grant = str(params.get("grant_type") or "")
    given = str(params.get(_GRANTS.get(grant, "")) or "")
    client_id, secret = str(params.get("client_id") or ""), str(params.get("client_secret") or "")
    if not (given and client_id and secret):
        raise RestError(400, "invalid_request", "An incorrectly formatted authorization request was provided")
    if access.settings.condition:
        raise RestError(*CONDITIONS[access.settings.condition])
    application = access.applications.get(client_id)
    if application is None or application.client_secret != secret:
        raise RestError(400, "invalid_client", "Invalid client data was provided")
    if access.settings.app_unpaid:
        raise RestError(401, "PAYMENT_REQUIRED", "Payment required")
    if not set(str(params.get("scope") or application.scope).split(",")) <= set(application.scopes):
        raise RestError(403, "invalid_scope", "Access permissions requested exceed those of the application")
    held = access.codes if grant == "authorization_code" else access.refreshes
    _refuse_foreign(held.get(given), application)
    token = held.pop(given, None)
    if token is None or not access.alive(token):
        raise RestError(400, "invalid_grant", "Invalid authorization data was provided")
    return tokens(access.settings, access.pair(application, token.user_id))


def _refuse_foreign(token: Token | None, application: Application) -> None:
    if token is not None and token.application is not application:
        raise RestError(200, "wrong_client", "The grant was issued to another application")


def tokens(settings: Settings, pair: Pair) -> Tree:
    """Return a pair as the authorisation server answers it; the application's `status` is part of it."""
    return {
        "access_token": pair.access,
        "client_endpoint": settings.client_endpoint,
        "domain": settings.auth_domain,
        "expires": int(pair.expires.timestamp()),
        "expires_in": ACCESS_SECONDS,
        "member_id": settings.member_id,
        "refresh_token": pair.refresh,
        "scope": pair.application.scope,
        "server_endpoint": settings.auth_endpoint,
        "status": pair.application.status,
        "user_id": pair.user_id,
    }


def event_auth(
    settings: Settings, token: str, application: Application | None = None, pair: Pair | None = None
) -> dict[str, Any]:
    """Return the `auth` part of an event, `token` being the application token.

    A webhook's has no application and no tokens, and neither has that of an event nobody in person caused.
    """
    auth: dict[str, Any] = {
        "domain": settings.domain,
        "client_endpoint": settings.client_endpoint,
        "server_endpoint": settings.auth_endpoint,
        "member_id": settings.member_id,
    }
    if application is not None:
        auth |= {"scope": application.scope, "status": application.status}
    if pair is not None:
        auth |= {"access_token": pair.access, "expires": int(pair.expires.timestamp())}
        auth |= {"expires_in": ACCESS_SECONDS, "user_id": pair.user_id}
    return auth | {"application_token": token}
