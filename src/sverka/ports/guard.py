"""The check before every request of a wave (K3)."""

from collections.abc import Callable

Guard = Callable[[], None]
"""Called right before a request is sent; raises `Superseded` when this wave may send nothing more."""


def free() -> None:
    """Let every request pass: for reads outside a wave."""
