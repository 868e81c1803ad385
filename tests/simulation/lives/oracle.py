"""The oracle: it sees both sides at every moment, knows what was last truly agreed on, and objects.

It judges each write of the hub at the moment it lands, by what the wave that sent it had seen, and the whole once the
hub has come to rest. What it remembers is taken from the sides and never from the hub's memory.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from simulation.lives import law_of_course, law_of_files
from simulation.lives.births import Births
from simulation.lives.law_of_files import own_names
from simulation.lives.rates import Truth, as_pair, is_other, is_passed_over, passed, sent_by, winner_of
from simulation.lives.truths import HUB, PERSON, Owner, truth_name
from simulation.lives.witness import Landed, Ticket
from sverka.domain.commerce.comment import Comment
from sverka.domain.commerce.order import CANCELLED
from sverka.domain.commerce.value import Value, is_empty, many, show
from sverka.domain.ids import OfficeName, OrderId, OrderRef, StoreName
from sverka.domain.mapping.course import Onward
from sverka.domain.mapping.field_mapping import FieldMapping, Side, Way, WriteMode
from sverka.domain.mapping.profile import Profile
from sverka.domain.merge.binding import Pair
from sverka.domain.merge.reconcile import Decision, pair_under
from sverka.domain.merge.snapshot import Snapshot
from sverka.ports.storage import Intent, IntentKind, Outcome, Sent


@dataclass
class Oracle(Births):
    """Witness of all writes."""

    decided: dict[tuple[Owner, str], list[Decision]] = field(default_factory=lambda: defaultdict(list))
    equal: dict[tuple[Owner, str, str], list[datetime]] = field(default_factory=lambda: defaultdict(list))
    doubted: list[Intent] = field(default_factory=list)
    arrived: set[tuple[int, str]] = field(default_factory=set)
    hanging: Callable[[], Sequence[Intent]] = tuple
    cancelled: set[Owner] = field(default_factory=set)
    on_deleted: str = "release"
    adopted: set[tuple[OfficeName, str]] = field(default_factory=set)
    told: Counter[tuple[OrderRef, str, str]] = field(default_factory=Counter)

    # The hub's writes

    def order_written(self, ticket: Ticket, store: str, landed: Landed) -> None:
        """Judge one field of an order written by the hub."""
        order = OrderRef(StoreName(store), OrderId(landed.id))
        for intent, sent in sent_by(ticket, order, Side.STORE, landed):
            seen = ticket.looked.get(order)
            self._judge(ticket, intent, sent, landed, None if seen is None else seen.get(landed.field))
            break
        else:
            self.object(f"{landed.field} of order {order} was written without an intent")
        self.moved(store, landed.id, landed.field, HUB)

    def record_written(self, ticket: Ticket, landed: Landed) -> None:
        """Judge one field of a record written by the hub."""
        intent = ticket.intents[landed.key]
        for sent in intent.sent:
            if sent.field == landed.field and intent.kind is IntentKind.PATCH_RECORD:
                seen = ticket.seen.get(landed.id)
                unread = seen is None or landed.field in seen.unread
                self._judge(
                    ticket, intent, sent, landed, landed.before if unread or seen is None else seen.get(landed.field)
                )
            elif sent.field == landed.field:
                self._remember(ticket, intent, sent, landed, landed.before)
        self.moved(ticket.office, landed.id, landed.field, HUB)

    def comment_added(self, ticket: Ticket, side: str, owner: str, comment: Comment) -> None:
        """Judge a comment copied by the hub."""
        shop, crm = self.shops.get(StoreName(side)), self.crms.get(OfficeName(side))
        feed = shop.feed if shop else crm.feed if crm else None
        assert feed is not None
        doubted = any(
            comment.mark in {one.mark for one in many(sent.value) if isinstance(one, Comment)}
            for intent in (*self.doubted, *self.hanging())
            if intent.id not in ticket.intents
            for sent in intent.sent
        )
        self.rates.writes += 1
        for text in self.talk.objections(comment, (side, owner), feed.of(owner), doubted=doubted):
            self.object(text)

    def _judge(self, ticket: Ticket, intent: Intent, sent: Sent, landed: Landed, looked: Value) -> None:
        owner = intent.order, intent.profile
        mapping = ticket.profiles[intent.profile].mapping(sent.key)
        assert mapping is not None
        self.rates.writes += 1
        where = f"{sent.key} of {intent.order} under {intent.profile}: {show(looked)} → {show(landed.sent)}"
        self._window(sent.side, intent, landed, looked, where)
        self._repeated(owner, sent, landed, where)
        if landed.before == landed.sent and landed.sent == looked:
            self.object(f"{where}: written though it was there already, and a customer may be told of it twice")
        target = self.truth(owner, mapping)
        if mapping.write is WriteMode.APPEND:  # both sides may be added to in one wave, each by what it had seen
            target = self._begun(ticket, owner, mapping)
        if mapping.heavy and is_empty(looked) and (ticket.office, landed.id) in self.adopted:
            self.rates.revived += target is not None
            target = None
        shown = Pair(sent.source, looked) if sent.side is Side.OFFICE else Pair(looked, sent.source)
        if any(one.pair == shown and one.winner is sent.side.other for one in self.decided[owner, sent.key]):
            self.told.pop((intent.order, sent.field, show(sent.value)), None)
            unjust: Sequence[str] = []
        else:
            unjust = self._unjust(owner, mapping, sent, looked, target)
            unjust = [*unjust, *law_of_course.objections(mapping, sent.side, looked, sent.value)]
            unjust = [*unjust, *law_of_files.objections(mapping, sent, looked, target)]
        unjust = [*unjust, *self._against_switches(ticket.profiles[intent.profile], sent.side)]
        if unjust and self._coincides(owner, mapping, sent, looked):
            self.rates.coincidences += 1
            unjust = []
        for text in unjust:
            self.object(f"{where}: {text}")
        if sent.value == CANCELLED:
            self.cancelled.add(owner)
        if sent.side is Side.STORE and sent.value in mapping.notifies:
            self._tell(intent.order, sent, where)
        self._remember(ticket, intent, sent, landed, looked)
        self._overtake(ticket, intent, sent, looked)

    def _coincides(self, owner: Owner, mapping: FieldMapping, sent: Sent, looked: Value) -> bool:
        """Tell whether a person has set just what the hub had sent without an answer, or what means the same."""
        return any(
            (one.key, one.side) == (sent.key, sent.side) and _shows(mapping, one, looked)
            for intent in (*self.doubted, *self.hanging())
            if (intent.order, intent.profile) == owner
            for one in intent.sent
        )

    def _window(self, side: Side, intent: Intent, landed: Landed, looked: Value, where: str) -> None:
        if landed.before == looked:
            return
        name = intent.order.store if side is Side.STORE else intent.office
        who, _ = self.hands.get((name, landed.id, landed.field), (PERSON, self.clock.now()))
        if who == HUB:
            self.object(f"{where}: the hub overwrote {show(landed.before)}, which another write of its own had set")
        else:
            self.rates.window += 1

    def _repeated(self, owner: Owner, sent: Sent, landed: Landed, where: str) -> None:
        times = self.equal[owner, sent.field, show(landed.sent)]
        times.append(self.clock.now())
        recent = [moment for moment in times if moment > self.clock.now() - timedelta(minutes=9)]
        if len(recent) > 4:
            self.object(f"{where}: written {len(recent)} times within ten minutes and moved back each time")

    def _unjust(
        self, owner: Owner, mapping: FieldMapping, sent: Sent, looked: Value, truth: Truth | None
    ) -> Sequence[str]:
        """Return why a write should not have been made, by what its wave had seen."""
        gone = sent.value == CANCELLED and sent.source is None and mapping.key == "status"
        if gone and self.on_deleted == "cancel_order" and not self._is_alive(owner):
            return []
        if isinstance(mapping.converter, Onward):
            return []  # it goes by the record alone
        if not mapping.allows(sent.side):
            return ["written against the way"]
        if mapping.write is WriteMode.APPEND:
            return self._unjust_items(mapping, sent, looked, truth)
        if truth is None:
            return [] if is_empty(looked) and not is_empty(sent.source) else ["two values differed at first sight"]
        pair = pair_under(truth.entry, mapping)
        if pair is None:
            return ["what was agreed on under another mapping was taken for memory"]
        source, target = (pair.store, pair.office) if sent.side is Side.OFFICE else (pair.office, pair.store)
        if not is_other(sent.source, source):
            return [f"nobody moved {show(source)} on the side it came from"]
        if is_other(looked, target) and mapping.way is Way.BOTH and winner_of(mapping.policy) is not sent.side.other:
            return [f"an edit was overwritten against the policy {mapping.policy.value}"]
        return []

    def _tell(self, order: OrderRef, sent: Sent, where: str) -> None:
        """Take in that a customer is told of something, which the hub may do once an order, whatever it forgets."""
        self.told[order, sent.field, show(sent.value)] += 1
        if self.told[order, sent.field, show(sent.value)] > 1 and not self.misdated:
            self.object(f"{where}: the customer was told of it before")

    @staticmethod
    def _against_switches(profile: Profile, side: Side) -> Sequence[str]:
        switches = profile.switches
        may = switches.update_records if side is Side.OFFICE else switches.update_orders
        return [] if may else [f"written though the profile does not write to the {side.value}"]

    def _overtake(self, ticket: Ticket, intent: Intent, sent: Sent, looked: Value) -> None:
        """Take in what a write has overtaken: another mapping that would have moved the same field is through too."""
        owner, profile = (intent.order, intent.profile), ticket.profiles[intent.profile]
        for other in profile.mappings:
            truth = self.truth(owner, other)
            pair = pair_under(truth.entry, other) if truth else None
            if other.key == sent.key or other.field_on(sent.side) != sent.field or pair is None:
                continue
            record = next((ticket.seen[id_] for id_, one in self._records_of(owner) if id_ in ticket.seen), None)
            source = passed(other, sent.side, pair, ticket.looked.get(intent.order), record, looked)
            if source is not None:
                self.agreed(owner, other, source)

    def _records_of(self, owner: Owner) -> Sequence[tuple[str, Owner]]:
        return [(id_, whose) for (_, id_), whose in self.births.items() if whose == owner]

    def _is_alive(self, owner: Owner) -> bool:
        return any(whose == owner and self.crms[office].found(id_) for (office, id_), whose in self.births.items())

    def _unjust_items(self, mapping: FieldMapping, sent: Sent, looked: Value, truth: Truth | None) -> Sequence[str]:
        pair = pair_under(truth.entry, mapping) if truth else None
        source = set(own_names(sent.source))
        before = set(many(pair.store if sent.side is Side.OFFICE else pair.office)) if pair else set()
        added = set(own_names(sent.value)) - set(many(looked))
        found = []
        if set(many(looked)) - set(own_names(sent.value)):
            found.append("appending removed something")
        if truth is not None and pair is None:
            found.append("what was agreed on under another mapping was taken for memory")
        if added & before:
            found.append("a value was revived that a person had deleted")
        if added - source or not added:
            found.append("appended what the other side has not gained")
        return found

    def _remember(self, ticket: Ticket, intent: Intent, sent: Sent, landed: Landed, looked: Value) -> None:
        mapping = ticket.profiles[intent.profile].mapping(sent.key)
        self.arrived.add((intent.id, sent.key))
        if mapping is None:
            return
        kept = landed.sent if mapping.type_on(sent.side).is_chosen else landed.kept
        owner, pair = (intent.order, intent.profile), sent.pair_with(kept)
        now, begun = self.truth(owner, mapping), self._begun(ticket, owner, mapping)
        if mapping.write is WriteMode.APPEND and now and now.entry.pair:
            was = begun.entry.pair if begun and begun.entry.pair else now.entry.pair
            target = was.office if sent.side is Side.OFFICE else was.store
            news = set(many(looked)) - set(many(target)) if mapping.way is Way.BOTH else set()
            pair = sent.pair_with(tuple(one for one in many(kept) if one not in news))
            if now is not begun:  # the same wave has added to the other side too, and what it gained has travelled
                pair = _both(sent, kept, now.entry.pair)
        self.agreed(owner, mapping, pair)

    @staticmethod
    def _begun(ticket: Ticket, owner: Owner, mapping: FieldMapping) -> Truth | None:
        """Return what was agreed on when the wave began."""
        found: Truth | None = ticket.truths.get(truth_name(owner, mapping))
        return found

    # What a wave has seen and committed

    def committed(self, office: OfficeName, ticket: Ticket, outcome: Outcome) -> None:
        """Take in what both sides were seen to agree on by a wave that lived to commit it."""
        self._taken_for_ours(ticket, outcome)
        for new in outcome.bindings:
            self.known.add((office, new.record))
            sent = [one for one in ticket.intents.values() if one.kind is IntentKind.CREATE_RECORD]
            if not any((one.order, one.profile) == (new.order, new.profile) for one in sent):
                self.adopted.add((office, new.record))
                sought = [one for one in (*self.doubted, *self.hanging()) if one.kind is IntentKind.CREATE_RECORD]
                if not any(one.sent for one in sought if (one.order, one.profile) == (new.order, new.profile)):
                    self.lose((new.order, new.profile))  # nothing tells what the two have agreed on
                if self.made.get(new.order) == office:
                    self.lose((new.order, new.profile))  # found by its mark: what the store made of it was never seen
        begun = {
            (order, profile.name)
            for order in (ticket.looked if outcome.intents else ())
            for profile in ticket.profiles.values()
            if profile.office == office and not profile.paused
        }
        for owner in outcome.looked | begun:
            order, name = owner
            profile, store = ticket.profiles.get(name), ticket.looked.get(order)
            if profile is None or store is None:
                continue
            if store.get("status") == CANCELLED and not self._is_alive(owner):
                self.cancelled.add(owner)
            self._answered(owner, profile, ticket)
            touched = {
                sent.key for one in ticket.intents.values() if (one.order, one.profile) == owner for sent in one.sent
            }
            for id_, record in ticket.seen.items():
                if self.births.get((office, id_)) != owner or (office, id_) not in self.known:
                    continue
                for mapping in profile.mappings:
                    if mapping.office_field not in record.unread and mapping.key not in touched:
                        pair = Pair(store.get(mapping.store_field), record.get(mapping.office_field))
                        self._seen(owner, mapping, pair, ticket.looked_at)

    def _taken_for_ours(self, ticket: Ticket, outcome: Outcome) -> None:
        """Take in where a wave that ends a doubt saw just what had been sent, though that has never arrived.

        A person or another record's write has set it, which nobody can tell. What adds is left out: it goes by items.
        """
        doubtful = {one.id: one for one in (*self.doubted, *self.hanging()) if one.id not in ticket.intents}
        for intent in (doubtful[id_] for id_ in outcome.closed if id_ in doubtful):
            to_store = intent.kind is IntentKind.PATCH_ORDER
            target = ticket.looked.get(intent.order) if to_store else ticket.seen.get(str(intent.record))
            profile = ticket.profiles.get(intent.profile)
            for sent in intent.sent if profile and target else ():
                mapping, shown = profile.mapping(sent.key), target.get(sent.field)
                if mapping and (intent.id, sent.key) not in self.arrived and _may_be_ours(mapping, sent, shown):
                    self.rates.coincidences += 1
                    owner = intent.order, intent.profile
                    self.known_to_agree(owner, mapping, sent.pair_with(shown), ticket.looked_at)

    def _answered(self, owner: Owner, profile: Profile, ticket: Ticket) -> None:
        """Take in what the answers to a wave's own writes have shown to agree, whichever mapping has written it."""
        mine = [one for one in ticket.intents.values() if (one.order, one.profile) == owner and one.id in ticket.after]
        answers = [(sent, ticket.after[one.id], ticket.after_at[one.id]) for one in mine for sent in one.sent]
        for sent, after, at in answers:
            mapping = profile.mapping(sent.key)
            pair = sent.pair_with(after.get(sent.field))
            if mapping and mapping.converter.agree(pair.store, pair.office):
                self.known_to_agree(owner, mapping, pair, at)
        for sent, after, at in answers:
            for mapping in profile.mappings if sent.side is Side.OFFICE else ():
                shown, then = self._store_after(ticket, owner, at)
                pair = Pair(shown.get(mapping.store_field), after.get(sent.field))
                if mapping.office_field == sent.field and mapping.converter.agree(pair.store, pair.office):
                    self.known_to_agree(owner, mapping, pair, then)

    @staticmethod
    def _store_after(ticket: Ticket, owner: Owner, at: datetime) -> tuple[Snapshot, datetime]:
        """Return what an order showed last in a wave, and when both sides were known: it may have written both."""
        mine = [one for one in ticket.intents.values() if (one.order, one.profile) == owner and one.id in ticket.after]
        written = [one.id for one in mine if one.kind is IntentKind.PATCH_ORDER]
        if not written:
            return ticket.looked[owner[0]], at
        return ticket.after[written[-1]], max(at, ticket.after_at[written[-1]])

    def _seen(self, owner: Owner, mapping: FieldMapping, pair: Pair, at: datetime) -> None:
        both_empty = is_empty(pair.store) and is_empty(pair.office)
        # where the way does not let the other side follow, a decision lets the two stay apart
        let_be = (one.pair == pair and not mapping.allows(one.winner.other) for one in self.decided[owner, mapping.key])
        agree = both_empty or mapping.converter.agree(pair.store, pair.office) or any(let_be)
        truth = self.truth(owner, mapping)
        known = pair_under(truth.entry, mapping) if truth else None
        by_memory = is_passed_over(mapping, known, pair) or law_of_files.dropped_alike(mapping, known, pair)
        sure = agree or (by_memory and truth is not None and not truth.clouded)
        if agree or by_memory or (mapping.write is WriteMode.APPEND and not self.gained(owner, mapping, pair)):
            self.known_to_agree(owner, mapping, pair, at, sure=sure)

    def gained(self, owner: Owner, mapping: FieldMapping, pair: Pair) -> bool:
        """Tell whether either side has gained something since that is to travel."""
        truth = self.truth(owner, mapping)
        old = pair_under(truth.entry, mapping) if truth else None
        if old is None:
            return True
        to_office = set(many(pair.store)) - set(many(old.store)) - set(many(pair.office))
        to_store = set(many(pair.office)) - set(many(old.office)) - set(many(pair.store))
        return bool((to_office and mapping.allows(Side.OFFICE)) or (to_store and mapping.allows(Side.STORE)))


def _shows(mapping: FieldMapping, sent: Sent, shown: Value) -> bool:
    """Tell whether a side shows what was sent to it, or what means the same."""
    return not is_other(sent.value, shown) or mapping.converter.agree(*as_pair(sent, shown))


def _may_be_ours(mapping: FieldMapping, sent: Sent, shown: Value) -> bool:
    """Tell whether what a side shows cannot be told from what was sent to it; what adds goes by its items."""
    if mapping.write is WriteMode.APPEND or mapping.fingerprint() != sent.fingerprint:
        return False
    return _shows(mapping, sent, shown) or law_of_files.may_be_sent(mapping, sent, shown)


def _both(sent: Sent, kept: Value, now: Pair) -> Pair:
    there = now.office if sent.side is Side.STORE else now.store
    whole = tuple(dict.fromkeys((*many(there), *many(sent.source))))
    return Pair(kept, whole) if sent.side is Side.STORE else Pair(whole, kept)
