"""What told stories need beside the dice's verbs: a wave that stops at a word, a profile that changes, an end."""

from dataclasses import replace

from simulation.lives.crm import Crm
from simulation.lives.life import Life
from simulation.lives.rest import come_to_rest
from simulation.lives.setting import mapping
from simulation.lives.shop import Shop
from simulation.lives.topics import TOPICS
from sverka.domain.commerce.value import show as shown
from sverka.domain.ids import ProfileName
from sverka.domain.mapping.course import Onward
from sverka.domain.mapping.field_mapping import Side
from sverka.domain.mapping.profile import Facet, Profile
from sverka.domain.merge.plan import Why
from sverka.domain.text import Text
from sverka.engine.parties.nobody import CUSTOMER
from sverka.ports.journal import Event, JournalLine

LONGEST = 40
"""No wave has more pauses."""

_REASONS = {
    Why.CONFLICT: "a person is asked which value is right",
    Why.KEPT: "kept differently there",
    Why.REFUSED: "refused, and not sent again",
    Why.UNMAPPED: "held, for it has no counterpart",
    Why.MONEY: "held, for the money does not add up",
    Why.BRAKE: "stopped, for it is moved back each time",
    Why.WAITING: "listed, and made when the operator says so",
    Why.GUARDED: "held, until a person says whose value stays",
}


def until(life: Life, slot: str, office: int, words: str) -> str | None:
    """Let a process begin a wave or go on with it, and stop where it says these words of itself.

    Raises:
        LookupError: the wave came to its end without; the story is told wrongly.

    """
    name = life.setting.offices[office % len(life.setting.offices)]
    runner = life.runners[slot, name]
    began = "goes on with" if runner.is_running else "begins"
    for _ in range(LONGEST):
        where = runner.step()
        if words in where:
            return f"Process {slot} {began} a wave of {name}, and {where}."
        if not runner.is_running:
            break
    raise LookupError(f"the wave never says {words!r}; it {where}")


def halt(life: Life, index: int) -> str | None:
    """Have a profile stopped, as a brake stops it."""
    name = life.profiles[index].name
    text = Text("many records are gone at once", "разом пропало много записей")
    life.storage.pause(name, JournalLine(life.clock.now(), Event.HALTED, text))
    return f"A brake stops profile {name}."


def remap(life: Life, topics: tuple[str, ...]) -> str | None:
    """Have the owner apply the first profile with these of the scene's fields and no others."""
    at, old = 0, life.profiles[0]
    lines = life.setting.profiles[ProfileName(old.name)]
    mappings = tuple(mapping(line) for line in lines if line.topic in topics)
    life.profiles[at] = replace(old, version=old.version + 1, mappings=mappings)
    life.remapped = True
    return f"The owner has profile {old.name} map {' and '.join(topics)}."


def rest(life: Life) -> str | None:
    """End all accidents and let everything arrive."""
    come_to_rest(life)
    return "Whatever was on its way arrives, and the hub comes to rest."


def show(life: Life) -> str | None:
    """Tell what everybody sees at the end."""
    parts = []
    for order in life.orders():
        shop = life.shops[order.store]
        parts.append(f"Order {order} shows {_values(life.profiles[0], Side.STORE, shop, order.id)}")
    by_office = {profile.office: profile for profile in reversed(life.profiles)}
    for office, id_ in life.records():
        document = by_office[office]
        facet = {"L": Facet.LEAD, "SI": Facet.INVOICE}.get(id_.partition("_")[0] if "_" in id_ else "", Facet.DEAL)
        profile = document.beside(facet) or document
        parts.append(f"record {office}/{id_} shows {_values(profile, Side.OFFICE, life.crms[office], id_)}")
    if not life.records():
        parts.append("there is no record")
    contacts = sum(len(crm.contacts()) for crm in life.crms.values())
    parts += [f"contacts: {contacts}"] if contacts else []
    several = len(life.setting.profiles) > 1 or life.setting.orders > 1
    for one in life.storage.differences.list():
        if one.difference.key == CUSTOMER:
            continue  # most tales leave out who ordered
        where = f" of {one.order} under {one.profile}" if several else ""
        reason = _REASONS.get(one.difference.why, str(one.difference.why))
        parts.append(f"{one.difference.key}{where}: {reason}")
    return f"At the end: {'; '.join(parts)}."


def _values(profile: Profile, side: Side, where: Shop | Crm, id_: str) -> str:
    """Return what one side shows in the mapped fields, each field once; a stage that only rules move is a stage."""
    fields = where.show(id_)
    told: dict[str, str] = {}
    for one in profile.mappings:
        field, is_rule = one.field_on(side), TOPICS[one.key].fixed
        if one.is_marked:
            told[field] = f"comments {shown(where.feed.of(id_))}"
        elif not isinstance(one.converter, Onward) and (field not in told or not is_rule):
            told[field] = f"{'stage' if is_rule and side is Side.OFFICE else one.key} {shown(fields.get(field))}"
    return ", ".join(told.values())
