"""`sverka reconcile`: every bound order compared field by field, and a plan of what would be repaired."""

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Annotated, Any

import typer

from sverka.bootstrap import House
from sverka.cli.home import at_work
from sverka.cli.order.show import Json
from sverka.cli.profile.preview import by_field, show_foreseen
from sverka.cli.screen import BAD, GOOD, STRONG, WARN, line
from sverka.cli.words import say, t
from sverka.domain.commerce.value import show
from sverka.domain.errors import Misconfigured, Problem
from sverka.domain.ids import OfficeName, OrderRef
from sverka.domain.text import Text
from sverka.engine.bells.retry import ring_orders
from sverka.engine.by_hand.preview import Foreseen, Preview
from sverka.engine.hub import Hub
from sverka.operate.reconcile import reconcile as compare


@dataclass
class Found:
    """What a comparison has found so far; `differing` are the records that are not as their orders."""

    compared: int = 0
    differing: list[Foreseen] = field(default_factory=list)
    problems: dict[OrderRef, Problem] = field(default_factory=dict)

    def add(self, page: Preview) -> list[Foreseen]:
        """Take a page in, and return what differs on it."""
        differing = [one for one in page.foreseen if one.changes or one.differences or one.birth is not None]
        self.compared += len({one.order for one in page.foreseen}) + len(page.problems)
        self.differing += differing
        self.problems |= page.problems
        return differing

    @property
    def to_repair(self) -> list[OrderRef]:
        """The orders that the next visit would change something of."""
        return list(dict.fromkeys(one.order for one in self.differing if one.changes or one.birth is not None))


def reconcile(
    portal: Annotated[str, typer.Argument(help=t("One portal; all if left out.", "Один портал; иначе все."))] = "",
    repair: Annotated[
        bool, typer.Option("--repair", help=t("Let the hub do what is planned.", "Поручить хабу запланированное."))
    ] = False,
    as_json: Json = False,
) -> None:
    """Compare all bound orders and print the repairs; exit code 1 where there are any, or an order cannot be read."""
    with at_work() as house:
        hub, found = house.hub(), Found()
        for office in _offices(house, hub, portal):
            for page in compare(hub, office):
                for one in found.add(page):
                    if not as_json:
                        show_foreseen(one)
        queued = ring_orders(hub, found.to_repair, "reconcile") if repair else []
    if as_json:
        typer.echo(json.dumps(_as_data(found, len(queued)), ensure_ascii=False))
    else:
        _sum_up(found, is_queued=repair)
    if found.problems or (found.to_repair and not repair):
        raise typer.Exit(1)


def _offices(house: House, hub: Hub, portal: str) -> list[OfficeName]:
    if portal and house.connection(portal).name not in hub.offices:
        raise Misconfigured(Text(f"{portal} is no portal; see `sverka connection list`.",
                                 f"{portal} – не портал; см. `sverka connection list`."))  # fmt: skip
    return [name for name in hub.offices if portal in ("", name)]


def _sum_up(found: Found, *, is_queued: bool) -> None:
    if found.differing:
        line()
        by_field(found.differing)
    waiting = len({one.order for one in found.differing if any(some.why.asks for some in one.differences)})
    repairs = len(found.to_repair)
    line()
    line(
        t(f"Compared field by field: {found.compared} orders.", f"Сверено по полям: заказов {found.compared}."), STRONG
    )
    line(t(f"  to be repaired: {repairs}", f"  исправить: {repairs}"), WARN if repairs else "")
    line(t(f"  waiting for your decision: {waiting}", f"  ждут вашего решения: {waiting}"), WARN if waiting else "")
    for order, problem in found.problems.items():
        line(f"  {order}: {say(problem.text)}", BAD)
    if not found.differing and not found.problems:
        line(t("All agree.", "Все согласны."), GOOD)
    if repairs and is_queued:
        line(t("They are queued; `sverka up` does them while it runs.",
               "Они поставлены в очередь; их делает `sverka up`, пока запущен."))  # fmt: skip
    elif repairs:
        line(t("Nothing was written. To let the hub do this: `sverka reconcile --repair`.",
               "Ничего не записано. Поручить это хабу: `sverka reconcile --repair`."))  # fmt: skip
    if waiting:
        line(t("To decide: `sverka order list --differences`.", "Решить: `sverka order list --differences`."))


def _as_data(found: Found, queued: int) -> dict[str, Any]:
    fields: Counter[str] = Counter(change.mapping.key for one in found.differing for change in one.changes)
    return {
        "compared": found.compared,
        "fields": dict(fields),
        "queued": queued,
        "differing": [_record(one) for one in found.differing],
        "problems": {str(order): say(problem.text) for order, problem in found.problems.items()},
    }


def _record(one: Foreseen) -> dict[str, Any]:
    return {
        "order": str(one.order),
        "profile": one.profile,
        "record": one.record,
        "is_new": one.birth is not None,
        "repairs": [
            {"field": change.mapping.key, "side": change.side.value, "old": show(change.old), "new": show(change.value)}
            for change in one.changes
        ],
        "differences": [
            {"field": some.key, "why": some.why.value, "store": show(some.store), "office": show(some.office),
             "asks": some.why.asks, "text": say(some.text)}
            for some in one.differences
        ],
    }  # fmt: skip
