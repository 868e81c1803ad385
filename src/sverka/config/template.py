"""A first draft of a profile, drawn from both catalogues: what is sure is filled in, the rest stands in comments."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sverka.config.catalogue import OfficeSide
from sverka.domain.commerce.order import CANCELLED
from sverka.domain.errors import Misconfigured
from sverka.domain.mapping.course import pipeline_of
from sverka.domain.mapping.field import Field, FieldType
from sverka.domain.text import Language, Text
from sverka.ports.comments import COMMENTS

_CANCEL_TAILS = ("LOSE", "APOLOGY")
_CANCEL_NAMES = ("cancel", "отмен")
_DONE_STATUSES = frozenset(
    {"f", "completed", "complete", "delivered", "finished", "выполнен", "завершен", "завершён", "доставлен"}
)

_HEAD = Text(
    "A profile: which orders become deals, and which fields are kept in step.\n"
    'Lines that begin with `# {` or `# "` are suggestions: fill in the dots and take away the `#`.',
    "Профиль: какие заказы становятся сделками и какие поля идут в ногу.\n"
    'Строки, которые начинаются с `# {` или `# "`, – заготовки: замените многоточие и уберите `#`.',
)
_WHEN = Text(
    "Which orders this profile takes; without conditions, all of them.",
    "Какие заказы берёт профиль; без условий – все.",
)
_DEAL = Text("What a new deal looks like.", "Как выглядит новая сделка.")
_CUSTOMER = Text("How buyers are recognised among contacts.", "Как покупатели узнаются среди контактов.")
_STATUS = Text(
    "The first stage of a row is the one the hub sets; the others mean the same.",
    "Первую стадию строки ставит хаб; остальные означают то же самое.",
)
_CANCEL = Text(
    "Stages of a cancelled order, whatever its status.", "Стадии отменённого заказа, какой бы ни был статус."
)
_FIELDS = Text(
    'Fields: way is "->" (to the portal), "<-" (to the store) or "<->".',
    'Поля: way – "->" (на портал), "<-" (в магазин) или "<->".',
)
_SPARE = Text("The portal's own fields:", "Собственные поля портала:")
_FREE = Text("Stages without a status:", "Стадии без статуса:")
_BRAKES = Text(
    "When the profile stops by itself and calls a person.", "Когда профиль сам останавливается и зовёт человека."
)
_QUIET = Text(
    "Checkouts that save an order at each step: wait until it is left alone so long, or has one of these statuses.",
    "Если магазин сохраняет заказ на каждом шаге оформления: ждать тишины столько минут или одного из статусов.",
)
_COMMENTS = Text(
    "Notes of the order in the deal's timeline and back; the buyer sees none of them.",
    "Примечания заказа в таймлайне сделки и обратно; покупатель их не видит.",
)
_ANALYTICS = Text("Where the buyer came from: UTM marks and the trace.", "Откуда пришёл покупатель: метки UTM и след.")
_TITLE = Text("Order {order.number}: {customer.name}", "Заказ {order.number}: {customer.name}")


@dataclass
class _Draft:
    """The document's lines as they grow."""

    language: Language
    lines: list[str] = field(default_factory=list)

    def note(self, text: Text | str) -> None:
        said = text if isinstance(text, str) else text.say(self.language)
        self.lines += [f"# {_plain(line)}".rstrip() for line in said.split("\n")]

    def table(self, name: str, note: Text) -> None:
        self.lines.append("")
        self.note(note)
        self.lines.append(f"[{name}]")


def new_profile(
    name: str,
    store: str,
    office: str,
    store_fields: Sequence[Field],
    office_fields: Sequence[Field],
    pipeline: str,
    language: Language = "en",
) -> str:
    """Return a commented document that passes the checker; statuses are joined only where it is sure what they mean.

    Raises:
        Misconfigured: the store lists no statuses, or the portal no stages in that pipeline.

    """
    store_fields = list({f.key: f for f in store_fields}.values())
    office_fields = list({f.key: f for f in office_fields}.values())
    statuses = _statuses(store_fields)
    stages = _stages(office_fields, pipeline)
    draft = _Draft(language)
    draft.note(_HEAD)
    draft.lines += ["schema = 1", f"profile = {_quote(name)}", f"store = {_quote(store)}", f"portal = {_quote(office)}"]
    draft.table("when", _WHEN)
    draft.lines += ['# site = ["…"]', "# total = { at_least = 1000 }"]
    draft.note(_QUIET)
    draft.lines += ["# quiet_minutes = 15", '# confirmed = ["…"]']
    draft.table("deal", _DEAL)
    draft.lines += [f"pipeline = {_quote(pipeline)}", f"title = {_quote(_TITLE.say(language))}"]
    draft.lines += _sources(office_fields)
    draft.lines += ["# responsible = 1", 'lines = "products"', 'delivery = "line"']
    draft.table("customer", _CUSTOMER)
    draft.lines += ['match = ["phone", "email"]', 'create = "contact"']
    _status(draft, store_fields, statuses, stages)
    _fields(draft, store_fields, office_fields)
    if any(one.key == COMMENTS for one in store_fields):
        draft.lines.append("")
        draft.note(_COMMENTS)
        draft.lines += ["# [comments]", '# way = "<->"']
    takes_marks = any(one.key == "utmSource" for one in office_fields)
    if takes_marks and any(one.key.startswith("attribution.") for one in store_fields):
        draft.table("analytics", _ANALYTICS)
        draft.lines += ["utm = true", "trace = true"]
    draft.table("brakes", _BRAKES)
    draft.lines += ["writes_per_wave = 5000", 'on_deal_deleted = "release"']
    return "\n".join(draft.lines) + "\n"


def _sources(office_fields: Sequence[Field]) -> list[str]:
    """Return the line of an online store's source where the portal has it: reports tell deals apart by theirs."""
    known = next((f.options for f in office_fields if f.key == "sourceId"), {})
    return ['source = "WEB"'] if "WEB" in known else []


def _statuses(store_fields: Sequence[Field]) -> dict[str, str]:
    found = next((dict(f.options) for f in store_fields if f.key == "status"), {})
    found.pop(CANCELLED, None)
    found.pop("", None)
    if not found:
        raise Misconfigured(
            Text(
                "The store lists no statuses; check the connection with `sverka doctor`.",
                "Магазин не показал ни одного статуса; проверьте подключение: `sverka doctor`.",
            )
        )
    return found


def _stages(office_fields: Sequence[Field], pipeline: str) -> dict[str, str]:
    every = next((dict(f.options) for f in office_fields if f.key == "stageId"), {})
    found = {key: name for key, name in every.items() if key and pipeline in (pipeline_of(key), _whole(pipeline))}
    if len(found) == 0:
        known = ", ".join(sorted({pipeline_of(key) for key in every}))
        raise Misconfigured(
            Text(
                f"The portal has no stages in pipeline {pipeline}; pipelines with stages: {known or '–'}.",
                f"На портале нет стадий в воронке {pipeline}; воронки со стадиями: {known or '–'}.",
            )
        )
    return found


def _whole(pipeline: str) -> str:
    """Return the pipeline itself where it is no number: then its office does not mark stages with it."""
    return "" if pipeline.isdigit() else pipeline


def _status(draft: _Draft, store_fields: Sequence[Field], statuses: dict[str, str], stages: dict[str, str]) -> None:
    rows, cancel = guess_rows(statuses, stages)
    writable = any(f.key == "status" and f.writable for f in store_fields)
    draft.table("status", _STATUS)
    draft.lines += ['policy = "ask"', 'unmapped = "hold"']
    if not writable:
        draft.lines.append('way = "->"')
    draft.lines.append("map = [")
    for status, name in statuses.items():
        stage = rows.get(status)
        if stage:
            row = f"{{ status = {_quote(status)}, stage = [{_quote(stage)}] }},"
            draft.lines.append(f"  {row}  # {_plain(name)} – {_plain(stages[stage])}")
        else:
            draft.lines.append(f'  # {{ status = {_quote(status)}, stage = ["…"] }},  # {_plain(name)}')
    draft.lines.append("]")
    free = {key: name for key, name in stages.items() if key not in rows.values() and key not in cancel}
    if free:
        draft.note(_FREE)
        for key, name in free.items():
            draft.note(f"  {_quote(key)} – {name}")
    draft.note(_CANCEL)
    draft.lines.append(f"cancel = [{', '.join(_quote(stage) for stage in cancel)}]")


def guess_rows(statuses: Mapping[str, str], stages: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Return the stage of each status whose meaning is plain, and the stages of cancelled orders.

    Plain is: the first status is the first stage, unless another one has its name; equal names are equal; the last
    finished status is a won deal. No stage is given twice, so that every way back is clear. A lone stage is never
    taken for cancellation.
    """
    cancel = [key for key, name in stages.items() if key.endswith(_CANCEL_TAILS) or _cancels(name)]
    if len(cancel) == len(stages):
        cancel = cancel[1:]
    free = [key for key in stages if key not in cancel]
    live = [key for key, name in statuses.items() if not _cancels(name) and not _cancels(key)] or list(statuses)
    called = {key: statuses[key].casefold().strip() for key in live}
    opening = next((key for key in live if called[key] and called[key] in _names(stages[free[0]])), live[0])
    done = next((key for key in reversed(live) if {key.casefold(), called[key]} & _DONE_STATUSES), None)
    rows: dict[str, str] = {opening: free.pop(0)}
    for status in live:
        same = next((key for key in free if called[status] and called[status] in _names(stages[key])), None)
        won = next((key for key in free if key.endswith("WON")), None)
        found = None if status in rows else same or (won if status == done else None)
        if found:
            rows[status] = found
            free.remove(found)
    return rows, cancel


def _names(stage: str) -> set[str]:
    """Return what a stage may be called: its whole name, or the one within its funnel."""
    whole = stage.casefold().strip()
    return {whole, whole.partition(": ")[2]}


def _cancels(name: str) -> bool:
    return any(part in name.casefold() for part in _CANCEL_NAMES)


def _fields(draft: _Draft, store_fields: Sequence[Field], office_fields: Sequence[Field]) -> None:
    draft.table("fields", _FIELDS)
    deals = OfficeSide(office_fields)
    own = [f for f in office_fields if f.key.startswith("UF_") and f.writable and deals.find(f.key)]
    free = {_label(f, draft.language).casefold(): f for f in reversed(own)}
    draft.lines.append('# "order.number" = { to = "…", way = "->" }')
    properties = [f for f in store_fields if f.key.startswith("property.") and not f.key.endswith("*")]
    for ours in properties:
        label = _label(ours, draft.language)
        theirs = free.get(label.casefold())
        if theirs and _fits(ours, theirs):
            free.pop(label.casefold())
            draft.lines.append(f'{_quote(ours.key)} = {{ to = {_quote(theirs.key)}, way = "->" }}  # {label}')
        else:
            draft.lines.append(f'# {_quote(ours.key)} = {{ to = "…", way = "->" }}  # {label}')
    if free:
        draft.note(_SPARE)
    for label, theirs in free.items():
        draft.note(f"  {theirs.key} – {label} ({theirs.type.words.say(draft.language)})")


def _fits(ours: Field, theirs: Field) -> bool:
    """Tell whether a value goes over as it is; lists are left to a person, who knows what each option means."""
    several_flags = ours.type is FieldType.BOOLEAN and ours.many
    left = several_flags or ours.type in (FieldType.CHOICE, FieldType.LINES, FieldType.COMMENTS)
    return not left and ours.type is theirs.type and ours.many == theirs.many


def _label(named: Field, language: Language) -> str:
    return _plain(named.label.say(language)).strip()


def _quote(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _plain(text: str) -> str:
    """Return a name as it may stand in a comment: on one line."""
    return "".join(char if char.isprintable() else " " for char in text).rstrip()
