"""Profiles as documents and catalogues make them, read once as the hub's own house reads them."""

from collections.abc import Mapping, Sequence
from functools import cache

from sverka.config.load import load
from sverka.domain.mapping.field import Field
from sverka.domain.mapping.profile import Profile


@cache
def bare(document: str) -> Profile:
    """Return a profile that knows no catalogue."""
    return load(document)


class Loads:
    """What was read before, given again as long as the very same catalogues stand."""

    def __init__(self) -> None:
        self._made: list[tuple[tuple[object, ...], Profile]] = []

    def of(self, document: str, version: int, catalogues: Mapping[str, Sequence[Field]]) -> Profile:
        """Return the profile of a document with the catalogues of its two sides."""
        sides = bare(document)
        given = (document, catalogues.get(sides.store), catalogues.get(sides.office), version)
        for before, profile in self._made:
            if all(one is other for one, other in zip(before, given, strict=True)):
                return profile
        self._made.append((given, load(*given)))
        return self._made[-1][1]
