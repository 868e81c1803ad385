"""An order as `sale.order.get` shows it, in our words."""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from sverka.connectors.bitrix_site.dictionary import Property, Words
from sverka.connectors.bitrix_site.extras import extras_of
from sverka.connectors.bitrix_site.mark import mark_of
from sverka.connectors.bitrix_site.people import CODES
from sverka.connectors.bitrix_site.rows import real_shipments, rows_of
from sverka.connectors.kit.moments import moment_of
from sverka.connectors.kit.phone import to_e164
from sverka.domain.commerce.customer import Customer
from sverka.domain.commerce.lines import Line
from sverka.domain.commerce.money import ZERO, amount_of, to_kopecks
from sverka.domain.commerce.order import REQUISITES, Order, Shipment
from sverka.domain.commerce.payment import Payment
from sverka.domain.commerce.value import FileRef, Value
from sverka.domain.merge.snapshot import Snapshot
from sverka.ports.stock import STOCK

_SKU_CODES = {"ARTICLE", "ARTNUMBER", "CML2_ARTICLE", "SKU"}
_TRACES = {"ROISTAT", "ROISTAT_VISIT", "YCLID", "GCLID", "YM_UID", "_YM_UID", "GA_CID", "TRACE", "REFERER", "REFERRER"}
PLAIN = {"STRING", "NUMBER", "DATE", "Y/N", "CHECKBOX", "ENUM", "LOCATION"}
"""Types of properties whose values are plain; several of them may come as an object with numbers for keys."""

_SITE_DATE = re.compile(r"(\d{2})\.(\d{2})\.(\d{4})( .*)?")


@dataclass(frozen=True)
class Reader:
    """Turns payloads of one site into orders; `region` is the country of phones without a code, `hub` our own id.

    `shared` is the user whom the orders of many buyers stand on, guests or clients of deals: he is no buyer.
    """

    site: str
    region: str
    hub: str = ""
    shared: str = ""

    def snapshot(self, tree: Mapping[str, Any], words: Words, *, has_module: bool = False) -> Snapshot:
        """Return what the order shows; its stamp moves with every save.

        Of a site that has the module REST tells too few coupons, so none are told then.
        """
        order = self.order(tree, words)
        stamp = f"{tree.get('version') or 0}/{tree.get('dateUpdate') or ''}"
        fields, mark = order.fields() | extras_of(tree), mark_of(tree, self.hub)
        unread = frozenset({STOCK, "coupons"} if has_module and "coupons" not in tree else {STOCK})
        return Snapshot(order.id, fields, stamp, order.updated_at, unread, title=order.number, url=order.url, mark=mark)

    def order(self, tree: Mapping[str, Any], words: Words) -> Order:
        """Read an order with its parts; the hidden system shipment is passed over."""
        values = _Values(tree, words, self.site)
        id_ = str(tree["id"])
        created = moment_of(tree.get("dateInsert"))
        updated = moment_of(tree.get("dateUpdate")) or created
        lines = lines_of(tree)
        return Order(
            id=id_,
            number=str(tree.get("accountNumber") or id_),
            status=str(tree.get("statusId") or ""),
            currency=str(tree.get("currency") or ""),
            total=amount_of(tree.get("price")),
            created_at=created or datetime.fromtimestamp(0, UTC),
            updated_at=updated or datetime.fromtimestamp(0, UTC),
            customer=self._customer(values, tree),
            requisites={key: values.text(*CODES[f"company.{key}"]) for key in REQUISITES},
            lines=lines,
            payments=[_payment(row) for row in rows_of(tree, "payments")],
            shipments=[_shipment(row) for row in real_shipments(tree)],
            properties=values.by_code,
            attribution=values.attribution(),
            coupons=_coupons(tree),
            site=str(tree.get("lid") or ""),
            channel=_channel(tree),
            person_type=_person_type(tree, values, words),
            payer=_id(tree.get("personTypeId")),
            cancelled=tree.get("canceled") == "Y",
            cancel_reason=str(tree.get("reasonCanceled") or ""),
            discount=_discount(tree, lines),
            tax=amount_of(tree.get("taxValue")),
            comment_customer=str(tree.get("userDescription") or ""),
            comment_manager=str(tree.get("comments") or ""),
            responsible=_id(tree.get("responsibleId")),
            delivery_address=values.address(),
            delivery_region=values.text("REGION") or values.role("location"),
            delivery_city=values.text(*CODES["delivery.city"]),
            url=self.site + _page(tree, id_),
            host=urlsplit(self.site).netloc,
            products=[line.product for line in lines if line.product],
        )

    def _customer(self, values: "_Values", tree: Mapping[str, Any]) -> Customer:
        told = {key: values.text(*codes) for key, codes in CODES.items()}
        first, last, middle = (told[f"customer.{part}_name"] for part in ("first", "last", "middle"))
        if last and not first:
            first = values.text("NAME")
        parts = " ".join(part for part in (last, first, middle) if part)
        return Customer(
            name=values.role("name") or parts or told["customer.name"],
            first_name=first,
            last_name=last,
            middle_name=middle,
            phone=to_e164(values.role("phone") or told["customer.phone"], self.region),
            email=values.role("email") or told["customer.email"],
            external_id="" if (user := _id(tree.get("userId"))) == self.shared else user,
            company=told["company.name"],
        )


class _Values:
    """An order's property values by code and by what the site marks them as."""

    def __init__(self, tree: Mapping[str, Any], words: Words, site: str) -> None:
        self._roles: dict[str, str] = {}
        self.by_code: dict[str, Value] = {}
        for row in rows_of(tree, "propertyValues"):
            property_ = words.properties.get(str(row.get("orderPropsId")))
            value = value_of(row.get("value"), property_, site)
            code = str(row.get("code") or row.get("orderPropsId"))
            self.by_code[code] = value
            for role in property_.roles if property_ else ():
                if isinstance(value, str) and value:
                    self._roles.setdefault(role, value)

    def role(self, role: str) -> str:
        """Return the first value marked so, empty where there is none."""
        return self._roles.get(role, "")

    def text(self, *codes: str) -> str:
        """Return the first of these properties that has a text."""
        found = (self.by_code.get(code) for code in codes)
        return next((value for value in found if isinstance(value, str) and value), "")

    def address(self) -> str:
        """Return postcode, region, city and street in one line."""
        parts = (
            self.role("zip") or self.text("ZIP", "INDEX"),
            self.text("REGION"),
            self.text("CITY"),
            self.role("address") or self.text("ADDRESS", "STREET"),
        )
        return ", ".join(dict.fromkeys(part for part in parts if part))

    def attribution(self) -> dict[str, str]:
        """Return the traces of advertising, which shops keep in properties, by lower-case name."""
        return {code.lower(): str(value) for code, value in self.by_code.items() if value and is_trace(code)}


def is_trace(code: str) -> bool:
    """Tell by its code whether a property holds a trace of advertising."""
    return code.upper().startswith("UTM_") or code.upper() in _TRACES


def value_of(raw: object, property_: Property | None, site: str) -> Value:
    """Read a property's value by its type; several become a tuple, a file its address or name.

    What a type unknown here has inside is shown as JSON, and kept as it is when other properties are written.
    """
    kind, several = (property_.kind, property_.many) if property_ else ("STRING", False)
    if kind == "ADDRESS":
        return _address(raw)
    if isinstance(raw, dict) and kind != "FILE":
        if kind not in PLAIN:
            return json.dumps(raw, ensure_ascii=False, sort_keys=True)
        raw = list(raw.values())
    if isinstance(raw, list):
        found = tuple(one for one in (_one(item, kind, site) for item in raw) if one not in (None, ""))
        return found if several or len(found) > 1 else (found[0] if found else None)
    one = _one(raw, kind, site)
    if several:
        return () if one in (None, "") else (one,)
    return one


def _address(raw: object) -> Value:
    """Return an address in one line, from the large to the small: its parts come under numbers in that order."""
    parts = raw.get("fieldCollection") if isinstance(raw, dict) else None
    if not isinstance(parts, dict):
        return str(raw) if isinstance(raw, str) and raw else None
    told = (str(parts[key]) for key in sorted(parts, key=lambda key: int(key) if str(key).isdigit() else 0))
    return ", ".join(part for part in told if part) or None


def _one(raw: object, kind: str, site: str) -> Value:
    if raw is None or raw == "":
        return None
    if isinstance(raw, dict | list) and kind != "FILE":
        return json.dumps(raw, ensure_ascii=False, sort_keys=True)
    if isinstance(raw, dict):
        source, number = str(raw.get("src") or raw.get("url") or ""), str(raw.get("id") or "")
        size, where = str(raw.get("fileSize") or raw.get("size")), source.removeprefix(site)
        name = str(raw.get("originalName") or raw.get("fileName") or raw.get("name") or "")
        return FileRef(number or where, name, int(size) if size.isdigit() else 0, where) if number or where else None
    if kind == "FILE":
        return FileRef(str(raw))
    text = str(raw)
    if kind == "NUMBER":
        try:
            return amount_of(text)
        except ValueError:
            return text
    if kind in ("Y/N", "CHECKBOX"):
        return text == "Y"
    return _day(text) if kind == "DATE" else text


def _day(text: str) -> Value:
    """Read a date in the site's format or ISO; with a time of day, which has no zone, it stays text."""
    russian = _SITE_DATE.fullmatch(text)
    try:
        if russian:
            day, month, year, rest = russian.groups()
            return text if rest else date(int(year), int(month), int(day))
        return date.fromisoformat(text)
    except ValueError:
        return text


def lines_of(tree: Mapping[str, Any]) -> Sequence[Line]:
    """Return the basket as line items; parts of a set are passed over, for the set itself carries the money."""
    return [
        _line(row) for row in rows_of(tree, "basketItems") if _id(row.get("setParentId")) in ("", _id(row.get("id")))
    ]


def _line(row: Mapping[str, Any]) -> Line:
    quantity, price = amount_of(row.get("quantity")), amount_of(row.get("price"))
    rate, net = rate_of(row), row.get("vatIncluded") == "N"
    total, discount = price * quantity, amount_of(row.get("discountPrice"))
    if rate and net:
        total, discount = total + total * rate, discount + discount * rate
    return Line(
        name=str(row.get("name") or ""),
        quantity=quantity,
        total=to_kopecks(total),
        discount=discount,
        tax_rate=None if rate is None else _percent(rate),
        product=_id(row.get("productId")),
        sku=_sku(row),
        measure=str(row.get("measureCode") or ""),
        properties=_chosen(row),
        xml_id=str(row.get("productXmlId") or "") or _id(row.get("productId")),
        id=_id(row.get("id")),
        tax_included=not net,
    )


def delivery_of(tree: Mapping[str, Any], names: Collection[str] = ()) -> Sequence[Line]:
    """Return the shipments that cost something, as line items; those called by these names even if they are free."""
    lines = [_shipment(row).as_line() for row in real_shipments(tree)]
    return [line for line in lines if line.total or line.name in names]


def rate_of(row: Mapping[str, Any]) -> Decimal | None:
    """Return a basket item's rate of VAT as a share of one, None meaning "without VAT".

    Sites keep a share, the vendor's document of the method speaks of percents: what is above one is percents.
    """
    raw = row.get("vatRate")
    rate = None if raw is None or raw == "" else amount_of(raw)
    return rate / 100 if rate is not None and rate > 1 else rate


def _chosen(row: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return what was chosen of an offer, its colour and size; the article and the kernel's own codes left out."""
    return tuple(
        (str(one.get("name") or one.get("code")), str(one["value"]))
        for one in rows_of(row, "properties")
        if one.get("value") not in (None, "")
        and one.get("code") not in _SKU_CODES
        and not str(one.get("code") or "").endswith(".XML_ID")
    )


def _percent(rate: Decimal) -> Decimal:
    percent = (rate * 100).normalize()
    return percent.quantize(Decimal(1)) if percent == percent.to_integral_value() else percent


def _sku(row: Mapping[str, Any]) -> str:
    found = (str(one.get("value") or "") for one in rows_of(row, "properties") if one.get("code") in _SKU_CODES)
    return next((text for text in found if text), "")


def _payment(row: Mapping[str, Any]) -> Payment:
    return Payment(
        id=str(row.get("id")),
        system=_id(row.get("paySystemId")),
        system_name=str(row.get("paySystemName") or ""),
        total=to_kopecks(amount_of(row.get("sum"))),
        paid=row.get("paid") == "Y",
        paid_at=moment_of(row.get("datePaid")) if row.get("paid") == "Y" else None,
        refunded=to_kopecks(amount_of(row.get("sum"))) if row.get("isReturn") in ("Y", "P") else ZERO,
        reference=str(row.get("payVoucherNum") or row.get("psInvoiceId") or ""),
    )


def _shipment(row: Mapping[str, Any]) -> Shipment:
    return Shipment(
        id=str(row.get("id")),
        service=_id(row.get("deliveryId")),
        service_name=str(row.get("deliveryName") or ""),
        price=amount_of(row.get("priceDelivery")),
        tracking_number=str(row.get("trackingNumber") or ""),
        shipped=row.get("deducted") == "Y",
        shipped_at=moment_of(row.get("dateDeducted")) if row.get("deducted") == "Y" else None,
        status=str(row.get("statusId") or ""),
        allowed=row.get("allowDelivery") == "Y",
    )


def _id(raw: object) -> str:
    return "" if raw in (None, "", 0, "0") else str(raw)


def _coupons(tree: Mapping[str, Any]) -> Sequence[str]:
    codes = [str(row.get("discountCoupon") or "") for row in rows_of(tree, "basketItems")]
    codes += [str(code) for code in tree.get("coupons") or ()]
    return list(dict.fromkeys(code for code in codes if code))


def _page(tree: Mapping[str, Any], id_: str) -> str:
    """Return where a manager sees the order: as the site's module says, or where it is on every site."""
    told = str(tree.get("adminUrl") or "")
    return told if told.startswith("/bitrix/") else f"/bitrix/admin/sale_order_view.php?ID={id_}&lang=ru"


def _channel(tree: Mapping[str, Any]) -> str:
    return next((str(row.get("tradingPlatformXmlId") or "") for row in rows_of(tree, "tradeBindings")), "")


def _person_type(tree: Mapping[str, Any], values: _Values, words: Words) -> str:
    legal = str(tree.get("personTypeId")) in words.companies or values.text("INN", "COMPANY", "COMPANY_NAME")
    return "company" if legal else "individual"


def _discount(tree: Mapping[str, Any], lines: Sequence[Line]) -> Decimal:
    whole = amount_of(tree.get("discountValue"))
    return whole or to_kopecks(sum((line.discount * line.quantity for line in lines), ZERO))
