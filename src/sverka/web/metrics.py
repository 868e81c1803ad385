"""`GET /metrics`: the hub's numbers, for whoever carries the token."""

import hmac
from collections.abc import Callable

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from sverka.domain.errors import Misconfigured
from sverka.domain.text import Text

SHORTEST = 16
"""Characters of a token that nobody guesses."""


def metrics_route(numbers: Callable[[], bytes], token: str) -> Route:
    """Return the route, which hands out the numbers for `Authorization: Bearer TOKEN` and is not there for others.

    Raises:
        Misconfigured: the token is too short.
    """
    if len(token) < SHORTEST:
        raise Misconfigured(
            Text(
                f"The token in SVERKA_METRICS_FILE has less than {SHORTEST} characters; write a longer one there.",
                f"Токен в SVERKA_METRICS_FILE короче {SHORTEST} знаков; запишите туда более длинный.",
            )
        )
    right = f"Bearer {token}".encode()

    async def metrics(request: Request) -> Response:
        """Answer with the numbers."""
        if not hmac.compare_digest(request.headers.get("authorization", "").encode(), right):
            return PlainTextResponse("not found", 404)
        return Response(await run_in_threadpool(numbers), media_type=CONTENT_TYPE_LATEST)

    return Route("/metrics", metrics)
