"""What a portal can be given that its records lack: options of lists, user fields, stages of deals."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from sverka.connectors.bitrix24 import commands
from sverka.connectors.bitrix24.fields import Known
from sverka.connectors.bitrix24.user_fields import HeldField, Owner, owner_of
from sverka.connectors.bitrix24.wire.client import Client, as_list
from sverka.domain.errors import Problem, Rejected
from sverka.domain.mapping.by_name import folded
from sverka.domain.text import Text
from sverka.ports.furnish import NewField, NewStage
from sverka.ports.guard import Guard

_STATUSES: Final = "crm.status.list"
_ADD_STATUS: Final = "crm.status.add"


def options(client: Client, known: Known, key: str, guard: Guard) -> Mapping[str, str]:
    """Return a list field's options as they are now, and have the connector know them; raises the problem met.

    `known` is what it knows of the records whose field that is.
    """
    [answer] = client.run([commands.fields_of(known.kind.entity)], guard)
    if problem := known.take(answer):
        raise problem
    spec = known.get(guard).specs.get(owner_of(key).bare(key))
    return dict(spec.options) if spec else {}


def add_options(client: Client, key: str, names: Sequence[str], guard: Guard) -> Mapping[str, str]:
    """Add the names that a list field lacks; return all its options.

    Each new option carries an external id made of its name: a portal takes no second one of the same, so that neither
    a repeated request nor another hub doubles it.
    """
    owner = owner_of(key)
    held = _held(client, owner, owner.bare(key), guard)
    there = {folded(name) for name in held.options.values()}
    lacking = [name for name in names if folded(name) not in there]
    if lacking:
        try:
            owner.grow(client, held, [(name, _mark(name)) for name in lacking], guard)
        except Rejected as problem:
            raise _not_let(problem, "an option", "вариант", held.name) from problem
        held = _held(client, owner, held.name, guard)
    return held.options


def add_field(client: Client, new: NewField, guard: Guard) -> None:
    """Make a user field of the records its key names, unless there is one of that name."""
    owner = owner_of(new.key)
    name = owner.bare(new.key)
    if owner.find(client, name, guard):
        return
    lines = [(option, _mark(option)) for option in new.options]
    try:
        owner.make(client, name, replace(new, options=[]), lines, guard)
    except Rejected as problem:
        raise _not_let(problem, "the field", "поле", name) from problem


def add_stage(client: Client, new: NewStage, guard: Guard) -> None:
    """Make a stage, after the last one that is neither won nor lost; one of lost deals after these."""
    funnel, _, status = new.id.rpartition(":")
    entity = f"DEAL_STAGE_{funnel.removeprefix('C')}" if funnel else "DEAL_STAGE"
    told = client.call(_STATUSES, {"filter": {"ENTITY_ID": entity}, "order": {"SORT": "ASC"}}, guard)
    lines = [line for line in as_list(told) if isinstance(line, dict)]
    if any(str(line.get("STATUS_ID")) == new.id for line in lines):
        return
    before = [line for line in lines if new.is_failure or not line.get("SEMANTICS")]
    sort = max((int(line.get("SORT") or 0) for line in before), default=0) + (10 if new.is_failure else 1)
    asked: dict[str, Any] = {"ENTITY_ID": entity, "STATUS_ID": status, "NAME": new.name, "SORT": sort}
    if new.is_failure:
        asked["SEMANTICS"] = "F"
    try:
        client.call(_ADD_STATUS, {"fields": asked}, guard)
    except Rejected as problem:
        raise _not_let(problem, "the stage", "стадию", new.id) from problem


def _held(client: Client, owner: Owner, name: str, guard: Guard) -> HeldField:
    found = owner.find(client, name, guard)
    if found is None:
        raise Rejected(
            Text(
                f"The portal's {owner.words.en} have no user field {name}; make it with `sverka profile scaffold`.",
                f"У {owner.words.ru} портала нет пользовательского поля {name}; создайте его командой `sverka profile "
                "scaffold`.",
            )
        )
    return found


def _mark(name: str) -> str:
    return f"sverka-{hashlib.sha256(folded(name).encode()).hexdigest()[:16]}"


def _not_let(problem: Problem, what: str, chto: str, name: str) -> Rejected:
    return Rejected(
        Text(
            f"The portal did not let the hub add {what} ({name}): it takes an administrator of the CRM. Connect the "
            f"portal as one, or add it there by hand. ({problem.text.en})",
            f"Портал не дал хабу добавить {chto} ({name}): для этого нужен администратор CRM. Подключите портал от его "
            f"имени или добавьте на портале вручную. ({problem.text.ru})",
        )
    )
