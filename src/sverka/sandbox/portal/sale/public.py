"""A payment's public link: salescenter.payment.getPublicUrl, and the page a buyer opens by it."""

from __future__ import annotations

import secrets
from base64 import b64encode
from html import escape

from sverka.sandbox.portal.core import Core, Method, Reply
from sverka.sandbox.portal.params import Params
from sverka.sandbox.portal.records.tables import Values
from sverka.sandbox.portal.sale import model
from sverka.sandbox.portal.sale.deal_payments import change_payment
from sverka.sandbox.portal.sale.qr import png
from sverka.sandbox.portal.sale.totals import set_stage
from sverka.sandbox.portal.state import Item

#: where a payment's page is
PATH = "/pub/payment/"


def address(core: Core, payment: Item) -> str:
    """Return the address of a payment's page; it holds the key by which the page opens, made at the first call."""
    access = payment.values.setdefault("access", secrets.token_hex(16))
    query = f"orderId={payment.values['orderId']}&access={access}&paymentId={payment.id}"
    return f"{core.settings.origin}{PATH}?{query}"


def by_code(core: Core, code: str) -> Item | None:
    """Return the payment whose short link ends in the code."""
    found = model.PAYMENTS.where(core, short=code) if code else []
    return found[0] if found else None


def public_url(core: Core, params: Params) -> Reply:
    """Answer salescenter.payment.getPublicUrl: the page's address, a short one, and a picture of the short one."""
    payment = model.payment_of(core, params.number("id"))
    code = payment.values.setdefault("short", secrets.token_hex(3))
    short = f"{core.settings.origin}/~{code}"
    _noted(core, payment, "SENT_NO_VIEWED", over=("NOT_PAID",))
    picture = b64encode(png(short)).decode()
    return Reply({"payment": {"url": address(core, payment), "shortUrl": short, "qr": picture}})


def _noted(core: Core, payment: Item, stage: str, over: tuple[str, ...]) -> None:
    if payment.values.get("stage", "NOT_PAID") in over:
        payment.values["stage"] = stage
        set_stage(core, payment.values["orderId"])


def opened(core: Core, payment_id: str, access: str) -> Item | None:
    """Return the payment a buyer may see by this key, None when the key is not its own."""
    payment = model.PAYMENTS.rows(core).get(int(payment_id) if payment_id.isdecimal() else 0)
    held = str(payment.values.get("access") or "") if payment else ""
    return payment if held and secrets.compare_digest(held.encode(), access.encode()) else None


def pay(core: Core, payment: Item) -> None:
    """Let the buyer pay: the payment becomes paid by nobody of the portal, as a pay system would report it."""
    given: Values = {"paid": "Y", "empPaidId": None, "psStatus": "Y", "psSum": payment.values["sum"]}
    given |= {"psCurrency": payment.values["currency"], "psResponseDate": core.now()}
    if payment.values["paid"] != "Y":
        change_payment(core, payment, given)


def page(core: Core, payment: Item) -> str:
    """Return the page: what is paid for, how much it is, and a button while it is not paid."""
    _noted(core, payment, "VIEWED_NO_PAID", over=("NOT_PAID", "SENT_NO_VIEWED"))
    values = payment.values
    parts = model.PAID_PRODUCTS.where(core, paymentId=payment.id)
    items = [(model.BASKET.rows(core).get(part.values["basketId"]), part.values["quantity"]) for part in parts]
    lines = "".join(f"<li>{escape(str(item.values['name']))} × {quantity:f}</li>" for item, quantity in items if item)
    paid = '<p id="paid">Оплачено</p>'
    button = '<form method="post"><button type="submit">Оплатить</button></form>'
    return (
        f'<!doctype html><html lang="ru"><meta charset="utf-8"><title>Оплата {escape(values["accountNumber"])}</title>'
        f"<h1>Оплата {escape(values['accountNumber'])}</h1><ul>{lines}</ul>"
        f'<p id="sum">{values["sum"]:f} {escape(str(values["currency"]))}</p>'
        f"{paid if values['paid'] == 'Y' else button}</html>"
    )


METHODS: list[Method] = [
    Method("salescenter.payment.getPublicUrl", public_url, "salescenter", ("id",)),
]
