"""`sverka profile new` and `check`: a first draft, and all that is wrong with one."""

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from sverka.bootstrap import House
from sverka.cli.documents import catalogues_of, show, show_complaint, text_of
from sverka.cli.home import at_home, exists, settings_now
from sverka.cli.screen import GOOD, line, warn, whole
from sverka.cli.words import language, t
from sverka.config.checks.together import check_together
from sverka.config.hinted import hinted
from sverka.config.template import new_profile
from sverka.connectors.registry import manifests
from sverka.domain.errors import Misconfigured
from sverka.domain.ids import ProfileName
from sverka.domain.mapping.field_mapping import Side
from sverka.domain.mapping.profile import Profile
from sverka.domain.text import Text
from sverka.operate.documents import Catalogues, Checked, examine, on_side


def new(
    name: Annotated[str, typer.Argument(help=t("The profile's name, never changed.", "Имя профиля, навсегда."))],
    store: Annotated[str, typer.Option(help=t("A store's connection.", "Подключение магазина."))],
    portal: Annotated[str, typer.Option(help=t("A portal's connection.", "Подключение портала."))],
    pipeline: Annotated[str, typer.Option(help=t("The funnel's id.", "Номер воронки."))] = "0",
    out: Annotated[Path | None, typer.Option(help=t("Write it to a new file.", "Записать в новый файл."))] = None,
) -> None:
    """Draft a profile from both catalogues, to a file or to standard output."""
    if out is not None and out.exists():
        raise Misconfigured(
            Text(f"{out} exists; name another file, so that nobody's work is overwritten.",
                 f"{out} уже есть; назовите другой файл, чтобы ничья работа не пропала.")
        )  # fmt: skip
    with at_home() as house:
        on_side(house, store, Side.STORE)
        on_side(house, portal, Side.OFFICE)
        hints = manifests()[house.connection(store).kind].hints
        catalogues = catalogues_of(house)
        store_fields, office_fields = catalogues.of(store, Side.STORE) or (), catalogues.of(portal, Side.OFFICE) or ()
    drafted = new_profile(name, store, portal, store_fields, office_fields, pipeline, language())
    text = hinted(drafted, hints, office_fields, language())
    if out is None:
        typer.echo(text)
        return
    out.write_text(text, "utf-8")
    line(t(f"Written: {out}. Read it, fill in what stands in comments, then:",
           f"Записано: {out}. Прочитайте, дополните то, что в комментариях, затем:"), GOOD)  # fmt: skip
    whole(f"  sverka profile check {out}")
    whole(f"  sverka profile preview {out}")


def check(
    what: Annotated[
        list[str],
        typer.Argument(metavar="FILE|NAME...", help=t("Files or applied profiles.", "Файлы или имена профилей.")),
    ],
    offline: Annotated[
        bool, typer.Option("--offline", help=t("Ask nobody; use what was read.", "Никого не спрашивать."))
    ] = False,
) -> None:
    """Say all that is wrong with profiles, line by line; exit code 1 where one cannot be applied."""
    with ExitStack() as stack:
        house = stack.enter_context(at_home()) if exists(settings_now()) else None
        if house is None:
            warn(t("No hub is here, so the fields of both sides are not checked.",
                   "Хаба здесь нет, поэтому поля обеих сторон не проверены."))  # fmt: skip
        catalogues = catalogues_of(house, offline=offline)
        checked = [_examined(house, name, catalogues) for name in what]
        for one in checked:
            show(one)
            if not one.is_bad:
                line(t(f"{one.source}: can be applied.", f"{one.source}: можно применять."), GOOD)
        clash = _together(house, checked)
    if clash or any(one.is_bad for one in checked):
        raise typer.Exit(1)


def _examined(house: House | None, what: str, catalogues: Catalogues) -> Checked:
    saved = house.storage.profiles.get(ProfileName(what)) if house and not Path(what).exists() else None
    if saved is not None:
        return examine(what, saved.document, catalogues, saved.version)
    return examine(what, text_of(Path(what)), catalogues)


def _together(house: House | None, checked: list[Checked]) -> bool:
    """Lay the documents beside each other and the applied profiles; tell whether they cannot live together."""
    mine = [(one.profile, one.source) for one in checked if one.profile]
    names = [profile.name for profile, _ in mine]
    saved = house.storage.profiles.list(active_only=True) if house else ()
    places = {one.name: one.priority for one in saved}
    kept: list[tuple[int, Profile]] = []
    if house:
        kept = [(one.priority, house.profile(one)) for one in saved if one.name not in names]
    ours = [(places.get(profile.name, max(places.values(), default=0) + 1), profile) for profile, _ in mine]
    everyone = [profile for _, profile in sorted([*kept, *ours], key=lambda pair: pair[0])]
    sources = {str(profile.name): source for profile, source in mine}
    found = check_together(everyone)
    for one in found:
        name = one.where.partition(":")[0]
        show_complaint(sources.get(name, name), one)
    return any(one.bad for one in found)
