"""Whoever rings may hang up in the middle."""

import asyncio
from dataclasses import replace

from support.standing import Woken
from support.world import SHOP, World
from sverka.web.app import make_app


def test_a_bell_cut_off_in_the_middle_is_no_error_of_the_hubs():
    world = World()
    app = make_app(lambda: replace(world.hub, keys=lambda: {SHOP: "key-of-shop"}), Woken())
    said = []

    async def receive():
        return {"type": "http.disconnect"}

    async def send(message):
        said.append(message)

    scope = {
        "type": "http", "method": "POST", "path": "/hooks/shop/key-of-shop", "raw_path": b"", "query_string": b"",
        "headers": [(b"content-length", b"10")], "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 2),
        "scheme": "http", "http_version": "1.1", "root_path": "",
    }  # fmt: skip
    asyncio.run(app(scope, receive, send))
    world.close()
    assert said[0]["status"] == 400
