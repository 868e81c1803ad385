"""Log lines on standard error: a sentence a line for people, or JSON for programs; tracebacks without local variables.

In JSON there are also the notes of each bell, visit, write and request, with the wave they belong to.
"""

import json
import logging
import os
import sys
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import structlog
from sqlalchemy.exc import DBAPIError

from sverka.cli.words import say, t
from sverka.domain.errors import Misconfigured
from sverka.domain.text import Text
from sverka.ports.watch import listen_with

_PUT_OFF = {
    "wave ended": ("ended early", "прервано"),
    "wave put off": ("put off", "отложено"),
    "sweep put off": ("not swept", "обход отложен"),
    "backfill put off": ("history put off", "история отложена"),
    "check": ("look at this", "обратите внимание"),
    "check put off": ("not checked", "проверка отложена"),
    "put off": ("Put off", "Отложено"),
    "sweeps put off": ("Not swept", "Обход отложен"),
}
_SAID = {
    "taken over": ("A worker has died; its work is taken over", "Один из worker умер; его работа передана дальше"),
    "not woken": ("The workers could not be called; they will look by themselves",
                  "Не удалось позвать worker; они заметят сами"),
    "no jobs for now": ("The database cannot be reached; trying again", "База недоступна; пробую снова"),
    "database away": ("A bell could not be kept, and is to come again", "Вебхук не удалось сохранить; придёт снова"),
}  # fmt: skip
_LEVELS = {"warning": ("warning: ", "внимание: "), "error": ("error: ", "ошибка: ")}


def set_up_logs() -> None:
    """Send structured logs to standard error as sentences, and keep the HTTP clients' own lines out.

    Their lines hold whole addresses, and a webhook's address is its password. With `SVERKA_LOG=json` every line is
    JSON, notes and the server's own lines among them.

    Raises:
        Misconfigured: `SVERKA_LOG` is something else.
    """
    wanted = os.environ.get("SVERKA_LOG", "")
    if wanted not in ("", "json"):
        raise Misconfigured(
            Text(f"SVERKA_LOG is {wanted!r}; it may be json, or unset for sentences.",
                 f"SVERKA_LOG = {wanted!r}; допустимо json, или не задавайте её вовсе.")
        )  # fmt: skip
    is_json = wanted == "json"
    for name in ("psycopg.pool", "procrastinate.worker"):  # of a lost database; "no jobs for now" says it once
        logging.getLogger(name).setLevel(logging.NOTSET if is_json else logging.CRITICAL)
    for name in ("httpx", "httpx2", "httpcore", "httpcore2", "uvicorn.access"):
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="%Y-%m-%d %H:%M:%S", utc=True),
            _without_lost_base,
            as_json if is_json else render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    listen_with(_noted if is_json else None)
    if is_json:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(_Lines())
        logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)


def _without_lost_base(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Say a database that does not answer in a sentence: its traceback is a page long, and tells nobody what to do."""
    error = _raised(event.get("exc_info"))
    if not isinstance(error, DBAPIError):
        return event
    left = {key: value for key, value in event.items() if key not in ("exc_info", "error")}
    return {**left, "level": "warning", "event": "put off", "what": event["event"], "reason": unusable(error)}


def _noted(event: str, about: Mapping[str, object]) -> None:
    structlog.get_logger("sverka.notes").info(event, **about)


class _Lines(logging.Formatter):
    """Lines of libraries, as the hub's own."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        event = {
            "event": record.getMessage(),
            "logger": record.name,
            "level": record.levelname.lower(),
            "timestamp": f"{datetime.fromtimestamp(record.created, UTC):%Y-%m-%d %H:%M:%S}",
            **({"exc_info": record.exc_info} if record.exc_info else {}),
        }
        return as_json(None, "", event)


def as_json(_logger: Any, _method: str, event: structlog.typing.EventDict) -> str:
    """Return one line of JSON; sentences are in the hub's language."""
    left = dict(event)
    failed = left.pop("exc_info", None)
    told = {key: say(value) if isinstance(value, Text) else value for key, value in left.items()}
    if failed:
        told["traceback"] = _traceback(failed)
    return json.dumps(told, ensure_ascii=False, default=str)


def render(_logger: Any, _method: str, event: structlog.typing.EventDict) -> str:
    """Return one line; what has no sentence of its own is shown as name=value."""
    left = dict(event)
    at, level, name = left.pop("timestamp", ""), left.pop("level", ""), str(left.pop("event", ""))
    failed = left.pop("exc_info", None)
    text = _sentence(name, left)
    line = f"{at} {t(*_LEVELS.get(level, ('', '')))}{text}"
    return f"{line}\n{_traceback(failed)}" if failed else line


def unusable(failed: DBAPIError) -> Text:
    """Return what is wrong with a database that refuses."""
    error = failed.orig
    if getattr(error, "sqlite_errorname", "") == "SQLITE_FULL" or getattr(error, "sqlstate", "") == "53100":
        return Text(
            "The disk of the database is full; nothing was written. Make room, and do it again.",
            "На диске базы нет места; ничего не записано. Освободите место и повторите.",
        )
    return Text(
        f"The database does not answer as it should ({type(error).__name__}); check SVERKA_DATABASE and that the "
        "server runs.",
        f"База данных не отвечает как должна ({type(error).__name__}); проверьте SVERKA_DATABASE и что сервер "
        "работает.",
    )


def _sentence(name: str, values: dict[str, Any]) -> str:
    if name == "alert":
        return say(values["reason"])
    if name == "alert not told":
        return t(f"An alert did not arrive. {say(values['reason'])}", f"Оповещение не дошло. {say(values['reason'])}")
    if name == "wave":
        looked, births, writes = values["visits"], values["births"], values["writes"]
        return t(
            f"{values['office']}: {looked} looked at, {births} made, {writes} written",
            f"{values['office']}: посмотрено {looked}, создано {births}, записано {writes}",
        )
    if name in _SAID:
        return f"{t(*_SAID[name])} ({', '.join(map(str, values.values()))})"
    words = {key: say(value) if isinstance(value, Text) else value for key, value in values.items()}
    who = words.get("office") or words.get("connection") or ""
    if name in _PUT_OFF:
        return f"{who}: {t(*_PUT_OFF[name])}. {words['reason']}" if who else f"{t(*_PUT_OFF[name])}. {words['reason']}"
    return " ".join([name, *(f"{key}={value}" for key, value in words.items())])


def _traceback(failed: Any) -> str:
    error = _raised(failed)
    if error is None:
        return ""
    return "".join(traceback.format_exception(error, chain=False)).rstrip()


def _raised(failed: Any) -> BaseException | None:
    error = sys.exc_info()[1] if failed is True else failed[1] if isinstance(failed, tuple) else failed
    return error if isinstance(error, BaseException) else None
