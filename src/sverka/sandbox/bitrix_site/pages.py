"""What a browser gets of the shop: uploaded files, and the manager's page of an order."""

from __future__ import annotations

from html import escape
from mimetypes import guess_type

from sverka.sandbox.bitrix_site.errors import BitrixError
from sverka.sandbox.bitrix_site.store import BitrixSiteStore
from sverka.sandbox.shop.web import Call, Reply

_ORDER = "/bitrix/admin/sale_order_view.php"


def page(store: BitrixSiteStore, call: Call) -> Reply | None:
    """Return a page or a file, None where the address is neither."""
    if call.path.startswith("/upload/"):
        content = store.properties.files.get(call.path)
        kind = guess_type(call.path)[0] or "application/octet-stream"
        return Reply(404, b"") if content is None else Reply(200, content, {"content-type": kind})
    if call.path != _ORDER:
        return None
    try:
        order = store.order(int(dict(call.query).get("ID", "0")))
    except (BitrixError, ValueError):
        return Reply(404, b"")
    text = f"<html><title>Заказ {escape(str(order['accountNumber']))}</title></html>"
    return Reply(200, text.encode(), {"content-type": "text/html; charset=utf-8"})
