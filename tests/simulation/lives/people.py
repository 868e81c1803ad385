"""What operators and owners do through the hub's doors."""

from dataclasses import replace

from simulation.lives.life import Life
from simulation.lives.topics import STATUSES, TOPICS
from sverka.domain.ids import ProfileName
from sverka.domain.mapping.convert import ValueMap
from sverka.domain.mapping.field_mapping import FieldMapping, Policy, Side, Way
from sverka.domain.mapping.profile import Profile, Switches
from sverka.domain.mapping.routing import Condition, Route
from sverka.domain.mapping.status_map import StatusMap, StatusRow
from sverka.domain.merge.binding import Pair
from sverka.domain.merge.plan import Why
from sverka.domain.merge.reconcile import Decision
from sverka.domain.text import Text
from sverka.engine.bells.retry import ring_orders
from sverka.engine.survey.create import BIRTH
from sverka.ports.journal import Event, JournalLine
from sverka.storage.profiles import ALLOWANCE


def decide(life: Life, index: int, winner: str) -> str | None:
    """Answer one of the questions that are shown, for the pair that is shown."""
    asked = [one for one in life.storage.differences.list() if one.difference.why.is_decided_by_sides]
    if not asked:
        return None
    one = asked[index % len(asked)]
    decision = Decision(Side(winner), Pair(one.difference.store, one.difference.office))
    if life.storage.differences.decide(one.order, one.profile, one.difference.key, decision):
        life.oracle.decided[(one.order, one.profile), one.difference.key].append(decision)
    ring_orders(life.whole_hub(), [one.order], "decided")
    return f"The operator decides {one.difference.key} of {one.order} under {one.profile}: the {winner} is right."


def operate(life: Life, what: str, index: int) -> str | None:
    """Do one of the operator's chores."""
    order = life.pick(index)
    if what == "resume":
        return resume(life)
    if order is None:
        return None
    if what == "recreate":
        line = JournalLine(life.clock.now(), Event.APPLIED, Text("recreate", "recreate"), order)
        held = life.storage.differences.list(order)
        waits = [one for one in held if (one.difference.key, one.difference.why) == (BIRTH, Why.WAITING)]
        known = {profile.name: profile for document in life.profiles for profile in document.family}
        left = [(known[one.profile].office, one.profile, known[one.profile].kind) for one in waits]
        if not life.storage.make_anew(order, line, left):
            return None
        for owner in life.owners():
            if owner[0] == order:
                life.oracle.allowed[owner] += 1
        ring_orders(life.whole_hub(), [order], "recreate")
        return f"The operator asks for a new record of {order}."
    if what == "retry":
        ring_orders(life.whole_hub(), life.storage.differences.retry(order), "retry")
        return f"The operator retries what was refused of {order}."
    ring_orders(life.whole_hub(), [order], "operator")
    return f"The operator asks for a look at {order}."


def resume(life: Life) -> str | None:
    """Let what was stopped go on."""
    profiles, connections = life.stopped("profile"), life.stopped("connection")
    line = JournalLine(life.clock.now(), Event.APPLIED, Text("resumed", "resumed"))
    for name in profiles:
        life.storage.profiles.resume(ProfileName(name))
        life.allowed[ProfileName(name)] = life.clock.now() + ALLOWANCE
    for name in connections:
        life.storage.resume_connection(name, line)
    if not profiles and not connections:
        return None
    return f"The operator lets {', '.join(sorted({*profiles, *connections}))} go on."


def reconfigure(life: Life, what: str, index: int) -> str | None:
    """Apply a changed profile, and look at what its orders were held for, as `sverka profile apply` does."""
    at = index % len(life.profiles)
    old = life.profiles[at]
    new = _changed(old, what, index)
    if new is None:
        return None
    life.profiles[at] = replace(new, version=old.version + 1)
    life.rerouted = life.rerouted or what == "route" or new.switches.create_records != old.switches.create_records
    life.remapped = True
    held = sorted({one.order for one in life.storage.differences.list() if one.profile == old.name})
    ring_orders(life.whole_hub(), held, "profile")
    for owner in life.owners():
        if owner[1] in {one.name for one in old.family}:
            life.oracle.lose(owner)
    return f"The owner changes the {what} of profile {old.name}."


def _changed(profile: Profile, what: str, index: int) -> Profile | None:
    if what == "route":
        shut = Route((Condition("site", any_of=("elsewhere",)),), profile.route.also)
        return replace(profile, route=shut)
    if what == "switch":
        switches = _switched(profile.switches, index)
        return replace(profile, switches=switches, facets=[replace(one, switches=switches) for one in profile.facets])
    mappings = list(profile.mappings)
    if what == "map":
        found = [at for at, one in enumerate(mappings) if one.key in ("status", "paper")]
        if not found:
            return None
        at = found[index % len(found)]
        mappings[at] = _mended(mappings[at])
    else:
        at = index % len(mappings)
        one = mappings[at]
        if what == "policy" and not TOPICS[one.key].fixed:
            policies = list(Policy)
            mappings[at] = replace(one, policy=policies[(policies.index(one.policy) + 1) % 3])
        elif what == "way" and not TOPICS[one.key].fixed and TOPICS[one.key].way is Way.BOTH:
            ways = list(Way)
            mappings[at] = replace(one, way=ways[(ways.index(one.way) + 1) % 3])
        elif what == "field" and not TOPICS[one.key].fixed and not one.is_marked:
            bare = one.office_field.removesuffix("_OTHER")
            mappings[at] = replace(one, office_field=bare if bare != one.office_field else f"{bare}_OTHER")
        else:
            return None
    return replace(profile, mappings=tuple(mappings))


def _switched(switches: Switches, index: int) -> Switches:
    match index % 3:
        case 0:
            return replace(switches, update_records=not switches.update_records)
        case 1:
            return replace(switches, update_orders=not switches.update_orders)
    return replace(switches, create_records=not switches.create_records)


def _mended(mapping: FieldMapping) -> FieldMapping:
    """Fill the hole in a map, or dig it again."""
    if mapping.key == "paper":
        whole = {"glossy": "45", "matte": "46", "odd": "47"}
        holed = mapping.converter.fingerprint() == ValueMap(whole).fingerprint()
        return replace(mapping, converter=ValueMap({"glossy": "46", "matte": "45"} if holed else whole))
    assert isinstance(mapping.converter, StatusMap)
    rows = (*STATUSES.rows, StatusRow("X", ("ODD",)))
    same = tuple(mapping.converter.rows) == rows
    return replace(mapping, converter=replace(mapping.converter, rows=STATUSES.rows if same else rows))


def convert(life: Life, index: int, bell: str) -> str | None:
    """Have a manager make a deal of a lead, with some of what the lead shows."""
    leads = [(office, lead) for office, crm in life.crms.items() for lead in crm.leads()]
    if not leads:
        return None
    office, lead = leads[index % len(leads)]
    shown = life.crms[office].show(lead) if index % 2 else {}
    deal = life.crms[office].convert(lead, {**shown, "stageId": "NEW", "title": "By hand"})
    life.crms[office].edit(lead, {"stageId": "CONVERTED"})
    return f"A manager makes deal {office}/{deal} of lead {lead}{life.ring(office, lead, bell)}."
