"""What every sandbox store is to its network: a port, an API with its faults and its log, and deliveries."""

from __future__ import annotations

from typing import Self

from sverka.sandbox.clock import Clock
from sverka.sandbox.serve import Served
from sverka.sandbox.shop.courier import Courier
from sverka.sandbox.shop.faults import Faults, RequestLog
from sverka.sandbox.shop.keep import Keep
from sverka.sandbox.shop.web import ShopApp


class ShopServer:
    """Serves a shop between `start` and `stop` (or as a context manager) and delivers what it sends.

    `faults`, `log` and `courier` are the switches of bad answers, the request log and the switches of bad delivery.
    A subclass calls `_open` once it has its application.
    """

    def __init__(self, clock: Clock) -> None:
        self.courier = Courier(clock)

    def _open(self, app: ShopApp, host: str, port: int) -> None:
        self._app = app
        self._served = Served(app, host, port)

    @property
    def faults(self) -> Faults:
        """Bad answers for coming calls."""
        return self._app.faults

    @property
    def log(self) -> RequestLog:
        """The API calls made so far, by the names of their operations."""
        return self._app.log

    def keep(self, keep: Keep) -> None:
        """Hold what a file holds, and keep there what every call changes before it is answered."""
        keep.restore()
        keep.save()
        self._app.before_answer = keep.save

    @property
    def url(self) -> str:
        """The site's address without a slash at the end."""
        return self._served.url

    def start(self) -> Self:
        """Open the port and begin to deliver."""
        self._served.start()
        self.courier.start()
        return self

    def stop(self) -> None:
        """Close the port; what is not delivered yet is lost."""
        self.courier.stop()
        self._served.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def wait_idle(self, timeout: float = 10.0) -> None:
        """Wait until everything is delivered, lost or held; TimeoutError after `timeout` seconds."""
        self.courier.wait_idle(timeout)
