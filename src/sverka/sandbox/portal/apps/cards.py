"""The pages employees see applications in: a record's card with its tabs, and an application's own page."""

from __future__ import annotations

import asyncio
import json
from functools import partial
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sverka.sandbox.portal.apps.pages import page
from sverka.sandbox.portal.apps.screens import Frame
from sverka.sandbox.portal.callers import Application
from sverka.sandbox.portal.crm.fields import NAMES
from sverka.sandbox.portal.params import Tree, parse_query, to_int
from sverka.sandbox.portal.portal import Portal
from sverka.sandbox.portal.state import Item

_SCRIPT = Path(__file__).with_name("parent.js").read_text(encoding="utf-8")
_STYLE = (
    "<style>body{font:15px sans-serif;margin:1em}#application{width:100%;height:600px;border:1px solid #ccc}"
    "#slider{position:fixed;inset:0 0 0 10%;background:#fff;box-shadow:0 0 2em #888}"
    "#slider iframe{width:100%;height:95%;border:0}nav a{margin-right:1em}</style>"
)
_TYPES = {name.lower(): number for number, name in NAMES.items()}
_SHOWN = ("id", "title", "name", "lastName", "stageId", "opportunity", "currencyId", "assignedById")


def card_routes(portal: Portal) -> list[Route]:
    """Return the routes of the pages, and the address at which their script asks for an application."""

    async def ask(request: Request) -> Response:
        """Answer the script of a page in which an application is open."""
        try:
            given = json.loads(await request.body() or b"{}")
            params = given if isinstance(given, dict) else {}
            path = request.path_params
            result = await asyncio.to_thread(portal.ask_frame, path["sid"], path["command"], params)
        except (KeyError, ValueError):
            return JSONResponse({"result": None}, 404)
        return JSONResponse({"result": result})

    async def script(request: Request) -> Response:
        """Send the script of the pages."""
        del request
        return Response(_SCRIPT, media_type="text/javascript")

    return [
        Route("/crm/{name:str}/details/{id:int}/", partial(_card, portal)),
        Route("/marketplace/app/{key:str}/", partial(_own, portal)),
        Route("/marketplace/view/{key:str}/", partial(_own, portal)),
        Route("/sandbox/frame/{sid:str}/{command:str}", ask, methods=["POST"]),
        Route("/sandbox/parent.js", script),
    ]


def _card(portal: Portal, request: Request) -> Response:
    """Show a record, and with `place` the application behind one of its tabs or buttons."""
    name, item_id = request.path_params["name"], int(request.path_params["id"])
    user_id = to_int(request.query_params.get("user_id")) or 1
    with portal.lock:
        item = portal.core.state.item(_TYPES[name], item_id) if name in _TYPES else None
        if item is None or user_id not in portal.core.state.users:
            return page("Not found", "<p>There is no such record or employee.</p>", 404)
        places = [
            line
            for part in ("TAB", "TOOLBAR")
            for line in portal.placements_at(f"CRM_{name.upper()}_DETAIL_{part}", user_id)
        ]
        links = "".join(
            f'<a href="?{escape(urlencode({"user_id": user_id, "place": number}))}">{escape(line.title)}</a>'
            for number, line in enumerate(places)
        )
        body = f"{_STYLE}<nav>{links}</nav>{_values(item)}"
        chosen = to_int(request.query_params.get("place"))
        if chosen is not None and 0 <= chosen < len(places):
            line = places[chosen]
            options = {"ID": str(item_id), "URI": f"{request.url.path}?{request.url.query}"}
            body += _frame(portal, portal.enter(line.application, line.code, options, user_id, line.handler))
    return page(str(item.values.get("title") or f"{name.title()} #{item_id}"), body)


def _own(portal: Portal, request: Request) -> Response:
    """Show an application's own page, its installer until that has finished."""
    key = request.path_params["key"]
    user_id = to_int(request.query_params.get("user_id")) or 1
    given = parse_query(request.url.query).get("params")
    options = given if isinstance(given, dict) else {}
    with portal.lock:
        application = _application(portal, key)
        if application is None or user_id not in portal.core.state.users:
            return page("Not found", "<p>There is no such application or employee.</p>", 404)
        try:
            body = _frame(portal, _entered(portal, application, options, user_id))
        except KeyError:
            text = "It has no page, or an administrator has to finish its installation first."
            return page(application.title, f"<p>{text}</p>", 403)
    return page(application.title, _STYLE + body)


def _application(portal: Portal, key: str) -> Application | None:
    """Return the application with this client id or number."""
    known = portal.access.applications
    return known.get(key) or next((one for one in known.values() if str(one.id) == key), None)


def _entered(portal: Portal, application: Application, options: Tree, user_id: int) -> Frame:
    """Open an application's own page: by its deep link where parameters came and it has one."""
    links = [line for line in portal.placements_at("REST_APP_URI", user_id) if line.application is application]
    return portal.enter(application, "REST_APP_URI" if options and links else "DEFAULT", options, user_id)


def _values(item: Item) -> str:
    lines = [
        f"<tr><th>{name}</th><td>{escape(str(item.values[name]))}</td></tr>"
        for name in _SHOWN
        if item.values.get(name) not in (None, "")
    ]
    return f"<table>{''.join(lines)}</table>"


def _frame(portal: Portal, frame: Frame) -> str:
    """Return the frame, the form that opens the application in it, and the script that answers it."""
    url, form = portal.entrance(frame)
    name = f"{portal.settings.domain}|{portal.protocol}|{frame.sid}"
    marks: dict[str, Any] = {
        "id": "application",
        "name": name,
        "data-page": f"/marketplace/app/{frame.application.id}/",
        "data-viewer": urlencode({"user_id": frame.user_id}),
    }
    written = " ".join(f'{key}="{escape(str(value))}"' for key, value in marks.items())
    fields = "".join(f'<input type="hidden" name="{key}" value="{escape(value)}">' for key, value in form.items())
    return (
        f"<iframe {written}></iframe>"
        f'<form id="entrance" method="post" action="{escape(url)}" target="{escape(name)}">{fields}</form>'
        '<script src="/sandbox/parent.js"></script>'
    )
