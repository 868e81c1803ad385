"""The one transaction in which a step of a wave is committed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from sverka.domain.merge.binding import BindingState
from sverka.domain.text import Text
from sverka.ports.journal import Event, JournalLine
from sverka.ports.storage import Claim, Intent, IntentKind, Lane, Outcome, Ring, Terms
from sverka.storage import bindings, conflicts, journal, outbox, parties, told, turns, visits

WHY_OTHERS = "a write on this order by another back office"
"""Why the other bindings of an order are visited after an intent on it (K10)."""


def commit(connection: Connection, claim: Claim, outcome: Outcome, now: datetime, terms: Terms) -> Sequence[Intent]:
    """Do `Storage.commit` in this transaction.

    The office's row is locked first, so that nobody can take the office over before the end. New intents hold the
    office's lock until their doubt is over.
    """
    visits.hold(connection, claim, now + terms.doubt if outcome.intents else None)
    outbox.close(connection, outcome.closed)
    intents = outbox.add(connection, outcome.intents, now, terms)
    _bind(connection, claim, outcome, now)
    turns.take(connection, outcome.turns)
    void = conflicts.replace_all(connection, outcome.looked, outcome.differences, now)
    told.add(connection, outcome.told, now)
    lines = [*outcome.journal, *(_void(claim, *name, now) for name in void)]
    journal.add(connection, [replace(line, wave=claim.wave) for line in lines])
    rings = [*outcome.rings, *_rings_for_others(connection, claim, intents, now)]
    visits.finish(connection, claim, outcome.done, outcome.again, rings)
    return intents


def _void(claim: Claim, owner: conflicts.Owner, key: str, now: datetime) -> JournalLine:
    text = Text(
        f"The answer about `{key}` is void: a side has moved since it was given. It is asked about anew.",
        f"Ответ о `{key}` недействителен: с тех пор одна из сторон изменилась. Вопрос задан заново.",
    )
    return JournalLine(now, Event.CLEARED, text, *owner, claim.office, "K22")


def _bind(connection: Connection, claim: Claim, outcome: Outcome, now: datetime) -> None:
    bindings.release(connection, outcome.released, BindingState.RELEASED, now)
    bindings.release(connection, outcome.awaited, BindingState.AWAITED, now)
    bindings.add(connection, claim.office, outcome.bindings, now)
    bindings.owe(connection, claim.office, outcome.owed, now)
    bindings.remember(connection, outcome.baselines)
    owners = bindings.owners(connection, outcome.baselines)
    moved = [(owners[binding], key) for binding, entries in outcome.baselines.items() for key in entries]
    born = [((one.order, one.profile), key) for one in outcome.bindings for key in one.baseline]
    conflicts.consume(connection, [*moved, *born])
    parties.keep(connection, outcome.parties)
    bindings.inherit(connection, claim.office, outcome.heirs)
    bindings.lose_contacts(connection, claim.office, outcome.lost_contacts)
    bindings.keep_contacts(connection, claim.office, outcome.contacts)


def _rings_for_others(connection: Connection, claim: Claim, intents: Sequence[Intent], now: datetime) -> Sequence[Ring]:
    """Ring for the bindings an order has in other offices, in the lane of the visit that writes (K10)."""
    orders = {one.order for one in intents if one.kind is not IntentKind.ADD_CUSTOMER}
    lanes = visits.lanes(connection, claim, orders)
    return [
        Ring(order, office, now, lanes.get(order, Lane.LIVE), WHY_OTHERS)
        for order, office in bindings.others(connection, claim.office, orders)
    ]


def tell(connection: Connection, lines: Sequence[JournalLine]) -> None:
    """Add lines to the journal in this transaction."""
    journal.add(connection, lines)
