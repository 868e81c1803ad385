"""What the shop's orders are described by: properties, payers, statuses; read once and kept for a while."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sverka.connectors.bitrix_site.api import Api
from sverka.domain.errors import AuthLost, Later, Misconfigured, Rejected
from sverka.domain.text import Text
from sverka.ports.clock import Clock
from sverka.ports.guard import Guard

REPEATS = Text(
    "The site answers with a page that was not asked for, as a cache before it may; keep `/rest/` out of the cache. "
    "The hub will ask again.",
    "Сайт отвечает не той страницей списка, как бывает из-за кэша перед ним; исключите `/rest/` из кэша. Хаб спросит "
    "ещё раз.",
)
_KEPT = timedelta(minutes=15)
_COMPANY_WORDS = ("юр", "legal", "company", "компани", "организац", "entity", "предпринимател")
_ROLES = {
    "isPayer": "name", "isEmail": "email", "isPhone": "phone", "isAddress": "address", "isZip": "zip",
    "isLocation": "location",
}  # fmt: skip


@dataclass(frozen=True)
class Property:
    """One order property of one payer type; `kind` is the site's own type, `options` an ENUM's values with names."""

    id: str
    code: str
    name: str
    kind: str
    many: bool
    person_type: str
    roles: frozenset[str] = field(default_factory=frozenset)
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Words:
    """The shop's dictionaries at one moment, properties by id.

    `payers` are the payer types in use in the shop's order, `companies` those of legal persons; `payer_names` has all.
    Only a write that needs them has the names of delivery `services` by id, and the ids of `products` by external code.
    """

    properties: Mapping[str, Property] = field(default_factory=dict)
    companies: frozenset[str] = field(default_factory=frozenset)
    payers: tuple[str, ...] = ()
    payer_names: Mapping[str, str] = field(default_factory=dict)
    services: Mapping[str, str] = field(default_factory=dict)
    products: Mapping[str, str] = field(default_factory=dict)


class Dictionary:
    """The shop's dictionaries, asked for again after a quarter of an hour or when an unknown property turns up."""

    def __init__(self, api: Api, clock: Clock) -> None:
        self._api = api
        self._clock = clock
        self._words: Words | None = None
        self._read_at: datetime | None = None

    def anew(self, guard: Guard) -> Words:
        """Return the dictionaries as the shop has them now."""
        self._words = None
        return self.words(guard)

    def words(self, guard: Guard) -> Words:
        """Return the dictionaries, from memory while they are fresh."""
        now = self._clock.now()
        if self._words is None or self._read_at is None or now - self._read_at > _KEPT:
            self._words, self._read_at = self._read(guard), now
        return self._words

    def covering(self, trees: Sequence[Mapping[str, Any]], guard: Guard) -> Words:
        """Return dictionaries that know the orders' properties, asking once more where one is new to the hub."""
        words = self.words(guard)
        used = {str(row.get("orderPropsId")) for tree in trees for row in tree.get("propertyValues") or ()}
        if used - words.properties.keys() and self._read_at != self._clock.now():
            words = self.anew(guard)
        return words

    def services(self, method: str, guard: Guard) -> Mapping[str, str]:
        """Return what an old-style list holds by id, with names; nothing where the webhook may not read it."""
        try:
            rows = listed(self._api, method, "", guard)
        except (Rejected, AuthLost, Misconfigured):
            return {}
        return {str(row.get("ID")): str(row.get("NAME") or row.get("ID")) for row in rows}

    def platforms(self, guard: Guard) -> Mapping[str, str]:
        """Return the trade platforms by external code, with names; nothing where the webhook may not read them."""
        try:
            rows = listed(self._api, "sale.tradePlatform.list", "tradePlatforms", guard)
        except (Rejected, AuthLost, Misconfigured):
            return {}
        return {str(row["xmlId"]): str(row.get("name") or row["xmlId"]) for row in rows if row.get("xmlId")}

    def newest(self, guard: Guard) -> Sequence[Mapping[str, Any]]:
        """Return the site and the currency of each of the shop's newest orders, fifty at most."""
        ask = {"select": ["id", "lid", "currency"], "order": {"id": "desc"}, "start": -1}
        return self._api.ask("sale.order.list", ask, guard)["result"].get("orders") or ()

    def statuses(self, guard: Guard, kind: str = "O") -> Mapping[str, str]:
        """Return the statuses in the shop's order, with their names: Russian where there is one.

        They are those of orders (type O) or of shipments (D).
        """
        rows = listed(self._api, "sale.status.list", "statuses", guard, filter={"type": kind}, order={"sort": "asc"})
        names: dict[str, str] = {}
        for row in listed(self._api, "sale.statusLang.list", "statusLangs", guard):
            id_ = str(row.get("statusId"))
            if id_ not in names or row.get("lid") == "ru":
                names[id_] = str(row.get("name") or "")
        return {str(row["id"]): names.get(str(row["id"])) or str(row["id"]) for row in rows if row.get("type") == kind}

    def _read(self, guard: Guard) -> Words:
        options: dict[str, dict[str, str]] = {}
        rows = listed(self._api, "sale.property.list", "properties", guard)
        if any(row.get("type") == "ENUM" for row in rows):
            for row in listed(self._api, "sale.propertyvariant.list", "propertyVariants", guard):
                options.setdefault(str(row["orderPropsId"]), {})[str(row["value"])] = str(row.get("name") or "")
        properties = {str(row["id"]): property_of(row, options.get(str(row["id"]), {})) for row in rows}
        payers = sorted(listed(self._api, "sale.persontype.list", "personTypes", guard), key=_rank)
        companies = frozenset(str(row["id"]) for row in payers if is_company(row))
        names = {str(row["id"]): str(row.get("name") or row["id"]) for row in payers}
        active = tuple(str(row["id"]) for row in payers if row.get("active") != "N")
        return Words(properties, companies, active, names)


def _rank(row: Mapping[str, Any]) -> tuple[int, int]:
    sort, id_ = str(row.get("sort") or 0), str(row["id"])
    return int(sort) if sort.isdigit() else 0, int(id_) if id_.isdigit() else 0


def property_of(row: Mapping[str, Any], options: Mapping[str, str]) -> Property:
    """Read one row of `sale.property.list`."""
    return Property(
        id=str(row["id"]),
        code=str(row.get("code") or row["id"]),
        name=str(row.get("name") or row.get("code") or row["id"]),
        kind=str(row.get("type") or "STRING"),
        many=row.get("multiple") == "Y",
        person_type=str(row.get("personTypeId")),
        roles=frozenset(role for flag, role in _ROLES.items() if row.get(flag) == "Y"),
        options=dict(options),
    )


def is_company(row: Mapping[str, Any]) -> bool:
    """Tell by its code and name whether a payer type is a legal person."""
    text = " ".join(str(row.get(key) or "") for key in ("code", "xmlId", "name")).casefold()
    return any(word in text for word in _COMPANY_WORDS)


def listed(api: Api, method: str, name: str, guard: Guard, **params: Any) -> list[Mapping[str, Any]]:
    """Read every page of a list method whose rows stand in the answer under `name`, without doubles.

    Raises:
        Later: a page came again in place of the one asked for.

    """
    rows: dict[str, Mapping[str, Any]] = {}
    start = 0
    while True:
        answer = api.ask(method, {**params, "start": start}, guard)
        page = answer["result"].get(name) if isinstance(answer["result"], dict) else answer["result"]
        for row in page or ():
            rows[json.dumps(row, sort_keys=True)] = row
        following = answer.get("next")
        if following is None or not page:
            return list(rows.values())
        if int(following) <= start:
            raise Later(REPEATS)
        start = int(following)
