"""`sverka profile scaffold`: makes what a profile names and a side lacks, after it has said what."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from sverka.bootstrap import House
from sverka.cli.documents import catalogues_of, text_of
from sverka.cli.home import at_work
from sverka.cli.person import who
from sverka.cli.screen import BAD, GOOD, WARN, ask, line, whole
from sverka.cli.words import say, t
from sverka.config.complaint import BadProfile
from sverka.config.lack import Lack, lack_of, recommended, with_rows
from sverka.config.owners import owner_of
from sverka.config.read import Document, read
from sverka.domain.errors import Misconfigured, Problem
from sverka.domain.kind import Kind
from sverka.domain.mapping.field_mapping import Side
from sverka.domain.text import Text
from sverka.operate.audit import note
from sverka.operate.documents import Catalogues, Fields
from sverka.ports.furnish import FurnishesOffice, FurnishesStore
from sverka.ports.guard import free

_NOBODY = Text("Nobody is here to be asked; add --yes to make all this.", "Спросить некого; добавьте --yes.")

Act = tuple[str, Callable[[], object]]
"""What is to be made, in words, and how."""


def scaffold(
    file: Annotated[Path, typer.Argument(help=t("The profile in TOML.", "Профиль в TOML."))],
    with_recommended: Annotated[
        bool,
        typer.Option("--recommended", help=t("Add rows and fields for what deals lack.", "Добавить полезные поля.")),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help=t("Do not ask.", "Не спрашивать."))] = False,
) -> None:
    """Make the fields, options, stages and statuses that a profile names and a side lacks; harmless to repeat."""
    text = text_of(file)
    document = _read(text)
    with at_work() as house:
        catalogues = catalogues_of(house)
        store_fields, office_fields = _both(catalogues, document)
        rows = recommended(document.table, store_fields) if with_recommended else {}
        if rows:
            text = with_rows(text, rows)
            document = _read(text)
        lack = lack_of(document.table, store_fields, office_fields)
        labels = {one.key: one.label for one in rows.values()}
        lack.fields = [replace(one, label=labels.get(one.key, one.label)) for one in lack.fields]
        acts = _acts(house, document, lack)
        _tell(acts, lack, list(rows))
        if not acts and not rows:
            return
        ask(t("Make it?", "Создать?"), yes=yes, unasked=_NOBODY)
        wanted = "; ".join(said for said, _ in acts)
        note(house, who(), "profile scaffold", f"profile {document.table.profile}", "", wanted)
        failed = _carry_out(acts)
        if rows:
            file.write_text(text, "utf-8")
            line(
                t(
                    f"{file}: {len(rows)} rows were added to [fields].",
                    f"{file}: строк добавлено в [fields]: {len(rows)}.",
                )
            )
        _learn(house, document)
        line(t(f"Next: sverka profile check {file}", f"Дальше: sverka profile check {file}"))
        if failed:
            raise typer.Exit(1)


def _read(text: str) -> Document:
    document = read(text)
    if isinstance(document, list):
        raise BadProfile(document)
    return document


def _both(catalogues: Catalogues, document: Document) -> tuple[Fields, Fields]:
    store = catalogues.of(document.table.store, Side.STORE)
    office = catalogues.of(document.table.portal, Side.OFFICE)
    if store is None or office is None:
        raise Misconfigured(
            Text("Both sides must be connected and answer; see `sverka doctor`.",
                 "Обе стороны должны быть подключены и отвечать; смотрите `sverka doctor`.")
        )  # fmt: skip
    return store, office


def _acts(house: House, document: Document, lack: Lack) -> list[Act]:
    store = house.connector(house.connection(document.table.store))
    office = house.connector(house.connection(document.table.portal))
    acts: list[Act] = []
    if isinstance(office, FurnishesOffice):
        for field in lack.fields:
            kind = f"{say(field.type.words)}{t(', several values', ', множественное') if field.many else ''}"
            whose = _named(field.key)
            said = t(f"{whose.en}, “{field.label.en}” ({kind})", f"{whose.ru}, «{field.label.ru}» ({kind})")
            acts.append((said, partial(office.add_field, field)))
        for key, names in lack.options.items():
            whose = _named(key)
            said = t(f"options, {whose.en}: {', '.join(names)}", f"варианты, {whose.ru}: {', '.join(names)}")
            acts.append((said, partial(office.add_options, key, names, free)))
        for stage in lack.stages:
            said = t(f"stage {stage.id} “{stage.name}”", f"стадия {stage.id} «{stage.name}»")
            acts.append((said, partial(office.add_stage, stage)))
        for where in dict.fromkeys(office.where_fields_are_made(field.key) for field in lack.fields):
            line(t(f"By hand fields are made at {where} (CRM → Settings → Custom fields).",
                   f"Вручную поля создают здесь: {where} (CRM → Настройки → Пользовательские поля)."))  # fmt: skip
    for id_, name in lack.statuses.items():
        if isinstance(store, FurnishesStore):
            said = t(f"order status {id_} “{name}” in the store", f"статус заказа {id_} «{name}» в магазине")
            acts.append((said, partial(store.add_status, id_, name)))
        else:
            lack.by_hand.append(
                Text(
                    f"Order status {id_}: the store's API cannot make one; in WooCommerce a plugin or the theme "
                    "registers it (register_post_status and the filter wc_order_statuses).",
                    f"Статус заказа {id_}: API магазина его не создаёт; в WooCommerce его регистрирует плагин или тема "
                    "(register_post_status и фильтр wc_order_statuses).",
                )
            )
    return acts


def _named(key: str) -> Text:
    """Return a field of the catalogue by whose it is and its own name."""
    kind, _, rest = key.rpartition(":")
    owner = owner_of(rest, Kind(kind) if kind else Kind.DEAL)
    name = owner.bare(rest)
    return Text(f"field of {owner.words.en} {name}", f"поле {owner.words.ru} {name}")


def _tell(acts: list[Act], lack: Lack, rows: list[str]) -> None:
    if lack.is_nothing and not rows:
        line(t("Both sides have all that the profile names.", "У обеих сторон есть всё, что названо в профиле."), GOOD)
        return
    if acts:
        line(t("Will be made:", "Будет создано:"))
    for said, _ in acts:
        whole(f"  {said}")
    for key in rows:
        whole(t(f"  a row for {key} in [fields]", f"  строка для {key} в [fields]"))
    for text in lack.by_hand:
        line(say(text), WARN)


def _carry_out(acts: list[Act]) -> bool:
    """Do one after another, each by itself; tell whether one was refused."""
    failed = False
    for said, act in acts:
        try:
            act()
        except Problem as problem:
            failed = True
            line(f"{said}: {say(problem.text)}", BAD)
        else:
            line(t(f"Made: {said}", f"Создано: {said}"), GOOD)
    return failed


def _learn(house: House, document: Document) -> None:
    """Keep both catalogues as they are now, so that what was made can be used at once (R120)."""
    fresh = catalogues_of(house)
    for name, side in ((document.table.store, Side.STORE), (document.table.portal, Side.OFFICE)):
        if fields := fresh.of(name, side):
            house.storage.catalogues.put(name, fields)
