"""The merge: a pure function of what each side shows and what both showed when they last agreed.

Nobody moved: nothing to do, and every echo ends here. Moved alike: agreed. One moved: the other follows. Both
moved: the mapping's policy, and where it asks, a person. What has no counterpart is held and shown.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sverka.domain.commerce.value import Value, is_empty, many, show
from sverka.domain.mapping.convert import Converter, Unmapped, alike
from sverka.domain.mapping.course import Course, Onward, counterpart, leads_back, pipeline_of
from sverka.domain.mapping.field import FieldType
from sverka.domain.mapping.field_mapping import FieldMapping, Policy, Side, Way, WriteMode
from sverka.domain.mapping.files import Files
from sverka.domain.mapping.new_record import PIPELINE
from sverka.domain.mapping.reach import Reachable
from sverka.domain.merge.binding import Baseline, Entry, Pair
from sverka.domain.merge.laid import laid
from sverka.domain.merge.overtake import overtake
from sverka.domain.merge.plan import Change, Difference, Plan, Why
from sverka.domain.merge.snapshot import Snapshot
from sverka.domain.text import Text


@dataclass(frozen=True)
class Decision:
    """A person's answer to a difference, void if either side has moved since it was given (K22).

    Without a winner both sides stay as they are, until one of them moves.
    """

    winner: Side | None
    pair: Pair


@dataclass(frozen=True)
class Sight:
    """All that is known of one field at one visit. `base` None is first sight; an entry without a pair, forgotten."""

    mapping: FieldMapping
    base: Entry | None
    store: Value
    office: Value
    refused: Value | Unmapped = field(default_factory=lambda: Unmapped(None))
    decision: Decision | None = None

    @property
    def pair(self) -> Pair | None:
        """The pair last agreed on, as far as it is memory under the mapping as it is now (K13)."""
        return pair_under(self.base, self.mapping) if self.base else None

    @property
    def now(self) -> Pair:
        """What both sides show."""
        return Pair(self.store, self.office)

    def has_moved(self, side: Side, old: Value) -> bool:
        """Tell whether a side shows something else than it did; nothing in two spellings is nothing."""
        value = self.value_on(side)
        return value != old and not (is_empty(value) and is_empty(old))

    def value_on(self, side: Side) -> Value:
        """Return what one side shows."""
        return self.store if side is Side.STORE else self.office


def pair_under(entry: Entry, mapping: FieldMapping) -> Pair | None:
    """Return an entry's pair where it is memory under this mapping, None where it counts as forgotten (K13).

    A pair of the same two fields outlives a change of the map if it still means an agreement: what was mended goes
    on by itself, and only what the new map sees differently is asked about.
    """
    if entry.pair is None or entry.fingerprint == mapping.fingerprint():
        return entry.pair
    same_fields = entry.fingerprint.partition(":")[0] == mapping.fingerprint().partition(":")[0]
    return entry.pair if same_fields and _agree(mapping, entry.pair) else None


def _agree(mapping: FieldMapping, pair: Pair) -> bool:
    return alike(mapping.converter, pair.store, pair.office)


Outcome = Pair | Change | tuple[Change, Change] | Difference | None
"""Agreed on a pair, a write to make, one to either side (K17), a difference to show, or nothing to do."""


def merge_field(sight: Sight) -> Outcome:
    """Decide one field."""
    pair, mapping = sight.pair, sight.mapping
    if _agree(mapping, sight.now):
        return None if pair == sight.now else sight.now
    if isinstance(mapping.converter, Onward):
        return _moved_on(sight, mapping.converter.onward(sight.office))
    if sight.decision and sight.decision.pair == sight.now:
        # Nothing travels against the way: who chooses the receiver's value leaves both as they are.
        chosen = sight.decision.winner
        return _carry(sight, chosen, "decision") if chosen and mapping.allows(chosen.other) else sight.now
    if pair is None and mapping.is_marked and not _one_is_empty(sight):
        # What was said before is seen as it stands: to ask would be idle, to repeat it all a flood (K24).
        return sight.now
    if pair is None:
        return _first_sight(sight) if sight.base is None else _conflict(sight, _FORGOTTEN)
    moved = {side for side, old in ((Side.STORE, pair.store), (Side.OFFICE, pair.office)) if sight.has_moved(side, old)}
    if not moved:
        return _standing(sight)
    if mapping.write is WriteMode.APPEND:
        return _exchange(sight)
    winner = _winner(mapping, moved)
    if winner is None:
        return _conflict(sight, _BOTH_MOVED)
    if winner not in moved:
        return Difference(mapping.key, Why.KEPT, sight.store, sight.office, _ONE_WAY)
    return _carry(sight, winner, "one-way" if mapping.way is not Way.BOTH else _rule(mapping, moved))


def _one_is_empty(sight: Sight) -> bool:
    return sight.base is None and (is_empty(sight.store) or is_empty(sight.office))


def _standing(sight: Sight) -> Difference | None:
    """Say why two sides differ that nobody has moved (K15), where the mapping wants them alike and can tell.

    Files have ids of each side's own, and a mapping that only adds or only fills leaves the rest as it is.
    """
    mapping = sight.mapping
    if mapping.write is not WriteMode.OVERWRITE or mapping.ignore_unmapped or mapping.office_type is FieldType.FILE:
        return None
    return Difference(mapping.key, Why.KEPT, sight.store, sight.office, _STANDING)


def _winner(mapping: FieldMapping, moved: set[Side]) -> Side | None:
    if mapping.way is not Way.BOTH:
        return Side.STORE if mapping.way is Way.TO_OFFICE else Side.OFFICE
    if len(moved) == 1:
        return next(iter(moved))
    return {Policy.STORE_WINS: Side.STORE, Policy.OFFICE_WINS: Side.OFFICE, Policy.ASK: None}[mapping.policy]


def _rule(mapping: FieldMapping, moved: set[Side]) -> str:
    return "moved-alone" if len(moved) == 1 else mapping.policy.value


def _first_sight(sight: Sight) -> Outcome:
    """Fill an empty side, if the way allows; two different values are asked about (K13)."""
    for source in Side:
        if is_empty(sight.value_on(source.other)) and not is_empty(sight.value_on(source)):
            return _carry(sight, source, "first-sight") if sight.mapping.allows(source.other) else _standing(sight)
    return _conflict(sight, _FIRST_SIGHT)


def _carry(sight: Sight, source: Side, rule: str) -> Outcome:
    """Turn the source's value into a write on the other side, or say why it cannot be one."""
    mapping, target = sight.mapping, source.other
    value, old = sight.value_on(source), sight.value_on(target)
    if mapping.write is WriteMode.IF_NEW or (mapping.write is WriteMode.IF_EMPTY and not is_empty(old)):
        return sight.now
    converted: Value | Unmapped = None if is_empty(value) else counterpart(mapping, target, value, old)
    if isinstance(converted, Unmapped):
        return _without(sight, target, converted)
    if isinstance(mapping.converter, Files):
        converted = laid(mapping, sight.pair, source, value, old, converted)
    elif mapping.write is WriteMode.APPEND:
        converted = _appended(sight, source, converted)
    if converted == old:
        return sight.now
    if sight.refused == converted:
        return Difference(mapping.key, Why.REFUSED, sight.store, sight.office, _REFUSED)
    held = rule != "decision" and leads_back(mapping, target, old, converted)
    return Change(mapping, target, converted, old, rule, is_guarded=held)


def _without(sight: Sight, target: Side, unmapped: Unmapped) -> Outcome:
    """Say what becomes of a value that has no counterpart; one that is passed over for a reason says it."""
    mapping = sight.mapping
    if mapping.ignore_unmapped and unmapped.text is not None:
        return Difference(mapping.key, Why.KEPT, sight.store, sight.office, unmapped.text)
    return sight.now if mapping.ignore_unmapped else _held(sight, target, unmapped)


def _moved_on(sight: Sight, stage: Value) -> Outcome:
    """Hand a deal over to another funnel, of which the portal has to be told with the stage (R27)."""
    if sight.refused == stage:
        return Difference(sight.mapping.key, Why.REFUSED, sight.store, sight.office, _REFUSED)
    along: Mapping[str, Value] = {PIPELINE: pipeline_of(str(stage))}
    return Change(sight.mapping, Side.OFFICE, stage, sight.office, "handover", along)


def _exchange(sight: Sight) -> Outcome:
    """Add to each side what the other has gained, as far as the way allows: adding has no conflict (K17)."""
    outcomes = [_carry(sight, source, "append") for source in Side if sight.mapping.allows(source.other)]
    match [outcome for outcome in outcomes if isinstance(outcome, Change)]:
        case [one, other]:
            return one, other
        case [one]:
            return one
    differences = [outcome for outcome in outcomes if isinstance(outcome, Difference)]
    # What a side refused is told first: it is what an operator can retry.
    return min(differences, key=lambda one: one.why is not Why.REFUSED, default=sight.now)


def _appended(sight: Sight, source: Side, converted: Value) -> Value:
    """Add what the source gained since the baseline and the target lacks; revive nothing (K17)."""
    convert = sight.mapping.converter.to_office if source is Side.STORE else sight.mapping.converter.to_store
    before: set[Value] = set()
    if sight.pair is not None:
        seen = convert(sight.pair.store if source is Side.STORE else sight.pair.office)
        before = set() if isinstance(seen, Unmapped) else set(many(seen))
    here = many(sight.value_on(source.other))
    stands = _stands_in(sight.mapping.converter)
    gained = tuple(value for value in dict.fromkeys(many(converted)) if not stands(value, {*before, *here}))
    if source is Side.OFFICE and sight.mapping.one_in_store:
        return gained[-1] if gained else sight.store
    return (*here, *gained) if gained else sight.value_on(source.other)


def _stands_in(converter: Converter) -> Callable[[Value, Collection[Value]], bool]:
    return converter.stands if isinstance(converter, Reachable) else lambda value, among: value in among


def reconcile(
    mappings: Sequence[FieldMapping],
    baseline: Baseline,
    store: Snapshot,
    office: Snapshot,
    refused: Mapping[str, Value] | None = None,
    decisions: Mapping[str, Decision] | None = None,
) -> Plan:
    """Merge every mapped field of one binding.

    `refused` holds, by mapping key, the value a side would not take: it is not sent again (K18). A heavy field
    that was not read counts as unmoved; the caller reads it whenever its source moved.
    """
    plan = Plan()
    for mapping in mappings:
        if office.left_out(mapping.office_field) or mapping.store_field in store.unread:
            plan.differences += _unread(mapping, baseline.get(mapping.key), store.get(mapping.store_field))
            continue
        if office.lacks(mapping.office_field):
            plan.differences.append(_lacking(mapping, store))
            continue
        sight = Sight(
            mapping,
            baseline.get(mapping.key),
            store.get(mapping.store_field),
            office.get(mapping.office_field),
            (refused or {}).get(mapping.key, Unmapped(None)),
            (decisions or {}).get(mapping.key),
        )
        match merge_field(sight):
            case Pair() as pair:
                plan.agreed[mapping.key] = pair
                # Taken as it stands without meaning the same: that is said at once, and at every visit (K15).
                stays = None if _agree(mapping, pair) else _standing(sight)
                plan.differences += [stays] if stays else []
            case Change() as change:
                plan.changes.append(change)
            case (Change(), Change()) as changes:
                plan.changes += changes
            case Difference() as difference:
                plan.differences.append(difference)
            case None:
                pass
    overtake(plan, mappings)
    plan.differences += [_guarded(one, store, office) for one in plan.changes if one.is_guarded]
    plan.changes = [one for one in plan.changes if not one.is_guarded]
    return plan


def _unread(mapping: FieldMapping, entry: Entry | None, store: Value) -> Sequence[Difference]:
    """Say again why a field differs that was not read, for its source has not moved."""
    pair = pair_under(entry, mapping) if entry else None
    if pair is None or pair.store != store:
        return []
    outcome = merge_field(Sight(mapping, entry, store, pair.office))
    return [outcome] if isinstance(outcome, Difference) else []


def _lacking(mapping: FieldMapping, store: Snapshot) -> Difference:
    field = mapping.office_field
    text = Text(
        f"The back office has no field {field} any more; add it there and retry with `sverka order sync`, or take "
        f"`{mapping.key}` out of the profile.",
        f"В CRM больше нет поля {field}; создайте его и повторите командой `sverka order sync` или уберите "
        f"`{mapping.key}` из профиля.",
    )
    return Difference(mapping.key, Why.GONE, store.get(mapping.store_field), None, text)


def _conflict(sight: Sight, text: Text) -> Difference:
    return Difference(sight.mapping.key, Why.CONFLICT, sight.store, sight.office, text)


def _guarded(change: Change, store: Snapshot, office: Snapshot) -> Difference:
    mapping, here, there = change.mapping, show(change.old), show(change.value)
    key = mapping.key
    text = Text(
        f"`{key}` would go back from {here!r} to {there!r}, and the profile only lets it go forward; "
        "if it is right, say whose value stays: `sverka order decide`.",
        f"`{key}` вернулся бы с {here!r} на {there!r}, а профиль пускает только вперёд; "
        "если это верно, скажите, чьё значение остаётся: `sverka order decide`.",
    )
    return Difference(key, Why.GUARDED, store.get(mapping.store_field), office.get(mapping.office_field), text)


def _held(sight: Sight, target: Side, unmapped: Unmapped) -> Difference:
    value = unmapped.value
    key, shown, converter = sight.mapping.key, show(value), sight.mapping.converter
    elsewhere = target is Side.OFFICE and isinstance(converter, Course)
    if elsewhere and not isinstance(converter.to_office(value), Unmapped):
        pipeline = pipeline_of(str(sight.office))
        text = Text(
            f"`{key}`: the value {shown!r} has no stage in pipeline {pipeline}, where the deal is; add one to its row "
            "and apply the profile.",
            f"`{key}`: у значения {shown!r} нет стадии в воронке {pipeline}, где стоит сделка; добавьте её в строку "
            "таблицы и примените профиль.",
        )
        return Difference(key, Why.UNMAPPED, sight.store, sight.office, text)
    text = unmapped.text or Text(
        f"`{key}`: the value {shown!r} has no counterpart in the profile; add it to the map and apply the profile.",
        f"`{key}`: значению {shown!r} нет соответствия в профиле; добавьте его в таблицу и примените профиль.",
    )
    return Difference(key, Why.UNMAPPED, sight.store, sight.office, text)


_FORGOTTEN = Text(
    "The two sides differ and what they last agreed on is no longer known; choose which value is right.",
    "Стороны различаются, а о чём они договорились раньше, уже неизвестно; выберите верное значение.",
)
_FIRST_SIGHT = Text(
    "The two sides differ at first sight; choose which value is right.",
    "Стороны различаются уже при первой встрече; выберите верное значение.",
)
_BOTH_MOVED = Text(
    "Both sides changed it, each its own way; choose which value is right.",
    "Обе стороны изменили значение, каждая по-своему; выберите верное.",
)
_STANDING = Text(
    "The sides differ as they did when the hub last wrote: one keeps the value in its own way, or never got it. "
    "Nothing is written until one of them moves.",
    "Стороны различаются так же, как после последней записи: одна хранит значение по-своему или его не получала. "
    "Ничего не пишется, пока одна из них не изменится.",
)
_ONE_WAY = Text(
    "Changed on the side that only receives; kept until the source changes.",
    "Изменено на стороне, которая только принимает; останется так, пока не изменится источник.",
)
_REFUSED = Text(
    "The other side refused this value; correct it, or retry when the other side would take it.",
    "Другая сторона не приняла это значение; исправьте его или повторите, когда она его примет.",
)
