"""Accounts of buyers: read where a profile has use for them, and rung for when one is edited and no order is (R136)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from sverka.domain.errors import Problem
from sverka.domain.ids import OrderRef, StoreName
from sverka.domain.mapping.profile import Profile
from sverka.domain.merge.binding import BindingState
from sverka.engine.hub import Hub
from sverka.engine.task import Task
from sverka.engine.wave_state import Wave
from sverka.ports.customers import ACCOUNT, KeepsCustomers, StoreCustomer, TellsAccounts
from sverka.ports.guard import Guard
from sverka.ports.storage import Lane, Ring

CLOSEST = 20
"""How many of a buyer's newest orders are looked at when his account changes; a comparison of all looks at all."""


def follows_accounts(profile: Profile) -> bool:
    """Tell whether a profile maps anything of its buyers' accounts."""
    return any(mapping.store_field in ACCOUNT for mapping in profile.mappings)


def know(hub: Hub, tasks: Sequence[Task], guard: Guard) -> dict[OrderRef, Problem]:
    """Read the accounts of the buyers into the tasks that want them; return why those of others were not read.

    A guest has none, nor has whoever deleted his: what his contact shows stays as it is.
    """
    wanted: dict[StoreName, dict[str, list[Task]]] = defaultdict(lambda: defaultdict(list))
    for task in tasks:
        id_ = str(task.store.get("customer.external_id") or "")
        if id_ and follows_accounts(task.profile) and not task.order.registration:
            wanted[task.order.store][id_].append(task)
    failed: dict[OrderRef, Problem] = {}
    for name, buyers in wanted.items():
        store = hub.stores.get(name)
        if not isinstance(store, KeepsCustomers):
            continue
        try:
            accounts = list(store.customers(sorted(buyers), guard))
        except Problem as problem:
            failed |= {task.order: problem for some in buyers.values() for task in some}
            continue
        for account in accounts:
            for task in buyers[account.id]:
                _tell(task, account)
    return failed


def _tell(task: Task, account: StoreCustomer) -> None:
    fields = {key: account.fields.get(source) for key, source in ACCOUNT.items()}
    task.store = replace(task.store, fields={**task.store.fields, **fields}, unread=task.store.unread - ACCOUNT.keys())


def ring_for_accounts(wave: Wave, accounts: Sequence[OrderRef]) -> None:
    """Ring for the newest orders of the buyers whose accounts were edited, as far as they are bound here."""
    now = wave.hub.clock.now()
    for account in accounts:
        store = wave.hub.stores.get(account.store)
        if not isinstance(store, TellsAccounts):
            continue
        try:
            placed = store.orders_of(account.account, CLOSEST, wave.guard)
        except Problem as problem:
            wave.trouble(account, problem, account.store)
            continue
        orders = [OrderRef(account.store, id_) for id_ in placed]
        known = wave.hub.storage.recall(orders, now).bindings if orders else {}
        bound = [
            order
            for order in orders
            if any(one.office == wave.office and one.state is BindingState.BOUND for one in known.get(order, ()))
        ]
        wave.outcome.rings += [Ring(order, wave.office, now, Lane.LIVE, "account") for order in bound]
