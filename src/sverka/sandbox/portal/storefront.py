"""What buyers reach without a password: the page of a payment and its short address."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from sverka.sandbox.portal.portal import Portal
from sverka.sandbox.portal.sale import public

_NOBODY = HTMLResponse("<!doctype html><title>404</title><p>Страница не найдена", 404)


def public_routes(portal: Portal) -> list[Route]:
    """Return the routes of the payment page (GET shows it, POST pays) and of its short address."""

    async def payment(request: Request) -> Response:
        """Show a payment to the buyer, or take his money."""
        query = request.query_params
        text = await asyncio.to_thread(
            _page, portal, query.get("paymentId", ""), query.get("access", ""), request.method == "POST"
        )
        return HTMLResponse(text) if text is not None else _NOBODY

    async def short(request: Request) -> Response:
        """Lead from the short address to the page."""
        path = await asyncio.to_thread(_long, portal, str(request.path_params["code"]))
        return RedirectResponse(path, 302) if path is not None else _NOBODY

    return [
        Route(public.PATH, payment, methods=["GET", "POST"]),
        Route("/~{code:str}", short, methods=["GET"]),
    ]


def _page(portal: Portal, payment_id: str, access: str, pays: bool) -> str | None:
    with portal.lock:
        payment = public.opened(portal.core, payment_id, access)
        if payment is None:
            return None
        if pays:
            public.pay(portal.core, payment)
        return public.page(portal.core, payment)


def _long(portal: Portal, code: str) -> str | None:
    with portal.lock:
        payment = public.by_code(portal.core, code)
        return None if payment is None else f"{public.PATH}?{public.address(portal.core, payment).partition('?')[2]}"
