"""What is known of orders, and asking for one to be looked at."""

from collections.abc import Collection, Sequence
from typing import Any

from sverka.bootstrap import House
from sverka.domain.commerce.value import show as show_value
from sverka.domain.errors import Misconfigured
from sverka.domain.ids import OfficeName, OrderRef
from sverka.domain.mapping.field_mapping import Side
from sverka.domain.merge.binding import Binding
from sverka.domain.text import Language, Text
from sverka.engine.bells.retry import ring_orders
from sverka.engine.hub import Hub
from sverka.engine.survey.create import BIRTH
from sverka.ports.storage import Ring
from sverka.storage.codec import NEITHER
from sverka.storage.conflicts import Shown

_PAGE = 500


def bindings_of(house: House, order: OrderRef) -> Sequence[Binding]:
    """Return an order's bindings, released ones too."""
    return house.storage.recall([order], house.clock.now()).bindings.get(order, ())


def bound_orders(house: House, limit: int, profile: str = "", store: str = "") -> list[Binding]:
    """Return the bindings whose records are there, of one profile or store where it is named."""
    found: list[Binding] = []
    for office in house.storage.connections.list(Side.OFFICE):
        after = 0
        while len(found) < limit and (page := house.storage.bound_orders(OfficeName(office.name), after, _PAGE)):
            after = page[-1][0]
            memory = house.storage.recall([order for _, order in page], house.clock.now())
            known = {id_ for id_, _ in page}
            mine = [one for some in memory.bindings.values() for one in some if one.id in known]
            found += [one for one in mine if profile in ("", one.profile) and store in ("", one.order.store)]
    return found[:limit]


def difference_data(one: Shown, language: Language) -> dict[str, Any]:
    """Return a difference for programs and spreadsheets."""
    found, answer = one.difference, one.decision
    return {
        "order": str(one.order),
        "profile": one.profile,
        "key": found.key,
        "why": found.why.value,
        # A refused record keeps a text of ours, which tells a person nothing.
        "store": show_value(None if found.key == BIRTH else found.store),
        "office": show_value(None if found.key == BIRTH else found.office),
        "text": found.text.say(language),
        "since": one.since.isoformat(),
        "decided": (answer.winner.value if answer.winner else NEITHER) if answer else None,
    }


def not_known(house: House, ref: OrderRef) -> Text:
    """Return the sentence about an order nobody has heard of: perhaps its store is none of ours."""
    stores = [one.name for one in house.storage.connections.list(Side.STORE)]
    if not ref.is_record and ref.store not in stores:
        names = ", ".join(stores) or "–"
        return Text(f"There is no store {ref.store!r}; there are: {names}.",
                    f"Нет магазина {ref.store!r}; есть: {names}.")  # fmt: skip
    return Text(f"Nothing is known of {ref}; look at it with `sverka order sync {ref}`.",
                f"О заказе {ref} ничего не известно; просмотрите его: `sverka order sync {ref}`.")  # fmt: skip


def ask_again(house: House, hub: Hub, refs: Sequence[OrderRef]) -> Sequence[Ring]:
    """Ask for orders to be looked at, what was refused too (K18), and return the visits.

    Raises:
        Misconfigured: an order's store is not connected, or no profile takes its orders.
    """
    for ref in refs:
        house.storage.differences.retry(ref)
    rings = ring_orders(hub, refs, "order sync")
    _refuse_unknown(house, refs, {ring.order for ring in rings})
    return rings


def _refuse_unknown(house: House, refs: Sequence[OrderRef], rung: Collection[OrderRef]) -> None:
    lost = [ref for ref in refs if ref not in rung]
    if lost:
        if not lost[0].is_record and house.storage.connections.get(lost[0].store) is None:
            raise Misconfigured(not_known(house, lost[0]))
        store = lost[0].store
        raise Misconfigured(
            Text(f"No profile takes orders of {store!r}; see `sverka profile list`.",
                 f"Ни один профиль не берёт заказы {store!r}; см. `sverka profile list`.")
        )  # fmt: skip
