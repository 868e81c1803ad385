"""Coming to rest: every accident ends, every bell arrives, and then both sides agree or a reason says why not."""

from collections.abc import Collection
from datetime import timedelta

from simulation.lives.law_of_facets import born, left_undone
from simulation.lives.law_of_files import contents
from simulation.lives.life import Life
from simulation.lives.people import resume
from simulation.lives.rates import is_passed_over, is_unmapped, moved
from simulation.lives.truths import Owner
from sverka.domain.commerce.order import CANCELLED
from sverka.domain.commerce.value import is_empty, show
from sverka.domain.ids import OfficeName, OrderId, OrderRef, RecordId, StoreName
from sverka.domain.mapping.field_mapping import FieldMapping, Policy, Side, Way, WriteMode
from sverka.domain.mapping.files import Files
from sverka.domain.mapping.milestone import Milestone
from sverka.domain.mapping.profile import Facet, Profile
from sverka.domain.mapping.said import Said
from sverka.domain.mapping.status_map import StatusMap
from sverka.domain.merge.binding import Pair
from sverka.domain.merge.plan import Difference, Why
from sverka.domain.merge.reconcile import pair_under
from sverka.engine.bells.sweep import compare_all, sweep

_LONG_AGO = timedelta(days=2)
LONGEST = 120
"""So many rounds of waves a hub may need to come to rest after a life of some forty acts."""


def come_to_rest(life: Life) -> None:
    """End all accidents, let everything arrive, and judge what both sides show then."""
    for runner in life.runners.values():
        while runner.is_running and not life.oracle.findings:
            runner.finish()
    resume(life)
    _tell_all(life)
    _settle(life)
    if life.oracle.findings:
        return
    _judge(life)
    if life.oracle.findings:
        return
    _again(life)


def _tell_all(life: Life) -> None:
    """Let every change that anybody else made reach the hub, by a late bell or by a sweep."""
    unheard = list(life.bells.unheard)
    if not life.setting.sweeps:
        for side, id_ in unheard:
            life.hear(side, id_)
    else:
        for side in (*life.shops, *life.crms):
            sweep(life.whole_hub(), str(side), life.clock.now() - _LONG_AGO)
    if life.rerouted or life.remapped or "comments" in life.setting.topics:
        for office in life.crms:
            for _ in compare_all(life.whole_hub(), office):
                pass


def _settle(life: Life) -> None:
    for _ in range(LONGEST):
        while life.bells.waiting:
            life.hear(*life.bells.waiting.pop(0))
        if life.stopped("profile") or life.stopped("connection"):
            resume(life)
        due = {office: life.storage.due(office, life.clock.now()) for office in life.crms}
        moments = {office: moment for office, moment in due.items() if moment is not None}
        if not moments and life.clock.next is None:
            return
        moment = min([*moments.values(), *filter(None, [life.clock.next])])
        life.clock.sleep(max(0.0, (moment - life.clock.now()).total_seconds()))
        for office in sorted(moments, key=moments.__getitem__):
            if moments[office] <= life.clock.now():
                life.runners["A", office].finish()
        life.echo()
        if life.oracle.findings:
            return
    life.oracle.object("the hub does not come to rest")


def _again(life: Life) -> None:
    """Let everything ring once more: nobody has moved, so nothing may be written."""
    before = _writes(life)
    for order in life.orders():
        life.hear(order.store, order.id)
    for office, record in life.records():
        life.hear(office, record)
    _settle(life)
    if _writes(life) != before:
        life.oracle.object("an echo was written: nobody had moved since the hub was at rest")


def _writes(life: Life) -> tuple[int, ...]:
    return tuple(side.writes for side in (*life.shops.values(), *life.crms.values()))


def _judge(life: Life) -> None:
    counts = life.storage.counts()
    if counts.open_intents:
        life.oracle.object(f"{counts.open_intents} intents are open though the hub is at rest")
    for name, count in life.heard.items():
        if life.visited.get(name, 0) < count:
            life.oracle.object(f"a bell for {name[0]} in {name[1]} was never answered by a visit")
    shown: dict[Owner, dict[str, Difference]] = {}
    for one in life.storage.differences.list(limit=100_000):
        shown.setdefault((one.order, one.profile), {})[one.difference.key] = one.difference
    for order in life.orders():
        _judge_order(life, order, shown)
    _judge_deals(life, {order for order, _ in shown})


def _judge_deals(life: Life, shown: Collection[OrderRef]) -> None:
    """Every deal opened by hand in the stage of new orders has one, or a reason says why not."""
    for office, record in life.records() if life.setting.new_order else ():
        made = (office, record) in life.oracle.births
        if made or life.crms[office].origin_of(record) or life.crms[office].show(record).get("stageId") != "NEW":
            continue
        if OrderRef.of_record(office, RecordId(record)) not in shown and office == life.setting.offices[0]:
            life.oracle.object(f"no order was made of deal {record}, and no reason says why")


def _judge_order(life: Life, order: OrderRef, shown: dict[Owner, dict[str, Difference]]) -> None:
    for document in life.applied():
        if document.store != order.store:
            continue
        for profile in document.family:
            owner = order, profile.name
            bound = life.record_of(owner)
            if bound is None and profile.facet is Facet.DEAL:
                _judge_absence(life, document, owner, shown)
            deals = born(life.oracle, order, document.name) or (bound and life.crms[bound[0]].made_of(bound[1]))
            followed = profile.facet is Facet.LEAD and deals
            if bound is None or bound not in life.oracle.known or life.was_gone(bound) or followed:
                continue
            for mapping in profile.mappings:
                if mapping.is_marked:
                    _judge_talk(life, owner, mapping, bound)
                else:
                    _judge_field(life, owner, mapping, bound, shown.get(owner, {}).get(mapping.key))
        if not document.paused and not any(shown.get((order, one.name)) for one in document.family):
            for text in left_undone(life.oracle, order, document, life.gone):
                life.oracle.object(text)


def _judge_absence(life: Life, document: Profile, owner: Owner, shown: dict[Owner, dict[str, Difference]]) -> None:
    """An order without a deal has had one, or has a lead, or there is a reason why not."""
    order = owner[0]
    ever = any((order, one.name) in life.oracle.births.values() for one in document.family)
    reasons = any(shown.get((order, one.name)) for one in document.family)
    here = life.oracle.made.get(order) == document.office
    if not ever and not reasons and not life.rerouted and not here:
        life.oracle.object(f"{order} has no record under {document.name}, and no reason says why")
    had = owner in life.oracle.births.values()
    if had and life.setting.on_deleted == "cancel_order" and not reasons and _knew(life, owner):
        status = life.shops[order.store].show(order.id).get("status")
        if status != CANCELLED and owner not in life.oracle.cancelled and document.mapping("status"):
            life.oracle.object(f"{order} is not cancelled though its record under {document.name} was deleted")


def _knew(life: Life, owner: Owner) -> bool:
    return any(place in life.oracle.known for place, whose in life.oracle.births.items() if whose == owner)


def _judge_field(
    life: Life, owner: Owner, mapping: FieldMapping, bound: tuple[OfficeName, str], reason: Difference | None
) -> None:
    store = life.shops[StoreName(owner[0].store)].show(OrderId(owner[0].id)).get(mapping.store_field)
    record = life.crms[bound[0]].show(bound[1])
    pair = Pair(store, record.get(mapping.office_field))
    where = f"{mapping.key} of {owner[0]} under {owner[1]} ({show(pair.store)} | {show(pair.office)})"
    if mapping.converter.agree(pair.store, pair.office) or (is_empty(pair.store) and is_empty(pair.office)):
        if reason is not None and not mapping.heavy:
            life.oracle.object(f"{where}: both agree, and a stale reason is shown: {reason.why}")
        return
    truth = life.oracle.truth(owner, mapping)
    known = pair_under(truth.entry, mapping) if truth else None
    sides = moved(known, pair)
    if reason is None:
        if isinstance(mapping.converter, Files) and (sides == set() or known is None):
            same = contents(pair.store) == contents(pair.office) or mapping.write is WriteMode.APPEND
            # What its one source never had, a receiver that was born with it keeps (K13).
            source = pair.office if mapping.way is Way.TO_STORE else pair.store
            told = mapping.way is Way.BOTH or (known is not None and not is_empty(source))
            if told and not same and owner not in life.oracle.cloudy:
                life.oracle.object(f"{where}: nobody has moved, and the files are not the same (agreed: {known})")
            return
        if mapping.heavy and known is not None and known.store == pair.store:
            return  # a manager's own rows are not looked at until the order's lines move
        left = life.oracle.gained(owner, mapping, pair) and owner not in life.oracle.cloudy and known is not None
        if left if mapping.write is WriteMode.APPEND else not is_passed_over(mapping, known, pair):
            life.oracle.object(f"{where}: they differ, and no reason is shown (agreed: {known})")
        return
    if reason.why is Why.CONFLICT:
        life.oracle.rates.questions += 1
        decides = len(sides or ()) < 2 or mapping.policy is not Policy.ASK or mapping.way is not Way.BOTH
        if decides and known is not None:
            life.oracle.rates.unneeded += 1
            if truth is not None and not truth.clouded:
                life.oracle.object(f"{where}: asked, though the profile decides it (agreed: {known})")
    fair = {
        Why.UNMAPPED: is_unmapped(mapping, pair),
        Why.REFUSED: _is_refused(life, mapping, pair, bound),
        Why.KEPT: sides == set() or mapping.way is not Way.BOTH or not all(_may_write(life, owner)),
        Why.GUARDED: bool(mapping.notifies) or _has_guard(mapping),
    }
    if not fair.get(reason.why, True):
        life.oracle.object(f"{where}: the reason shown is not so: {reason.why} (agreed: {known})")


def _judge_talk(life: Life, owner: Owner, mapping: FieldMapping, bound: tuple[OfficeName, str]) -> None:
    """All that was said on one side is on the other, but for what the hub has forgotten with its memory."""
    if owner in life.oracle.lost or not all(_may_write(life, owner)):
        return
    order, talk, rule = owner[0], life.oracle.talk, mapping.converter
    assert isinstance(rule, Said)
    store, record = life.shops[order.store].feed.of(order.id), life.crms[bound[0]].feed.of(bound[1])
    if mapping.allows(Side.OFFICE):
        for mark in talk.missing(rule, store, record, bound):
            life.oracle.object(f"comment {mark} of {order} never came to record {bound[0]}/{bound[1]}")
    if mapping.allows(Side.STORE):
        for mark in talk.unheard(store, record, (order.store, order.id)):
            life.oracle.object(f"comment {mark} of record {bound[0]}/{bound[1]} never came to {order}")


def _may_write(life: Life, owner: Owner) -> tuple[bool, bool]:
    switches = next(one.switches for doc in life.profiles for one in doc.family if one.name == owner[1])
    return switches.update_records, switches.update_orders


def _has_guard(mapping: FieldMapping) -> bool:
    rule = mapping.converter
    return (isinstance(rule, StatusMap) and rule.guard) or (isinstance(rule, Milestone) and bool(rule.course))


def _is_refused(life: Life, mapping: FieldMapping, pair: Pair, bound: tuple[OfficeName, str]) -> bool:
    store = next(iter(life.shops.values())).habits.refuses.get(mapping.store_field, ())
    office = life.crms[bound[0]].habits.refuses.get(mapping.office_field.partition("_OTHER")[0], ())
    return pair.office in store or pair.store in office
