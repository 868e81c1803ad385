"""Making contacts of buyers."""

from collections.abc import Iterator, Mapping, Sequence

from sverka.connectors.bitrix24 import commands, importing
from sverka.connectors.bitrix24.commands import COMPANY, CONTACT, LONGEST, PAGE
from sverka.connectors.bitrix24.parties.fields import PREFIX, long_of
from sverka.connectors.bitrix24.parties.ids import party
from sverka.connectors.bitrix24.wire.client import Answered, Client, as_map
from sverka.connectors.bitrix24.wire.params import Param
from sverka.domain.errors import Problem, Unanswered
from sverka.domain.ids import RecordId
from sverka.ports.backoffice import NewCustomer
from sverka.ports.guard import Guard


def add(client: Client, hub: str, customers: Sequence[NewCustomer], guard: Guard) -> Mapping[int, RecordId | Problem]:
    """Make a contact or a company of each, 50 a request, or 1000 of those of the past; the answer is by key."""
    present = [new for new in customers if not new.is_past]
    answers = dict(
        zip((new.key for new in present), client.run([_added(new, hub) for new in present], guard), strict=True)
    )
    answers |= _brought(client, hub, [new for new in customers if new.is_past], guard)
    made: dict[int, RecordId | Problem] = {}
    for new in customers:
        answer = answers[new.key]
        if isinstance(answer, Problem):
            made[new.key] = answer
        else:
            record = str(as_map(as_map(answer.data).get("item")).get("id") or "")
            made[new.key] = party(_entity(new), record) if record else Unanswered()
    return made


def _brought(client: Client, hub: str, customers: Sequence[NewCustomer], guard: Guard) -> Mapping[int, Answered]:
    """Make clients of the past, twenty by one command, as many a request as the portal has the time for."""
    answers: dict[int, Answered] = {}
    left = [pack for entity in (CONTACT, COMPANY) for pack in _packs(customers, entity)]
    while left:
        some = 1
        if client.meter.knows(commands.IMPORT):
            some = int(min(PAGE, max(1, LONGEST // max(client.took(commands.IMPORT) * importing.MOST, 0.001))))
        now, left = left[:some], left[some:]
        asked = [commands.brought(_entity(pack[0]), [_fields(new, hub) for new in pack]) for pack in now]
        for pack, answer in zip(now, client.run(asked, guard), strict=True):
            answers |= {new.key: importing.made(client, answer, place)[0] for place, new in enumerate(pack)}
    return answers


def _packs(customers: Sequence[NewCustomer], entity: int) -> Iterator[Sequence[NewCustomer]]:
    mine = [new for new in customers if _entity(new) == entity]
    for first in range(0, len(mine), importing.MOST):
        yield mine[first : first + importing.MOST]


def _fields(new: NewCustomer, hub: str) -> Mapping[str, Param]:
    return company(new, hub) if new.is_company else contact(new, hub)


def _entity(new: NewCustomer) -> int:
    return COMPANY if new.is_company else CONTACT


def _added(new: NewCustomer, hub: str) -> commands.Command:
    return commands.added(_entity(new), _fields(new, hub))


def company(new: NewCustomer, hub: str) -> Mapping[str, Param]:
    """Return a company's fields: its name, and who keeps it; phones and e-mails are its people's."""
    fields: dict[str, Param] = {"title": new.customer.company, "assignedById": new.responsible}
    if new.origin:
        fields |= {"originatorId": hub, "originId": new.origin}
    return _with(fields, new, COMPANY)


def contact(new: NewCustomer, hub: str) -> Mapping[str, Param]:
    """Return a contact's fields; `kinds` are those of its phone and its e-mail."""
    buyer = new.customer
    fields: dict[str, Param] = {"name": buyer.first_name, "lastName": buyer.last_name, "secondName": buyer.middle_name}
    if not (buyer.first_name or buyer.last_name):
        fields["name"] = buyer.called
    phone, email = new.kinds
    reached: list[Mapping[str, Param]] = [
        *({"typeId": "PHONE", "valueType": phone, "value": one} for one in buyer.phones),
        *({"typeId": "EMAIL", "valueType": email, "value": one} for one in buyer.emails),
    ]
    if reached:
        fields["fm"] = reached
    if new.responsible:
        fields["assignedById"] = new.responsible
    if new.origin:
        fields |= {"originatorId": hub, "originId": new.origin}
    return _with(fields, new, CONTACT)


def _with(fields: Mapping[str, Param], new: NewCustomer, entity: int) -> Mapping[str, Param]:
    extra = {long_of(key.removeprefix(PREFIX[entity])): str(value) for key, value in new.fields.items()}
    return {key: value for key, value in {**fields, **extra}.items() if value != ""}
