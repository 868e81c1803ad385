"""The orders a shop had before, by the time they were placed."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from sverka.connectors.kit.moments import moment_of
from sverka.connectors.woocommerce.api import PAGE, Api, repeated
from sverka.domain.ids import OrderId
from sverka.ports.guard import Guard
from sverka.ports.history import Placed


def placed_since(api: Api, moment: datetime, guard: Guard) -> Iterator[Placed]:
    """Yield every order placed at or after the moment, the oldest first, without those in the trash.

    Each page starts at the last second seen, for an order that is deleted moves the others to earlier pages. The shop's
    own filter leaves out the second it is given, so it is given the one before.
    """
    since, number, seen = moment.astimezone(UTC).replace(microsecond=0), 1, set[str]()
    while True:
        before = (since - timedelta(seconds=1)).replace(tzinfo=None).isoformat()
        query = {"orderby": "date", "order": "asc", "status": "any", "per_page": str(PAGE), "page": str(number)}
        query |= {"after": before, "dates_are_gmt": "true", "_fields": "id,date_created_gmt"}
        rows = [(str(row["id"]), moment_of(row.get("date_created_gmt"))) for row in api.rows("/orders", guard, query)]
        new = [(id_, placed) for id_, placed in rows if id_ not in seen]
        seen.update(id_ for id_, _ in new)
        yield from (Placed(OrderId(id_), placed or since) for id_, placed in new)
        if len(rows) < PAGE:
            return
        if number > 1 and not new:
            raise repeated(api.site)
        last = rows[-1][1] or since
        since, number = (last, 1) if last > since else (since, number + 1)
