"""The portal's catalogue, as far as product rows need it: products that are found, and the hub's own service.

Nothing is made of what is not found, so that no product is ever doubled; but for delivery, whose service the hub makes
once. What is found, and what is not, is remembered for a while, so that many orders cost few requests.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sverka.connectors.bitrix24.commands import PAGE, Command
from sverka.connectors.bitrix24.values import items_of
from sverka.connectors.bitrix24.wire.client import Answered, Client, as_map
from sverka.connectors.bitrix24.wire.params import Param
from sverka.domain.commerce.layout import MADE_IN
from sverka.domain.commerce.lines import Line
from sverka.domain.errors import Gone, Later, Misconfigured, Problem, Rejected, Unanswered
from sverka.domain.text import Text
from sverka.ports.clock import Clock
from sverka.ports.guard import Guard

CATALOGUES: Final = "catalog.catalog.list"
LIST: Final = "catalog.product.list"
PROPERTIES: Final = "catalog.productProperty.list"
SECTION: Final = "catalog.section.get"
ADD_SERVICE: Final = "catalog.product.service.add"

KEPT = timedelta(minutes=15)
"""How long an answer of the catalogue is believed."""

_LONG_AGO = datetime.min.replace(tzinfo=UTC)

DELIVERY = "Доставка"
"""The name of the hub's own service."""

_CHUNK = 25
"""Values asked for in one command: with one product each they fill half a page, so that doubles show."""

_ARTICLES = ("ARTNUMBER", "CML2_ARTICLE", "ARTICLE")
_PARENT = "3"
"""The type of a product that is sold by its variations alone."""

Key = tuple[str, str]
"""By what a product is looked for (xml_id, sku, name, or the section the hub's service is in), and the value."""


@dataclass
class _Shelf:
    """What is known of the catalogues: their ids, those of variations first, and each one's property of the article."""

    iblocks: Sequence[int] = ()
    articles: Mapping[int, str] = field(default_factory=dict)
    read_at: datetime | None = None


@dataclass(frozen=True)
class Product:
    """A product of the portal by what a store may know it by."""

    id: str
    name: str
    xml_id: str
    sku: str = ""


class Products:
    """Finds products by key; one for each portal, for it remembers."""

    def __init__(self, client: Client, clock: Clock) -> None:
        """Take the portal; nothing is asked yet."""
        self._client = client
        self._clock = clock
        self._shelf = _Shelf()
        self._known: dict[Key, tuple[str, datetime]] = {}
        self._seen: dict[str, tuple[Product | None, datetime]] = {}

    def link(self, lines: Iterable[Line], guard: Guard) -> Mapping[Key, str]:
        """Return the ids of the products that the lines ask for, by key; raises what stood in the way.

        What the catalogue refuses is `Rejected`, with what to do about it; a lost answer is `Later`, and what is the
        matter with the whole portal stays what it is.
        """
        wanted = dict.fromkeys(key for line in lines for key in keys_of(line))
        now = self._clock.now()
        unknown = [key for key in wanted if key not in self._known or now - self._known[key][1] > KEPT]
        if unknown:
            self._read_shelf(guard)
            self._find([key for key in unknown if key[0] != MADE_IN], guard)
            for key in unknown:
                if key[0] == MADE_IN:
                    self._known[key] = self._service(key[1], guard), self._clock.now()
        return {key: self._known[key][0] for key in wanted}

    def behind(self, ids: Iterable[str], guard: Guard) -> Mapping[str, Product]:
        """Return products by id, those that are there; raises what stood in the way."""
        wanted, now = dict.fromkeys(ids), self._clock.now()
        unknown = [id_ for id_ in wanted if id_ not in self._seen or now - self._seen[id_][1] > KEPT]
        if unknown:
            self._read_shelf(guard)
            found = self._listed("id", unknown, guard)
            for id_ in unknown:
                self._seen[id_] = next((one for one in found if one.id == id_), None), now
        return {id_: product for id_ in wanted if (product := self._seen[id_][0])}

    def forget(self, deleted: str) -> None:
        """Believe nothing that was known of a product any more, for the portal has told that it was deleted (R238)."""
        # Another thread may be reading: what it looks up stays there, too old to be believed by whoever asks next.
        for key, (id_, _) in list(self._known.items()):
            if id_ == deleted:
                self._known[key] = "", _LONG_AGO
        if deleted in self._seen:
            self._seen[deleted] = None, _LONG_AGO

    def _read_shelf(self, guard: Guard) -> None:
        now = self._clock.now()
        if self._shelf.read_at is not None and now - self._shelf.read_at <= KEPT:
            return
        asked = [
            Command(CATALOGUES, {}),
            Command(PROPERTIES, {"select": ("id", "iblockId", "code"), "filter": {"code": _ARTICLES}}),
        ]
        catalogues, properties = (_told(answer) for answer in self._client.run(asked, guard))
        rows = items_of(catalogues, "catalogs")
        # Where a portal keeps variations, what is sold is one of them, and its parent only a heading.
        ranked = sorted(rows, key=lambda row: (row.get("productIblockId") is None, int(row.get("iblockId") or 0)))
        articles: dict[int, str] = {}
        for row in items_of(properties, "productProperties"):
            articles.setdefault(int(row["iblockId"]), f"property{row['id']}")
        self._shelf = _Shelf([int(row["iblockId"]) for row in ranked], articles, now)

    def _find(self, keys: Sequence[Key], guard: Guard) -> None:
        for kind, name in (("xml_id", "xmlId"), ("sku", "sku"), ("name", "name")):
            values = [value for one, value in keys if one == kind]
            found = self._listed(name, values, guard) if values else []
            for value in values:
                ids = {one.id for one in found if _shown(one, kind) == value}
                self._known[kind, value] = ids.pop() if len(ids) == 1 else "", self._clock.now()

    def _listed(self, name: str, values: Sequence[str], guard: Guard) -> list[Product]:
        """Return every product with one of the values in a field; of one product in two catalogues the first."""
        asked: list[tuple[int, Sequence[str]]] = []
        for iblock in self._shelf.iblocks:
            if name != "sku" or iblock in self._shelf.articles:
                asked += [(iblock, values[first : first + _CHUNK]) for first in range(0, len(values), _CHUNK)]
        found: list[Product] = []
        while asked:
            answers = self._client.run([self._list(iblock, name, part) for iblock, part in asked], guard)
            again: list[tuple[int, Sequence[str]]] = []
            for (iblock, part), answer in zip(asked, answers, strict=True):
                rows = items_of(_told(answer), "products")
                if len(rows) >= PAGE and len(part) > 1:
                    again += [(iblock, (value,)) for value in part]  # a full page may hide further doubles
                else:
                    found += [self._product(iblock, row) for row in rows if str(row.get("type")) != _PARENT]
            asked = again
        return found

    def _list(self, iblock: int, name: str, values: Sequence[str]) -> Command:
        article = self._shelf.articles.get(iblock)
        select = ("id", "iblockId", "name", "xmlId", "type", *([article] if article else []))
        wire = article if name == "sku" and article else name
        return Command(LIST, {"select": select, "filter": {"iblockId": iblock, wire: tuple(values)}})

    def _product(self, iblock: int, row: Mapping[str, Any]) -> Product:
        article = row.get(self._shelf.articles.get(iblock, ""))
        first = article[0] if isinstance(article, list) and article else article
        sku = str(first.get("value") or "") if isinstance(first, dict) else ""
        return Product(str(row.get("id")), str(row.get("name") or ""), str(row.get("xmlId") or ""), sku)

    def _service(self, section: str, guard: Guard) -> str:
        """Return the hub's service of a section; it is looked for before it is made (R164, R165)."""
        [answer] = self._client.run([Command(SECTION, {"id": section})], guard)
        if isinstance(answer, Rejected):
            raise Rejected(_no_section(section))
        iblock = int(as_map(as_map(_told(answer)).get("section")).get("iblockId") or 0)
        mark = f"sverka-delivery-{section}"
        [answer] = self._client.run([self._list(iblock, "xmlId", [mark])], guard)
        ids = sorted(int(row["id"]) for row in items_of(_told(answer), "products") if row.get("xmlId") == mark)
        if ids:
            return str(ids[0])
        fields: dict[str, Param] = {
            "iblockId": iblock,
            "name": DELIVERY,
            "iblockSectionId": section,
            "xmlId": mark,
            "active": "Y",
        }
        [answer] = self._client.run([Command(ADD_SERVICE, {"fields": fields})], guard)
        return str(as_map(as_map(_told(answer)).get("service")).get("id") or "")


def keys_of(line: Line) -> Sequence[Key]:
    """Return by what a line's product is to be looked for, the surest first."""
    keys = []
    for kind in line.link:
        if kind.startswith(MADE_IN):
            keys.append((MADE_IN, kind.removeprefix(MADE_IN)))
        elif value := {"xml_id": line.xml_id, "sku": line.sku, "name": line.name}[kind].strip():
            keys.append((kind, value))
    return keys


def product_of(line: Line, found: Mapping[Key, str]) -> str:
    """Return the id of a line's product, empty where none is found."""
    return next((id_ for key in keys_of(line) if (id_ := found.get(key, ""))), "")


def _shown(product: Product, kind: str) -> str:
    return {"xml_id": product.xml_id, "sku": product.sku, "name": product.name}[kind].strip()


def _told(answer: Answered) -> Any:
    """Return an answer's data. Nothing of a deal was written yet, so a lost answer leaves nothing in doubt."""
    if isinstance(answer, Unanswered):
        raise Later
    if isinstance(answer, Rejected | Misconfigured | Gone):
        raise Rejected(_refused(answer)) from answer
    if isinstance(answer, Problem):
        raise answer
    return answer.data


def _refused(problem: Problem) -> Text:
    return Text(
        f'The portal\'s catalogue does not let the hub in: {problem.text.en} Or take products = "text" and '
        'delivery = "line" in [deal].',
        f'Каталог портала не пускает хаб: {problem.text.ru} Либо укажите в [deal] products = "text" и '
        'delivery = "line".',
    )


def _no_section(section: str) -> Text:
    return Text(
        f"The portal's catalogue has no section {section}; correct `delivery_section` in [deal] and apply the profile.",
        f"В каталоге портала нет раздела {section}; исправьте `delivery_section` в [deal] и примените профиль.",
    )
