"""What became of writes whose answer never came (K4, K6, K7)."""

from collections.abc import Sequence

from sverka.domain.commerce.value import Value, is_empty, many
from sverka.domain.mapping.convert import Unmapped, alike
from sverka.domain.mapping.field_mapping import Side, Way, WriteMode
from sverka.domain.mapping.files import Files, may_have_come
from sverka.domain.merge.binding import Entry, Pair
from sverka.domain.merge.reconcile import Sight
from sverka.domain.merge.snapshot import Snapshot
from sverka.engine.survey.notify import note_doubtful
from sverka.engine.task import Task
from sverka.ports.storage import Intent, IntentKind, Sent


def recover_patch(task: Task, intent: Intent) -> None:
    """Settle a doubtful patch by what its target shows now.

    It shows what was sent, in its own way maybe: that pair is the baseline. Its stamp is as before: it was not done,
    and is planned again. Anything else: the field's baseline is forgotten. What carries marks needs no stamp: each
    shows by itself whether it arrived (K24).
    """
    target = task.store if intent.kind is IntentKind.PATCH_ORDER else task.record
    if target is None or target.stamp != intent.stamp or any(target.get(s.field) == s.value for s in intent.sent):
        note_doubtful(task, intent)
    if target is None or (intent.binding is not None and not task.binding):
        return
    for sent in intent.sent:
        shown = target.get(sent.field)
        if _is_marked(task, sent.key):
            _recall_arrived(task, sent, shown)
        elif _has_arrived(task, sent, shown):
            task.remember(sent.key, Entry(sent.pair_with(_less_own(task, sent, shown)), sent.fingerprint))
            _forget_overtaken(task, sent)
        elif target.stamp != intent.stamp:
            task.remember(sent.key, Entry(None, sent.fingerprint))
            _forget_overtaken(task, sent)


def _forget_overtaken(task: Task, sent: Sent) -> None:
    """Forget what else was to set a field that may have been written: whether the write has overtaken it is not known.

    Only a mapping whose source has moved can have been overtaken; any other takes the field as it stands for news.
    """
    source = sent.side.other
    for mapping in task.profile.mappings:
        store, office = task.store.get(mapping.store_field), task.shown(mapping.office_field)
        sight = Sight(mapping, task.baseline.get(mapping.key), store, office)
        if mapping.key == sent.key or mapping.field_on(sent.side) != sent.field or sight.pair is None:
            continue
        if sight.has_moved(source, sight.pair.store if source is Side.STORE else sight.pair.office):
            task.remember(mapping.key, Entry(None, mapping.fingerprint()))


def _recall_arrived(task: Task, sent: Sent, shown: Value) -> None:
    """Agree on those of several marked things that came: what was said besides, on either side, is to travel yet.

    One that was deleted where it was said, while it was on its way, does not go back there with its copy.
    """
    came = [item for item in many(sent.value) if item in many(sent.source) and item in many(shown)]
    known = task.baseline.get(sent.key, Entry(Pair((), ()), sent.fingerprint))
    if came and known.pair is not None:
        store, office = (tuple(dict.fromkeys((*many(side), *came))) for side in (known.pair.store, known.pair.office))
        task.remember(sent.key, Entry(Pair(store, office), known.fingerprint))


def _less_own(task: Task, sent: Sent, shown: Value) -> Value:
    """Return what a write that adds has led to, without what its target had gained by itself: that is news (K17)."""
    mapping, known = task.profile.mapping(sent.key), task.baseline.get(sent.key)
    before = known.pair if known else None
    if mapping is None or before is None or mapping.write is not WriteMode.APPEND or mapping.way is not Way.BOTH:
        return shown
    to_office = sent.side is Side.OFFICE
    came = mapping.converter.to_office(sent.source) if to_office else mapping.converter.to_store(sent.source)
    if isinstance(came, Unmapped) or isinstance(mapping.converter, Files):
        return shown
    theirs = {*many(before.office if to_office else before.store), *many(came)}
    return shown if theirs.issuperset(many(shown)) else tuple(item for item in many(shown) if item in theirs)


def _is_marked(task: Task, key: str) -> bool:
    mapping = task.profile.mapping(key)
    return mapping is not None and mapping.is_marked


def _has_arrived(task: Task, sent: Sent, shown: Value) -> bool:
    """Tell whether a side shows the value sent, or one that means the same under the mapping it was sent by."""
    mapping = task.profile.mapping(sent.key)
    if mapping is None or mapping.fingerprint() != sent.fingerprint:
        return shown == sent.value
    if isinstance(mapping.converter, Files):
        return shown != sent.old and may_have_come(sent.value, shown)
    pair = sent.pair_with(shown)
    return shown == sent.value or alike(mapping.converter, pair.store, pair.office)


def adopt(task: Task, found: Snapshot, intents: Sequence[Intent], side: Side = Side.OFFICE) -> None:
    """Take over what was found by its mark (K6): a record by its origin, or on the store's side an order.

    What shows the value sent has its pair, the rest is forgotten. Empty fields count as first sight, which fills
    them: one that was not sent, for there was nothing to send; and what rides behind the birth and may have been cut
    off (K8): a record's heavy field, and any field of an order, which a store may take piece by piece. So do the
    record's empty fields of which an order has a value by itself, its number above all.
    """
    kind = IntentKind.CREATE_RECORD if side is Side.OFFICE else IntentKind.CREATE_ORDER
    for intent in intents:
        note_doubtful(task, intent)
    sent = {part.key: part for intent in intents if intent.kind is kind for part in intent.sent}
    for mapping in task.profile.mappings:
        part = sent.get(mapping.key)
        shown = found.get(mapping.field_on(side))
        # Where nothing is known of what was sent, what is empty may have been emptied.
        late = mapping.heavy or side is Side.STORE
        missing = bool(sent) if part is None else late and not is_empty(part.value)
        fills = side is Side.STORE and bool(sent) and part is None and _lacks(task.record, mapping.office_field)
        if (is_empty(shown) and missing) or fills:
            task.remember(mapping.key, None)
            continue
        if sent and mapping.is_marked:
            # Agreed is what was sent and has come; what else was said there meanwhile is to travel yet (K24).
            there = tuple(item for item in many(part.value if part else None) if item in many(shown))
            task.remember(mapping.key, Entry(Pair(there, there), mapping.fingerprint()))
            continue
        known = part is not None and part.fingerprint == mapping.fingerprint() and _has_arrived(task, part, shown)
        pair = part.pair_with(shown) if known and part else None
        task.remember(mapping.key, Entry(pair, mapping.fingerprint()))
    if side is Side.OFFICE:
        task.record = found
    else:
        task.store = found


def _lacks(record: Snapshot | None, field: str) -> bool:
    """Tell whether a record is seen to have nothing in a field."""
    return record is not None and not record.left_out(field) and is_empty(record.get(field))
