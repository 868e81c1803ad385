"""What was done before a batch is no longer undone when the batch fails, and what is the matter stays what it is."""

import pytest

from sverka.domain.commerce.lines import Line
from sverka.domain.commerce.money import ZERO
from sverka.domain.commerce.value import FileRef
from sverka.domain.errors import AuthLost, Halt, Rejected, Unanswered
from sverka.domain.ids import RecordId
from sverka.ports.backoffice import Look, RecordWrite
from sverka.ports.files import Fetched, Upload
from sverka.sandbox.portal import Fault

FIELD = "UF_CRM_LAYOUT"


def upload() -> Upload:
    return Upload(FileRef("1", "a.pdf"), lambda: Fetched("a.pdf", b"%PDF"))


def test_a_file_that_was_put_before_its_batch_was_refused_leaves_the_write_in_doubt(office, guard, portal):
    portal.add_field(2, "LAYOUT", "file")
    deal = RecordId(str(portal.create(2, {"title": "x"})))
    office.write([RecordWrite(1, {"title": "y"}, record=deal)], guard)
    portal.fault(Fault("error", method="batch", code="OVERLOAD_LIMIT"))
    write = RecordWrite(1, {"title": "z"}, record=deal, files={FIELD: [upload()]})
    assert isinstance(office.write([write], guard)[1], Unanswered)
    assert office.look(Look(records=[deal]), guard).records[deal].get(FIELD)


def test_a_file_that_was_refused_is_no_doubt(office, guard, portal):
    portal.add_field(2, "LAYOUT", "file")
    deal = RecordId(str(portal.create(2, {"title": "x"})))
    office.write([RecordWrite(1, {"title": "y"}, record=deal)], guard)
    portal.fault(Fault("error", method="crm.item.update", status=400, code="", description="no"))
    assert isinstance(office.write([RecordWrite(1, {}, record=deal, files={FIELD: [upload()]})], guard)[1], Rejected)


def test_a_phone_that_was_refused_is_no_doubt(office, guard, portal):
    contact = RecordId(str(portal.create(3, {"name": "Ким"})))
    deal = RecordId(str(portal.create(2, {"title": "x", "contactIds": [int(contact)]})))
    portal.fault(Fault("refuse", method="crm.item.update", status=400, code="", description="no", times=9))
    write = RecordWrite(1, {"contact.phone": ("WORK +79990000001",)}, record=deal, contacts=(contact,))
    assert isinstance(office.write([write], guard)[1], Rejected)


def test_a_change_of_a_deal_unlinks_nobody(office, guard, portal):
    contacts = [portal.create(3, {"name": name}) for name in ("Ким", "Ли")]
    deal = RecordId(str(portal.create(2, {"title": "x", "contactIds": contacts})))
    hangs_on = (RecordId(str(contacts[0])),)
    fields = {"title": "y", "contact.phone": ("WORK +79990000001",)}
    wrote = office.write([RecordWrite(1, fields, record=deal, contacts=hangs_on, shows=["contact.phone"])], guard)[1]
    assert wrote.after.contacts == tuple(map(str, contacts))
    assert wrote.after.get("contact.phone") == ("WORK +79990000001",)


@pytest.mark.parametrize(("code", "problem"), [("OVERLOAD_LIMIT", Halt), ("NO_AUTH_FOUND", AuthLost)])
def test_a_portal_that_shuts_while_products_are_looked_for_holds_no_order(office, guard, origin, portal, code, problem):
    office.catalogue()
    portal.fault(Fault("error", method="batch", code=code, status=401, times=1))
    line = Line("Кружка", 1, ZERO, sku="A-1", link=("sku",))
    answers = office.write([RecordWrite(1, {"title": "x", "rows": (line,)}, origin=origin(1))], guard)
    assert type(answers[1]) is problem
