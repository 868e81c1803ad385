"""A throw-away certificate authority, so that clients which speak https alone can talk to a sandbox."""

from __future__ import annotations

import ssl
from pathlib import Path
from tempfile import TemporaryDirectory

import trustme

_NAMES = ("localhost", "127.0.0.1", "::1")


class Authority:
    """Signs for localhost until it is closed; `file` is its certificate in PEM, for clients to trust."""

    def __init__(self, *names: str) -> None:
        self._authority = trustme.CA()
        self._leaf = self._authority.issue_cert(*_NAMES, *names)
        self._folder = TemporaryDirectory(prefix="sverka-authority-")
        self.file = Path(self._folder.name) / "authority.pem"
        self._authority.cert_pem.write_to_path(self.file)

    def context(self) -> ssl.SSLContext:
        """Return what a server needs to prove itself."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._leaf.configure_cert(context)
        return context

    def close(self) -> None:
        """Remove the file of the authority."""
        self._folder.cleanup()
