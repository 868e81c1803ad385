"""A Bitrix24 portal as a back office, reached by an incoming webhook or by a local application."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sverka.connectors.bitrix24 import (
    changes,
    check,
    fields,
    files,
    furnish,
    importing,
    notices,
    people,
    timeline,
    user_fields,
    walk,
)
from sverka.connectors.bitrix24.commands import COMPANY, CONTACT
from sverka.connectors.bitrix24.kinds import COMPANIES, CONTACTS, kind_of, number_of, page_of
from sverka.connectors.bitrix24.look import Looker
from sverka.connectors.bitrix24.parties import ids
from sverka.connectors.bitrix24.parties.adding import add as add_contacts
from sverka.connectors.bitrix24.portal import Portal
from sverka.connectors.bitrix24.queue import HANDLER, Queue
from sverka.connectors.bitrix24.wire.application import APPLICATION_TOKEN, Application
from sverka.connectors.bitrix24.wire.client import Client
from sverka.connectors.bitrix24.wire.doors import Webhook
from sverka.connectors.bitrix24.write import Writer
from sverka.connectors.kit import Kit
from sverka.domain.commerce.value import FileRef, Value
from sverka.domain.errors import Misconfigured, Problem
from sverka.domain.ids import RecordId
from sverka.domain.kind import Kind
from sverka.domain.mapping.field import Field
from sverka.domain.merge.snapshot import Snapshot
from sverka.domain.text import Text
from sverka.ports.backoffice import Look, NewCustomer, Parcel, Person, RecordWrite, Seen
from sverka.ports.clock import Ahead
from sverka.ports.files import Fetched
from sverka.ports.findings import Finding, Level
from sverka.ports.furnish import NewField, NewStage
from sverka.ports.guard import Guard, free
from sverka.ports.history import Room
from sverka.ports.notices import Notice
from sverka.ports.store import Wrote


def connect(settings: Mapping[str, str], secrets: Mapping[str, str], kit: Kit) -> "Bitrix24":
    """Return the portal of a connection; Misconfigured where a setting cannot be used. Nothing is sent yet.

    `secrets` are `webhook`, its whole address, or an application's `client_secret`, and `application_token`. With the
    setting `portal`, its address, the portal is entered by the application `client_id`, with `auth_server` where the
    vendor's own are not used. `plan`, `timezone` and `currency` are optional.
    """
    app = _application(settings, secrets, kit) if settings.get("portal") else None
    client = Client(kit, app or Webhook(kit, secrets.get("webhook", "")), settings.get("plan") or "standard")
    token = secrets.get("application_token", "").strip()
    zone, currency = _zone(settings.get("timezone", "")), settings.get("currency") or "RUB"
    if app is None:
        return Bitrix24(client, kit.hub, token, zone, currency)
    return AppPortal(client, kit, token, zone, currency, app)


def _application(settings: Mapping[str, str], secrets: Mapping[str, str], kit: Kit) -> Application:
    keys = settings.get("client_id", "").strip(), secrets.get("client_secret", "").strip()
    return Application(kit, settings["portal"].strip(), *keys, settings.get("auth_server", "").strip())


class Bitrix24:
    """The `BackOffice` of one portal. `client.requests` and `client.operating` tell what it has cost."""

    def __init__(self, client: Client, hub: str, token: str, zone: tzinfo, currency: str) -> None:
        """Take the client and the hub's id; `zone` is the one moments are told in, `currency` that of money fields."""
        self.client = client
        self._portal = Portal(client, zone, currency)
        self._hub = hub
        self._token = token

    def ahead(self) -> Ahead | None:
        """Return how far the portal's clock was ahead of the hub's when it answered last."""
        return self.client.ahead()

    def look(self, ask: Look, guard: Guard) -> Seen:
        """Return all that was asked, in as few requests as can be; one lost answer spoils its own request alone."""
        return Looker(self._portal, guard).look(ask)

    def people(self, ids: Collection[str], guard: Guard = free) -> Mapping[str, Person]:
        """Return the employees, asking for those not met lately; raises where the hub lacks the scope for it."""
        return people.read(self.client, self._portal.people, ids, guard)

    def find_people(self, name: str) -> Sequence[Person]:
        """Return those who work there and whose name or position holds the words."""
        return people.search(self.client, name)

    def address_of(self, client: RecordId) -> str:
        """Return the address of a contact's or a company's page."""
        kind = COMPANIES if ids.entity_of(client) == COMPANY else CONTACTS
        return page_of(self.client.root, kind, ids.number_of(client))

    def add_customers(self, customers: Sequence[NewCustomer], guard: Guard) -> Mapping[int, RecordId | Problem]:
        """Make contacts, 50 a request."""
        made = add_contacts(self.client, self._hub, customers, guard)
        known = [one for one in made.values() if not isinstance(one, Problem)]
        self._portal.index.note_made([one for one in known if ids.entity_of(one) == CONTACT])
        return made

    def learn_clients(self, guard: Guard = free) -> Iterator[int]:
        """Read the portal's contacts, 2500 a request, so that buyers of the past cost no search."""
        return self._portal.index.learn(guard)

    def takes(self, records: int) -> timedelta:
        """Return the least time so many records of the past take by the portal's limits."""
        return importing.takes(self.client, records)

    def room(self) -> Room:
        """Return how many records of the past the methods that make them have the time for."""
        return importing.room(self.client)

    def write(self, writes: Sequence[RecordWrite], guard: Guard) -> Mapping[int, Wrote | Problem]:
        """Make and change records, 24 new ones a request, and return each as it shows itself afterwards."""
        return Writer(self._portal, guard).write(writes)

    def records_of(self, comments: Collection[str], guard: Guard) -> Mapping[str, RecordId | Problem | None]:
        """Return the deal each comment of a timeline stands under, 50 a request."""
        return timeline.records_of(self.client, comments, guard)

    def all_records(self, where: Mapping[str, Value], fields: Collection[str], guard: Guard) -> Iterator[Snapshot]:
        """Yield every deal that passes, up to 1200 a request."""
        return walk.deals(self.client, self._portal.known, where, fields, guard, self._portal.zone)

    def changed_since(self, moment: datetime | None) -> Iterator[Notice]:
        """Yield a notice for every deal touched at or after the moment; a quiet sweep costs one request."""
        return changes.since(self.client, moment, self._portal.zone)

    def changed_kinds(self, moment: datetime | None, kinds: Collection[Kind]) -> Iterator[Notice]:
        """Yield a notice for every record of these kinds touched at or after the moment, in the same requests."""
        return changes.since(self.client, moment, self._portal.zone, kinds)

    def clients_changed_since(self, moment: datetime | None) -> Iterator[Notice]:
        """Yield a notice for every contact and company touched at or after the moment; a quiet sweep is one request."""
        return changes.clients_since(self.client, moment, self._portal.zone)

    def notices(self, headers: Mapping[str, str], body: bytes) -> list[Notice]:
        """Return what an outgoing webhook rings for; Forged without the agreed application token."""
        del headers
        return notices.read(body, self._token, self._portal.products.forget)

    def catalogue(self) -> Sequence[Field]:
        """Return the deal's fields; every funnel's stages are options of `stageId`."""
        return fields.catalogue(self.client, self._portal.known, self._portal.clients)

    def other_catalogues(self) -> Sequence[Field]:
        """Return the fields of leads and invoices, their kind before their keys."""
        return fields.other_catalogues(self.client, self._portal.known)

    def fetch(self, owner: str, ref: FileRef, limit: int, guard: Guard) -> Fetched:
        """Return a file of a record."""
        return files.fetch(self.client, owner, ref, limit, guard)

    def options(self, field: str, guard: Guard) -> Mapping[str, str]:
        """Return the options of a list field as they are now, in one request."""
        return furnish.options(self.client, self._portal.known_of(user_fields.owner_of(field).entity), field, guard)

    def add_options(self, field: str, names: Sequence[str], guard: Guard) -> Mapping[str, str]:
        """Add options to a list field, in three requests (five for an invoice's), and return all it has."""
        return furnish.add_options(self.client, field, names, guard)

    def where_fields_are_made(self, key: str) -> str:
        """Return the page of the user fields of deals, leads and so on."""
        return f"{self.client.root}/crm/configs/fields/CRM_{user_fields.owner_of(key).name}/"

    def add_field(self, new: NewField, guard: Guard = free) -> None:
        """Make a user field of whatever records its key names."""
        furnish.add_field(self.client, new, guard)

    def add_stage(self, new: NewStage, guard: Guard = free) -> None:
        """Make a stage of a funnel of deals."""
        furnish.add_stage(self.client, new, guard)

    def page_of(self, record: RecordId) -> str:
        """Return the address of a deal's, a lead's or an invoice's card."""
        return page_of(self.client.root, kind_of(record), number_of(record))

    def check(self) -> Sequence[Finding]:
        """Try the webhook and say what is missing."""
        return check.check(self.client, self._hub, has_token=bool(self._token))

    def close(self) -> None:
        """Let the connections go."""
        self.client.close()


class AppPortal(Bitrix24):
    """The same portal entered by a local application: it can be subscribed to, and may keep a queue for the hub."""

    def __init__(self, client: Client, kit: Kit, token: str, zone: tzinfo, currency: str, app: Application) -> None:
        """Take the application, which may still lack its keys or its tokens."""
        super().__init__(client, kit.hub, token, zone, currency)
        self._kit = kit
        self.app = app
        self.queue = Queue(client, kit)

    @property
    def _agreed_token(self) -> str:
        """The token of the newest installation, which any process may have taken."""
        return self._kit.secrets.get(APPLICATION_TOKEN) or self._token

    @property
    def is_told(self) -> bool:
        """Whether the portal has told of the installation, so that its bells are known."""
        return bool(self._agreed_token)

    def notices(self, headers: Mapping[str, str], body: bytes) -> list[Notice]:
        """Return what the portal rings for; Forged without the token it brought at the installation."""
        del headers
        return notices.read(body, self._agreed_token, self._portal.products.forget)

    @property
    def has_queue(self) -> bool:
        """Whether the portal keeps a queue of changes for the hub."""
        return self.queue.is_on and self.app.is_authorised

    def reserve(self) -> Parcel | None:
        """Take up to 50 changes out of the portal's queue; they come again until they are confirmed."""
        return self.queue.reserve()

    def confirm(self, parcel: Parcel) -> None:
        """Let the portal forget changes that are recorded."""
        self.queue.confirm(parcel)

    def subscribe(self, address: str) -> None:
        """Keep the hub's own address for the portal's bells; the next check tells it to the portal."""
        self._kit.secrets.put(HANDLER, address)

    def install(self, query: str, body: bytes) -> bool:
        """Take the portal's message that the application was installed, or the code a person's browser brings back."""
        if not body:
            self.app.visited(query)
        elif not self.app.install(body):
            return False
        if self.app.is_authorised:
            self.queue.bind()
        return True

    def check(self) -> Sequence[Finding]:
        """Try the application, say what is missing, and have the portal tell of changes where it does not yet."""
        found = check.check(self.client, self._hub, by_app=True, has_token=self.is_told)
        return found if any(one.level is Level.BAD for one in found) else [*found, *self.queue.bind()]


def _zone(name: str) -> tzinfo:
    if not name:
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Misconfigured(
            Text(
                f"There is no time zone {name!r}; write one like Europe/Moscow.",
                f"Часового пояса {name!r} нет; укажите, например, Europe/Moscow.",
            )
        ) from error
