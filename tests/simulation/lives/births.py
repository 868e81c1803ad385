"""What comes into being: records, orders and contacts, each once, and what both sides show of them then."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from simulation.lives import law_of_facets
from simulation.lives.crm import Crm
from simulation.lives.law_of_talk import Talk
from simulation.lives.network import START
from simulation.lives.rates import Rates, passed
from simulation.lives.shop import Shop
from simulation.lives.truths import HUB, Owner, Truths
from simulation.lives.witness import Ticket
from sverka.domain.commerce.customer import Customer, MatchKey
from sverka.domain.commerce.lines import sum_of
from sverka.domain.commerce.value import Value, is_empty, lines_of
from sverka.domain.ids import OfficeName, OrderId, OrderRef, StoreName
from sverka.domain.mapping.field_mapping import FieldMapping, Side
from sverka.domain.mapping.files import Files
from sverka.domain.mapping.profile import Facet
from sverka.domain.merge.binding import Pair
from sverka.ports.backoffice import RecordWrite
from sverka.ports.storage import Intent
from sverka.ports.store import NewOrderWrite

_NEVER = START


@dataclass
class Births(Truths):
    """Witness of all births."""

    shops: Mapping[StoreName, Shop] = field(default_factory=dict)
    crms: Mapping[OfficeName, Crm] = field(default_factory=dict)
    rates: Rates = field(default_factory=Rates)
    births: dict[tuple[OfficeName, str], Owner] = field(default_factory=dict)
    known: set[tuple[OfficeName, str]] = field(default_factory=set)
    talk: Talk = field(default_factory=Talk)
    allowed: Counter[Owner] = field(default_factory=Counter)
    contacts: dict[tuple[OfficeName, str], datetime] = field(default_factory=dict)
    made: dict[OrderRef, OfficeName] = field(default_factory=dict)
    misdated: bool = False
    restored: dict[tuple[OfficeName, str], datetime] = field(default_factory=dict)
    merges: int = 0

    def order_born(self, ticket: Ticket, new: NewOrderWrite, order: str, fields: Mapping[str, Value]) -> None:
        """Judge the making of an order of a record, and take in what both sides show of each field (K23)."""
        intent = ticket.intents[new.key]
        profile = ticket.profiles[intent.profile]
        owner = OrderRef(profile.store, OrderId(order)), intent.profile
        record = ticket.seen.get(intent.order.id)
        place = ticket.office, intent.order.id
        if place in self.births and self.shops[profile.store].habits.marks_late:
            self.rates.again += 1  # its first order was let go before the store had marked it
        elif place in self.births:
            self.object(f"a second order ({order} beside {self.births[place][0]}) was made of record {intent.order}")
        if self.crms[ticket.office].origin_of(intent.order.id):
            self.object(f"an order was made of record {intent.order}, which the hub had made itself")
        self.births[place] = owner
        self.made[owner[0]] = ticket.office
        self.forget(owner)
        sent = {one.key: one for one in intent.sent}
        for mapping in profile.mappings:
            shown = record.get(mapping.office_field) if record else None
            kept = fields.get(mapping.store_field)
            if _follows(mapping, Pair(kept, shown)):
                continue
            if mapping.key in sent:
                store = sent[mapping.key].value if mapping.store_type.is_chosen else kept
                self.agreed(owner, mapping, Pair(store, sent[mapping.key].source))
            elif not is_empty(shown) or is_empty(kept):
                self.agreed(owner, mapping, Pair(kept, shown))

    def record_born(self, ticket: Ticket, write: RecordWrite, record: str, fields: Mapping[str, Value]) -> None:
        """Judge the birth of a record, and take in what both sides show of each field."""
        intent = ticket.intents[write.key]
        owner = intent.order, intent.profile
        before = [id_ for (office, id_), whose in self.births.items() if office == ticket.office and whose == owner]
        alive = [id_ for id_ in before if self.crms[ticket.office].found(id_)]
        if alive and self.restored.get((ticket.office, alive[0]), _NEVER) >= ticket.looked_at:
            self.rates.again += 1  # taken out of the bin between the look and the write
        elif alive:
            self.object(
                f"a second record ({record} beside {alive[0]}) was made for {intent.order} under {intent.profile}"
            )
        elif before and self.allowed[owner]:
            self.allowed[owner] -= 1
        elif before and ticket.profiles[intent.profile].brakes.on_record_deleted != "recreate":
            if any((ticket.office, id_) in self.known for id_ in before) and not self.misdated:
                self.object(f"the record of {intent.order} was deleted by a person and made again")
            else:
                self.rates.again += 1
        if write.record is not None:  # what was said under it before is not the order's
            place = str(intent.order.store), str(intent.order.id)
            self.talk.old |= {(one.mark, place) for one in self.crms[ticket.office].feed.of(record)}
        for text in law_of_facets.objections(self, ticket, intent, write):
            self.object(text)
        self.births[ticket.office, record] = owner
        self._agree_at_birth(ticket, intent, fields)
        for key in write.fields:
            self.moved(ticket.office, record, key, HUB)
        if ticket.profiles[intent.profile].facet is Facet.DEAL and write.record is None:
            self._judge_buyer(ticket, intent, write)
        rows = write.fields.get("rows")
        total = ticket.looked[intent.order].get("total")
        if rows is not None and sum_of(lines_of(rows)) != total:
            self.object(f"a record of {intent.order} was made whose rows do not add up to its total")

    def _agree_at_birth(self, ticket: Ticket, intent: Intent, fields: Mapping[str, Value]) -> None:
        """Take in what both sides show of each field of a record that was just made."""
        owner = intent.order, intent.profile
        self.forget(owner)
        sent = {one.key: one for one in intent.sent}
        for mapping in ticket.profiles[intent.profile].mappings:
            if mapping.heavy and mapping.key in sent:
                continue  # it rides behind, and may be cut off
            source = (
                sent[mapping.key].source
                if mapping.key in sent
                else ticket.looked[intent.order].get(mapping.store_field)
            )
            chosen = mapping.key in sent and mapping.office_type.is_chosen
            kept = sent[mapping.key].value if chosen else fields.get(mapping.office_field)
            if _follows(mapping, Pair(source, kept)):
                continue
            self.agreed(owner, mapping, Pair(source, kept))
            behind = mapping.key not in sent and mapping.office_field in {one.field for one in intent.sent}
            if behind and (
                late := passed(mapping, Side.OFFICE, Pair(None, None), ticket.looked[intent.order], None, None)
            ):
                self.agreed(owner, mapping, late)

    def _judge_buyer(self, ticket: Ticket, intent: Intent, write: RecordWrite) -> None:
        customer = Customer.of(ticket.looked[intent.order].fields)
        wanted = bool(customer.keys()) + bool(customer.company_keys())
        alive = [one for one in write.contacts if one in self.crms[ticket.office].contacts()]
        if len(write.contacts) < wanted or len(alive) < len(write.contacts) - self.merges:
            self.object(f"a record of {intent.order} was made without its buyer's contact")

    def contact_born(self, ticket: Ticket, contact: str, keys: Sequence[MatchKey]) -> None:
        """Judge the making of a contact: nobody with one of its keys may be there, as far as it could be known."""
        crm = self.crms[ticket.office]
        for other, known in crm.contacts().items():
            shared = [str(key) for key in keys if key in known]
            by_hub = (ticket.office, other) in self.contacts
            findable = crm.findable(other)
            lost = self.merges and not findable  # the search does not find yet which contact took the keys over
            if shared and (findable or (by_hub and not lost)):
                self.object(f"a second contact ({contact} beside {other}) was made for {shared[0]}")
        self.contacts[ticket.office, contact] = self.clock.now()


def _follows(mapping: FieldMapping, pair: Pair) -> bool:
    """Tell whether a field has its first sight after a birth: files follow what was born, and comments have marks.

    Files that the way lets go nowhere are agreed on as they stand, like anything else (K13).
    """
    bare = {Side.STORE: is_empty(pair.store), Side.OFFICE: is_empty(pair.office)}
    if not isinstance(mapping.converter, Files) or all(bare.values()):
        return mapping.is_marked
    return not any(bare.values()) or any(mapping.allows(side) for side in Side if bare[side])
