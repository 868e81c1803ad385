"""One portal as the connector holds it: the way in, and what it has learned of it so far."""

from dataclasses import dataclass, field
from datetime import tzinfo

from sverka.connectors.bitrix24.fields import Known
from sverka.connectors.bitrix24.importing import Dates
from sverka.connectors.bitrix24.kinds import KINDS
from sverka.connectors.bitrix24.parties.index import Index
from sverka.connectors.bitrix24.parties.reading import known_parties
from sverka.connectors.bitrix24.people import People
from sverka.connectors.bitrix24.products import Products
from sverka.connectors.bitrix24.wire.client import Client


@dataclass
class Portal:
    """Moments are told to it in `zone`, and money without a currency of its own is in `currency`.

    `known` are the fields of its records, `clients` those of contacts and companies, by entity type.
    """

    client: Client
    zone: tzinfo
    currency: str
    known: Known = field(init=False)
    clients: dict[int, Known] = field(init=False)
    people: People = field(init=False)
    products: Products = field(init=False)
    dates: Dates = field(default_factory=Dates)
    index: Index = field(init=False)

    def __post_init__(self) -> None:
        """Start with nothing learned yet."""
        self.known = Known(self.client)
        self.clients = dict(known_parties(self.client))
        self.people = People(self.client.clock)
        self.products = Products(self.client, self.client.clock)
        self.index = Index(self.client, self.client.kit, self.zone)

    def known_of(self, entity: int) -> Known:
        """Return what is known of the fields of an entity type: a kind of records, contacts or companies."""
        kind = next((one for one in KINDS.values() if one.entity == entity), None)
        return self.known.of(kind) if kind else self.clients[entity]
