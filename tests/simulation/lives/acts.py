"""What happens in a life, verb by verb: people, bells, time, waves and accidents. Each verb tells what it did."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from simulation.lives import people, staging, talk
from simulation.lives.life import BUYERS, TERMS, Life
from simulation.lives.network import Fate
from simulation.lives.topics import TOPICS, Topic, goods
from simulation.lives.truths import PERSON
from sverka.connectors.in_memory.shelf import Shelf
from sverka.domain.commerce.value import FileRef, Value, many
from sverka.domain.mapping.field_mapping import Side
from sverka.engine.bells.sweep import compare_all
from sverka.engine.bells.sweep import sweep as sweep_side
from sverka.engine.by_hand.restore import restore as engine_restore


@dataclass(frozen=True)
class Act:
    """One thing that happens: a verb, and its arguments."""

    verb: str
    args: tuple[Any, ...] = ()

    def __str__(self) -> str:
        return f"{self.verb}({', '.join(map(repr, self.args))})"


def do(life: Life, act: Act) -> None:
    """Let something happen, and tell it; an act that finds nothing to act upon is not told."""
    said = VERBS[act.verb](life, *act.args)
    if said:
        life.story.append(said)


def place(life: Life, index: int, buyer: int, bell: str) -> str | None:
    """Have a customer place an order."""
    store = list(life.shops)[index % len(life.shops)]
    number = str(index + 1)
    if number in life.shops[store].ids() or len(life.orders()) >= life.setting.orders:
        return None
    keys = BUYERS[buyer % len(BUYERS)]
    first = {TOPICS[topic].store_field: (TOPICS[topic].store or ("",))[0] for topic in life.setting.topics}
    fields = {
        **first,
        "order.number": f"A-{number}",
        "order.created_at": life.shops[store].time(),
        "customer.name": "Anna Kim",
        "company.name": "",
        "site": "here",
        **keys,
        "status": "N",
        "currency": "RUB",
        "total": Decimal(100),
        "lines": goods("100.00"),
    }
    life.shops[store].put(number, **{key.replace(".", "__"): value for key, value in fields.items()})
    return f"A customer places order {store}/{number}{life.ring(store, number, bell)}."


def edit(life: Life, side: str, index: int, topic: str, value: int, bell: str) -> str | None:
    """Have a person edit one field of an order or of a record."""
    if topic not in life.setting.topics:
        return None
    it = TOPICS[topic]
    values = it.values(Side(side))
    if not values:
        return None
    chosen = values[value % len(values)]
    if side == Side.STORE:
        order = life.pick(index)
        if order is None or life.shops[order.store].habits.refused({it.store_field: chosen}):
            return None
        life.clock.sleep(1)
        shop = life.shops[order.store]
        kept = _kept(shop.shelf, chosen, shop.show(order.id).get(it.store_field)) if it.is_file else chosen
        shop.put(order.id, **{it.store_field.replace(".", "__"): kept})
        life.oracle.moved(order.store, order.id, it.store_field, PERSON)
        return f"Somebody in the shop sets {topic} of {order} to {chosen!r}{life.ring(order.store, order.id, bell)}."
    return _edit_record(life, index, it, chosen, bell)


def _kept(shelf: Shelf, names: Value, before: Value) -> tuple[Value, ...]:
    """Return the files a person leaves in a field: those that are in it already, and new ones."""
    held = {one.name: one for one in many(before) if isinstance(one, FileRef)}
    return tuple(held.get(str(name)) or shelf.put(str(name), str(name).encode()) for name in many(names))


def _edit_record(life: Life, index: int, it: Topic, chosen: Any, bell: str) -> str | None:
    records = life.records()
    if not records:
        return None
    office, record = records[index % len(records)]
    crm, key = life.crms[office], it.office_field
    if crm.habits.refused({key: chosen}):
        return None
    life.clock.sleep(1)
    kept = _kept(crm.shelf, chosen, crm.show(record).get(key)) if it.is_file else chosen
    crm.edit(record, {key: kept})
    crm.act(record, {key: chosen})
    life.oracle.moved(office, record, key, PERSON)
    return f"A manager sets {key} of record {office}/{record} to {chosen!r}{life.ring(office, record, bell)}."


def price(life: Life, index: int, total: int, fits: bool, bell: str) -> str | None:
    """Have the shop change what an order costs; where it does not fit, the total and the lines disagree."""
    order = life.pick(index)
    if order is None:
        return None
    amount = ("100.00", "130.00", "100.01")[total % 3]
    life.clock.sleep(1)
    lines = goods(amount if fits else "99.00")
    life.shops[order.store].put(order.id, total=Decimal(amount), lines=lines)
    for key in ("total", "lines"):
        life.oracle.moved(order.store, order.id, key, PERSON)
    how = "" if fits else ", though its lines add up to 99.00"
    return f"The shop makes {order} cost {amount}{how}{life.ring(order.store, order.id, bell)}."


def delete_order(life: Life, index: int) -> str | None:
    """Have the shop delete an order."""
    order = life.pick(index)
    if order is None:
        return None
    life.shops[order.store].drop(order.id)
    return f"The shop deletes {order}{life.ring(order.store, order.id, 'now')}."


def trash(life: Life, index: int, bell: str) -> str | None:
    """Have a manager throw a record into the bin."""
    records = life.records()
    if not records:
        return None
    office, record = records[index % len(records)]
    life.crms[office].trash(record)
    life.gone.add((office, record))
    return f"A manager throws record {office}/{record} into the bin{life.ring(office, record, bell)}."


def restore_record(life: Life, bell: str) -> str | None:
    """Have a manager take a record out of the bin."""
    for office, crm in life.crms.items():
        for record in sorted(crm.bin):
            crm.restore(record)
            life.oracle.restored[office, record] = life.clock.now()
            return f"A manager takes record {office}/{record} out of the bin{life.ring(office, record, bell)}."
    return None


def merge(life: Life, first: int, second: int) -> str | None:
    """Have a manager merge two contacts."""
    crm = life.crms[life.setting.offices[0]]
    contacts = sorted(crm.contacts())
    if len(contacts) < 2:
        return None
    kept, merged = contacts[first % len(contacts)], contacts[second % len(contacts)]
    if kept == merged:
        return None
    crm.merge_contacts(kept, merged)
    life.oracle.merges += 1
    return f"A manager merges contact {merged} into {kept}."


def open_deal(life: Life, stage: int, bell: str) -> str | None:
    """Have a manager open a deal by hand."""
    if not life.setting.new_order or len(life.records()) > 3 * life.setting.orders + 2:
        return None
    office = life.setting.offices[0]
    chosen = ("NEW", "NEW", "WON", "ODD")[stage % 4]
    topics = [TOPICS[topic] for topic in life.setting.topics if stage % 3 == 0 and TOPICS[topic].office]
    shelf = life.crms[office].shelf
    filled = {it.office_field: _kept(shelf, it.office[1], None) if it.is_file else it.office[1] for it in topics}
    record = life.crms[office].open_by_hand({**filled, "stageId": chosen, "title": "By hand"})
    return f"A manager opens deal {office}/{record} by hand in stage {chosen}{life.ring(office, record, bell)}."


def restore_backup(life: Life) -> str | None:
    """Lose the database, put the copy back, and tell the hub so."""
    if not life.database.is_backed_up:
        return None
    for runner in life.runners.values():
        runner.kill()
    life.forget_all()
    life.oracle.misdated = life.setting.hours != 0  # which orders are older is told by the store's clock
    above = life.database.restore()
    engine_restore(life.storage, life.setting.offices, life.clock.now(), TERMS, above)
    for owner in life.database.begun():
        life.oracle.allowed[owner] += 1
    return "The hub's database is lost and put back from the copy; the operator runs `sverka restored`."


def backup(life: Life) -> str | None:
    """Copy the hub's database."""
    life.database.back_up()
    return "The hub's database is backed up."


def deliver(life: Life, count: int) -> str | None:
    """Let bells that are on their way arrive."""
    arrived = 0
    while life.bells.waiting and arrived < count:
        life.hear(*life.bells.waiting.pop(0))
        arrived += 1
    return f"Late bells arrive, {arrived} of them." if arrived else None


def sweep(life: Life, index: int, fates: tuple[str, ...] = ()) -> str | None:
    """Let the hub ask one side what has changed."""
    sides = [*life.shops, *life.crms]
    side = sides[index % len(sides)]
    if side in life.stopped("connection"):
        return None
    life.line.fates = [Fate[name] for name in fates]
    rung = sweep_side(life.whole_hub(), side, life.clock.now() - timedelta(days=1))
    life.line.fates = []
    return f"The sweep asks {side} what has changed, and rings for {len(rung)}."


def compare(life: Life) -> str | None:
    """Let the hub look at all bound orders, as it does every night."""
    for office in life.crms:
        for _ in compare_all(life.whole_hub(), office):
            pass
    return "The nightly comparison rings for all bound orders."


# Time and waves


def pass_(life: Life, seconds: int) -> str | None:
    """Let time pass."""
    life.clock.sleep(seconds)
    return f"{seconds} seconds pass."


def wave(life: Life, slot: str, office: int, steps: int, fates: tuple[str, ...] = ()) -> str | None:
    """Let a process begin a wave or go on with it, by so many steps; 0 is to its end."""
    name = life.setting.offices[office % len(life.setting.offices)]
    runner = life.runners[slot, name]
    if not runner.is_running and name in life.stopped("connection"):
        return None
    life.line.fates, life.line.met = [Fate[fate] for fate in fates], []
    went = [runner.finish()] if steps == 0 else runner.go(steps)
    life.line.fates = []
    life.echo()
    bad = [fate for fate in life.line.met if fate is not Fate.FINE]
    if bad:
        life.doubted(runner)
    went = [one for number, one in enumerate(went) if number == 0 or went[number - 1] != one]
    if went == ["finds nothing to do"]:
        return None
    met = "".join(f" One request: {fate.value}." for fate in bad)
    return f"Process {slot}: its wave of {name} {', then '.join(went)}.{met}"


def kill(life: Life, slot: str, office: int) -> str | None:
    """Kill a process in the middle of its wave."""
    name = life.setting.offices[office % len(life.setting.offices)]
    runner = life.runners[slot, name]
    if not runner.kill():
        return None
    return f"Process {slot} is killed in its wave of {name}."


Verb = Callable[..., str | None]
VERBS: Mapping[str, Verb] = {
    "place": place, "edit": edit, "price": price, "delete_order": delete_order, "trash": trash,
    "restore_record": restore_record, "merge": merge, "decide": people.decide, "operator": people.operate,
    "convert": people.convert, "reconfigure": people.reconfigure, "backup": backup,
    "say": talk.say, "unsay": talk.unsay,
    "restore_backup": restore_backup,
    "open_deal": open_deal, "deliver": deliver, "sweep": sweep, "compare": compare,
    "pass": pass_, "wave": wave, "kill": kill,
    "until": staging.until, "halt": staging.halt, "remap": staging.remap, "rest": staging.rest, "show": staging.show,
}  # fmt: skip
