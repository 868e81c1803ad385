"""The API over a hub in memory, and people who ask it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest import mock

from argon2 import PasswordHasher
from starlette.testclient import TestClient

from support.standing import Woken
from support.world import CRM, SHOP, World
from sverka.bootstrap import House
from sverka.domain.mapping.field_mapping import Side
from sverka.domain.roles import Role
from sverka.operate import people
from sverka.operate.audit import Who
from sverka.operate.people import add_token, add_user
from sverka.storage.audit import Door
from sverka.storage.connections import SavedConnection
from sverka.web.api import make_api, mounted
from sverka.web.app import make_app

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""The same algorithm at a cost that many tests can bear."""

PASSWORD = "correct horse battery"
NOBODY = Who("root", Door.CLI)


class MemoryHouse(House):
    """A house whose store and back office are those of a world in memory."""

    world: World

    def hub(self):
        return self.world.hub

    def connector(self, saved):
        return {SHOP: self.world.store, CRM: self.world.office}[saved.name]


@dataclass
class ApiWorld:
    """A hub, its API, and a browser that nobody has signed in with."""

    world: World
    house: House
    woken: Woken
    client: TestClient
    csrf: str = ""

    def user(self, name: str, role: Role) -> None:
        add_user(self.house, NOBODY, name, role, PASSWORD)

    def sign_in(self, name: str, password: str = PASSWORD) -> Any:
        answer = self.client.post("/api/v1/session", json={"name": name, "password": password})
        if answer.status_code == 200:
            self.csrf = answer.json()["csrf"]
        return answer

    def token(self, name: str, role: Role, label: str = "script") -> dict[str, str]:
        """Return the headers of a program with a token of its own."""
        secret = add_token(self.house, NOBODY, name, label, role, 30).secret
        return {"Authorization": f"Bearer {secret}"}

    def call(self, method: str, path: str, **more: Any) -> Any:
        """Ask as a page of the web interface does."""
        headers = {"X-CSRF-Token": self.csrf, **more.pop("headers", {})}
        return self.client.request(method, f"/api/v1{path}", headers=headers, **more)


@contextmanager
def api_world(public: str = "") -> Iterator[ApiWorld]:
    with mock.patch.object(people, "_HASHER", CHEAP), mock.patch.object(people, "_NOBODY", CHEAP.hash("nobody")):
        yield from _api_world(public)


def _api_world(public: str) -> Iterator[ApiWorld]:
    world = World()
    house = MemoryHouse(world.storage, world.clock)
    house.world = world
    house.storage.connections.save(
        SavedConnection(SHOP, Side.STORE, "woocommerce", {"url": "https://u:p@shop.example/x"})
    )
    house.storage.connections.save(SavedConnection(CRM, Side.OFFICE, "bitrix24", {"plan": "box"}))
    woken = Woken()
    api = make_api(house, woken, public)
    app = make_app(house.hub, woken, is_https=public.startswith("https"), more=[mounted(api)])
    with TestClient(app, base_url=public or "http://testserver") as client:
        yield ApiWorld(world, house, woken, client)
    world.close()
