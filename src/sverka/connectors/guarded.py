"""Another's code, kept from stopping what is not its own: whatever it raises becomes a problem of its connection."""

import functools
import traceback
from collections.abc import Callable, Iterator
from pathlib import PurePath
from typing import Any, Final

from sverka.domain.errors import Later, Problem, Unanswered
from sverka.domain.text import Text

_WRITES: Final = frozenset({"write", "create", "add_customers"})
"""What may have been done when they break down: it is looked for before it is tried again (K2)."""


def guard(side: Any, name: str, package: str) -> None:
    """Have every method of a connector raise problems only: `Unanswered` for a write, else `Later`.

    The sentence names the connector, its package, and the place in its code; not what was raised, for that may hold
    a secret.
    """
    kind = type(side)
    methods = {one: getattr(kind, one) for one in dir(kind) if not one.startswith("_")}
    kept = {one: _kept(method, name, package) for one, method in methods.items() if callable(method)}
    object.__setattr__(side, "__class__", type(kind.__name__, (kind,), {"__slots__": (), **kept}))


def _kept(method: Callable[..., Any], name: str, package: str) -> Callable[..., Any]:
    worst = Unanswered if method.__name__ in _WRITES else Later

    def problem(error: Exception) -> Problem:
        last = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{type(error).__name__}, {PurePath(last.filename).name}:{last.lineno}, `{method.__name__}`"
        return worst(
            Text(
                f"The connector {name} of the package {package} breaks down ({where}). Tell its author, or install "
                "another version and start the hub again.",
                f"Коннектор {name} из пакета {package} падает ({where}). Сообщите автору или установите другую версию "
                "и запустите хаб снова.",
            )
        )

    def walk(found: Iterator[Any]) -> Iterator[Any]:
        try:
            yield from found
        except Problem:
            raise
        except Exception as error:
            raise problem(error) from error

    @functools.wraps(method)
    def call(*arguments: Any, **named: Any) -> Any:
        try:
            answer = method(*arguments, **named)
        except Problem:
            raise
        except Exception as error:
            raise problem(error) from error
        return walk(answer) if isinstance(answer, Iterator) else answer

    return call
