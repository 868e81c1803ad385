"""What a new record is to be born with; an order with anything unmapped is held whole (R83, R84)."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sverka.domain.commerce.party import is_party, own
from sverka.domain.commerce.value import Value, is_empty, show
from sverka.domain.mapping.convert import Unmapped, value_key
from sverka.domain.mapping.course import at
from sverka.domain.mapping.field_mapping import FieldMapping, Side
from sverka.domain.mapping.files import Files
from sverka.domain.mapping.new_record import PIPELINE, fill
from sverka.domain.mapping.profile import Profile
from sverka.domain.mapping.tags import trace_of
from sverka.domain.merge.overtake import overtake
from sverka.domain.merge.plan import Change, Difference, Why
from sverka.domain.text import Text
from sverka.engine.task import Task
from sverka.ports.backoffice import TRACE

RESPONSIBLE = "assignedById"
"""The field of a record that holds the employee responsible for it."""

BIRTH = "record"
"""The key under which the refusal of a whole record is kept."""

_REFUSED = Text(
    "The back office refused this record; correct the order or the profile, or retry with `sverka order sync`.",
    "CRM не приняла эту запись; исправьте заказ или профиль либо повторите командой `sverka order sync`.",
)

_OLDER_RECORD = Text(
    "Last saved before the hub was restored from a backup: perhaps its order was made and deleted since. To make one, "
    "save the record once more.",
    "Последний раз сохранена до восстановления хаба из резервной копии: возможно, заказ уже создали и удалили. Чтобы "
    "создать его, сохраните запись ещё раз.",
)


def plan_birth(task: Task, side: Side = Side.OFFICE) -> None:
    """Put the birth of a record, or on the store's side of an order (K23), into the plan, or why there is none."""
    if _is_older(task, side):
        task.is_owed = False
        task.hold(Difference(BIRTH, Why.WAITING, None, None, _older(task) if side is Side.OFFICE else _OLDER_RECORD))
        return
    held: list[Difference] = []
    to_office = side is Side.OFFICE
    for mapping in task.profile.mappings if to_office else _given(task.profile):
        if to_office and is_party(mapping.office_field):
            continue  # whose contact it will be is not known yet
        value = task.store.get(mapping.store_field) if to_office else task.shown(mapping.office_field)
        if not mapping.allows(side) or is_empty(value) or isinstance(mapping.converter, Files):
            continue
        converter = at(mapping.converter, task.profile.new.constants.get(PIPELINE))
        converted = converter.to_office(value) if to_office else mapping.converter.to_store(value)
        if not isinstance(converted, Unmapped):
            task.plan.changes.append(Change(mapping, side, converted, None, "birth"))
        elif not mapping.ignore_unmapped or mapping.key == "status":
            held.append(_held(mapping, converted, side))
    overtake(task.plan, task.profile.mappings)
    task.is_birth = True
    for difference in held:
        task.hold(difference)
    if not held and task.refused.get(BIRTH) == birth_key(task):
        task.hold(task.shown_before(Difference(BIRTH, Why.REFUSED, None, None, _REFUSED)))


def _given(profile: Profile) -> Sequence[FieldMapping]:
    """Return what an order is born with: what the mappings bring to the store, and what else its record tells."""
    brought = {mapping.store_field for mapping in profile.mappings if mapping.allows(Side.STORE)}
    return [*profile.mappings, *(one for one in profile.new_order.given if one.store_field not in brought)]


def _is_older(task: Task, side: Side) -> bool:
    """Tell whether the hub's memory was restored since the order was placed, or the record last saved (K20).

    It may have had its counterpart.
    """
    shown = task.store if side is Side.OFFICE or task.record is None else task.record
    placed = shown.get("order.created_at")
    since = placed if isinstance(placed, datetime) else shown.changed_at
    return task.restored_at is not None and (since is None or since <= task.restored_at)


def _older(task: Task) -> Text:
    command = f"sverka order sync {task.order} --recreate"
    return Text(
        "Placed before the hub was restored from a backup: perhaps its record was made and deleted since. "
        f"To make one: `{command}`.",
        "Заказ оформлен до восстановления хаба из резервной копии: возможно, запись уже создали и удалили. "
        f"Чтобы создать её: `{command}`.",
    )


def birth_fields(task: Task) -> dict[str, Value]:
    """Return all fields of the record to be made: constants, title, responsible, and the mapped ones above them."""
    new = task.profile.new
    changes = {change.field: change.value for change in task.plan.changes}
    if task.takes and task.into:
        return {new.title_field: fill(new.title, task.store.fields), **changes}
    if task.into:
        # A person has named this record already, and said who is responsible for it.
        return {**new.constants, **changes}
    texts = {key: fill(template, task.store.fields) for key, template in new.texts.items()}
    texts[TRACE] = "" if new.trace is None else trace_of(task.store.fields, new.trace)
    fields: dict[str, Value] = {**new.constants, new.title_field: fill(new.title, task.store.fields)}
    fields |= {key: text for key, text in texts.items() if text}
    ranks = new.people(task.responsible)
    responsible = task.assigned if task.assigned is not None else ranks[0][1][0] if ranks else ""
    if responsible:
        fields[RESPONSIBLE] = responsible
    return {**fields, **changes}


def birth_key(task: Task) -> str:
    """Return a text that changes with anything a birth would send, so that a refused one is not sent again (K18).

    Who is responsible is left out, and what goes to the contact: it may be known only after the contact is.
    """
    fields = own(birth_fields(task))
    sent = [value_key(fields[key]) for key in sorted(fields) if key != RESPONSIBLE]
    return hashlib.sha256("\n".join(sent).encode()).hexdigest()[:16]


def _held(mapping: FieldMapping, unmapped: Unmapped, side: Side) -> Difference:
    value, shown = unmapped.value, show(unmapped.value)
    if unmapped.text is not None:
        store, office = (value, None) if side is Side.OFFICE else (None, value)
        head = Text("Held", "Придержан") if side is Side.OFFICE else Text("No order is made", "Заказ не создан")
        said, key = unmapped.text, mapping.key
        text = Text(f"{head.en}: `{key}`. {said.en}", f"{head.ru}: `{key}`. {said.ru}")
        return Difference(mapping.key, Why.UNMAPPED, store, office, text)
    if side is Side.STORE:
        text = Text(
            f"No order is made: `{mapping.key}` is {shown!r}, which has no counterpart; add it to the map and apply "
            "the profile.",
            f"Заказ не создан: в поле `{mapping.key}` значение {shown!r} без соответствия; добавьте его и примените "
            "профиль.",
        )
        return Difference(mapping.key, Why.UNMAPPED, None, value, text)
    if mapping.key == "status" and not isinstance(mapping.converter.to_office(value), Unmapped):
        text = Text(
            f"Skipped: the status {shown!r} has no stage in the funnel its deal goes to; add one to its row in "
            "[status] and apply the profile.",
            f"Пропущен: у статуса {shown!r} нет стадии в воронке, куда идёт сделка; добавьте её в строку [status] и "
            "примените профиль.",
        )
    elif mapping.key == "status":
        text = Text(
            f"Skipped: the status {shown!r} has no stage in the profile; add it to [status] and apply the profile.",
            f"Пропущен: для статуса {shown!r} в профиле нет стадии; добавьте её в [status] и примените профиль.",
        )
    else:
        text = Text(
            f"Held: `{mapping.key}` is {shown!r}, which has no counterpart; add it to the map and apply the profile.",
            f"Придержан: в поле `{mapping.key}` значение {shown!r} без соответствия; добавьте его и примените профиль.",
        )
    return Difference(mapping.key, Why.UNMAPPED, value, None, text)
