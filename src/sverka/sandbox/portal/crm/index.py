"""Where to look a record up by its external id, phone, e-mail or client without walking through all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from heapq import heappop, heappush
from typing import cast

from sverka.sandbox.portal.crm.fields import COMPANY, CONTACT, DEAL
from sverka.sandbox.portal.records.multifields import search_key
from sverka.sandbox.portal.state import Item

Key = tuple[str, int, str]


class Index:
    """Ids by (what, entity type, value): `originId` in lower case, PHONE and EMAIL as duplicates are searched.

    `buyer` has the deals that were won, by `{entity type}:{id}` of the client.
    """

    def __init__(self) -> None:
        self._ids: dict[Key, set[int]] = defaultdict(set)
        self._keys: dict[tuple[int, int], set[Key]] = {}
        self._born: dict[int, list[tuple[float, int]]] = defaultdict(list)

    def put(self, item: Item) -> None:
        """Take note of a record as it now is."""
        if (item.entity_type_id, item.id) not in self._keys:
            heappush(self._born[item.entity_type_id], (-item.values["createdTime"].timestamp(), item.id))
        self.drop(item)
        keys = {(m.type_id, item.entity_type_id, search_key(m.type_id, m.value)) for m in item.fm}
        keys.add(("originId", item.entity_type_id, str(item.values.get("originId") or "").casefold()))
        if item.entity_type_id == DEAL and item.values.get("stageSemanticId") == "S":
            keys |= {("buyer", DEAL, f"{CONTACT}:{number}") for number in item.values["contactIds"]}
            keys |= {("buyer", DEAL, f"{COMPANY}:{number}") for number in [item.values["companyId"]] if number}
        self._keys[item.entity_type_id, item.id] = keys
        for key in keys:
            self._ids[key].add(item.id)

    def newest(self, entity_type_id: int, held: Mapping[int, Item]) -> datetime | None:
        """Return when the newest of the records that are held was created, None where there is none."""
        heap = self._born[entity_type_id]
        while heap:
            told, number = heap[0]
            shown = held[number].values["createdTime"] if number in held else None
            if shown is not None and shown.timestamp() == -told:
                return cast("datetime", shown)
            heappop(heap)
            if shown is not None:  # a record that was loaded has got its own moment after it was made
                heappush(heap, (-shown.timestamp(), number))
        return None

    def drop(self, item: Item) -> None:
        """Forget a record."""
        for key in self._keys.pop((item.entity_type_id, item.id), ()):
            self._ids[key].discard(item.id)

    def find(self, what: str, entity_type_id: int, values: set[str]) -> list[int]:
        """Return the ids under any of the values, ascending."""
        found: set[int] = set()
        for value in values:
            found |= self._ids.get((what, entity_type_id, value), set())
        return sorted(found)
