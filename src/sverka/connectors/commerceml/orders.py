"""An order's documents in our words."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timezone
from decimal import Decimal

from sverka.connectors.commerceml.documents import Package
from sverka.connectors.commerceml.goods import goods_of, on_delivery
from sverka.connectors.commerceml.people import buyer_of
from sverka.connectors.commerceml.values import amount, currency_of, is_true, moment_of
from sverka.connectors.commerceml.xml import Node
from sverka.domain.commerce.money import ZERO, to_kopecks
from sverka.domain.commerce.order import Order, Shipment
from sverka.domain.commerce.payment import Payment
from sverka.domain.errors import Rejected
from sverka.domain.text import Text

_NAMED = re.compile(r"\[([^\]]{1,50})\]\s*(.*)", re.DOTALL)
_TRACES = {"roistat", "yclid", "gclid", "_ym_uid", "ym_uid", "trace", "referer", "referrer"}
PAID, SHIPPED, TRACK = "Оплачено", "Отгружено", "Идентификатор отправления"
STATUS, STATUS_NAME, CANCELED = "Статуса заказа ИД", "Статус заказа", "Отменен"
_KNOWN = frozenset(
    {
        *(STATUS, STATUS_NAME, CANCELED, "Причина отмены", "Дата отмены заказа", "Дата изменения статуса"),
        *("Заказ оплачен", "Дата оплаты", "Номер платежного документа", "Метод оплаты", "Метод оплаты ИД"),
        *("Способ доставки", "Метод доставки", "Метод доставки ИД", "Адрес доставки", "Доставка разрешена"),
        *("Дата разрешения доставки", "Дата последнего разрешения по доставке", "Финальный статус"),
        *("Комментарии покупателя", "Сайт", TRACK, SHIPPED, "Дата отгрузки"),
    }
)
"""The requisites that mean something to every shop; the rest are the shop's own properties."""


@dataclass(frozen=True)
class Terms:
    """Where the shop is: its time, the country of phones without a code, and its address and pages."""

    zone: timezone
    region: str = "RU"
    host: str = ""
    page: str = ""
    """The address of an order's page, `{id}` in the place of its id; empty where it is not known."""


def order_of(package: Package, terms: Terms, seen_at: datetime) -> Order:
    """Read an order; `seen_at` is when it was shown, for shops that do not say when it changed.

    Raises:
        Rejected: the document has no order, or its sums are no numbers.
    """
    if package.order is None:
        raise Rejected(_NO_ORDER)
    try:
        return _read(package, package.order, terms, seen_at)
    except (ValueError, ArithmeticError) as error:
        raise Rejected(
            Text(
                f"The document of order {package.id} cannot be read ({error}); look at it in the shop, then retry.",
                f"Документ заказа {package.id} не читается ({error}); посмотрите заказ в магазине и повторите.",
            )
        ) from error


_NO_ORDER = Text(
    "The shop has sent a payment or a shipment and never the order it belongs to; save the order there once.",
    "Магазин прислал оплату или отгрузку, а сам заказ – нет; сохраните заказ в магазине ещё раз.",
)


def _read(package: Package, document: Node, terms: Terms, seen_at: datetime) -> Order:
    told = document.requisites()
    buyer = buyer_of(document, terms.region)
    goods = goods_of(document)
    total = to_kopecks(amount(document.told("Сумма")))
    status, _ = status_of(told)
    tax = sum((amount(row.told("Сумма")) for row in document.under("Налоги", "Налог")), ZERO)
    return Order(
        id=package.id,
        number=document.told("Номер") or package.id,
        status=status,
        currency=currency_of(document.told("Валюта")),
        total=total,
        created_at=created_at(document, terms.zone) or datetime.fromtimestamp(0, UTC),
        updated_at=updated_at(document, terms.zone) or seen_at,
        customer=buyer.customer,
        requisites=buyer.requisites,
        lines=goods.lines,
        payments=_payments(package, told, total, terms.zone),
        shipments=_shipments(package, told, goods.delivery, terms.zone),
        properties={name: value for name, value in told.items() if name not in _KNOWN and not is_trace(name)},
        attribution={name.lower(): value for name, value in told.items() if value and is_trace(name)},
        site=_bracketed(told.get("Сайт", ""))[0],
        person_type="company" if buyer.is_company else "individual",
        cancelled=is_true(told.get(CANCELED, "")) or is_true(document.told("ПометкаУдаления")),
        cancel_reason=told.get("Причина отмены", ""),
        discount=goods.discount + _order_discount(document),
        tax=tax,
        comment_customer=told.get("Комментарии покупателя", ""),
        comment_manager=document.told("Комментарий"),
        delivery_address=told.get("Адрес доставки", "") or buyer.address,
        delivery_region=buyer.region,
        delivery_city=buyer.city,
        url=terms.page.replace("{id}", package.id),
        host=terms.host,
        products=[line.product for line in goods.lines if line.product],
    )


def created_at(document: Node, zone: timezone) -> datetime | None:
    """Return when the order was placed, None where the document does not say."""
    return moment_of(f"{document.told('Дата')} {document.told('Время')}".strip(), zone)


def is_trace(name: str) -> bool:
    """Tell by its name whether a requisite is a trace of advertising."""
    return name.lower().startswith("utm_") or name.lower() in _TRACES


def updated_at(document: Node, zone: timezone) -> datetime | None:
    """Return when the order was last saved, where the shop says so (`type=crm` does)."""
    return moment_of(document.told("ДатаИзменения"), zone)


def status_of(told: Mapping[str, str]) -> tuple[str, str]:
    """Return a status as the requisites show it: its id and its name."""
    id_, name = _bracketed(told.get(STATUS_NAME, ""))
    return told.get(STATUS, "") or id_, name


def _bracketed(text: str) -> tuple[str, str]:
    """Return the id and the name of `[P] Paid`; an engine without ids has the name for both."""
    found = _NAMED.fullmatch(text.strip())
    return (found[1].strip(), found[2].strip()) if found else (text.strip(), text.strip())


def _payments(package: Package, told: Mapping[str, str], total: Decimal, zone: timezone) -> Sequence[Payment]:
    papers = [(one, one.requisites()) for one in package.payments]
    found = [
        Payment(
            id=one.told("Ид"),
            system=says.get("Метод оплаты ИД", ""),
            system_name=says.get("Метод оплаты", ""),
            total=amount(one.told("Сумма")),
            paid=is_true(says.get(PAID, "")),
            paid_at=moment_of(says.get("Дата оплаты", ""), zone) if is_true(says.get(PAID, "")) else None,
            reference=says.get("Номер платежного документа", ""),
            refunded=amount(one.told("Сумма")) if is_true(says.get("Признак возврата", "")) else ZERO,
        )
        for one, says in papers
        if not is_true(says.get(CANCELED, ""))
    ]
    if found:
        return found
    is_paid = is_true(told.get("Заказ оплачен", ""))
    return [
        Payment(
            id="",
            system=told.get("Метод оплаты ИД", "") or told.get("Метод оплаты", ""),
            system_name=told.get("Метод оплаты", ""),
            total=total,
            paid=is_paid,
            paid_at=moment_of(told.get("Дата оплаты", ""), zone) if is_paid else None,
            reference=told.get("Номер платежного документа", ""),
        )
    ]


def _shipments(
    package: Package, told: Mapping[str, str], delivery: Sequence[Shipment], zone: timezone
) -> Sequence[Shipment]:
    """Return the shipments; what the buyer pays for them is the order's own row, which its sum was made with."""
    papers = [(one, one.requisites()) for one in package.shipments]
    found = [
        Shipment(
            id=one.told("Ид"),
            service=says.get("Метод доставки ИД", ""),
            service_name=says.get("Метод доставки", "") or says.get("Способ доставки", ""),
            price=amount(says.get("Сумма доставки", "")),
            tracking_number=says.get(TRACK, ""),
            shipped=is_true(says.get(SHIPPED, "")),
            shipped_at=moment_of(says.get("Дата отгрузки", ""), zone) if is_true(says.get(SHIPPED, "")) else None,
            status=says.get("Статус отгрузки", ""),
        )
        for one, says in papers
        if not is_true(says.get(CANCELED, ""))
    ]
    if found:
        return on_delivery(found, delivery)
    name = told.get("Способ доставки", "") or told.get("Метод доставки", "")
    first = delivery[0] if delivery else None
    if not (name or first):
        return []
    one = Shipment(
        id="",
        service=told.get("Метод доставки ИД", "") or name,
        service_name=name,
        price=ZERO,
        tracking_number=told.get(TRACK, ""),
        shipped=is_true(told.get(SHIPPED, "")),
    )
    named = one if name or first is None else replace(one, service=first.service, service_name=first.service_name)
    return on_delivery([named], delivery)


def _order_discount(document: Node) -> Decimal:
    return sum((amount(row.told("Сумма")) for row in document.under("Скидки", "Скидка")), ZERO)
