"""The options that narrow what differs, written down once for every command that has them."""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import wraps
from typing import Annotated, Any, get_type_hints

import typer

from sverka.cli.words import t
from sverka.domain.merge.plan import Why
from sverka.storage.conflicts import Asked

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def _reason(text: str) -> Why:
    try:
        return Why(text.strip().lower())
    except ValueError:
        names = ", ".join(one.value for one in Why)
        raise typer.BadParameter(t(f"It may be: {names}.", f"Может быть: {names}.")) from None


def span_of(text: str) -> timedelta:
    """Read a length of time such as 30m, 12h, 2d or 1w; bad usage where it is none."""
    found = re.fullmatch(r"(\d{1,4})\s*([mhdw])", text.strip().lower())
    if found is None:
        raise typer.BadParameter(t("Write 30m, 12h, 2d or 1w.", "Пишите 30m, 12h, 2d или 1w."))
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


@dataclass(frozen=True)
class Only:
    """The filters as a person gave them: each field is an option, and empty where it was left out."""

    profile: Annotated[str, typer.Option(help=t("Only of this profile.", "Только этого профиля."))] = ""
    store: Annotated[str, typer.Option(help=t("Only of this store.", "Только этого магазина."))] = ""
    why: Annotated[
        Why | None,
        typer.Option(
            parser=_reason,
            metavar="REASON",
            help=t("Only with this reason: conflict, refused, …", "Только с этой причиной: conflict, refused, …"),
        ),
    ] = None
    field: Annotated[str, typer.Option(help=t("Only this field's key.", "Только поле с этим ключом."))] = ""
    older_than: Annotated[
        timedelta | None,
        typer.Option(
            parser=span_of,
            metavar="2d",
            help=t("Only what stands longer: 30m, 12h, 2d.", "Только то, что держится дольше: 30m, 12h, 2d."),
        ),
    ] = None

    @property
    def is_about_differences(self) -> bool:
        """Whether anything was given that only a difference has."""
        return bool(self.why or self.field or self.older_than)

    def asked(self, now: datetime) -> Asked:
        """Return the same as a question to the storage."""
        return Asked(self.profile, self.store, self.why, self.field, now - self.older_than if self.older_than else None)


def narrowed(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of `Only` in the place of its keyword parameter `only`."""
    hints = get_type_hints(Only, include_extras=True)
    names = [one.name for one in fields(Only)]
    options = [
        inspect.Parameter(one.name, inspect.Parameter.KEYWORD_ONLY, default=one.default, annotation=hints[one.name])
        for one in fields(Only)
    ]

    @wraps(command)
    def run(**given: Any) -> None:
        command(only=Only(**{name: given.pop(name) for name in names}), **given)

    own = inspect.signature(command)
    shown = [part for one in own.parameters.values() for part in (options if one.name == "only" else [one])]
    vars(run)["__signature__"] = own.replace(parameters=shown)
    return run
