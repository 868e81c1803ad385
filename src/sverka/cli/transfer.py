"""`sverka export`, `import` and `key rotate`: a hub's configuration without secrets, and the key of those."""

from pathlib import Path
from typing import Annotated

import typer

from sverka.cli.documents import text_of
from sverka.cli.home import alone, at_home, at_work, settings_now
from sverka.cli.person import who
from sverka.cli.screen import GOOD, line, whole
from sverka.cli.words import t
from sverka.domain.errors import Misconfigured
from sverka.domain.mapping.field_mapping import Side
from sverka.domain.text import Text, reason
from sverka.operate.keys import rotate_key
from sverka.operate.transfer import exported, take_in


def export(
    file: Annotated[Path, typer.Argument(help=t("A file that is not there yet.", "Новый файл."))],
) -> None:
    """Write connections without their secrets, and profiles with all their versions, into a file."""
    with at_home() as house:
        text = exported(house)
    try:
        with file.open("x", encoding="utf-8") as out:
            out.write(text)
    except FileExistsError:
        raise Misconfigured(
            Text(f"{file} is there already; name a file that is not.", f"{file} уже есть; назовите новый файл.")
        ) from None
    except OSError as error:
        why = reason(error)
        raise Misconfigured(
            Text(f"{file} cannot be written ({why.en}); name another.",
                 f"Не удаётся записать {file} ({why.ru}); назовите другой.")
        ) from None  # fmt: skip
    line(t(f"Written: {file}. It holds no secret, no user and no order.",
           f"Записано: {file}. В нём нет ни секретов, ни пользователей, ни заказов."), GOOD)  # fmt: skip


def take(
    file: Annotated[Path, typer.Argument(help=t("What `sverka export` wrote.", "Файл от `sverka export`."))],
) -> None:
    """Take in what `sverka export` wrote, and say which secrets are to be given anew."""
    with at_work() as house:
        lacking = take_in(house, who(), text_of(file))
        line(t("Imported.", "Импортировано."), GOOD)
        if lacking:
            line(t("Their secrets are to be given anew:", "Секреты нужно задать заново:"))
        for one in lacking:
            kind = f"store {one.name} --kind {one.kind}" if one.side is Side.STORE else f"portal {one.name}"
            whole(f"  sverka connect {kind}    ({', '.join(one.secrets)})")
        if house.storage.profiles.list(active_only=True):
            line(t("If deals of these orders are there already, join them before `sverka up`: `sverka profile adopt`.",
                   "Если сделки этих заказов уже есть, до `sverka up` свяжите их: `sverka profile adopt`.")
            )  # fmt: skip


def rotate() -> None:
    """Seal the saved secrets under a new key; stop the hub first. Safe to repeat where it was cut off."""
    settings = settings_now()
    with alone(), at_work(is_ours=True) as house:
        sealed = rotate_key(house, who(), settings.key_file)
    line(t(f"Secrets sealed under a new key: {sealed}.", f"Секретов под новым ключом: {sealed}."), GOOD)
    key = settings.key_file
    line(t(f"Keep a copy of {key} apart from the database; backups made before still need the key of their day.",
           f"Храните копию {key} отдельно от базы; прежним резервным копиям нужен их прежний ключ.")
    )  # fmt: skip
