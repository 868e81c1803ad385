"""`sverka profile preview`: what a profile would do to real orders; nothing is written anywhere."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from sverka.bootstrap import House
from sverka.cli.documents import catalogues_of, needed, text_of
from sverka.cli.home import at_home
from sverka.cli.screen import BAD, GOOD, STRONG, WARN, line, table
from sverka.cli.words import say, t
from sverka.domain.commerce.value import is_empty, show
from sverka.domain.errors import Misconfigured
from sverka.domain.ids import OrderRef, ProfileName
from sverka.domain.mapping.field_mapping import Side
from sverka.domain.mapping.profile import Facet, Profile, document_of
from sverka.domain.text import Text
from sverka.engine.by_hand.preview import Foreseen, Party, Preview
from sverka.operate.documents import both_sides, examine
from sverka.operate.effect import bound_under
from sverka.operate.foresee import foresee_all, hub_with, newest

_RECORDS: dict[str, Text] = {
    Facet.LEAD: Text("a new lead", "новый лид"),
    Facet.REGISTRATION: Text("a new lead of the registration", "новый лид по регистрации"),
    Facet.COMPANY: Text("a new lead of the company", "новый лид организации"),
    Facet.INVOICE: Text("a new invoice", "новый счёт"),
}


def preview(
    what: Annotated[str, typer.Argument(metavar="FILE|NAME", help=t("A file or an applied profile.", "Файл или имя."))],
    last: Annotated[int, typer.Option(min=1, help=t("How many newest orders.", "Сколько новых заказов."))] = 20,
    order: Annotated[list[str] | None, typer.Option(help=t("This order, STORE/ID.", "Этот заказ."))] = None,
    bound: Annotated[
        bool, typer.Option("--bound", help=t("All orders that have its records.", "Все заказы с его записями."))
    ] = False,
) -> None:
    """Say what a profile would do to orders; exit code 1 where any would be held."""
    with at_home() as house:
        profile = profile_of(house, what)
        hub = hub_with(house.hub(), profile)
        if bound:
            orders: Sequence[OrderRef] = list(dict.fromkeys(one.order for one in bound_under(house, profile)))
        else:
            orders = [order_ref(text) for text in order or ()] or newest(hub, profile, last)
        found = foresee_all(hub, profile, orders)
        mine = [one for one in found.foreseen if document_of(ProfileName(one.profile)) == profile.name]
        summary(len(orders), mine, found)
        by_field(mine)
        for one in mine if not bound else [one for one in mine if one.changes or one.differences]:
            show_foreseen(one)
        for ref, problem in found.problems.items():
            line(f"{ref}: {say(problem.text)}", BAD)
    if found.problems or any(difference.why.asks for one in mine for difference in one.differences):
        raise typer.Exit(1)


def by_field(mine: Sequence[Foreseen]) -> None:
    """Count, for records that are there, what would be written to each field and asked about it."""
    there = [one for one in mine if one.birth is None]
    written = Counter(change.mapping.key for one in there for change in one.changes)
    asked = Counter(found.key for one in there for found in one.differences if found.why.asks)
    if written or asked:
        rows = [(key, str(written[key] or ""), str(asked[key] or "")) for key in sorted({*written, *asked})]
        table((t("Field", "Поле"), t("Written", "Запишет"), t("Asked about", "Спросит")), rows)


def order_ref(text: str) -> OrderRef:
    """Read STORE/ID; bad usage where it is none."""
    try:
        return OrderRef.parse(text)
    except ValueError:
        raise typer.BadParameter(
            t(f"{text!r} is no order; write STORE/ID.", f"{text!r} – не заказ; пишите МАГАЗИН/НОМЕР.")
        ) from None


def profile_of(house: House, what: str) -> Profile:
    """Return the profile of a file, else the applied one of that name; raises what stands in the way of either."""
    if Path(what).exists():
        checked = examine(what, text_of(Path(what)), catalogues_of(house))
        profile = needed(checked)
        both_sides(house, profile)
        return profile
    saved = house.storage.profiles.get(ProfileName(what))
    if saved is None:
        raise Misconfigured(
            Text(f"There is neither a file nor an applied profile {what!r}; see `sverka profile list`.",
                 f"Нет ни файла, ни применённого профиля {what!r}; см. `sverka profile list`.")
        )  # fmt: skip
    return house.profile(saved)


def summary(looked: int, mine: Sequence[Foreseen], found: Preview) -> None:
    """Print what would become of the orders that were looked at, in counts."""
    births = sum(one.birth is not None for one in mine)
    writes = sum(len(one.changes) for one in mine if one.birth is None)
    held = sum(bool(one.differences) for one in mine)
    others = looked - len({one.order for one in mine}) - len(found.problems)
    rows = [
        (t("Orders looked at", "Просмотрено заказов"), looked, ""),
        (t("Records to be made", "Записей создаст"), births, GOOD),
        (t("Fields to be written", "Полей запишет"), writes, GOOD),
        (t("Orders held or different", "Придержит или разойдутся"), held, WARN),
        (t("Orders not for this profile", "Не для этого профиля"), others, ""),
        (t("Orders that cannot be read", "Не удалось прочитать"), len(found.problems), BAD),
    ]
    for text, amount, style in rows:
        line(f"{text + ':':28} {amount:5}", style if amount else "")
    line(t("Nothing was written.", "Ничего не записано."))


def show_foreseen(one: Foreseen) -> None:
    """Print what would become of one order."""
    what = _RECORDS.get(one.profile.partition(":")[2])
    fate = t("in step", "в согласии")
    if one.birth is not None:
        fate = t("a new record", "новая запись") if what is None else say(what)
    elif one.changes:
        fate = t(f"record {one.record} and the order", f"запись {one.record} и заказ")
    elif one.differences:
        fate = t("held", "придержан") if not one.record else t(f"record {one.record}", f"запись {one.record}")
    title = "" if one.title == str(one.order) else f" {one.title}"
    line()
    line(f"{one.order}{title}: {fate}", STRONG)
    if one.birth is not None:
        for key, value in one.birth.items():
            line(f"  {key}: {show(value)}")
        for party in one.parties:
            line(f"  {_who(party)}", WARN if party.waits else "")
    else:
        for change in one.changes:
            side = t("order", "заказ") if change.side is Side.STORE else t("record", "запись")
            tells = t(" – somebody is notified", " – уйдёт уведомление") if change.notifies else ""
            line(f"  {side} {change.field}: {show(change.old)} → {show(change.value)}{tells}")
    for difference in one.differences:
        line(f"  ! {difference.key}: {say(difference.text)}", WARN if difference.why.asks else "")
        if not (is_empty(difference.store) and is_empty(difference.office)):
            both = t("store", "магазин"), show(difference.store), t("portal", "портал"), show(difference.office)
            line("    {}: {} | {}: {}".format(*both))


def _who(party: Party) -> str:
    """Say which contact or company a new record would hang on."""
    what, by = t("company", "компания") if party.is_company else t("contact", "контакт"), say(party.known_by)
    if party.record:
        fate = t(f"{party.record}, found by {by}", f"{party.record}, по совпадению: {by}")
    elif party.waits:
        fate = t("cannot be looked up now; the order would wait", "сейчас не найти; заказ подождёт")
    elif party.first:
        fate = t(f"the new one of {party.first}", f"новая запись, общая с {party.first}")
    elif party.is_made:
        fate = t(f"a new one, {party.name} ({by})", f"новая запись, {party.name} ({by})")
    else:
        fate = t("not there, and the profile makes none", "не найдено, профиль не создаёт")
    return f"{what}: {fate}"
