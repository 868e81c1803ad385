"""The day's work: orders looked at again, differences answered, what stands still let go on."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from sverka.domain.errors import Misconfigured, Problem
from sverka.domain.mapping.field_mapping import Side
from sverka.domain.merge.plan import Why
from sverka.domain.roles import Permission
from sverka.domain.text import Text
from sverka.operate import connections
from sverka.operate.orders import ask_again
from sverka.operate.resolve import Act, decide, find, possible, retry
from sverka.storage.conflicts import Asked
from sverka.web.api.look import DifferenceShown, differences_shown, ref_of
from sverka.web.api.route import Asking, Mine, Routes, Tongue

routes = Routes("work")

Orders = Annotated[list[Annotated[str, Field(max_length=300)]], Field(min_length=1, max_length=200)]
"""Orders as STORE/ID."""


class Syncing(BaseModel):
    """The orders to look at."""

    orders: Orders


class Visits(BaseModel):
    """How many visits were asked for; a running hub makes them at once."""

    visits: int


class Answer(BaseModel):
    """Whose value stays in the differences of these orders (or both as they are), or that it is to be tried again.

    The filters narrow which of their differences are meant.
    """

    orders: Orders
    take: Literal["store", "office", "leave", "retry"]
    profile: str = ""
    field: str = ""
    why: Why | None = None


class Answered(BaseModel):
    """What came of it: `passed_over` cannot be answered so, `void` have moved since they were read (K22)."""

    answered: int
    passed_over: int
    void: list[DifferenceShown]


class Sweeping(BaseModel):
    """The connection to ask; all where it is empty."""

    connection: Annotated[str, Field(max_length=300)] = ""


class Swept(BaseModel):
    """For how many visits was rung after a connection was asked, or why it did not answer."""

    connection: str
    rung: int
    problem: str | None


@routes.at("POST", "/sync", Permission.WORK, 202)
def sync_orders(given: Syncing, api: Mine) -> Visits:
    """Ask for orders to be looked at now; what was refused is tried again."""
    hub = api.house.hub()
    rings = ask_again(api.house, hub, list(dict.fromkeys(ref_of(one) for one in given.orders)))
    for office in {ring.office for ring in rings}:
        api.dispatch.wake(office)
    return Visits(visits=len(rings))


@routes.at("POST", "/conflicts/answer", Permission.WORK)
def answer_conflicts(given: Answer, guest: Asking, api: Mine, language: Tongue) -> Answered:
    """Answer differences, each with its line in the journal."""
    act = Act(Side(given.take) if given.take in ("store", "office") else None, given.take == "leave")
    asked = Asked(given.profile, "", given.why, given.field)
    house, now, by = api.house, api.house.clock.now(), guest.user.name
    found = find(house, [ref_of(one) for one in given.orders], asked)
    if not found:
        raise Misconfigured(
            Text(
                "These orders have no such difference; look again.",
                "Таких расхождений у этих заказов нет; посмотрите снова.",
            )
        )
    mine = possible(house, act, found)
    void = decide(house, act, mine, by, now) if act.decides else retry(house, mine, by, now)
    for office in {profile.office for profile in house.hub().profiles()}:
        api.dispatch.wake(office)
    return Answered(
        answered=len(mine) - len(void),
        passed_over=len(found) - len(mine),
        void=differences_shown(void, language),
    )


@routes.at("POST", "/sweep", Permission.WORK)
def sweep(given: Sweeping, api: Mine, language: Tongue) -> list[Swept]:
    """Ask connections what changed, and ring for those orders."""
    told = []
    for name, found in connections.sweep_now(api.house, api.house.hub(), given.connection):
        if isinstance(found, Problem):
            told.append(Swept(connection=name, rung=0, problem=found.say(language)))
            continue
        for office in {ring.office for ring in found}:
            api.dispatch.wake(office)
        told.append(Swept(connection=name, rung=len(found), problem=None))
    return told


@routes.at("POST", "/connections/{name}/pause", Permission.WORK, 204)
def pause_connection(name: str, guest: Asking, api: Mine) -> None:
    """Stop a connection until it is resumed; what happens meanwhile is done after."""
    connections.pause_connection(api.house, guest.who, name)


@routes.at("POST", "/connections/{name}/resume", Permission.WORK, 204)
def resume_connection(name: str, guest: Asking, api: Mine) -> None:
    """Let a stopped connection go on; nothing happens where it was not stopped."""
    connections.resume_connection(api.house, guest.who, name)
