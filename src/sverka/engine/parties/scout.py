"""What an order does not say of itself and a route asks: its products' sections, and whether its buyer is known.

Only orders without a record are looked into, and only where a profile between the store and the office asks.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sverka.domain.commerce.customer import Customer, MatchKey
from sverka.domain.commerce.value import Value, many, show
from sverka.domain.errors import Later, Problem, Rejected, Unanswered
from sverka.domain.ids import OfficeName, OrderRef, RecordId, StoreName
from sverka.domain.mapping.profile import Profile, route
from sverka.domain.mapping.routing import KNOWN, SECTIONS
from sverka.domain.merge.binding import BindingState
from sverka.domain.merge.snapshot import Snapshot
from sverka.domain.text import Text
from sverka.engine.hub import Hub
from sverka.engine.parties.match import searchable
from sverka.ports.backoffice import Look
from sverka.ports.guard import Guard
from sverka.ports.sections import KnowsSections
from sverka.ports.storage import Memory

Shown = Mapping[OrderRef, Snapshot | Problem]
Looked = dict[MatchKey, Sequence[RecordId] | Problem]


@dataclass
class Scouted:
    """The orders with what was found out of them; `keys` are the buyers that were searched for it."""

    shown: dict[OrderRef, Snapshot | Problem]
    keys: Looked = field(default_factory=dict)


def scout(hub: Hub, office: OfficeName, shown: Shown, memory: Memory, guard: Guard) -> Scouted:
    """Lay what the routes ask over the orders' own fields; what could not be found out is the order's problem."""
    found = Scouted(dict(shown))
    for name in sorted({order.store for order in shown}):
        profiles = hub.profiles_of(office, name)
        unborn = [order for order in shown if order.store == name and _is_unborn(order, office, memory)]
        if any(SECTIONS in profile.asks() for profile in profiles):
            _sections(hub, name, unborn, found, guard)
        if any(KNOWN in profile.asks() for profile in profiles):
            first = [order for order in unborn if not _has_begun(order, office, memory)]
            asked = [order for order in first if _turns(profiles, found.shown[order])]
            _buyers(hub, office, {order: _keys(order, profiles, found.shown[order]) for order in asked}, found, guard)
    return found


def _is_unborn(order: OrderRef, office: OfficeName, memory: Memory) -> bool:
    bindings = [binding for binding in memory.bindings.get(order, ()) if binding.office == office]
    return not bindings or any(binding.state is BindingState.AWAITED for binding in bindings)


def _has_begun(order: OrderRef, office: OfficeName, memory: Memory) -> bool:
    known = (*memory.bindings.get(order, ()), *(intent for intent in memory.intents if intent.order == order))
    return any(one.office == office for one in known)


def _turns(profiles: Sequence[Profile], shown: Snapshot | Problem) -> bool:
    """Tell whether it makes a difference to the route if the buyer is known."""
    if isinstance(shown, Problem):
        return False
    yes, no = ([one.name for one in route(profiles, {**shown.fields, KNOWN: known})] for known in (True, False))
    return yes != no


def _lay(found: Scouted, order: OrderRef, key: str, value: Value) -> None:
    shown = found.shown[order]
    if isinstance(shown, Snapshot):
        found.shown[order] = replace(shown, fields={**shown.fields, key: value})


def _sections(hub: Hub, name: StoreName, orders: Sequence[OrderRef], found: Scouted, guard: Guard) -> None:
    store = hub.stores.get(name)
    products = {order: _products(found.shown[order]) for order in orders}
    wanted = list(dict.fromkeys(product for some in products.values() for product in some))
    if not wanted or not isinstance(store, KnowsSections):
        return
    try:
        paths = store.sections(wanted, guard)
    except (Later, Unanswered) as problem:
        found.shown |= {order: problem for order in orders if products[order]}
        return
    except Problem as problem:
        # A right that only sections need must not stop the store: these orders wait, and say for what.
        text = _untold(problem)
        found.shown |= {order: Rejected(text) for order in orders if products[order]}
        return
    for order, some in products.items():
        _lay(found, order, SECTIONS, tuple(path for product in some for path in paths.get(product, ())))


def _products(shown: Snapshot | Problem) -> list[str]:
    return [] if isinstance(shown, Problem) else [show(one) for one in many(shown.get("lines.product"))]


def _untold(problem: Problem) -> Text:
    return Text(
        "The store does not tell its products' sections, and a profile asks for them; give the hub the right to read "
        f"the catalogue. {problem.text.en}",
        "Магазин не говорит, в каких разделах товары, а профилю это нужно; дайте хабу право читать каталог. "
        f"{problem.text.ru}",
    )


def _buyers(
    hub: Hub, office: OfficeName, keys: Mapping[OrderRef, Collection[MatchKey]], found: Scouted, guard: Guard
) -> None:
    """Tell of each order whether its buyer had a contact before: in the hub's memory, or else in the portal."""
    every = list(dict.fromkeys(key for some in keys.values() for key in some))
    known = hub.storage.known_contacts(office, every)
    asked = [key for key in searchable(every) if key not in known.bound and key not in known.open]
    if asked:
        found.keys |= hub.offices[office].look(Look(keys=asked), guard).keys
    for order, some in keys.items():
        answers = [found.keys.get(key) for key in some]
        lost = next((answer for answer in answers if isinstance(answer, Problem)), None)
        if any(key in known.bound or key in known.open for key in some) or any(map(_is_hit, answers)):
            _lay(found, order, KNOWN, True)
        elif lost is not None:
            found.shown[order] = Later(lost.text)
        else:
            _lay(found, order, KNOWN, False)


def _is_hit(answer: Sequence[RecordId] | Problem | None) -> bool:
    return answer is not None and not isinstance(answer, Problem) and bool(answer)


def _keys(order: OrderRef, profiles: Sequence[Profile], shown: Snapshot | Problem) -> Collection[MatchKey]:
    """Return the keys by which any of the profiles that might take the order would know its buyer."""
    rules = [] if isinstance(shown, Problem) else [(profile.customer, shown.fields) for profile in profiles]
    found = (Customer.of(fields, rule.sources).keys(rule.match, order.store) for rule, fields in rules)
    return dict.fromkeys(key for keys in found for key in keys)
