"""A shop's registered customers, in our words: guests have no account and are known by their orders alone."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sverka.connectors.kit.moments import moment_of
from sverka.connectors.kit.phone import to_e164
from sverka.connectors.woocommerce.api import PAGE, Api, repeated
from sverka.domain.commerce.value import Value
from sverka.domain.ids import OrderId
from sverka.ports.customers import StoreCustomer
from sverka.ports.guard import Guard

_ALL = {"orderby": "id", "order": "asc", "role": "all"}
_NEWEST = {"orderby": "registered_date", "order": "desc"}


def read(api: Api, region: str, ids: Collection[str], guard: Guard) -> Iterator[StoreCustomer]:
    """Yield the customers of these ids, or all, a hundred a request, the oldest first."""
    wanted = sorted({id_ for id_ in ids if id_.isdigit()}, key=int)
    if ids:
        for start in range(0, len(wanted), PAGE):
            query = {**_ALL, "include": ",".join(wanted[start : start + PAGE]), "per_page": str(PAGE)}
            yield from (_customer(row, region) for row in api.rows("/customers", guard, query))
        return
    for page in api.pages("/customers", guard, _ALL):
        yield from (_customer(row, region) for row in page)


def since(api: Api, region: str, moment: datetime, guard: Guard) -> Iterator[StoreCustomer]:
    """Yield the customers who registered at or after the moment, the newest first: the API has no filter by date."""
    for rows in api.pages("/customers", guard, {"role": "customer", **_NEWEST}):
        page = [_customer(row, region) for row in rows]
        yield from (one for one in page if one.registered_at and one.registered_at >= moment)
        oldest = page[-1].registered_at if page else None
        if oldest and oldest < moment:
            return


def orders_of(api: Api, customer: str, most: int, guard: Guard) -> Sequence[OrderId]:
    """Return the newest orders of a customer, at most so many."""
    if not customer.isdigit():
        return []
    newest = {"orderby": "id", "order": "desc", "status": "any", "per_page": str(most)}
    asked = {"customer": customer, **newest, "_fields": "id,customer_id"}
    rows = api.rows("/orders", guard, asked)
    if any(str(row["customer_id"]) != customer for row in rows):
        raise repeated(api.site)
    return [OrderId(str(row["id"])) for row in rows]


def _customer(row: Mapping[str, Any], region: str) -> StoreCustomer:
    held = row.get("billing")
    billing: Mapping[str, Any] = held if isinstance(held, dict) else {}
    first = str(row.get("first_name") or billing.get("first_name") or "")
    last = str(row.get("last_name") or billing.get("last_name") or "")
    company = str(billing.get("company") or "")
    fields: dict[str, Value] = {
        "customer.name": " ".join(filter(None, (first, last))),
        "customer.first_name": first,
        "customer.last_name": last,
        "customer.phone": to_e164(str(billing.get("phone") or ""), region),
        "customer.email": str(row.get("email") or billing.get("email") or ""),
        "company.name": company,
    }
    registered = moment_of(row.get("date_created_gmt"))
    return StoreCustomer(str(row.get("id")), fields, is_company=bool(company), registered_at=registered)
