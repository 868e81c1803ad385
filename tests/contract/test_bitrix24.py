"""The portal's connector passes the contract of back offices, over HTTP, against the sandbox portal."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

import pytest

from support.standing import Moments
from sverka.connectors.bitrix24 import Bitrix24, connect
from sverka.connectors.kit import Kit
from sverka.domain.commerce.party import is_party
from sverka.domain.commerce.value import Value
from sverka.domain.errors import Later, Unanswered
from sverka.domain.ids import RecordId
from sverka.domain.mapping.field import Field
from sverka.ports.backoffice import Look, RecordWrite
from sverka.ports.guard import free
from sverka.sandbox.portal import Portal, PortalServer
from sverka.sandbox.portal.crm.fields import DEAL
from sverka.sandbox.portal.faults import Fault
from sverka.sandbox.shop.receiver import Receiver
from sverka.testing import BackOfficeContract, BackOfficeHands
from sverka.testing import store_contract as contract
from sverka.testing.expect import keeps_secrets, whole

EVENTS = ["ONCRMDEALADD", "ONCRMDEALUPDATE", "ONCRMDEALDELETE"]
FAULTS = {
    "busy": Fault("error", times=4, status=503, code="QUERY_LIMIT_EXCEEDED"),
    "auth": Fault("error", status=401, code="INVALID_CREDENTIALS"),
    "lost": Fault("close"),
    "html": Fault("html", status=503),
}


class Ticking:
    """A budget that lets everything through, a second later each: two writes never share a stamp by chance."""

    def __init__(self, clock: Moments) -> None:
        self._clock = clock

    def take(self, portal: str, rate: float, burst: int) -> float:
        self._clock.advance(1)
        return 0.0


class Hands:
    page = 50
    fields: Mapping[str, Value] = {"title": "Order 1", "categoryId": "2", "stageId": "C2:NEW"}
    change: Mapping[str, Value] = {"stageId": "C2:EXECUTING"}

    def __init__(self, server: PortalServer, receiver: Receiver, clock: Moments) -> None:
        self.portal = server.portal
        self._receiver = receiver
        token = server.subscribe(receiver.url, EVENTS)
        self.secrets = [server.portal.settings.code, token]
        kit = Kit("portal", "sverka-contract", clock, Ticking(clock), read_timeout=10.0)
        self.office: Bitrix24 = connect(
            {"plan": "box"}, {"webhook": server.webhook_url, "application_token": token}, kit
        )
        self.office.catalogue()

    def edit(self, record: RecordId) -> None:
        self.portal.edit(DEAL, int(record), {"title": "Edited"})

    def delete(self, record: RecordId) -> None:
        self.portal.delete(DEAL, int(record))

    def notice(self, record: RecordId) -> tuple[Mapping[str, str], bytes]:
        self.edit(record)
        assert self.portal.flush()
        sent = self._receiver.received()[-1]
        return sent.headers, sent.body

    def forge(self, notice: tuple[Mapping[str, str], bytes]) -> tuple[Mapping[str, str], bytes]:
        return notice[0], notice[1].replace(self.secrets[1].encode(), b"0" * 32)

    def fault(self, fault: contract.Fault) -> None:
        told = FAULTS[fault]
        self.portal.fault(Fault(**vars(told)))


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


KINDS = ("string", "url", "integer", "double", "money", "date", "datetime", "enumeration", "employee")
"""The portal's types of user fields that hold a value of their own; a flag, which cannot be several, stands apart."""


UTM = ("Source", "Medium", "Campaign", "Content", "Term")
LONG_TEXTS = ("comments", "sourceDescription", "additionalInfo")
_CUT = "a portal cuts its own text fields at 255 characters"
_WHOLE, _KOPECKS = "a whole number is due, and a portal says so", "the deal's sums are kept to the kopeck"


@pytest.mark.covers("R1", "R152")
class TestBitrix24(BackOfficeContract):
    people = ["6", "9"]
    offered = {
        "stageId": ["C2:NEW", "C2:EXECUTING", "C2:UC_QUALITY"],
        "assignedById": people,
        "observers": people,
        "UF_CRM_EMPLOYEE": people,
        "UF_CRM_EMPLOYEES": people,
    }
    apart = {
        **dict.fromkeys(("companyId", "contactId", "contactIds", "leadId"), "another record's number"),
        **dict.fromkeys(("webformId", "locationId"), "a number from another module's list"),
        **dict.fromkeys(("originatorId", "originId"), "the hub's own mark (K1)"),
        "currencyId": "a currency of the portal",
        "categoryId": "a funnel, which takes the stage along",
    }
    otherwise = {
        ("text", "a reference"): "what a batch would take for a reference to another answer is sent with a space",
        **{(f"utm{part}", name): _CUT for part in UTM for name in ("long", "very long")},
        **{("title", name): _CUT for name in ("long", "very long")},
        **{(key, "very long"): "a portal cuts its long text fields at 65 535" for key in LONG_TEXTS},
        **{("number", name): _WHOLE for name in ("kopecks", "a hundredth", "many places")},
        ("opportunity", "many places"): _KOPECKS,
        ("taxValue", "many places"): _KOPECKS,
        ("datetime", "parts of a second"): "a portal keeps whole seconds",
        ("stageId", "empty"): "a deal is always in a stage",
        ("rows", "a long name"): _CUT,
    }

    def law_fields(self, hands: Hands) -> Sequence[Field]:
        """Add user fields of every type a portal has."""
        for kind in KINDS:
            options = ["One", "Two", "Three"] if kind == "enumeration" else None
            hands.portal.add_field(DEAL, kind, kind, options=options)
            hands.portal.add_field(DEAL, f"{kind}s", kind, multiple=True, options=options)
        hands.portal.add_field(DEAL, "BOOLEAN", "boolean")
        return [field for field in hands.office.catalogue() if not is_party(field.key)]

    @pytest.fixture
    def hands(self, receiver: Receiver) -> Iterator[BackOfficeHands]:
        clock = Moments(datetime(2026, 3, 1, 9, 0, tzinfo=UTC))
        with PortalServer(Portal(clock, plan="box")) as server:
            hands = Hands(server, receiver, clock)
            yield hands
            hands.office.close()

    def test_a_write_is_partial_and_twice_is_once(self, hands: BackOfficeHands) -> None:
        """Overridden: a portal dates the last activity anew with every change, and the contract does not list that."""
        born = self._create(hands, self._origin("1"))
        record = RecordId(born.id)
        self._write(hands, RecordWrite(2, hands.change, record))
        after = self._look(hands, record)
        moved = {key for key in born.fields if born.get(key) != after.get(key)}
        assert moved == {*hands.change, "updatedTime", "lastActivityTime", "movedTime", "isNew"}
        self._write(hands, RecordWrite(3, hands.change, record))
        assert self._look(hands, record).stamp == after.stamp

    def test_a_look_in_trouble_is_later_or_unanswered(self, hands: BackOfficeHands) -> None:
        """Overridden: a look may answer with a problem a record, and the contract looks for a single one."""
        record = RecordId(self._create(hands, self._origin("1")).id)
        hands.portal.fault(Fault("html", times=50))  # a page for a moment is asked again
        problem = hands.office.look(Look(records=[record]), free).records[record]
        hands.portal.faults.clear()
        assert isinstance(problem, Later | Unanswered)
        keeps_secrets(problem, hands.secrets)
        assert whole(hands.office.look(Look(records=[record]), free).records[record]).id == record

    def test_a_busy_portal_is_asked_again_and_then_left_alone(self, hands: Hands) -> None:
        """Too many requests for a moment is nobody's business; for longer it is Later, for the look and the write."""
        record = RecordId(self._create(hands, self._origin("1")).id)
        hands.portal.fault(Fault("error", times=3, status=503, code="QUERY_LIMIT_EXCEEDED"))
        assert self._look(hands, record).id == record
        hands.fault("busy")
        assert isinstance(hands.office.look(Look(records=[record]), free).records[record], Later)
        hands.fault("busy")
        assert isinstance(hands.office.write([RecordWrite(2, hands.change, record)], free)[2], Later)
        assert self._look(hands, record).get("stageId") == "C2:NEW"
