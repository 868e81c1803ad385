from __future__ import annotations

import threading
from datetime import UTC, datetime

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from sverka.sandbox.clock import SystemClock, VirtualClock
from sverka.sandbox.serve import Served


async def _hello(request):
    return PlainTextResponse("hello")


def _app():
    return Starlette(routes=[Route("/", _hello)])


def test_serves_until_stopped_and_again():
    served = Served(_app())
    for _ in range(2):
        with served:
            assert httpx2.get(served.url, trust_env=False).text == "hello"
        with pytest.raises(httpx2.ConnectError):
            httpx2.get(served.url, trust_env=False)
    served.stop()


def test_a_taken_port_is_told():
    with Served(_app()) as first:
        listening = Served(_app(), port=first.port)
        with pytest.raises(OSError, match="in use"):
            listening.start()
        with pytest.raises(RuntimeError, match="already running"):
            first.start()


def test_no_thread_stays_behind():
    before = set(threading.enumerate())
    with Served(_app()):
        assert set(threading.enumerate()) != before
    assert {thread for thread in threading.enumerate() if thread.name.startswith("sandbox-")} <= before


def test_a_virtual_clock_stands_until_moved():
    clock = VirtualClock(datetime(2026, 1, 1, tzinfo=UTC))
    assert clock.now() == clock.now() == datetime(2026, 1, 1, tzinfo=UTC)
    assert clock.advance(90) == clock.now() == datetime(2026, 1, 1, 0, 1, 30, tzinfo=UTC)
    with pytest.raises(ValueError, match="back"):
        clock.advance(-1)
    with pytest.raises(ValueError, match="aware"):
        VirtualClock(datetime(2026, 1, 1))  # noqa: DTZ001 - the naive one is the point


def test_the_system_clock_is_aware():
    assert SystemClock().now().tzinfo is UTC
