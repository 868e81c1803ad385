"""What only shows when a hub's profiles are laid side by side."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from sverka.config.complaint import Complaint
from sverka.domain.mapping.field_mapping import FieldMapping, Policy, Side
from sverka.domain.mapping.profile import Profile
from sverka.domain.text import Text


def check_together(profiles: Sequence[Profile]) -> list[Complaint]:
    """Return what is wrong between profiles, given in the order in which they are tried; `where` names the later one.

    Two profiles of one store that both let the back office win one order field are worth knowing: the last
    visited wins there.
    """
    found: list[Complaint] = []
    for first, second in combinations(profiles, 2):
        if first.name == second.name:
            text = Text(
                f"two profiles are called `{first.name}`; the name is written into records and must be unique.",
                f"два профиля называются `{first.name}`; имя пишется в записи и должно быть единственным.",
            )
            found.append(Complaint(None, second.name, text))
        if first.office == second.office:
            found += _both_make_orders(first, second)
        if first.store == second.store:
            found += _hidden(first, second)
            found += _rivals(first, second)
    return found


def _hidden(first: Profile, second: Profile) -> Iterator[Complaint]:
    everything = first.route.takes_all and not first.route.also
    if everything and not second.route.also:
        text = Text(
            f"never reached: `{first.name}` stands before it and takes every order; add conditions there, "
            "or `also = true` here.",
            f"никогда не сработает: `{first.name}` стоит раньше и берёт все заказы; добавьте условия там "
            "или `also = true` здесь.",
        )
        yield Complaint(None, second.name, text, bad=False)


def _both_make_orders(first: Profile, second: Profile) -> Iterator[Complaint]:
    for stage in second.new_order.stages:
        if stage in first.new_order.stages:
            text = Text(
                f"`{first.name}` stands before it and makes orders of deals in the stage `{stage}`, so this one never "
                "does; leave the stage in one of the two.",
                f"раньше него стоит `{first.name}` и создаёт заказы из сделок на стадии `{stage}`, поэтому здесь они "
                "не создаются; оставьте стадию в одном из профилей.",
            )
            yield Complaint(None, second.name, text, bad=False)


def _rivals(first: Profile, second: Profile) -> Iterator[Complaint]:
    if not (first.route.also or second.route.also):
        return
    fields = {mapping.store_field for mapping in first.mappings if _wins(mapping)}
    for mapping in second.mappings:
        if _wins(mapping) and mapping.store_field in fields:
            text = Text(
                f"`{mapping.store_field}` of one order is also decided by deals of `{first.name}`; "
                "the last visited wins. Let one of the two be one-way.",
                f"поле `{mapping.store_field}` того же заказа решают и сделки профиля `{first.name}`; "
                "победит последняя. Сделайте одно из соответствий односторонним.",
            )
            yield Complaint(None, f"{second.name}: {mapping.key}", text, bad=False)


def _wins(mapping: FieldMapping) -> bool:
    return mapping.allows(Side.STORE) and (not mapping.allows(Side.OFFICE) or mapping.policy is Policy.OFFICE_WINS)
