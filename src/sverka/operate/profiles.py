"""Putting profiles in force, and stopping them."""

from dataclasses import dataclass

from sverka.bootstrap import House
from sverka.config.checks.together import check_together
from sverka.config.complaint import Complaint
from sverka.domain.errors import Misconfigured
from sverka.domain.ids import OrderRef, ProfileName
from sverka.domain.mapping.profile import Profile
from sverka.domain.merge.renew import Choice
from sverka.domain.text import Text
from sverka.engine.bells.retry import ring_orders
from sverka.operate.audit import Who, note, noted
from sverka.operate.documents import Checked, both_sides
from sverka.operate.effect import Effect, bound_under, effect_of, held_by, renew, settle
from sverka.ports.journal import Event, JournalLine
from sverka.ports.storage import Lane
from sverka.storage.profiles import SavedProfile

USUAL_PRIORITY = 100
"""The place of a new profile, where nobody says another."""


def saved_profile(house: House, name: str) -> SavedProfile:
    """Return an applied profile; Misconfigured, naming those there are, where there is none of that name."""
    saved = house.storage.profiles.get(ProfileName(name))
    if saved is None:
        names = ", ".join(one.name for one in house.storage.profiles.list()) or "–"
        raise Misconfigured(
            Text(f"There is no profile {name!r}; there are: {names}.", f"Нет профиля {name!r}; есть: {names}.")
        )
    return saved


@dataclass(frozen=True)
class Proposal:
    """A document that can be put in force, at which place, and what that would touch; `saved` is in force now."""

    checked: Checked
    profile: Profile
    place: int
    saved: SavedProfile | None
    effect: Effect


@dataclass(frozen=True)
class Applied:
    """What putting it in force came to: the version, the orders rung for, the differences answered."""

    version: int
    rung: int
    settled: int


def place_of(house: House, profile: Profile, priority: int | None) -> int:
    """Return a profile's place: the one asked for, the one it has, or a new one's."""
    saved = house.storage.profiles.get(profile.name)
    return priority if priority is not None else saved.priority if saved else USUAL_PRIORITY


def clashes(house: House, profile: Profile, place: int) -> list[Complaint]:
    """Return what stands between a profile and those in force."""
    saved = house.storage.profiles.list(active_only=True)
    others = [(one.priority, house.profile(one)) for one in saved if one.name != profile.name]
    return check_together([one for _, one in sorted([*others, (place, profile)], key=lambda pair: pair[0])])


def propose(house: House, checked: Checked, profile: Profile, place: int) -> Proposal:
    """Return what putting a document in force would touch.

    Raises:
        Misconfigured: a side is not connected, or the profile of that name joins other systems.
    """
    both_sides(house, profile)
    saved = house.storage.profiles.get(profile.name)
    old = house.profile(saved) if saved else None
    if old and (old.store, old.office) != (profile.store, profile.office):
        # Its name stands in the records it made.
        raise Misconfigured(
            Text(f"{profile.name} joins {old.store} and {old.office}; give the new document another name.",
                 f"{profile.name} соединяет {old.store} и {old.office}; дайте новому документу другое имя.")
        )  # fmt: skip
    return Proposal(checked, profile, place, saved, effect_of(house, profile, old))


def put_in_force(house: House, one: Proposal, choice: Choice, who: Who) -> Applied:
    """Put a document in force, do with what no longer agrees as was chosen, and ring for the orders it touches."""
    version = house.storage.as_one(lambda: _put(house, one, who))
    settled = settle(house, one.effect, choice, who.name)
    rung = sorted({*one.effect.held, *one.effect.unmet, *renew(house, one.effect, choice)})
    _ring(house, rung, f"profile {one.profile.name} v{version}")
    return Applied(version, len(rung), settled)


def _put(house: House, one: Proposal, who: Who) -> int:
    checked, profile = one.checked, one.profile
    for name, fields in ((profile.store, checked.store_fields), (profile.office, checked.office_fields)):
        if fields is not None:
            house.storage.catalogues.put(name, fields)
    text = Text(f"Profile {profile.name} was applied.", f"Применён профиль {profile.name}.")
    told = JournalLine(house.clock.now(), Event.APPLIED, text, profile=profile.name, office=profile.office)
    version = house.storage.profiles.apply(profile.name, checked.text, one.place, who.name, told)
    before = f"v{one.saved.version}, priority {one.saved.priority}" if one.saved else ""
    note(house, who, "profile apply", f"profile {profile.name}", before, f"v{version}, priority {one.place}")
    return version


def pause(house: House, saved: SavedProfile, who: Who) -> None:
    """Stop a profile until it is resumed."""
    name = saved.name
    text = Text(
        f"Paused by {who.name}; go on with `sverka profile resume {name}`.",
        f"Остановил {who.name}; продолжить: `sverka profile resume {name}`.",
    )
    line = JournalLine(house.clock.now(), Event.HALTED, text, profile=name)
    noted(house, who, "profile pause", f"profile {name}", lambda: house.storage.pause(name, line))


def resume(house: House, saved: SavedProfile, who: Who) -> int | None:
    """Let a stopped profile go on, and return for how many held orders it rang; None where it was not stopped."""
    name = saved.name
    text = Text(f"Profile {name} was resumed.", f"Профиль {name} продолжает работу.")
    line = JournalLine(house.clock.now(), Event.APPLIED, text, profile=name)
    before, resume = saved.paused.en if saved.paused else "", house.storage.profiles.resume
    if not noted(house, who, "profile resume", f"profile {name}", lambda: resume(name, line), before):
        return None
    held = held_by(house, name)
    _ring(house, held, f"profile {name} resumed")
    return len(held)


def stop(house: House, saved: SavedProfile, who: Who) -> None:
    """Switch a profile off: it takes no orders, and its records are left alone."""
    name = saved.name
    text = Text(f"Profile {name} was switched off.", f"Профиль {name} выключен.")
    line = JournalLine(house.clock.now(), Event.HALTED, text, profile=name)
    noted(house, who, "profile stop", f"profile {name}", lambda: _switch(house, name, line, active=False))


def start(house: House, saved: SavedProfile, who: Who) -> int:
    """Switch a profile on, ring for the orders it has records of, and return how many.

    Raises:
        Misconfigured: its document says that it is off.
    """
    name, profile = saved.name, house.profile(saved)
    if not profile.enabled:
        raise Misconfigured(
            Text(f"The document of {name} has `enabled = false`; change it and apply it.",
                 f"В документе {name} стоит `enabled = false`; измените его и примените.")
        )  # fmt: skip
    text = Text(f"Profile {name} was switched on.", f"Профиль {name} включён.")
    line = JournalLine(house.clock.now(), Event.APPLIED, text, profile=name)
    noted(house, who, "profile start", f"profile {name}", lambda: _switch(house, name, line, active=True))
    bound = list(dict.fromkeys(binding.order for binding in bound_under(house, profile)))
    _ring(house, bound, f"profile {name} switched on")
    return len(bound)


def _switch(house: House, name: ProfileName, line: JournalLine, *, active: bool) -> None:
    house.storage.profiles.set_active(name, active=active)
    house.storage.journal.write([line])


def _ring(house: House, orders: list[OrderRef], why: str) -> None:
    # Many at once let live orders go first.
    if orders:
        ring_orders(house.hub(), orders, why, Lane.SWEEP)
