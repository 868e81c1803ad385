"""What belongs to contacts and companies in more pages than one."""

from typing import Any

from sverka.domain.ids import RecordId
from sverka.ports.backoffice import Look, RecordWrite
from sverka.sandbox.portal import Portal
from sverka.sandbox.portal.crm.fields import COMPANY, CONTACT

KEYS = frozenset({"contact.address", "company.bank", "company.inn"})


def call(portal: Portal, method: str, **fields: Any) -> Any:
    return portal.call(method, {"fields": fields}).result


def requisite(portal: Portal, entity: int, owner: int, **fields: Any) -> int:
    about = {"ENTITY_TYPE_ID": entity, "ENTITY_ID": owner, "PRESET_ID": 1, "NAME": "x", **fields}
    return call(portal, "crm.requisite.add", **about)


def test_each_of_fifty_has_its_own_though_the_first_have_many(office, guard, portal):
    deals = []
    for number in range(50):
        contact = portal.create(CONTACT, {"name": f"c{number}"})
        company = portal.create(COMPANY, {"title": f"f{number}"})
        for turn in range(3):
            own = requisite(portal, CONTACT, contact)
            call(portal, "crm.address.add", TYPE_ID=1, ENTITY_TYPE_ID=8, ENTITY_ID=own, ADDRESS_1=f"{number}.{turn}")
        own = requisite(portal, COMPANY, company, RQ_INN=f"{number}")
        for turn in range(3):
            call(portal, "crm.requisite.bankdetail.add", ENTITY_ID=own, NAME="b", RQ_BANK_NAME=f"{number}.{turn}")
        deals.append(RecordId(str(portal.create(2, {"title": "x", "contactIds": [contact], "companyId": company}))))
    seen = office.look(Look(records=deals, fields=KEYS), guard).records
    told = [seen[deal].fields for deal in deals]
    assert [one.get("company.inn") for one in told] == [str(number) for number in range(50)]
    assert [one.get("company.bank") for one in told] == [f"{number}.0" for number in range(50)]
    assert [one.get("contact.address") for one in told] == [f"{number}.0" for number in range(50)]


def test_fifty_deals_with_several_contacts_each_are_written_and_shown(office, guard, portal):
    """What shows the contacts rides in the same request, and a request takes fifty commands."""
    keys = ("contact.phone", "contact.address", "company.inn")
    writes = []
    for number in range(50):
        contacts = [portal.create(CONTACT, {"name": f"c{number}.{turn}"}) for turn in range(4)]
        company = portal.create(COMPANY, {"title": f"f{number}"})
        requisite(portal, COMPANY, company, RQ_INN=f"{number}")
        deal = portal.create(2, {"title": "x", "contactIds": contacts, "companyId": company})
        hung = [*(RecordId(str(one)) for one in contacts), RecordId(f"CO_{company}")]
        values = {"title": f"t{number}"}
        writes.append(RecordWrite(number, values, RecordId(str(deal)), contacts=hung, shows=keys))
    wrote = office.write(writes, guard)
    shown = [wrote[number].after.fields for number in range(50)]
    assert [one["title"] for one in shown] == [f"t{number}" for number in range(50)]
    assert [one["company.inn"] for one in shown] == [str(number) for number in range(50)]
