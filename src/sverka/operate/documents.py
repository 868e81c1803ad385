"""Profile documents with the catalogues of the connected systems they are checked against."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sverka.bootstrap import House
from sverka.config.check import check
from sverka.config.complaint import Complaint
from sverka.config.load import load
from sverka.config.read import read
from sverka.domain.errors import Misconfigured, Problem
from sverka.domain.mapping.field import Field
from sverka.domain.mapping.field_mapping import Side
from sverka.domain.mapping.profile import Profile
from sverka.domain.text import Text
from sverka.ports.backoffice import Person
from sverka.ports.kinds import whole_catalogue
from sverka.ports.people import KnowsPeople
from sverka.ports.store import StoreCan

Fields = Sequence[Field]


@dataclass
class Catalogues:
    """The fields of connected systems, each asked once; without a house nothing is known.

    With `offline` only what was read earlier counts. `tell` is told which side could not be asked.
    """

    house: House | None
    offline: bool = False
    tell: Callable[[Text], None] = lambda _text: None
    _read: dict[str, Fields | None] = field(default_factory=dict)

    def of(self, name: str, side: Side) -> Fields | None:
        """Return a connection's fields: fresh ones, else those kept, else None; a side in trouble is told once."""
        if name not in self._read:
            self._read[name] = self._find(name, side)
        return self._read[name]

    def can(self, name: str) -> StoreCan | None:
        """Return what a store's connector can do, None where no store of that name is connected."""
        saved = self.house.storage.connections.get(name) if self.house else None
        can: StoreCan | None = getattr(self.house.connector(saved), "can", None) if self.house and saved else None
        return can

    def people(self, name: str, ids: Collection[str]) -> Mapping[str, Person] | None:
        """Return the employees of a portal by id, None where nobody can say."""
        saved = self.house.storage.connections.get(name) if self.house and ids and not self.offline else None
        connector = self.house.connector(saved) if self.house and saved else None
        if not isinstance(connector, KnowsPeople):
            return None
        try:
            return connector.people(ids)
        except Problem as problem:
            self.tell(
                Text(
                    f"Who works on {name} cannot be checked: {problem.text.en}",
                    f"Не удалось проверить, кто работает на {name}: {problem.text.ru}",
                )
            )
            return None

    def _find(self, name: str, side: Side) -> Fields | None:
        saved = self.house.storage.connections.get(name) if self.house else None
        if self.house is None or saved is None or saved.side is not side:
            return None
        if self.offline:
            return self.house.storage.catalogues.get(name)
        try:
            return whole_catalogue(self.house.connector(saved))
        except Problem as problem:
            self.tell(
                Text(
                    f"{name} cannot be asked now, so its fields are taken as last read. {problem.text.en}",
                    f"{name} сейчас не спросить, поля взяты с прошлого раза. {problem.text.ru}",
                )
            )
            return self.house.storage.catalogues.get(name)


@dataclass(frozen=True)
class Checked:
    """A document with what the checker said; `profile` is None where it cannot be one."""

    source: str
    text: str
    complaints: Sequence[Complaint]
    profile: Profile | None = None
    store_fields: Fields | None = None
    office_fields: Fields | None = None

    @property
    def is_bad(self) -> bool:
        """Whether something keeps it from being applied."""
        return self.profile is None or any(one.bad for one in self.complaints)


def examine(source: str, text: str, catalogues: Catalogues, version: int = 1) -> Checked:
    """Check a document against the catalogues of the connections it names."""
    document = read(text)
    if isinstance(document, list):
        return Checked(source, text, document)
    table = document.table
    missing = _not_connected(catalogues.house, {Side.STORE: table.store, Side.OFFICE: table.portal})
    complaints = [document.complain((place,), said, bad=False) for place, said in missing]
    store, office = catalogues.of(table.store, Side.STORE), catalogues.of(table.portal, Side.OFFICE)
    named = {one for profile in load(text).family for one in profile.new.employees()}
    complaints += check(text, store, office, catalogues.can(table.store), catalogues.people(table.portal, named))
    profile = None if any(one.bad for one in complaints) else load(text, store, office, version)
    return Checked(source, text, complaints, profile, store, office)


def _not_connected(house: House | None, names: dict[Side, str]) -> list[tuple[str, Text]]:
    if house is None:
        return []
    sides = {one.name: one.side for one in house.storage.connections.list()}
    places = {Side.STORE: "store", Side.OFFICE: "portal"}
    return [
        (
            places[side],
            Text(
                f"there is no {places[side]} connection `{name}` here, so its fields are not checked.",
                f"подключения `{name}` здесь нет, поэтому его поля не проверены.",
            ),
        )
        for side, name in names.items()
        if sides.get(name) is not side
    ]


def on_side(house: House, name: str, side: Side) -> None:
    """Raise Misconfigured where there is no connection of that name on that side."""
    if house.connection(name).side is not side:
        names = ", ".join(one.name for one in house.storage.connections.list(side)) or "–"
        wanted = Text("a store", "магазин") if side is Side.STORE else Text("a portal", "портал")
        raise Misconfigured(
            Text(f"{name} is not {wanted.en}; there are: {names}.", f"{name} – не {wanted.ru}; есть: {names}.")
        )


def both_sides(house: House, profile: Profile) -> None:
    """Raise Misconfigured where a profile's store or portal is not connected."""
    on_side(house, profile.store, Side.STORE)
    on_side(house, profile.office, Side.OFFICE)
