"""The API: what the commands can do, over HTTP, for the web interface and for programs."""

from sverka.web.api.app import make_api, mounted

__all__ = ["make_api", "mounted"]
