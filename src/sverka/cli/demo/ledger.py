"""The two ledgers laid side by side, from the systems themselves and not from the hub's memory."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sverka.cli.demo.stage import Stage
from sverka.domain.mapping.status_map import StatusMap
from sverka.sandbox.portal.crm.fields import CONTACT, DEAL


@dataclass(frozen=True)
class Row:
    """An order as its store shows it, and the deals that carry its origin."""

    order: str
    number: str
    status: str
    total: Decimal
    deals: tuple[Mapping[str, Any], ...]

    @property
    def deal(self) -> Mapping[str, Any]:
        """The first of the deals, or nothing."""
        return self.deals[0] if self.deals else {}


@dataclass(frozen=True)
class Ledger:
    """What the comparison came to; `differences` are sentences about what is not in step."""

    rows: tuple[Row, ...]
    differences: tuple[str, ...]
    duplicates: int
    portal_requests: int

    @property
    def deals(self) -> int:
        """How many deals the portal has in all."""
        return sum(len(row.deals) for row in self.rows)


def lay_side_by_side(stage: Stage) -> Ledger:
    """Read all stores and the portal, and compare every order with its deal."""
    rows = tuple(_rows(stage))
    statuses = {str(profile.store): _status_map(profile.mappings) for profile in stage.house.hub().profiles()}
    differences = [sentence for row in rows for sentence in _compare(stage, row, statuses[row.order.split("/")[0]])]
    phones = Counter(
        "".join(filter(str.isdigit, multi["value"]))
        for contact in _items(stage, CONTACT)
        for multi in contact["fm"]
        if multi["typeId"] == "PHONE"
    )
    doubled = sum(len(row.deals) - 1 for row in rows if row.deals) + sum(n - 1 for n in phones.values())
    return Ledger(rows, tuple(differences), doubled, stage.portal.portal.counters.requests)


def _rows(stage: Stage) -> list[Row]:
    deals = _items(stage, DEAL)
    orders: list[tuple[str, str, str, Decimal]] = []
    for shop, store in (("site", stage.site.store), ("cml", stage.cml.store)):
        for id_, order in sorted(store.orders.items()):
            status = "cancelled" if order["canceled"] == "Y" else order["statusId"]
            orders.append((f"{shop}/{id_}", order["accountNumber"], status, Decimal(str(order["price"]))))
    for id_, shown in sorted(stage.woo.store.orders.items()):
        orders.append((f"woo/{id_}", shown["number"], shown["status"], Decimal(shown["total"])))
    for id_, told in sorted(stage.pix.store.orders.items()):
        orders.append((f"pix/{id_}", str(id_), told["Status"], Decimal(str(told["TotalPrice"]))))
    return [
        Row(name, number, status, total, tuple(d for d in deals if str(d["originId"]).startswith(f"{name}/")))
        for name, number, status, total in orders
    ]


def _items(stage: Stage, entity: int) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = []
    while True:
        params = {"entityTypeId": entity, "start": len(found), "order": {"id": "ASC"}}
        reply = stage.portal.portal.call("crm.item.list", params)
        found += reply.result["items"]
        if reply.next is None:
            return found


def _status_map(mappings: Any) -> StatusMap:
    (converter,) = [mapping.converter for mapping in mappings if mapping.key == "status"]
    assert isinstance(converter, StatusMap)  # noqa: S101 - both demo profiles have one
    return converter


def _compare(stage: Stage, row: Row, statuses: StatusMap) -> list[str]:
    if not row.deals:
        return [f"{row.order}: no deal"]
    deal, told = row.deal, []
    if not statuses.agree(row.status, deal["stageId"]):
        told.append(f"{row.order}: status {row.status}, stage {deal['stageId']}")
    if Decimal(str(deal["opportunity"])) != row.total:
        told.append(f"{row.order}: total {row.total}, deal {deal['opportunity']}")
    reply = stage.portal.portal.call(
        "crm.item.productrow.list", {"filter": {"=ownerType": "D", "=ownerId": deal["id"]}}
    )
    rows = reply.result["productRows"]
    rebuilt = sum((Decimal(str(line["price"])) * Decimal(str(line["quantity"])) for line in rows), Decimal(0))
    if rebuilt != row.total:
        told.append(f"{row.order}: total {row.total}, rows {rebuilt}")
    if not deal["contactIds"]:
        told.append(f"{row.order}: no contact")
    return told
