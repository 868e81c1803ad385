"""The API put together."""

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException
from starlette.routing import Mount

from sverka.bootstrap import House
from sverka.domain.errors import Problem
from sverka.ports.dispatch import Dispatch
from sverka.web.api import govern, look, own, profiles, work
from sverka.web.api.problems import told, told_of_address, told_of_defect, told_of_request, told_of_storage
from sverka.web.api.route import Api
from sverka.web.armour import Bounded

PREFIX = "/api/v1"
"""Where the API stands on the hub."""


def mounted(api: FastAPI) -> Mount:
    """Return the API as a route of the hub's web server, at `PREFIX`; larger bodies than it needs are not read."""
    return Mount(PREFIX, Bounded(api))


def make_api(house: House, dispatch: Dispatch, public: str = "") -> FastAPI:
    """Return the API of a house, to be mounted at `PREFIX`; its description is served at `openapi.json`."""
    # The pages that show the description would load scripts from elsewhere.
    api = FastAPI(title="sverka", version="1", docs_url=None, redoc_url=None)
    api.state.api = Api(house, dispatch, public)
    for part in (own, look, work, profiles, govern):
        api.include_router(part.routes.router)
    for kind, teller in (
        (Problem, told),
        (RequestValidationError, told_of_request),
        (DBAPIError, told_of_storage),
        (HTTPException, told_of_address),
        (Exception, told_of_defect),
    ):
        api.add_exception_handler(kind, teller)  # type: ignore[arg-type]  # each takes what it is registered for
    return api
