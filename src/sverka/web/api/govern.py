"""Governing: users, tokens, and who did what."""

from datetime import datetime
from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, Field

from sverka.domain.roles import Permission, Role
from sverka.operate import people
from sverka.storage.audit import Door
from sverka.web.api.look import Limit, Words
from sverka.web.api.own import Password
from sverka.web.api.route import Asking, Mine, Routes

routes = Routes("govern")

Name = Annotated[str, Field(max_length=64)]


class UserShown(BaseModel):
    """A user."""

    name: str
    role: Role
    made_at: datetime


class NewUser(BaseModel):
    """A user to be made known."""

    name: Name
    role: Role
    password: Password


class NewRole(BaseModel):
    """The role a user is given."""

    role: Role


class SetPassword(BaseModel):
    """The password a user is given."""

    password: Password


class TokenShown(BaseModel):
    """A token in force; its secret was shown once."""

    user: str
    label: str
    role: Role
    made_at: datetime
    until: datetime


class NewToken(BaseModel):
    """A token to be made for a user's program."""

    user: Name
    label: Name
    role: Role
    days: Annotated[int, Field(ge=1, le=people.LONGEST_TOKEN_DAYS)] = 90


class TokenMade(BaseModel):
    """A token's secret, shown this once."""

    token: str
    until: datetime


class ActShown(BaseModel):
    """Who did what to what, and what was in force before and after."""

    at: datetime
    who: str
    door: Door
    act: str
    subject: str
    before: str
    after: str


@routes.at("GET", "/users", Permission.GOVERN)
def list_users(api: Mine) -> list[UserShown]:
    """List the users."""
    users = api.house.storage.users.list()
    return [UserShown(name=one.name, role=one.role, made_at=one.made_at) for one in users]


@routes.at("POST", "/users", Permission.GOVERN, 201)
def add_user(given: NewUser, guest: Asking, api: Mine) -> None:
    """Make a user known."""
    people.add_user(api.house, guest.who, given.name, given.role, given.password)


@routes.at("PUT", "/users/{name}/role", Permission.GOVERN, 204)
def set_role(name: str, given: NewRole, guest: Asking, api: Mine) -> None:
    """Give a user another role, in force at once."""
    people.set_role(api.house, guest.who, name, given.role)


@routes.at("PUT", "/users/{name}/password", Permission.GOVERN, 204)
def set_password(name: str, given: SetPassword, guest: Asking, api: Mine) -> None:
    """Give a user another password; his sessions end."""
    people.set_password(api.house, guest.who, name, given.password)


@routes.at("DELETE", "/users/{name}", Permission.GOVERN, 204)
def remove_user(name: str, guest: Asking, api: Mine) -> None:
    """Forget a user; his sessions and tokens end."""
    people.remove_user(api.house, guest.who, name)


@routes.at("GET", "/tokens", Permission.GOVERN)
def list_tokens(api: Mine) -> list[TokenShown]:
    """List the tokens in force, without their secrets."""
    return [
        TokenShown(user=one.user, label=one.label, role=one.role, made_at=one.made_at, until=one.until)
        for one in api.house.storage.users.tokens()
    ]


@routes.at("POST", "/tokens", Permission.GOVERN, 201)
def add_token(given: NewToken, guest: Asking, api: Mine) -> TokenMade:
    """Make a token, whose secret is in this answer and nowhere else."""
    made = people.add_token(api.house, guest.who, given.user, given.label, given.role, given.days)
    return TokenMade(token=made.secret, until=made.until)


@routes.at("DELETE", "/tokens/{user}/{label}", Permission.GOVERN, 204)
def remove_token(user: str, label: str, guest: Asking, api: Mine) -> None:
    """End a token."""
    people.remove_token(api.house, guest.who, user, label)


@routes.at("GET", "/audit", Permission.GOVERN)
def read_audit(
    api: Mine,
    limit: Limit = 100,
    subject: Words = "",
    who: Words = "",
    since: Annotated[datetime | None, Query()] = None,
) -> list[ActShown]:
    """Return the last acts, oldest of them first."""
    return [
        ActShown(
            at=one.at, who=one.who, door=one.door, act=one.act, subject=one.subject, before=one.before,
            after=one.after,
        )
        for one in api.house.storage.audit.list(limit, subject, who, since)
    ]  # fmt: skip
