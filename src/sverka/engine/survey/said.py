"""Comments: read where a profile has use for them, and rung for by an id that does not say whose they are."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sverka.domain.commerce.comment import Comment, feed
from sverka.domain.errors import Gone, Later, Problem
from sverka.domain.ids import OrderId, OrderRef, RecordId, StoreName
from sverka.engine.hub import Hub
from sverka.engine.task import Task
from sverka.engine.wave_state import Wave
from sverka.ports.comments import COMMENTS, FEED, KeepsComments, KeepsTimeline
from sverka.ports.guard import Guard
from sverka.ports.storage import Lane, Ring

_KEYS = frozenset({COMMENTS, FEED})


def hear(hub: Hub, tasks: Sequence[Task], guard: Guard) -> dict[OrderRef, Problem]:
    """Read the comments of the orders that want them into their tasks; return why those of others were not read."""
    wanted: dict[StoreName, set[OrderId]] = defaultdict(set)
    listening = [task for task in tasks if any(one.store_field in _KEYS for one in task.profile.mappings)]
    for task in listening:
        wanted[task.order.store].add(task.order.id)
    heard: dict[OrderRef, tuple[Comment, ...] | Problem] = {}
    answers: Mapping[OrderId, tuple[Comment, ...] | Problem]
    for name, orders in wanted.items():
        store = hub.stores.get(name)
        if isinstance(store, KeepsComments):
            try:
                answers = store.comments(sorted(orders), guard)
            except Problem as problem:
                answers = dict.fromkeys(orders, problem)
            heard |= {OrderRef(name, order): said for order, said in answers.items()}
    for task in listening:
        said = heard.get(task.order)
        if isinstance(said, tuple):
            fields = {**task.store.fields, COMMENTS: said, FEED: feed(said)}
            task.store = replace(task.store, fields=fields, unread=task.store.unread - _KEYS)
    # An order deleted between its two reads is looked at again: the next read tells that it is gone.
    refused = {order: said for order, said in heard.items() if isinstance(said, Problem)}
    return {order: Later() if isinstance(problem, Gone) else problem for order, problem in refused.items()}


def ring_for_comments(wave: Wave, comments: Sequence[OrderRef]) -> None:
    """Ring for the orders under whose records something was said; nothing for records without an order."""
    hub, now = wave.hub, wave.hub.clock.now()
    side = hub.offices[wave.office]
    if not comments or not isinstance(side, KeepsTimeline):
        return
    answers = side.records_of([ref.comment for ref in comments], wave.guard)
    for ref in comments:
        answer = answers.get(ref.comment)
        if isinstance(answer, Problem):
            wave.trouble(ref, answer, wave.office)
    records = {RecordId(answer) for answer in answers.values() if isinstance(answer, str)}
    orders = sorted({order for some in hub.storage.orders_of(wave.office, records).values() for order in some})
    wave.outcome.rings += [Ring(order, wave.office, now, Lane.LIVE, "comment") for order in orders]
