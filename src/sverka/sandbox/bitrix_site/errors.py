"""How the REST module refuses."""

from __future__ import annotations


class BitrixError(LookupError):
    """An answer with `error` and `error_description` under an HTTP `status`, 400 unless said otherwise."""

    def __init__(self, code: int | str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.status = status


def missing(name: str) -> BitrixError:
    """Return the refusal of a call without a parameter that its method needs."""
    return BitrixError(100, f"Could not find value for parameter {{{name}}}")
