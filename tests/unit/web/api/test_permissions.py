"""Every route by every role: who is let through, and that no route forgets to ask."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from fastapi.routing import APIRoute
from starlette.routing import Mount, Route

from support.api_world import PASSWORD, api_world
from support.standing import Woken
from sverka.domain.roles import MAY, Permission, Role
from sverka.web.api import govern, look, make_api, mounted, own, profiles, work
from sverka.web.app import make_app
from sverka.web.bells import PANEL

PAGE = Path(__file__).parents[4] / "docs" / "reference" / "api.md"
API = make_api(None, None)
OPERATIONS = sorted(
    (method.upper(), path, operation["operationId"], operation["x-permission"])
    for path, methods in API.openapi()["paths"].items()
    for method, operation in methods.items()
)


@pytest.fixture(scope="module")
def world():
    with api_world() as api:
        for role in Role:
            api.user(role.value, role)
        # The tokens are owners': what a user may is his own role's.
        api.tokens = {role: api.token(role.value, Role.OWNER) for role in Role}
        yield api


def _ask(world, method, path, headers):
    address = "/api/v1" + re.sub(r"\{\w+\}", "none", path)
    return world.client.request(method, address, json={}, headers=headers).status_code


@pytest.mark.parametrize(("method", "path", "operation", "permission"), OPERATIONS)
def test_each_role_is_let_through_where_its_permission_says(world, method, path, operation, permission):
    if permission == "open":
        assert _ask(world, method, path, {}) == 422
        return
    assert _ask(world, method, path, {}) == 401
    assert _ask(world, method, path, {"Authorization": "Bearer none"}) == 401
    for role in Role:
        through = _ask(world, method, path, world.tokens[role]) not in (401, 403)
        assert through == (Permission(permission) in MAY[role]), f"{role} at {operation}"


def test_each_role_may_all_that_the_one_before_it_may():
    order = [MAY[role] for role in (Role.VIEWER, Role.OPERATOR, Role.INTEGRATOR, Role.OWNER)]
    assert all(one < other for one, other in pairwise(order))
    assert MAY[Role.OWNER] == set(Permission)
    assert MAY.keys() == set(Role)


def test_only_signing_in_is_open():
    assert [operation for *_, operation, permission in OPERATIONS if permission == "open"] == ["sign_in"]


def test_every_route_of_the_api_says_what_it_asks():
    assert [route.path for route in API.routes if isinstance(route, Route)] == ["/openapi.json"], "made without Routes"
    found = [route for part in (govern, look, own, profiles, work) for route in part.routes.router.routes]
    assert all(isinstance(route, APIRoute) and route.openapi_extra["x-permission"] for route in found)
    assert len(found) == len(OPERATIONS) == len({operation for _, _, operation, _ in OPERATIONS})


def test_what_stands_beside_the_api_is_known():
    """Each of these asks for a secret of its own, but for the signs of life, which say nothing else."""
    app = make_app(lambda: None, Woken(), more=[mounted(API)])
    assert {route.path for route in app.routes if isinstance(route, Route)} == {
        "/hooks/{connection}/{key}", "/install/{connection}/{key}", "/exchange/{store}", "/health", "/ready", PANEL,
    }  # fmt: skip
    assert [route.path for route in app.routes if isinstance(route, Mount)] == ["/api/v1"]


def test_the_page_lists_every_operation_with_its_permission():
    rows = re.findall(r"^\| `(\w+)` \| `(\w+) ([^`]+)` \| (\w+) \|", PAGE.read_text("utf-8"), re.MULTILINE)
    assert sorted((method, path, operation, needs) for operation, method, path, needs in rows) == OPERATIONS


def test_the_page_lists_every_role_with_what_it_may():
    row = r"^\| (\w+) \|([^|]+)\|([^|]*)\|([^|]*)\|([^|]*)\|([^|]*)\|"
    rows = re.findall(row, PAGE.read_text("utf-8"), re.MULTILINE)
    table = {name: cells for name, *cells in rows if name in {one.value for one in Permission}}
    for permission in Permission:
        words, *marks = (cell.strip() for cell in table[permission.value])
        assert words == permission.words.en
        assert marks == ["yes" if permission in MAY[role] else "" for role in Role]


def test_the_description_is_served_to_anybody_and_no_page_loads_scripts_from_elsewhere(world):
    served = world.client.get("/api/v1/openapi.json")
    assert served.status_code == 200
    assert served.json()["paths"].keys() == API.openapi()["paths"].keys()
    assert world.client.get("/api/v1/docs").status_code == 404


def test_a_password_is_never_part_of_an_answer_to_a_bad_request(world):
    given = {"name": "x", "role": "none", "password": PASSWORD}
    answer = world.client.post("/api/v1/users", json=given, headers=world.tokens[Role.OWNER])
    assert (answer.status_code, answer.json()["code"]) == (422, "not-understood")
    assert PASSWORD not in answer.text
