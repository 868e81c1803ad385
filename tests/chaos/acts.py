"""What people do in a run, and what is remembered of it: the last value each of them has set, in whose words."""

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from chaos.plan import CITY, NOTE, STATUS, Step
from chaos.shop import ShopDown
from chaos.street import Street, mark_of
from chaos.town import FOR_CUSTOMER, OFFICE_FIELDS, STAGES, STATUSES
from sverka.sandbox.portal.state import Item

TITLE = {"bitrix_site": "Визитки", "woocommerce": "Визитки"}


@dataclass
class People:
    """Buyers, the shop's people and the portal's; an act that cannot be done yet is done later."""

    street: Street
    numbers: dict[int, int] = field(default_factory=dict)
    """The shop's number of each order placed."""
    last: dict[tuple[int, str, str], object] = field(default_factory=dict)
    """The last value set, by order, field and side."""
    ever: dict[tuple[int, str, str], set[object]] = field(default_factory=lambda: defaultdict(set))
    """All that were set."""
    when: dict[tuple[int, str, str], float] = field(default_factory=dict)
    """When that was begun, by the true time."""
    _began: float = 0.0
    arrivals: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    """How often people have brought an order to its end."""
    said: list[tuple[int, str, str]] = field(default_factory=list)
    _waiting: list[Step] = field(default_factory=list)
    _deals: dict[str, list[Item]] = field(default_factory=dict)
    done: int = 0

    def do(self, step: Step) -> None:
        """Do it now, or as soon as it can be done; the acts on one order and field keep their order."""
        self._waiting.append(step)
        self.catch_up()

    def catch_up(self) -> int:
        """Do what can be done of what waits, and return how much still waits."""
        barred, left = set(), []
        self._deals = self.street.deals() if self._waiting else {}
        for step in self._waiting:
            name = step.order, step.field, step.do
            if name in barred or not self._done(step):
                barred.add(name)
                left.append(step)
        self.done += len(self._waiting) - len(left)
        self._waiting = left
        return len(left)

    def _done(self, step: Step) -> bool:
        acts: dict[str, Callable[[Step], bool]] = {
            "order": self._order, "shop": self._in_shop, "office": self._in_office, "lines": self._lines,
            "say_in_shop": self._say_in_shop, "say_in_portal": self._say_in_portal,
        }  # fmt: skip
        if step.do != "order" and step.order not in self.numbers:
            return False
        self._began = time.time()
        try:
            return acts[step.do](step)
        except ShopDown:
            return False

    def _order(self, step: Step) -> bool:
        kind, control = self.street.plan.kind, self.street.town.control
        buyer = self.street.plan.buyers[step.order]
        phone, email = phone_of(buyer), f"b{buyer}@example.test"
        items = [{"name": TITLE[kind], "price": "150.55", "quantity": 1 + step.order % 4, "product_id": 13}]
        if kind == "bitrix_site":
            del items[0]["product_id"]
            customer = {"fio": f"Ким {buyer}", "email": email, "phone": phone, "city": f"start-{step.order}"}
            number = control("place_order", customer=customer, items=items)
        else:
            billing = {"first_name": f"Ким {buyer}", "email": email, "phone": phone}
            number = control(
                "place_order", billing=billing, items=items, meta={"CITY": f"start-{step.order}"},
                fields={"status": STATUSES[kind]["new"]},
            )  # fmt: skip
        self.numbers[step.order] = number
        return True

    def _in_shop(self, step: Step) -> bool:
        kind, control, number = self.street.plan.kind, self.street.town.control, self.numbers[step.order]
        value = STATUSES[kind][str(step.value)] if step.field == STATUS else step.value
        if kind == "bitrix_site":
            if step.field == CITY:
                control("set_properties", order_id=number, values={"CITY": value})
            else:
                name = {STATUS: "statusId", NOTE: "userDescription"}[step.field]
                control("edit", order_id=number, fields={name: value})
        else:
            payload = {
                STATUS: {"status": value}, NOTE: {"customer_note": value},
                CITY: {"meta_data": [{"key": "CITY", "value": value}]},
            }[step.field]  # fmt: skip
            control("edit", order_id=number, payload=payload)
        self._remember(step, "shop")
        return True

    def _in_office(self, step: Step) -> bool:
        deal = self._deal_of(step)
        if deal is None:
            return False
        if step.field == STATUS:
            self.street.portal.move_stage(deal.id, STAGES[self.street.plan.kind][str(step.value)])
        else:
            self.street.portal.edit(deal.entity_type_id, deal.id, {OFFICE_FIELDS[step.field]: step.value})
        self._remember(step, "office")
        return True

    def _deal_of(self, step: Step) -> Item | None:
        return next(iter(self._deals.get(mark_of(self.numbers[step.order]), ())), None)

    def _remember(self, step: Step, side: str) -> None:
        self.last[step.order, step.field, side] = step.value
        self.ever[step.order, step.field, side].add(step.value)
        self.when[step.order, step.field, side] = self._began
        self.arrivals[step.order] += step.field == STATUS and step.value == "done"

    def _lines(self, step: Step) -> bool:
        number, control = self.numbers[step.order], self.street.town.control
        if self.street.plan.kind == "bitrix_site":
            (line,) = control("order", order_id=number)["basketItems"]
            control("edit_item", order_id=number, item_id=line["id"], changes={"quantity": step.value})
        else:
            (line,) = control("order", order_id=number)["line_items"]
            row = {"id": line["id"], "quantity": step.value, "total": f"{150.55 * int(str(step.value)):.2f}"}
            control("edit", order_id=number, payload={"line_items": [{**row, "subtotal": row["total"]}]})
        return True

    def _say_in_shop(self, step: Step) -> bool:
        self.street.town.control(
            "add_note", order_id=self.numbers[step.order], note=step.value, customer_note=False, author="Oleg"
        )
        self.said.append((step.order, "shop", str(step.value)))
        return True

    def _say_in_portal(self, step: Step) -> bool:
        deal = self._deal_of(step)
        if deal is None:
            return False
        fields = {"ENTITY_ID": deal.id, "ENTITY_TYPE": "deal", "COMMENT": f"{FOR_CUSTOMER} {step.value}"}
        self.street.portal.call("crm.timeline.comment.add", {"fields": fields}, user_id=6)
        self.said.append((step.order, "office", str(step.value)))
        return True


def phone_of(buyer: int) -> str:
    """Return a buyer's phone."""
    return f"+7 999 {buyer // 10000:03}-{buyer // 100 % 100:02}-{buyer % 100:02}"
