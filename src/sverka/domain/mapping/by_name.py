"""Two lists whose options are matched by the names people see, and an option that one of them lacks (R58)."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sverka.domain.commerce.value import Value, many
from sverka.domain.mapping.convert import Unmapped
from sverka.domain.text import Text


def folded(name: str) -> str:
    """Return a name as it is compared: without case, with single spaces."""
    return " ".join(name.split()).casefold()


@dataclass(frozen=True)
class ByName:
    """A conversion between options by their names; `values` are pairs that are named otherwise, by id.

    `store` and `office` are the names of either side's options by id. A store that has no list holds the names
    themselves. With `creates` an option that the office lacks is added to it, by whoever carries the mapping out;
    `trouble` says why that was not possible.
    """

    store: Mapping[str, str] = field(default_factory=dict)
    office: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    creates: bool = False
    store_many: bool = False
    office_many: bool = False
    trouble: Text | None = None

    def to_office(self, value: Value) -> Value | Unmapped:
        """Return the ids of the options that are named as the store's."""
        return self._each(value, self._office_id, several=self.office_many)

    def to_store(self, value: Value) -> Value | Unmapped:
        """Return the store's options that are named as the office's."""
        return self._each(value, self._store_id, several=self.store_many)

    def agree(self, store: Value, office: Value) -> bool:
        """Compare sets: a list field has no order."""
        mine = self.to_office(store)
        return not isinstance(mine, Unmapped) and set(many(mine)) == {str(item) for item in many(office)}

    def fingerprint(self) -> str:
        """Name the rule and its exceptions, and not the options: they come and go without the rule."""
        return "by-name:" + json.dumps(dict(self.values), sort_keys=True, ensure_ascii=False)

    def missing(self, value: Value) -> Sequence[str]:
        """Return the names of a store's value that the office has no option for."""
        return [self._name(str(item)) for item in many(value) if self._office_id(str(item)) is None]

    def is_strange(self, value: Value) -> bool:
        """Tell whether an office's value holds an option that was not there when its list was read."""
        return any(str(item) not in self.office and str(item) not in self.values.values() for item in many(value))

    def learnt(self, office: Mapping[str, str], trouble: Text | None = None) -> "ByName":
        """Return the same conversion over the office's options as they are now."""
        return replace(self, office=dict(office), trouble=trouble)

    def _name(self, item: str) -> str:
        return self.store.get(item) or item

    def _office_id(self, item: str) -> str | None:
        wanted = folded(self._name(item))
        return self.values.get(item) or next((id_ for id_, name in self.office.items() if folded(name) == wanted), None)

    def _store_id(self, item: str) -> str | None:
        back = next((ours for ours, theirs in self.values.items() if theirs == item), None)
        name = self.office.get(item)
        if back is not None or name is None or not self.store:
            return back or name
        return next((id_ for id_, other in self.store.items() if folded(other) == folded(name)), None)

    def _each(self, value: Value, find: Callable[[str], str | None], *, several: bool) -> Value | Unmapped:
        found: list[Value] = []
        for item in many(value):
            match = find(str(item))
            if match is None:
                return Unmapped(value, self.trouble or self._absent(str(item)))
            found.append(match)
        if several:
            return tuple(found)
        return found[0] if len(found) == 1 else Unmapped(value) if found else None

    def _absent(self, item: str) -> Text:
        name = self.office.get(item) or self._name(item)
        if self.creates and item not in self.office:
            return Text(
                f"The portal's list has no option {name!r} yet; the hub adds it at its next visit of the order.",
                f"В списке портала пока нет варианта {name!r}; хаб добавит его при следующем просмотре заказа.",
            )
        return Text(
            f"The other list has no option {name!r}; add it there, or join it to another one in `values`; for the "
            'portal\'s list `new_options = "create"` does so by itself.',
            f"В другом списке нет варианта {name!r}; добавьте его там или задайте пару в `values`; в список портала "
            'хаб добавит его сам при `new_options = "create"`.',
        )
