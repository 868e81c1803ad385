"""What would happen: the same look and the same decisions, and nothing written."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sverka.domain.commerce.value import Value
from sverka.domain.errors import Later, Problem, Rejected
from sverka.domain.ids import OfficeName, OrderRef, RecordId
from sverka.domain.merge.plan import Change, Difference
from sverka.domain.text import Text
from sverka.engine.act.add_customers import hold_asked, hold_refused
from sverka.engine.hub import Hub
from sverka.engine.parties.assign import assign
from sverka.engine.parties.match import Buyer, buyers_of, in_words, match
from sverka.engine.survey.create import birth_fields
from sverka.engine.survey.facets import needs_buyer
from sverka.engine.survey.quiet import UNCONFIRMED
from sverka.engine.survey.whole import survey
from sverka.engine.task import Task
from sverka.ports.guard import free

_NO_ORDER = Text(
    "This is a record without an order, and a preview shows orders; look at it with `sverka order sync`.",
    "Это запись без заказа, а предпросмотр показывает заказы; просмотрите её: `sverka order sync`.",
)


@dataclass(frozen=True)
class Party:
    """The contact or company a new record would hang on: `record` where it is there, else one would be made.

    `known_by` are the keys he was found by, or would be remembered by. `first` is the order for which it would be made
    where that is another one; it `waits` where nobody can say now whether he is there, and `is_made` is false where the
    profile makes none.
    """

    is_company: bool
    name: str
    known_by: Text
    record: RecordId | None = None
    first: OrderRef | None = None
    waits: bool = False
    is_made: bool = False


@dataclass
class Foreseen:
    """What one order's next visit would do under one profile; `parties` are whom its new record would hang on."""

    order: OrderRef
    profile: str
    record: str
    title: str
    birth: dict[str, Value] | None
    changes: Sequence[Change]
    differences: Sequence[Difference]
    parties: Sequence[Party] = ()


@dataclass
class Preview:
    """The outcome of a preview; `unrouted` orders are taken by no profile, `problems` could not be looked at."""

    foreseen: list[Foreseen] = field(default_factory=list)
    unrouted: list[OrderRef] = field(default_factory=list)
    problems: dict[OrderRef, Problem] = field(default_factory=dict)

    @property
    def births(self) -> int:
        """How many records would be made."""
        return sum(item.birth is not None for item in self.foreseen)

    @property
    def writes(self) -> int:
        """How many fields of existing records and orders would be written."""
        return sum(len(item.changes) for item in self.foreseen if item.birth is None)

    @property
    def held(self) -> int:
        """How many orders would be held or shown with a difference."""
        return sum(bool(item.differences) for item in self.foreseen)


def preview(hub: Hub, office: OfficeName, orders: Sequence[OrderRef]) -> Preview:
    """Look at orders as a wave would, and say what it would do.

    Raises:
        Problem: the back office cannot be looked at.
    """
    result = Preview()
    records = [order for order in orders if order.is_record]
    orders = [order for order in orders if not order.is_record]
    memory = hub.storage.recall(orders, hub.clock.now() - timedelta(minutes=10))
    found = survey(hub, office, orders, memory, free)
    births = [task for task in found.tasks if task.is_birth]
    buyers = buyers_of([task for task in births if needs_buyer(task)])
    match(buyers, found.known, found.seen)
    assign(births, found.seen, hub.storage, hub.clock.now())
    for buyer in buyers:
        hold_refused(buyer)
        if buyer.is_asked_about:
            hold_asked(buyer, hub.offices[office])
    early = {order: Later(UNCONFIRMED) for order in found.quiet}
    result.problems = found.problems | early | {task.order: problem for task, problem in found.failed}
    failed = {id(task) for task, _ in found.failed}
    tasks = [task for task in found.tasks if not task.is_resting]  # what is only looked for and not there is as before
    for task in tasks:
        if id(task) in failed:
            continue
        record = task.record.id if task.record else ""
        fields = birth_fields(task) if task.is_birth else None
        title = task.store.title or str(task.order)
        result.foreseen.append(
            Foreseen(
                task.order,
                task.profile.name,
                record,
                title,
                fields,
                task.plan.changes,
                task.plan.differences,
                [_party(buyer, task) for buyer in buyers if _is_born_of(task, buyer)],
            )
        )
    result.problems |= {record: Rejected(_NO_ORDER) for record in records}
    taken = {task.order for task in tasks}
    result.unrouted = [order for order in orders if order not in taken and order not in result.problems]
    return result


def _party(buyer: Buyer, task: Task) -> Party:
    customer, first = buyer.customer, buyer.tasks[0].order
    name = customer.company if buyer.is_company else customer.name or f"{customer.first_name} {customer.last_name}"
    named = Text(buyer.named, buyer.named) if buyer.named else None
    makes = buyer.contact is None and buyer.may_be_made and not buyer.waits
    return Party(
        buyer.is_company,
        name.strip(),
        in_words(buyer.found) if buyer.found else named or in_words(buyer.keys),
        buyer.contact,
        first if makes and first != task.order else None,
        buyer.waits,
        makes,
    )


def _is_born_of(task: Task, buyer: Buyer) -> bool:
    return any(one is task for one in buyer.births)
