"""What every back office's connector must do."""

from collections.abc import Mapping
from typing import Protocol

from sverka.domain.commerce.customer import Customer, MatchKey
from sverka.domain.commerce.value import Value
from sverka.domain.errors import AuthLost, Forged, Gone, Later, Problem, Unanswered
from sverka.domain.ids import OrderId, OrderRef, Origin, ProfileName, RecordId, StoreName
from sverka.domain.merge.snapshot import Snapshot
from sverka.ports.backoffice import BackOffice, Look, NewCustomer, RecordWrite
from sverka.ports.guard import free
from sverka.ports.notices import Subject
from sverka.testing.expect import keeps_secrets, problem_of, whole
from sverka.testing.law import OfficeLaw
from sverka.testing.store_contract import Fault


class BackOfficeHands(Protocol):
    """A connector, and people's hands on the back office behind it."""

    office: BackOffice
    secrets: list[str]
    page: int
    """How many records a page of the back office's own lists holds."""

    fields: Mapping[str, Value]
    """Fields a new record may be born with, a title among them."""

    change: Mapping[str, Value]
    """A field and another value it may be set to, for a record born with `fields`."""

    def edit(self, record: RecordId) -> None:
        """Have a manager change something of a record."""

    def delete(self, record: RecordId) -> None:
        """Have a manager delete a record."""

    def notice(self, record: RecordId) -> tuple[Mapping[str, str], bytes]:
        """Return a genuine webhook about a record: lower-case headers and the body."""

    def forge(self, notice: tuple[Mapping[str, str], bytes]) -> tuple[Mapping[str, str], bytes]:
        """Spoil a webhook's secret."""

    def fault(self, fault: Fault) -> None:
        """Let the next request meet a fault."""


class BackOfficeContract(OfficeLaw):
    """Inherit it, give the fixture `hands`, and every test is yours."""

    def test_a_record_is_born_with_its_origin_and_found_by_it(self, hands: BackOfficeHands) -> None:
        """A second create with one origin finds the first: there is nothing to make (K1)."""
        origin = self._origin("1")
        assert hands.office.look(Look(origins=[origin]), free).origins[origin] == []
        born = self._create(hands, origin)
        found = hands.office.look(Look(origins=[origin, self._origin("2")]), free).origins
        assert [snapshot.id for snapshot in whole(found[origin])] == [born.id]
        assert list(whole(found[self._origin("2")])) == []

    def test_what_a_write_returns_is_what_a_look_returns(self, hands: BackOfficeHands) -> None:
        """The read-back is honest, at birth and at a change."""
        born = self._create(hands, self._origin("1"))
        record = RecordId(born.id)
        assert born.fields == self._look(hands, record).fields
        changed = self._write(hands, RecordWrite(2, hands.change, record))
        shown = self._look(hands, record)
        assert shown.fields == {key: changed.get(key) for key in shown.fields}
        assert all(changed.get(key) == value for key, value in hands.change.items())

    def test_a_record_made_by_a_program_says_so(self, hands: BackOfficeHands) -> None:
        """Its origin is shown wherever it is, so that nobody takes it for one opened by hand (K23)."""
        origin = self._origin("1")
        born = self._create(hands, origin)
        assert born.origin == f"{origin.hub}/{origin.id}"
        assert self._look(hands, RecordId(born.id)).origin == born.origin

    def test_a_write_is_partial_and_twice_is_once(self, hands: BackOfficeHands) -> None:
        """Only named fields move; an equal write leaves even the stamp alone."""
        born = self._create(hands, self._origin("1"))
        record = RecordId(born.id)
        self._write(hands, RecordWrite(2, hands.change, record))
        after = self._look(hands, record)
        moved = {key for key in born.fields if born.get(key) != after.get(key)}
        assert moved <= {*hands.change, "updatedTime", "movedTime", "movedBy", "stageSemanticId", "closed", "isNew"}
        self._write(hands, RecordWrite(3, hands.change, record))
        assert self._look(hands, record).stamp == after.stamp

    def test_a_deleted_record_is_gone_and_spoils_no_other(self, hands: BackOfficeHands) -> None:
        """In a look and in a write."""
        one = RecordId(self._create(hands, self._origin("1"), 1).id)
        two = RecordId(self._create(hands, self._origin("2"), 2).id)
        hands.delete(one)
        shown = hands.office.look(Look(records=[one, two]), free).records
        assert isinstance(shown[one], Gone)
        assert whole(shown[two]).id == two
        answers = hands.office.write([RecordWrite(3, hands.change, one), RecordWrite(4, hands.change, two)], free)
        assert isinstance(answers[3], Gone)
        assert whole(answers[4]).after.id == two

    def test_buyers_are_made_once_and_found_by_every_key(self, hands: BackOfficeHands) -> None:
        """By phone in E.164 digits and by e-mail in lower case."""
        phone, email = MatchKey("phone", "79990000001"), MatchKey("email", "anna@example.test")
        nobody = MatchKey("email", "nobody@example.test")
        buyer = Customer(name="Анна Ким", first_name="Анна", last_name="Ким", phone="+79990000001", email=email.value)
        contact = whole(hands.office.add_customers([NewCustomer(1, buyer)], free)[1])
        seen = hands.office.look(Look(keys=[phone, email, nobody], contacts=[contact, RecordId("999999")]), free)
        assert list(whole(seen.keys[phone])) == [contact]
        assert list(whole(seen.keys[email])) == [contact]
        assert list(whole(seen.keys[nobody])) == []
        assert not isinstance(seen.contacts[contact], Problem)
        assert isinstance(seen.contacts[RecordId("999999")], Gone)
        born = whole(hands.office.write([self._birth(hands, self._origin("1"), 2, contact)], free)[2]).after
        assert contact in born.contacts

    def test_a_company_is_made_found_by_its_name_and_linked_beside_the_contact(self, hands: BackOfficeHands) -> None:
        """Contact and company of one order are two, and both stand in its record (R268)."""
        buyer = Customer(first_name="Пётр", phone="+79990000002", company="ООО Ромашка")
        (key,) = buyer.company_keys()
        made = [NewCustomer(1, buyer), NewCustomer(2, buyer, is_company=True)]
        answers = hands.office.add_customers(made, free)
        contact, company = whole(answers[1]), whole(answers[2])
        assert contact != company
        seen = hands.office.look(Look(keys=[key], contacts=[company, contact]), free)
        assert list(whole(seen.keys[key])) == [company]
        assert not [one for one in seen.contacts.values() if isinstance(one, Problem)]
        write = RecordWrite(3, hands.fields, origin=self._origin("1"), contacts=[contact, company])
        assert set(self._write(hands, write).contacts) == {contact, company}

    def test_many_at_once_are_answered_each(self, hands: BackOfficeHands) -> None:
        """More than fit into one request."""
        origins = [self._origin(str(number)) for number in range(60)]
        writes = [self._birth(hands, origin, number) for number, origin in enumerate(origins, start=1)]
        answers = hands.office.write(writes, free)
        born = [RecordId(whole(answers[write.key]).after.id) for write in writes]
        assert len(set(born)) == 60
        seen = hands.office.look(Look(records=born, origins=origins), free)
        assert [whole(seen.records[record]).id for record in born] == born
        assert [whole(seen.origins[origin])[0].id for origin in origins] == born

    def test_changes_include_their_own_moment_and_all_pages(self, hands: BackOfficeHands) -> None:
        """The stamp of the newest change finds that change again."""
        writes = [self._birth(hands, self._origin(str(n)), n) for n in range(1, hands.page + 4)]
        born = {whole(answer).after.id for answer in hands.office.write(writes, free).values()}
        notices = list(hands.office.changed_since(None))
        assert {notice.id for notice in notices} >= born
        newest = max(notice.stamp for notice in notices if notice.stamp)
        again = {notice.id for notice in hands.office.changed_since(newest)}
        assert again & {notice.id for notice in notices if notice.stamp == newest}

    def test_a_genuine_notice_rings_and_a_forged_one_is_refused(self, hands: BackOfficeHands) -> None:
        """A bell is verified before it is believed."""
        record = RecordId(self._create(hands, self._origin("1")).id)
        notice = hands.notice(record)
        assert [n.id for n in hands.office.notices(*notice) if n.subject is Subject.RECORD] == [record]
        problem = problem_of(lambda: hands.office.notices(*hands.forge(notice)))
        assert isinstance(problem, Forged)
        keeps_secrets(problem, hands.secrets)

    def test_problems_are_sorted_and_a_lost_answer_was_done_once(self, hands: BackOfficeHands) -> None:
        """Refused credentials are AuthLost; a create whose answer is lost is Unanswered, and is found by its origin."""
        origin = self._origin("1")
        for fault, kind in (("auth", AuthLost), ("lost", Unanswered)):
            hands.fault(fault)  # type: ignore[arg-type] # each is one of the literal's words
            problem = problem_of(lambda: hands.office.write([self._birth(hands, origin, 1)], free))
            assert isinstance(problem, kind), (fault, problem)
            keeps_secrets(problem, hands.secrets)
        assert len(whole(hands.office.look(Look(origins=[origin]), free).origins[origin])) == 1

    def test_a_look_in_trouble_is_later_or_unanswered(self, hands: BackOfficeHands) -> None:
        """A page in place of an answer is no answer."""
        record = RecordId(self._create(hands, self._origin("1")).id)
        hands.fault("html")
        problem = problem_of(lambda: hands.office.look(Look(records=[record]), free))
        assert isinstance(problem, Later | Unanswered)
        keeps_secrets(problem, hands.secrets)

    @staticmethod
    def _origin(number: str) -> Origin:
        return Origin("sverka-contract", OrderRef(StoreName("shop"), OrderId(number)), ProfileName("main"))

    @staticmethod
    def _birth(hands: BackOfficeHands, origin: Origin, key: int = 1, contact: RecordId | None = None) -> RecordWrite:
        return RecordWrite(key, hands.fields, origin=origin, contacts=[contact] if contact else [])

    def _create(self, hands: BackOfficeHands, origin: Origin, key: int = 1) -> Snapshot:
        return self._write(hands, self._birth(hands, origin, key))

    @staticmethod
    def _write(hands: BackOfficeHands, write: RecordWrite) -> Snapshot:
        wrote = whole(hands.office.write([write], free)[write.key])
        assert not wrote.refused
        return wrote.after

    @staticmethod
    def _look(hands: BackOfficeHands, record: RecordId) -> Snapshot:
        return whole(hands.office.look(Look(records=[record], heavy=[record]), free).records[record])
