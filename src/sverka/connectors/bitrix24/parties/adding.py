"""Making contacts of buyers."""

from collections.abc import Mapping, Sequence

from sverka.connectors.bitrix24 import commands
from sverka.connectors.bitrix24.commands import COMPANY, CONTACT
from sverka.connectors.bitrix24.parties.fields import PREFIX, long_of
from sverka.connectors.bitrix24.parties.ids import party
from sverka.connectors.bitrix24.wire.client import Client, as_map
from sverka.connectors.bitrix24.wire.params import Param
from sverka.domain.errors import Problem, Unanswered
from sverka.domain.ids import RecordId
from sverka.ports.backoffice import NewCustomer
from sverka.ports.guard import Guard


def add(client: Client, hub: str, customers: Sequence[NewCustomer], guard: Guard) -> Mapping[int, RecordId | Problem]:
    """Make a contact or a company of each, 50 a request; the answer is by key."""
    answers = client.run([_added(new, hub) for new in customers], guard)
    made: dict[int, RecordId | Problem] = {}
    for new, answer in zip(customers, answers, strict=True):
        if isinstance(answer, Problem):
            made[new.key] = answer
        else:
            record = str(as_map(as_map(answer.data).get("item")).get("id") or "")
            made[new.key] = party(_entity(new), record) if record else Unanswered()
    return made


def _entity(new: NewCustomer) -> int:
    return COMPANY if new.is_company else CONTACT


def _added(new: NewCustomer, hub: str) -> commands.Command:
    return commands.added(_entity(new), company(new, hub) if new.is_company else contact(new, hub))


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
