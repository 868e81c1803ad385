"""A file of troubles (TOML): faults to come, switches of the events, and the seed of all chance in them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from typing import Any

from sverka.sandbox.portal.control_acts import FAULT_TAKES, SWITCH_TAKES, Take, fault_of, put
from sverka.sandbox.portal.data.problems import DataError, expected, unknown
from sverka.sandbox.portal.data.records import lines, mapping, whole
from sverka.sandbox.portal.faults import Fault
from sverka.sandbox.portal.portal import Portal

_DUE = {"integer": ("a whole number", "целое число"), "number": ("a number", "число"), "text": ("a text", "текст"),
        "flag": ("true or false", "true или false"), "list": ("a list", "список"),
        "object": ("a table", "таблица")}  # fmt: skip
_KNOWN = ["seed", "fault", "events"]


@dataclass(frozen=True)
class Trouble:
    """What such a file orders."""

    seed: int = 0
    faults: tuple[Fault, ...] = ()
    switches: dict[str, Any] = field(default_factory=dict)

    def order(self, portal: Portal) -> None:
        """Order all of it from a portal, its times counted from now."""
        portal.faults.seed(self.seed)
        portal.events.reseed(self.seed)
        for fault in self.faults:
            portal.fault(fault)
        put(portal.events.switches, self.switches)


def read_trouble(text: str) -> Trouble:
    """Return what a TOML text orders: `seed`, `[[fault]]` tables, a table `[events]`. DataError says what is wrong."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DataError("TOML", f"{error}.", f"файл не читается: {error}.") from error
    for name in document:
        if name not in _KNOWN:
            raise unknown("TOML", name, _KNOWN)
    faults = []
    for where, line in lines(document, "fault"):
        given = _given(where, line, FAULT_TAKES)
        if "kind" not in given:
            raise DataError(where, "field kind is missing.", "нет поля kind.")
        try:
            faults.append(fault_of(given))
        except ValueError as error:
            raise DataError(where, f"{error}.", f"не подходит: {error}.") from error
    switches = _given("events", mapping(document.get("events", {}), "events"), SWITCH_TAKES)
    return Trouble(whole(document.get("seed", 0), "seed"), tuple(faults), switches)


def _given(where: str, line: dict[str, Any], takes: tuple[Take, ...]) -> dict[str, Any]:
    known = {take.name: take for take in takes}
    given = {}
    for name, raw in line.items():
        if name not in known:
            raise unknown(where, name, list(known))
        try:
            given[name] = known[name].read(raw)
        except ValueError as error:
            place = f"{where}, field {name}"
            if known[name].choices:
                raise unknown(place, str(raw), list(known[name].choices)) from error
            raise expected(place, *_DUE[known[name].kind]) from error
    return given
