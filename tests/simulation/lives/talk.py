"""What people say of an order, under it and under its records, and take back."""

from simulation.lives.life import Life
from sverka.domain.mapping.field_mapping import Side

_WORDS = ("call me", "!it is ready", "paid by card", "leave at the door")


def say(life: Life, side: str, index: int, words: int, bell: str) -> str | None:
    """Have somebody say something: the customer or a manager of the shop, or a manager under a record."""
    if "comments" not in life.setting.topics:
        return None
    text = _WORDS[words % len(_WORDS)]
    if side == Side.STORE:
        order = life.pick(index)
        if order is None:
            return None
        own = life.shops[order.store].feed.add(order.id, text, public=words % 2 == 0)
        life.oracle.talk.said(f"{order.store}/{own}", (order.store, order.id))
        return f"Somebody says of {order}: {text!r}{life.ring(order.store, order.id, bell)}."
    records = life.records()
    if not records:
        return None
    office, record = records[index % len(records)]
    own = life.crms[office].feed.add(record, text)
    life.oracle.talk.said(f"{office}/{own}", (office, record))
    return f"A manager writes under record {office}/{record}: {text!r}{life.ring(office, f'T_{own}', bell)}."


def unsay(life: Life, side: str, index: int, which: int) -> str | None:
    """Have somebody delete a comment, his own or a copy; nobody is told."""
    if side == Side.STORE:
        order = life.pick(index)
        place = (str(order.store), str(order.id)) if order else None
        feed = life.shops[order.store].feed if order else None
    else:
        records = life.records()
        place = (str(records[index % len(records)][0]), records[index % len(records)][1]) if records else None
        feed = life.crms[records[index % len(records)][0]].feed if records else None
    said = feed.of(place[1]) if feed and place else ()
    if feed is None or place is None or not said:
        return None
    chosen = said[which % len(said)]
    feed.remove(chosen.own)
    life.oracle.talk.removed(chosen.mark, place)
    return f"Somebody deletes comment {chosen.mark} under {place[0]}/{place[1]}."
