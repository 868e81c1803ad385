"""What people and rules of the portal do on their own: the acts a test or a demo sets off from outside REST."""

from __future__ import annotations

import threading
from typing import Any

from sverka.sandbox.clock import VirtualClock
from sverka.sandbox.portal.callers import Caller
from sverka.sandbox.portal.core import Core
from sverka.sandbox.portal.crm.fields import DEAL, HAS_MULTIFIELDS, LEAD
from sverka.sandbox.portal.crm.items import add_item, change_item, convert, delete_item
from sverka.sandbox.portal.crm.merging import merge
from sverka.sandbox.portal.crm.user_fields import create
from sverka.sandbox.portal.errors import RestError, not_found
from sverka.sandbox.portal.records.multifields import change_universal
from sverka.sandbox.portal.sale import model, public
from sverka.sandbox.portal.sale.messages import queue_message
from sverka.sandbox.portal.sale.requests import order_delivery
from sverka.sandbox.portal.state import Item, Robot, UserField


class People:
    """Acts in the portal's own interface, by a manager (user 6) unless another user id is given."""

    def __init__(self, core: Core, lock: threading.RLock) -> None:
        self.core = core
        self.lock = lock

    def by(self, user_id: int) -> Core:
        """Return the portal as an employee meets it in its own interface."""
        return self.core.acting(Caller(user_id))

    def advance(self, seconds: float) -> None:
        """Move the portal's clock; TypeError when it is not a virtual one."""
        if not isinstance(self.core.clock, VirtualClock):
            raise TypeError("only a virtual clock can be advanced: give the portal one")
        self.core.clock.advance(seconds)

    def item(self, entity_type_id: int, item_id: int) -> Item:
        """Return the record itself, to look at; RestError when there is none."""
        item = self.core.state.item(entity_type_id, item_id)
        if item is None:
            raise not_found(classic=False)
        return item

    def move_stage(self, deal_id: int, stage_id: str, user_id: int = 6) -> None:
        """Move a deal to a stage, of another funnel too; RestError when there is no such stage."""
        with self.lock:
            stages = [s for s in self.core.state.statuses.values() if s.entity_id.startswith("DEAL_STAGE")]
            stage = next((line for line in stages if line.status_id == stage_id), None)
            if stage is None:
                raise RestError(400, "NOT_FOUND", f"no stage {stage_id}")
            given = {"stageId": stage_id, "categoryId": stage.category_id or 0}
            change_item(self.by(user_id), self.item(DEAL, deal_id), given, strict=True)

    def convert_lead(
        self,
        lead_id: int,
        *,
        deal: bool = True,
        contact: bool = True,
        company: bool = False,
        funnel: int = 0,
        user_id: int = 6,
    ) -> dict[str, int]:
        """Make of a lead what a person ticks in its interface, and return the ids of what was made."""
        with self.lock:
            lead = self.item(LEAD, lead_id)
            return convert(self.by(user_id), lead, deal=deal, contact=contact, company=company, funnel=funnel)

    def create(self, entity_type_id: int, fields: dict[str, Any], user_id: int = 6) -> int:
        """Add a record by hand (`fm` as in crm.item.add) and return its id."""
        with self.lock:
            fm = change_universal(self.core.state, [], fields.get("fm")) if entity_type_id in HAS_MULTIFIELDS else []
            return add_item(self.by(user_id), entity_type_id, fields, fm, strict=True).id

    def edit(self, entity_type_id: int, item_id: int, fields: dict[str, Any], user_id: int = 6) -> bool:
        """Change a record by hand (names as in crm.item.update, user fields by UF_) and tell whether it changed."""
        with self.lock:
            item = self.item(entity_type_id, item_id)
            fm = change_universal(self.core.state, item.fm, fields["fm"]) if "fm" in fields else None
            return change_item(self.by(user_id), item, fields, fm, strict=True)

    def delete(self, entity_type_id: int, item_id: int) -> None:
        """Delete a record by hand."""
        with self.lock:
            delete_item(self.core, self.item(entity_type_id, item_id))

    def merge(self, entity_type_id: int, ids: list[int], user_id: int = 6) -> int:
        """Merge records by hand into the first, whose values win, and return its id; ValueError for fewer than two."""
        with self.lock:
            survivor, *others = [self.item(entity_type_id, number) for number in dict.fromkeys(ids)]
            if not others:
                raise ValueError("at least two records are merged")
            merge(self.by(user_id), survivor, others)
            return survivor.id

    def pay(self, payment_id: int) -> None:
        """Let the buyer pay a payment, as its public page does; RestError when there is none."""
        with self.lock:
            public.pay(self.core, model.payment_of(self.core, payment_id))

    def order_delivery(self, delivery_id: int, request_id: str) -> None:
        """Let a delivery service take an order to deliver, under an id of its own; RestError without such a service."""
        with self.lock:
            order_delivery(self.core, delivery_id, request_id)

    def send_message(self, code: str, to: str, text: str) -> str:
        """Send a message by an application's sender and return the message's id; RestError without such a sender.

        The message waits in the state `queued` for the application's report; its handler is not called.
        """
        with self.lock:
            return str(queue_message(self.core, code, to, text).values["MESSAGE_ID"])

    def add_field(
        self,
        entity_type_id: int,
        name: str,
        kind: str = "string",
        *,
        multiple: bool = False,
        options: list[str] | None = None,
    ) -> UserField:
        """Add a user field (`UF_CRM_` is put before the name) and return it; `options` are an enumeration's values."""
        with self.lock:
            given = {
                "FIELD_NAME": name,
                "USER_TYPE_ID": kind,
                "MULTIPLE": "Y" if multiple else "N",
                "LIST": [{"VALUE": value} for value in options or []],
            }
            return create(self.core, self.core.state.entity_id(entity_type_id), given)

    def add_robot(self, stage_id: str, to_stage_id: str, user_id: int = 1) -> None:
        """Set a rule: a deal that enters one stage is moved on to the other at once."""
        with self.lock:
            self.core.state.robots.append(Robot(stage_id, to_stage_id, user_id))

    def clear_robots(self) -> None:
        """Take every rule away."""
        with self.lock:
            self.core.state.robots.clear()
