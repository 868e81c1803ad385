"""The oracle: it asks the shop and the portal what they hold, and people what they have done.

Of the hub's memory it takes two things alone: whether the hub says it is at rest, and what it shows a person as
different. A field that differs and is not shown, or is shown while its editor's word is gone, is an objection.
"""

import dataclasses
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from chaos.acts import People, phone_of
from chaos.cradle import wave_seconds
from chaos.hearsay import Hearsay
from chaos.looks import was_unseen
from chaos.plan import FIELDS, NOTE, STATUS, WORK_TOO
from chaos.street import Street, mark_of
from chaos.town import OFFICE_FIELDS, STAGES, STATUSES
from sverka.sandbox.portal.crm.fields import DEAL
from sverka.sandbox.portal.state import Item

_NEVER_HEALS = ("DOUBLED", "OVERWRITTEN", "TOLD TWICE", "NOT SILENT")


def is_final(objection: str) -> bool:
    """Tell whether no later work of the hub can make it good, so that there is nothing to wait for."""
    return objection.startswith(_NEVER_HEALS) or "TIMES!" in objection


def waits_for_night(objection: str) -> bool:
    """Tell whether it is a comment of the portal's that has not reached its order yet."""
    return objection.startswith("TOLD 0 TIMES") and "said in the office, at order" in objection


@dataclass
class Verdict:
    """Judges a street by what its people have done."""

    street: Street
    people: People
    hearsay: Hearsay
    unseen: set[str] = dataclasses.field(default_factory=set)
    """Edits that were made between a wave's look and its write, and overwritten by it."""

    def objections(self) -> list[str]:
        """Return all that is not as it should be once the hub is at rest; nothing where all is well."""
        found = [f"{name} stands still" for name in self.hearsay.stands_still()]
        shown = self.hearsay.shown()
        orders, deals = self.street.orders(), self.street.deals()
        found += self._births(orders, deals)
        found += self._contacts(deals)
        for order, number in self.people.numbers.items():
            mine = deals.get(mark_of(number), [])
            if len(mine) == 1 and number in orders:
                found += self._fields(order, number, orders[number]["order"], mine[0], shown)
                found += self._told(order, number, orders[number], mine[0])
        return found

    def _births(self, orders: Mapping[int, dict], deals: Mapping[str, list[Item]]) -> list[str]:
        placed = set(self.people.numbers.values())
        marks = {mark_of(number) for number in placed}
        found = [f"order {number} is gone from the shop" for number in placed - set(orders)]
        found += [f"order {number} was made by nobody" for number in set(orders) - placed]
        found += [f"LOST: {mark} has no deal" for mark in marks - set(deals)]
        found += [f"DOUBLED: {mark} has {len(those)} deals" for mark, those in deals.items() if len(those) > 1]
        found += [f"a deal of nothing: {mark!r}" for mark in set(deals) - marks]
        return found

    def _contacts(self, deals: Mapping[str, list[Item]]) -> list[str]:
        phones = {one.id: {_digits(line.value) for line in one.fm if line.type_id == "PHONE"} for one in
                  self.street.contacts()}  # fmt: skip
        counts = Counter(phone for each in phones.values() for phone in each)
        found = [f"DOUBLED: {count} contacts of {phone}" for phone, count in counts.items() if count > 1]
        buyers = {self.street.plan.buyers[order] for order in self.people.numbers}
        if len(phones) != len(buyers):
            found.append(f"{len(phones)} contacts of {len(buyers)} buyers")
        for order, number in self.people.numbers.items():
            phone = _digits(phone_of(self.street.plan.buyers[order]))
            for deal in deals.get(mark_of(number), []):
                contact = deal.values.get("contactId") or next(iter(deal.values.get("contactIds") or ()), 0)
                if phone not in phones.get(int(contact or 0), set()):
                    found.append(f"order {number}: its deal has contact {contact}, not the one of {phone}")
        return found

    def _fields(self, order: int, number: int, shop: dict, deal: Item, shown: set[tuple[int, str]]) -> list[str]:
        found = []
        for field in FIELDS:
            here, there = self._in_shop(field, shop), self._in_office(field, deal)
            edits = {side: self.people.last.get((order, field, side)) for side in ("shop", "office")}
            set_ = {side: _meant(field, value) for side, value in edits.items() if value is not None}
            is_shown, where = (number, field) in shown, f"{field} of order {number}"
            told = f"{here!r} and {there!r}, set were {edits}"
            if here != there and not is_shown:
                found.append(f"OUT OF STEP: {where}: {told}")
            for side, value in (("shop", here), ("office", there)):
                # what one side alone has set must stand there; what both have set, by either of them
                rightful = {*set_.values(), *self._winners(order, field, side)} if side in set_ else {value}
                if value not in rightful and self._was_unseen(order, number, field, side):
                    self.unseen.add(f"{where} in the {side}: {told}")
                elif value not in rightful:
                    found.append(f"OVERWRITTEN: {where} in the {side}: {told}{', shown' if is_shown else ''}")
        if Decimal(str(deal.values.get("opportunity") or 0)) != self._price(shop) and (number, "lines") not in {
            (one, key.split(".")[0]) for one, key in shown
        }:
            found.append(f"MONEY: order {number}: {self._price(shop)} and {deal.values.get('opportunity')}")
        return found

    def _winners(self, order: int, field: str, side: str) -> set[object]:
        """Return what the other side has ever set, where that side wins: each of them might replace this side's."""
        wins = {"shop": "office", "office": "store"}[side] + "_wins"
        if self.street.plan.policies[field] != wins:
            return set()
        other = {"shop": "office", "office": "shop"}[side]
        return {_meant(field, value) for value in self.people.ever[order, field, other]}

    def _was_unseen(self, order: int, number: int, field: str, side: str) -> bool:
        edited = self.people.when[order, field, side]
        return was_unseen(self.street.folder, number, field, side, edited, wave_seconds())

    def _told(self, order: int, number: int, kept: dict, deal: Item) -> list[str]:
        """Return what a person was told twice: arrivals at the end, and each word said about an order."""
        kind, state, found = self.street.plan.kind, self.street.portal.core.state, []
        allowed = max(1, self.people.arrivals[order])
        end = STAGES[kind]["done"]
        arrivals = sum(1 for line in state.history if (line.owner_id, line.stage_id) == (deal.id, end))
        if arrivals > allowed:
            found.append(f"TOLD TWICE: the deal of order {number} came to {end} {arrivals} times")
        if kind == "bitrix_site":
            return found
        notes = [row["note"] for row in kept["notes"]]
        done = sum(1 for note in notes if "changed" in note and note.endswith(" to Completed."))
        if done > allowed:
            found.append(f"TOLD TWICE: order {number} was completed {done} times")
        mine = ("deal", deal.id)
        comments = [one.text for one in state.comments.values() if (one.entity_type, one.entity_id) == mine]
        for said, side, words in self.people.said:
            if said == order:
                for name, lines in (("order", notes), ("deal", comments)):
                    times = sum(1 for line in lines if words in line)
                    if times != 1:
                        often = f"TOLD {times} TIMES{'!' * (times > 1)}"
                        found.append(f"{often}: {words!r}, said in the {side}, at {name} {number}")
        return found

    def _in_shop(self, field: str, shop: dict) -> object:
        kind = self.street.plan.kind
        if field == STATUS:
            value = shop["statusId"] if kind == "bitrix_site" else shop["status"]
            return next((one for one, name in STATUSES[kind].items() if name == value), value)
        if kind == "bitrix_site":
            if field == NOTE:
                return shop["userDescription"] or ""
            return next((row["value"] for row in shop["propertyValues"] if row["code"] == "CITY"), "")
        if field == NOTE:
            return shop["customer_note"] or ""
        return next((row["value"] for row in shop["meta_data"] if row["key"] == "CITY"), "")

    def _in_office(self, field: str, deal: Item) -> object:
        if field != STATUS:
            return deal.values.get(OFFICE_FIELDS[field]) or ""
        value, stages = deal.values["stageId"], STAGES[self.street.plan.kind]
        return _meant(STATUS, next((one for one, name in stages.items() if name == value), value))

    def _price(self, shop: dict) -> Decimal:
        return Decimal(str(shop["price"] if self.street.plan.kind == "bitrix_site" else shop["total"]))


def snapshot(street: Street) -> tuple[object, ...]:
    """Return all that a write would change, on both sides."""
    stamps = {one.id: str(one.values.get("updatedTime")) for one in street.portal.core.state.items[DEAL].values()}
    return street.orders(), stamps, street.portal.counters.writes, len(street.contacts())


def _meant(field: str, value: object) -> object:
    return "work" if field == STATUS and value == WORK_TOO else value


def _digits(phone: str) -> str:
    return "".join(one for one in phone if one.isdigit())
