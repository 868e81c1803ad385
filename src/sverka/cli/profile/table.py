"""A profile in words, as one table: what travels where, who wins, and which status means which stage (R35)."""

from collections.abc import Mapping, Sequence

from sverka.cli.screen import STRONG, line, table
from sverka.cli.words import t
from sverka.domain.commerce.order import CANCELLED
from sverka.domain.mapping.field import Field
from sverka.domain.mapping.field_mapping import FieldMapping, Policy, Side, Way, WriteMode
from sverka.domain.mapping.profile import Profile
from sverka.domain.mapping.routing import Condition
from sverka.domain.mapping.status_map import StatusMap
from sverka.operate.documents import Catalogues


def show_profile(profile: Profile, catalogues: Catalogues) -> None:
    """Print a profile's conditions, its statuses and its fields, with the names both systems have for them."""
    ours = _by_key(catalogues.of(profile.store, Side.STORE))
    theirs = _by_key(catalogues.of(profile.office, Side.OFFICE))
    line(f"{profile.name} v{profile.version}: {profile.store} → {profile.office}", STRONG)
    _when(profile, ours)
    for mapping in profile.mappings:
        if isinstance(mapping.converter, StatusMap):
            _statuses(mapping.converter, ours, theirs)
    rows = [_row(mapping, ours, theirs) for mapping in profile.mappings]
    columns = (t("Order", "Заказ"), t("Way", "Путь"), t("Record", "Запись"), t("If both moved", "Если оба изменились"))
    table(columns, rows, narrow=(1,))


def _by_key(fields: Sequence[Field] | None) -> Mapping[str, Field]:
    return {field.key: field for field in fields or ()}


def _named(key: str, fields: Mapping[str, Field]) -> str:
    label = t(fields[key].label.en, fields[key].label.ru) if key in fields else key
    return key if label in ("", key) else f"{label} ({key})"


def _option(value: str, key: str, fields: Mapping[str, Field]) -> str:
    name = fields[key].options.get(value, "") if key in fields else ""
    return f"{name} ({value})" if name and name != value else value


def _when(profile: Profile, ours: Mapping[str, Field]) -> None:
    if profile.route.takes_all:
        line(t("Takes every order.", "Берёт все заказы."))
    else:
        line(t("Takes an order if:", "Берёт заказ, если:"))
        for condition in profile.route.conditions:
            line(f"  {_condition(condition, ours)}")
        for place, group in enumerate(profile.route.groups):
            head = t("either", "либо") if place == 0 else t("or", "или")
            line(f"  {head}: " + t(" and ", " и ").join(_condition(one, ours) for one in group))
    for rule in profile.new.by_section:
        sections = ", ".join(_option(one, "lines.section", ours) for one in rule.sections)
        line(t(f"Products of {sections}: pipeline {rule.pipeline}.", f"Товары из {sections}: воронка {rule.pipeline}."))


def _condition(one: Condition, ours: Mapping[str, Field]) -> str:
    tests = [
        (t("is", "–"), [_option(value, one.field, ours) for value in one.any_of]),
        (t("is not", "не"), [_option(value, one.field, ours) for value in one.none_of]),
        (t("contains", "содержит"), one.contains),
        (t("begins with", "начинается с"), one.starts),
        (t("matches", "подходит под"), one.matches),
        (t("is at least", "не меньше"), [str(one.at_least)] if one.at_least is not None else []),
        (t("is at most", "не больше"), [str(one.at_most)] if one.at_most is not None else []),
    ]
    said = t(" and ", " и ").join(f"{verb} {t(' or ', ' или ').join(values)}" for verb, values in tests if values)
    return f"{_named(one.field, ours)} {said}"


def _statuses(map_: StatusMap, ours: Mapping[str, Field], theirs: Mapping[str, Field]) -> None:
    rows = [
        (_option(row.status, "status", ours), "\n".join(_option(stage, "stageId", theirs) for stage in row.stages))
        for row in map_.rows
    ]
    if map_.cancel:
        cancelled = t("Cancelled", "Отменён")
        rows.append((f"{cancelled} ({CANCELLED})", "\n".join(_option(one, "stageId", theirs) for one in map_.cancel)))
    table((t("Status", "Статус"), t("Stages; the hub sets the first", "Стадии; хаб ставит первую")), rows)


def _row(mapping: FieldMapping, ours: Mapping[str, Field], theirs: Mapping[str, Field]) -> tuple[str, ...]:
    return (
        _named(mapping.store_field, ours),
        {Way.BOTH: "↔", Way.TO_OFFICE: "→", Way.TO_STORE: "←"}[mapping.way],
        _named(mapping.office_field, theirs),
        _said(mapping),
    )


def _said(mapping: FieldMapping) -> str:
    if mapping.write is WriteMode.IF_NEW:
        return t("written to a new record only", "только в новую запись")
    if mapping.write is WriteMode.APPEND:
        return t("additions go over, nothing is taken away", "добавляется, ничего не удаляется")
    if mapping.write is WriteMode.IF_EMPTY:
        return t("an empty field is filled", "заполняется пустое")
    if mapping.way is not Way.BOTH:
        return t("goes one way", "идёт в одну сторону")
    return {
        Policy.STORE_WINS: t("the store wins", "важнее магазин"),
        Policy.OFFICE_WINS: t("the portal wins", "важнее портал"),
        Policy.ASK: t("a person is asked", "спросим человека"),
    }[mapping.policy]
