"""Writing to a deal's contact and company, in commands that go before the deal's own and never carry it (K8)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sverka.connectors.bitrix24 import commands
from sverka.connectors.bitrix24.commands import COMPANY, CONTACT, Command
from sverka.connectors.bitrix24.fields import Fields
from sverka.connectors.bitrix24.parties.fields import (
    ADDRESS_TYPE,
    BANK,
    FULL_NAME,
    PREFIX,
    REACHED,
    address_row,
    long_of,
    name_parts,
    requisite_of,
    section,
)
from sverka.connectors.bitrix24.parties.ids import first_of, number_of
from sverka.connectors.bitrix24.parties.reading import Ask, Held, Parties, unanswered
from sverka.connectors.bitrix24.portal import Portal
from sverka.connectors.bitrix24.values import items_of
from sverka.connectors.bitrix24.wire.client import Answered, as_list
from sverka.connectors.bitrix24.wire.params import Param, Ref
from sverka.domain.commerce.party import is_party
from sverka.domain.commerce.value import Value, many
from sverka.domain.errors import Later, Problem, Rejected, Unanswered
from sverka.domain.ids import RecordId
from sverka.domain.mapping.reach import kind_and_value
from sverka.domain.text import Text
from sverka.ports.backoffice import RecordWrite
from sverka.ports.guard import Guard

_OWNER = 8
"""The portal's type of a requisite, as the owner of an address."""


@dataclass(frozen=True)
class Ride:
    """One command that changes a party, and the keys whose values it carries."""

    command: Command
    keys: tuple[str, ...]


@dataclass
class Part:
    """What one write sets of one party, by short key."""

    entity: int
    party: RecordId
    values: dict[str, Value]

    @property
    def hangs_on_ids(self) -> bool:
        """Whether ids have to be known before it can be written: of phones, requisites, addresses."""
        return any(section(self.entity, key) != "item" for key in self.values)

    def keys(self, place: str) -> tuple[str, ...]:
        """Return the whole keys of the values kept at that place."""
        return tuple(f"{PREFIX[self.entity]}{key}" for key in self.values if section(self.entity, key) == place)

    def of(self, place: str) -> dict[str, Value]:
        """Return the values kept at that place, by short key."""
        return {key: value for key, value in self.values.items() if section(self.entity, key) == place}


@dataclass
class Riding:
    """What one write sets of its record's parties: the commands on board, and from where in the batch they stand."""

    parts: list[Part] = field(default_factory=list)
    rides: list[Ride] = field(default_factory=list)
    place: int = 0
    is_doubtful: bool = False

    @property
    def size(self) -> int:
        """How many commands it may need at most."""
        return sum(3 + len(part.values) for part in self.parts)

    def take(self, answers: Sequence[Answered], refused: dict[str, Problem]) -> None:
        """Note which values were refused; where an answer was lost, the whole write is in doubt."""
        for ride, answer in zip(self.rides, answers[self.place :], strict=False):
            if isinstance(answer, Unanswered):
                self.is_doubtful = True
            elif isinstance(answer, Problem):
                refused |= dict.fromkeys(ride.keys, answer)

    def has_landed(self, refused: Mapping[str, Problem]) -> bool:
        """Tell whether any value was taken."""
        return any(key not in refused for ride in self.rides for key in ride.keys)


class PartyWriter:
    """Turns the party fields of writes into commands; what is there is read first where ids of it are needed."""

    def __init__(self, portal: Portal, guard: Guard) -> None:
        """Take the portal and the guard that is asked before every request."""
        self._client = portal.client
        self._known = portal.clients
        self._guard = guard
        self._currency = portal.currency
        self._zone = portal.zone
        self._presets: Sequence[Mapping[str, Any]] | None = None
        self.seen = Parties(portal.clients, ())

    def parts(self, write: RecordWrite, refused: dict[str, Problem]) -> list[Part]:
        """Return what a write sets of its record's parties; `refused` takes what there is no party for."""
        parts = []
        for entity, prefix in PREFIX.items():
            values = {key.removeprefix(prefix): v for key, v in write.fields.items() if key.startswith(prefix)}
            party = first_of(entity, write.contacts)
            if values and party is None:
                refused |= {f"{prefix}{key}": Rejected(_NOBODY[entity]) for key in values}
            elif values and party:
                parts.append(Part(entity, party, values))
        return parts

    def shown_by(self, writes: Sequence[RecordWrite]) -> int:
        """Return how many commands of a batch it takes to show the parties of these writes' records."""
        return self.seen.amount(_to_show(writes))

    def learn(self, writes: Sequence[RecordWrite], riding: Sequence[Riding]) -> None:
        """Read what has to be known of parties before they are written: the ids of phones, requisites, addresses."""
        keys = {key for write in writes for key in (*write.fields, *write.shows) if is_party(key)}
        self.seen = Parties(self._known, keys)
        parts = [part for one in riding for part in one.parts]
        asked = [*self.seen.lacks_fields(), *self.seen.ask([part.party for part in parts if part.hangs_on_ids])]
        self.seen.drain(self._client, self._guard, asked)

    def board(self, riding: Riding, place: int, refused: dict[str, Problem]) -> list[Command]:
        """Return the commands of one write; `place` is where in the batch the first will stand."""
        riding.rides, riding.place = [], place
        for part in riding.parts:
            start = place + len(riding.rides)
            riding.rides += self._rides(part, self.seen.held(part.party), start, refused)
        return [ride.command for ride in riding.rides]

    def ask(self, writes: Sequence[RecordWrite]) -> list[Ask]:
        """Return what shows the parties of these writes' records, as they are after them."""
        return self.seen.ask(_to_show(writes), fresh=True)

    def take(self, asked: Sequence[Ask], answers: Sequence[Answered]) -> None:
        """Take the answers of the same batch, and ask for what hangs on them."""
        for (_, take), answer in zip(asked, answers, strict=True):
            take(answer)
        more, self.seen.more = self.seen.more, []
        self.seen.drain(self._client, self._guard, more)

    def _rides(self, part: Part, held: Held, place: int, refused: dict[str, Problem]) -> list[Ride]:
        rides: list[Ride] = []
        if item := self._item(part, refused):
            rides.append(item)
        if part.hangs_on_ids and (problem := unanswered(held)):
            # Nothing was written yet, so even a lost answer leaves nothing in doubt.
            stands = Later() if isinstance(problem, Unanswered) else problem
            places = ("reach", "requisite", "bank", "address")
            refused |= {key: stands for one in places for key in part.keys(one)}
            return rides
        rides += self._reached(part, held)
        return rides + self._belongings(part, held, place + len(rides), refused)

    def _item(self, part: Part, refused: dict[str, Problem]) -> Ride | None:
        prefix, fields = PREFIX[part.entity], self._known[part.entity].fields
        params: dict[str, Param] = {}
        keys = []
        for key, value in part.of("item").items():
            try:
                params |= self._named(fields, part.entity, key, value)
            except Rejected as problem:
                refused[f"{prefix}{key}"] = problem
            else:
                keys.append(f"{prefix}{key}")
        number = number_of(part.party)
        return Ride(commands.updated(part.entity, number, params), tuple(keys)) if params else None

    def _named(self, fields: Fields | None, entity: int, key: str, value: Value) -> Mapping[str, Param]:
        if entity == CONTACT and key == FULL_NAME:
            return name_parts(str(value or ""))
        name = long_of(key)
        if fields is None or name not in fields.specs or not fields.specs[name].writable:
            raise Rejected(_no_field(f"{PREFIX[entity]}{key}"))
        wire, param = fields.write(name, value, self._currency, self._zone)
        return {wire: param}

    def _reached(self, part: Part, held: Held) -> list[Ride]:
        item = held.item if isinstance(held.item, Mapping) else {}
        rides = []
        for key, value in part.of("reach").items():
            changes = multifield_changes(REACHED[key], items_of(item, "fm"), many(value))
            number = number_of(part.party)
            if changes:
                command = commands.updated(part.entity, number, {"fm": changes})
                rides.append(Ride(command, (f"{PREFIX[part.entity]}{key}",)))
        return rides

    def _belongings(self, part: Part, held: Held, place: int, refused: dict[str, Problem]) -> list[Ride]:
        kept = {name: part.of(name) for name in ("requisite", "bank", "address")}
        if not any(kept.values()):
            return []
        rides: list[Ride] = []
        owner: str | Ref = str(held.requisite.get("ID") or "")
        names = requisite_of(part.entity)
        fields: dict[str, Param] = {names[key]: str(value or "") for key, value in kept["requisite"].items()}
        if owner and fields:
            command = Command(f"{commands.REQUISITE}.update", {"id": owner, "fields": fields})
            rides.append(Ride(command, part.keys("requisite")))
        elif not owner:
            try:
                made = self._new_requisite(part, held, fields)
            except Problem as problem:
                keys = (key for name in kept for key in part.keys(name))
                refused |= dict.fromkeys(keys, Later() if isinstance(problem, Unanswered) else problem)
                return []
            # What rides on a requisite that was refused is refused with it: nothing else hangs on it (K8).
            owner = Ref(f"c{place}", ())
            rides.append(Ride(made, part.keys("requisite")))
        if kept["bank"]:
            rides.append(Ride(_bank(kept["bank"], held, owner), part.keys("bank")))
        if kept["address"]:
            rides.append(Ride(_address(part, held, owner), part.keys("address")))
        return rides

    def _new_requisite(self, part: Part, held: Held, fields: Mapping[str, Param]) -> Command:
        title = str(held.item.get("title") or "") if isinstance(held.item, Mapping) else ""
        about: dict[str, Param] = {
            "ENTITY_TYPE_ID": part.entity,
            "ENTITY_ID": number_of(part.party),
            "PRESET_ID": self._preset(part.entity),
            "NAME": title or ("Реквизиты" if part.entity == COMPANY else "Адрес"),
        }
        return Command(f"{commands.REQUISITE}.add", {"fields": {**about, **fields}})

    def _preset(self, entity: int) -> str:
        """Return the portal's template for a company or a person; raises the problem of reading them."""
        if self._presets is None:
            [answer] = self._client.run([commands.presets()], self._guard)
            if isinstance(answer, Problem):
                raise answer
            self._presets = [row for row in as_list(answer.data) if isinstance(row, dict)]
        mark = "_COMPANY#" if entity == COMPANY else "_PERSON#"
        fitting = [row for row in self._presets if mark in str(row.get("XML_ID"))] or list(self._presets)
        if not fitting:
            raise Rejected(_NO_PRESET)
        return str(fitting[0].get("ID"))


def _to_show(writes: Sequence[RecordWrite]) -> list[RecordId]:
    return [one for write in writes if write.shows for one in write.contacts]


def multifield_changes(
    type_id: str, held: Sequence[Mapping[str, Any]], wanted: Sequence[Value]
) -> Mapping[str, Mapping[str, Param]]:
    """Return what makes a party's phones or e-mails the wanted ones, by the ids of those it has.

    A line without an id would be added anew at every write; one that is only left out would stay.
    """
    mine = [line for line in held if line.get("typeId") == type_id]
    asked = [kind_and_value(entry) for entry in wanted]
    left = []
    for line in mine:
        entry = (str(line.get("valueType")), str(line.get("value")))
        if entry in asked:
            asked.remove(entry)
        else:
            left.append(line)
    changes: dict[str, Mapping[str, Param]] = {}
    for place, (kind, value) in enumerate(asked):
        name = str(left.pop(0).get("id")) if left else f"n{place}"
        told: dict[str, Param] = {"typeId": type_id, "value": value}
        changes[name] = {**told, "valueType": kind} if kind else told
    return changes | {str(line.get("id")): {"typeId": type_id, "value": ""} for line in left}


def _bank(values: Mapping[str, Value], held: Held, owner: str | Ref) -> Command:
    fields: dict[str, Param] = {BANK[key]: str(value or "") for key, value in values.items()}
    if held.bank:
        return Command(f"{commands.BANK}.update", {"id": str(held.bank.get("ID")), "fields": fields})
    name = str(values.get("bank") or "") or "Банк"
    return Command(f"{commands.BANK}.add", {"fields": {"ENTITY_ID": owner, "NAME": name, **fields}})


def _address(part: Part, held: Held, owner: str | Ref) -> Command:
    whose = {"TYPE_ID": ADDRESS_TYPE[part.entity], "ENTITY_TYPE_ID": str(_OWNER)}
    told = address_row(str(part.values["address"] or ""))
    if held.address:
        known = str(held.address.get("ENTITY_ID"))
        return Command(f"{commands.ADDRESS}.update", {"fields": {**whose, "ENTITY_ID": known, **told}})
    return Command(f"{commands.ADDRESS}.add", {"fields": {**whose, "ENTITY_ID": owner, **told}})


_NOBODY = {
    CONTACT: Text(
        "The deal has no contact to write this to; link one in the portal, then `sverka order sync`.",
        "У сделки нет контакта, писать некуда; привяжите его на портале и выполните `sverka order sync`.",
    ),
    COMPANY: Text(
        "The deal has no company to write this to; link one in the portal, then `sverka order sync`.",
        "У сделки нет компании, писать некуда; привяжите её на портале и выполните `sverka order sync`.",
    ),
}
_NO_PRESET = Text(
    "The portal has no template of requisites; add one in CRM → Settings → Requisites, then retry.",
    "На портале нет шаблона реквизитов; добавьте его в CRM → Настройки → Реквизиты и повторите.",
)


def _no_field(key: str) -> Text:
    return Text(
        f"The portal has no field {key} that can be written; correct the profile or add the field.",
        f"На портале нет поля {key}, доступного для записи; исправьте профиль или добавьте поле.",
    )
