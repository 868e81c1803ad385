"""An order as the API shows it, in our words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sverka.connectors.kit.phone import to_e164
from sverka.connectors.pixlpark.goods import lines_of
from sverka.connectors.pixlpark.statuses import CANCEL, SHIPPED, known_as
from sverka.connectors.pixlpark.values import moment_of, tolerant
from sverka.domain.commerce.customer import Customer
from sverka.domain.commerce.money import amount_of
from sverka.domain.commerce.order import Order, Shipment
from sverka.domain.commerce.payment import Payment
from sverka.domain.commerce.value import Value
from sverka.domain.errors import Problem, Rejected
from sverka.domain.merge.snapshot import Snapshot
from sverka.domain.text import Text
from sverka.ports.comments import COMMENTS, FEED

ARCHIVE = "DownloadLink"
"""The link to an order's archive, told once there is one to be opened."""

_READY = "ArchiveSuccess"
_TOLD = (
    *("CustomId", "SourceOrderId", "Title", "RenderStatus", "PreviewImageUrl", "TrackingUrl", "ManagerId"),
    *("AssignedToId", "DiscountTitle", "PaymentSystemUniqueId", "GoogleClientId", "UserCompanyAccountId"),
)
PROPERTIES = (*_TOLD, ARCHIVE, "ShippingType", "DeliveryDescription", "DateReady")
"""What else an order tells, as `property.NAME`."""


@dataclass(frozen=True)
class Terms:
    """What the API does not tell of an order, from the connection's settings; `region` is that of bare phones."""

    currency: str = "RUB"
    sites: Mapping[str, str] = field(default_factory=dict)
    payments: Mapping[str, str] = field(default_factory=dict)
    order_url: str = ""
    region: str = "RU"


def snapshot_of(row: Mapping[str, Any], items: Sequence[Mapping[str, Any]], terms: Terms) -> Snapshot | Problem:
    """Return what an order shows, or why it cannot be read: one bad order spoils no other."""
    try:
        order = order_of(row, items, terms)
    except (ValueError, KeyError, TypeError, ArithmeticError, AttributeError) as error:
        return Rejected(_unreadable(str(row.get("Id") or "?"), type(error).__name__))
    return Snapshot(
        order.id,
        order.fields(),
        str(row.get("DateModified") or ""),
        order.updated_at,
        title=order.number,
        url=order.url,
        unread=frozenset({COMMENTS, FEED}),
    )


def order_of(row: Mapping[str, Any], items: Sequence[Mapping[str, Any]], terms: Terms) -> Order:
    """Read an order with its items; raises `ValueError` and the like for one that is not as it should be."""
    id_, status = str(row["Id"]), known_as(_status(row["Status"]))
    created = moment_of(row.get("DateCreated")) or datetime.fromtimestamp(0, UTC)
    total, delivery = amount_of(row["TotalPrice"]), amount_of(row.get("DeliveryPrice"))
    photolab = _said(row.get("PhotolabId"))
    company, inn = _said(row.get("UserCompanyAccountId")), _said(row.get("UserCompanyAccountINN"))
    place = _part(row, "DeliveryAddress")
    return Order(
        id=id_,
        number=id_,
        status=status,
        currency=terms.currency,
        total=total,
        created_at=created,
        updated_at=moment_of(row.get("DateModified")) or created,
        customer=_customer(row, terms.region, _called(company, inn)),
        requisites={"inn": inn} if inn else {},
        lines=lines_of(items, total - delivery),
        payments=_payments(row, total, terms),
        shipments=_shipments(row, status, delivery),
        properties=_properties(row),
        site=photolab,
        person_type="company" if company or inn else "individual",
        cancelled=status == CANCEL,
        discount=amount_of(row.get("DiscountPrice")),
        responsible=_said(row.get("ManagerId") or row.get("AssignedToId")),
        delivery_address=_address(place),
        delivery_region=_said(place.get("State")),
        delivery_city=_said(place.get("City")),
        url=terms.order_url.replace("{id}", id_),
        host=terms.sites.get(photolab, ""),
        products=[_said(item.get("MaterialId")) for item in items if item.get("MaterialId")],
    )


def _status(told: object) -> str:
    """Return a status; there is one called `None`, which no status at all must not become."""
    if told in (None, ""):
        raise ValueError("the order shows no status")
    return str(told)


def _customer(row: Mapping[str, Any], region: str, company: str) -> Customer:
    told, place = _part(row, "UserAdditionalInfo"), _part(row, "DeliveryAddress")
    inn = _said(row.get("UserCompanyAccountINN"))
    return Customer(
        name=_said(told.get("Name") or place.get("FullName")),
        phone=to_e164(_said(told.get("Phone") or place.get("Phone")), region),
        email=_said(told.get("Email")),
        external_id=_said(row.get("UserId")),
        company=company,
        inn=inn,
    )


def _called(account: str, inn: str) -> str:
    """Return what an organisation is called until a person names it: no published field tells its name."""
    return f"Организация, ИНН {inn}" if inn else f"Организация № {account}" if account else ""


def _payments(row: Mapping[str, Any], total: Decimal, terms: Terms) -> Sequence[Payment]:
    """Return what was paid as one payment, and what is still due as another."""
    id_, system = str(row["Id"]), _said(row.get("PaymentSystemUniqueId"))
    paid, name = amount_of(row.get("PaidPrice")), terms.payments.get(system, "")
    if row.get("PaymentStatus") == "Paid":
        paid = paid or total
    found = []
    if paid > 0 or row.get("PaymentStatus") == "Paid":
        found.append(Payment(id_, system, name, paid, paid=True, paid_at=tolerant(row.get("DatePaid"))))
    if paid < total:
        found.append(Payment(f"{id_}-due" if found else id_, system, name, total - paid, paid=False))
    return found


def _shipments(row: Mapping[str, Any], status: str, price: Decimal) -> Sequence[Shipment]:
    told, track = _part(row, "Shipping"), _said(row.get("TrackingNumber"))
    if not (told or track or price):
        return []
    service = _said(told.get("Id"))
    return [Shipment(service, service, _said(told.get("Title")), price, track, status in SHIPPED)]


def _properties(row: Mapping[str, Any]) -> dict[str, Value]:
    is_ready = row.get("RenderStatus") == _READY
    return {
        **{name: _said(row.get(name)) for name in _TOLD},
        ARCHIVE: _said(row.get(ARCHIVE)) if is_ready else "",
        "ShippingType": _said(_part(row, "Shipping").get("Type")),
        "DeliveryDescription": _said(_part(row, "DeliveryAddress").get("Description")),
        "DateReady": tolerant(row.get("DateReady")),
    }


def _address(place: Mapping[str, Any]) -> str:
    names = ("ZipCode", "Country", "State", "City", "AddressLine1", "AddressLine2")
    return ", ".join(part for name in names if (part := _said(place.get(name))))


def _part(row: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    held = row.get(key)
    return held if isinstance(held, dict) else {}


def _said(value: object) -> str:
    return "" if value is None else str(value).strip()


def _unreadable(id_: str, why: str) -> Text:
    return Text(
        f"Pixlpark shows order {id_} in a form the hub cannot read ({why}); look at it in the panel, then retry.",
        f"Pixlpark показывает заказ {id_} в непонятном хабу виде ({why}); посмотрите заказ в панели и повторите.",
    )
