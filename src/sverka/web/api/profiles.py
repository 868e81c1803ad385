"""Profiles: what is in force, what a document would do, and putting it in force."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from sverka.config.complaint import Complaint
from sverka.domain.commerce.value import show
from sverka.domain.errors import Misconfigured
from sverka.domain.mapping.profile import Profile
from sverka.domain.roles import Permission
from sverka.domain.text import Language, Text
from sverka.operate import profiles as operate
from sverka.operate.documents import Catalogues, Checked, both_sides, examine
from sverka.operate.foresee import foresee_all, hub_with, newest
from sverka.storage.profiles import SavedProfile
from sverka.web.api.look import ref_of
from sverka.web.api.route import Asking, Mine, Routes, Tongue

routes = Routes("profiles")

Document = Annotated[str, Field(max_length=500_000)]
"""A profile in TOML."""


_TONGUES: tuple[Language, ...] = ("en", "ru")


class ProfileShown(BaseModel):
    """A profile that was applied; `paused` is why it stands still, None while it works."""

    name: str
    priority: int
    version: int
    active: bool
    paused: str | None


class ProfileWhole(ProfileShown):
    """The same with its document."""

    document: str


class VersionShown(BaseModel):
    """A document that was in force from a moment on."""

    version: int
    document: str
    applied_at: datetime
    author: str


class ComplaintShown(BaseModel):
    """What the checker says; `bad` keeps the document from being applied."""

    bad: bool
    where: str
    line: int | None
    text: str


class Checking(BaseModel):
    """A document to be checked."""

    document: Document


class CheckedShown(BaseModel):
    """Whether a document can be applied, and what is said of it."""

    can_be_applied: bool
    complaints: list[ComplaintShown]


class Previewing(BaseModel):
    """A document, and the orders it is tried on: those named, else the newest."""

    document: Document
    last: Annotated[int, Field(ge=1, le=200)] = 20
    orders: Annotated[list[str], Field(max_length=200)] = []


class ChangeShown(BaseModel):
    """A value that would be written."""

    side: str
    field: str
    before: str
    after: str


class ForeseenShown(BaseModel):
    """What would become of an order under the profile; `is_new` where a record would be made."""

    order: str
    profile: str
    record: str
    is_new: bool
    birth: dict[str, str]
    changes: list[ChangeShown]
    differences: list[str]


class PreviewShown(BaseModel):
    """What would be done; nothing was written."""

    foreseen: list[ForeseenShown]
    unrouted: list[str]
    problems: dict[str, str]


class Applying(BaseModel):
    """A document to be put in force, its place, and what becomes of what no longer agrees under it (K13)."""

    document: Document
    priority: Annotated[int, Field(ge=-(2**31), lt=2**31)] | None = None
    choice: Literal["ask", "keep", "recompute"] = "ask"


class AppliedShown(BaseModel):
    """What putting it in force came to."""

    name: str
    version: int
    rung: int
    settled: int
    complaints: list[ComplaintShown]


class Rung(BaseModel):
    """For how many orders the hub rang."""

    rung: int


@routes.at("GET", "/profiles", Permission.SEE)
def list_profiles(api: Mine, language: Tongue) -> list[ProfileShown]:
    """List the profiles in the order in which they are asked."""
    return [_shown(one, language) for one in api.house.storage.profiles.list()]


@routes.at("GET", "/profiles/{name}", Permission.SEE)
def show_profile(name: str, api: Mine, language: Tongue) -> ProfileWhole:
    """Return a profile with its document."""
    saved = operate.saved_profile(api.house, name)
    return ProfileWhole(**_shown(saved, language).model_dump(), document=saved.document)


@routes.at("GET", "/profiles/{name}/versions", Permission.SEE)
def list_versions(name: str, api: Mine) -> list[VersionShown]:
    """List every document that was in force under a name, oldest first."""
    saved = operate.saved_profile(api.house, name)
    return [
        VersionShown(version=one.version, document=one.document, applied_at=one.applied_at, author=one.author)
        for one in api.house.storage.profiles.versions(saved.name)
    ]


@routes.at("POST", "/profiles/check", Permission.CONFIGURE)
def check_profile(given: Checking, api: Mine, language: Tongue) -> CheckedShown:
    """Say all that is wrong with a document."""
    checked = examine("document", given.document, Catalogues(api.house))
    found = list(checked.complaints)
    if checked.profile is not None:
        found += operate.clashes(api.house, checked.profile, operate.place_of(api.house, checked.profile, None))
    bad = checked.is_bad or any(one.bad for one in found)
    return CheckedShown(can_be_applied=not bad, complaints=_complaints(found, language))


@routes.at("POST", "/profiles/preview", Permission.CONFIGURE)
def preview_profile(given: Previewing, api: Mine, language: Tongue) -> PreviewShown:
    """Say what a document would do to orders, and write nothing."""
    profile = _usable(examine("document", given.document, Catalogues(api.house)))
    both_sides(api.house, profile)
    hub = hub_with(api.house.hub(), profile)
    orders = [ref_of(one) for one in given.orders] or newest(hub, profile, given.last)
    found = foresee_all(hub, profile, orders)
    return PreviewShown(
        foreseen=[
            ForeseenShown(
                order=str(one.order),
                profile=one.profile,
                record=one.record,
                is_new=one.birth is not None,
                birth={key: show(value) for key, value in (one.birth or {}).items()},
                changes=[
                    ChangeShown(side=made.side.value, field=made.field, before=show(made.old), after=show(made.value))
                    for made in (one.changes if one.birth is None else ())
                ],
                differences=[f"{held.key}: {held.text.say(language)}" for held in one.differences],
            )
            for one in found.foreseen
        ],
        unrouted=[str(one) for one in found.unrouted],
        problems={str(order): problem.say(language) for order, problem in found.problems.items()},
    )


@routes.at("POST", "/profiles/apply", Permission.CONFIGURE)
def apply_profile(given: Applying, guest: Asking, api: Mine, language: Tongue) -> AppliedShown:
    """Check a document and put it in force."""
    house = api.house
    checked = examine("document", given.document, Catalogues(house))
    profile = _usable(checked)
    both_sides(house, profile)
    place = operate.place_of(house, profile, given.priority)
    found = operate.clashes(house, profile, place)
    _refuse_bad(found)
    done = operate.put_in_force(house, operate.propose(house, checked, profile, place), given.choice, guest.who)
    return AppliedShown(
        name=profile.name,
        version=done.version,
        rung=done.rung,
        settled=done.settled,
        complaints=_complaints([*checked.complaints, *found], language),
    )


@routes.at("POST", "/profiles/{name}/pause", Permission.WORK, 204)
def pause_profile(name: str, guest: Asking, api: Mine) -> None:
    """Stop a profile until it is resumed; what happens meanwhile is done after."""
    operate.pause(api.house, operate.saved_profile(api.house, name), guest.who)


@routes.at("POST", "/profiles/{name}/resume", Permission.WORK)
def resume_profile(name: str, guest: Asking, api: Mine) -> Rung:
    """Let a stopped profile go on, and ring for the orders it holds."""
    return Rung(rung=operate.resume(api.house, operate.saved_profile(api.house, name), guest.who) or 0)


def _shown(one: SavedProfile, language: Language) -> ProfileShown:
    paused = one.paused.say(language) if one.paused else None
    return ProfileShown(name=one.name, priority=one.priority, version=one.version, active=one.active, paused=paused)


def _complaints(found: list[Complaint], language: Language) -> list[ComplaintShown]:
    return [ComplaintShown(bad=one.bad, where=one.where, line=one.line, text=one.text.say(language)) for one in found]


def _usable(checked: Checked) -> Profile:
    if checked.profile is None:
        _refuse_bad(list(checked.complaints))
        raise Misconfigured
    return checked.profile


def _refuse_bad(found: list[Complaint]) -> None:
    bad = [one for one in found if one.bad]
    if bad:
        en, ru = (" ".join(f"{one.where}: {one.text.say(tongue)}" for one in bad) for tongue in _TONGUES)
        raise Misconfigured(Text(en, ru))
