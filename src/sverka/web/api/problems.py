"""A problem as the API tells it: a code for programs, a sentence for people, and the next step."""

from collections.abc import Mapping

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException

from sverka.domain.errors import AuthLost, Gone, Halt, Later, Misconfigured, Problem, Rejected, Superseded, Unanswered
from sverka.domain.text import Language, Text
from sverka.operate.people import NotAllowed, NotLetIn, TooManyTries


class ProblemShown(BaseModel):
    """What every refused request answers."""

    code: str
    text: str
    next: str


class NotFound(Problem):
    """There is nothing at this address."""

    text = Text("There is nothing at this address.", "По этому адресу ничего нет.")


class NotUnderstood(Problem):
    """The request is not one the API knows."""

    text = Text("The request cannot be understood.", "Запрос непонятен.")


_LOOK = Text("See what there is, and correct the request.", "Посмотрите, что есть, и исправьте запрос.")
_DOCTOR = Text("Run `sverka doctor`.", "Выполните `sverka doctor`.")
_WAIT = Text("Try again later.", "Повторите позже.")

_KNOWN: Mapping[type[Problem], tuple[int, str, Text]] = {
    NotLetIn: (401, "not-let-in", Text("Sign in.", "Войдите.")),
    NotAllowed: (403, "not-allowed", Text("Ask an owner of the hub.", "Обратитесь к владельцу хаба.")),
    NotFound: (404, "not-found", _LOOK),
    NotUnderstood: (422, "not-understood", _LOOK),
    TooManyTries: (429, "too-many-tries", _WAIT),
    Gone: (404, "gone", _LOOK),
    Misconfigured: (409, "misconfigured", _LOOK),
    Rejected: (409, "rejected", _LOOK),
    AuthLost: (409, "auth-lost", _DOCTOR),
    Halt: (409, "halt", _DOCTOR),
    Superseded: (409, "superseded", _WAIT),
    Unanswered: (502, "unanswered", _WAIT),
    Later: (503, "later", _WAIT),
}
"""The status, the code and the next step of each kind of problem."""

_BROKEN = Text(
    "The hub broke down over this request; its log says where.",
    "Хаб сломался на этом запросе; где – скажет его журнал работы.",
)
_STORAGE = Text("The hub's database does not answer as it should.", "База хаба не отвечает как должна.")


def language_of(request: Request) -> Language:
    """Return the first of our languages that a request names, in the order of its wishes; English without one."""
    wishes = []
    for wish in request.headers.get("accept-language", "").split(","):
        tag, _, quality = wish.partition(";q=")
        try:
            weight = float(quality or 1)
        except ValueError:
            weight = 0.0
        wishes.append((-weight, tag.strip().lower()[:2]))
    for weight, tag in sorted(wishes, key=lambda wish: wish[0]):
        if weight and tag in ("en", "ru"):
            return "ru" if tag == "ru" else "en"
    return "en"


def told(request: Request, problem: Problem) -> Response:
    """Return the answer that tells of a problem."""
    status, code, step = next(_KNOWN[kind] for kind in (*type(problem).__mro__, Rejected) if kind in _KNOWN)
    headers = {"Retry-After": str(max(1, round(problem.after.total_seconds())))} if isinstance(problem, Later) else {}
    return _answer(request, status, code, (problem.text, step), headers)


def told_of_request(request: Request, error: RequestValidationError) -> Response:
    """Return the answer to a request that is not understood; what it held is not repeated, for it may be a secret."""
    where = ", ".join(sorted({".".join(str(part) for part in one["loc"]) for one in error.errors()}))
    text = Text(f"The request cannot be understood: {where}.", f"Запрос непонятен: {where}.")
    return told(request, NotUnderstood(text))


def told_of_storage(request: Request, _error: DBAPIError) -> Response:
    """Return the answer where the database breaks down."""
    return _answer(request, 503, "storage", (_STORAGE, _DOCTOR))


def told_of_defect(request: Request, _error: Exception) -> Response:
    """Return the answer where the hub itself breaks down; the traceback is in its log."""
    return _answer(request, 500, "broken", (_BROKEN, _DOCTOR))


def told_of_address(request: Request, error: HTTPException) -> Response:
    """Return the answer where there is no such address, or it takes no such request."""
    if error.status_code == 404:
        return told(request, NotFound())
    text = Text(f"Not so: {error.detail}.", f"Так нельзя: {error.detail}.")
    return _answer(request, error.status_code, "not-so", (text, _LOOK), dict(error.headers or {}))


def _answer(
    request: Request, status: int, code: str, said: tuple[Text, Text], headers: Mapping[str, str] | None = None
) -> Response:
    language = language_of(request)
    body = ProblemShown(code=code, text=said[0].say(language), next=said[1].say(language))
    return JSONResponse(body.model_dump(), status, dict(headers or {}))
