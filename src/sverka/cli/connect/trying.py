"""A connection's first try: it is saved, checked, and told what is left to do on the other side."""

import re
from collections.abc import Sequence

from sverka.bootstrap import House
from sverka.cli.connect.abilities import tell_abilities
from sverka.cli.connect.given import Given
from sverka.cli.connect.reach import is_here, only_here
from sverka.cli.person import who
from sverka.cli.screen import BAD, GOOD, WARN, line, warn, whole
from sverka.cli.words import say, t
from sverka.connectors.registry import Connector, Manifest, make
from sverka.domain.errors import Problem
from sverka.domain.mapping.field_mapping import Side
from sverka.domain.text import Text
from sverka.operate.audit import in_words, noted
from sverka.ports.findings import Finding, Level
from sverka.ports.kinds import whole_catalogue
from sverka.storage.connections import SavedConnection

_MARKS = {Level.GOOD: ("+", GOOD), Level.WARNING: ("!", WARN), Level.BAD: ("x", BAD)}

_PROMISE = re.compile(r"(?:;| and) the hub will [^.]*\.|[;,] (?:прежде чем [^,]*, )?хаб [^.]*\.")
"""What the hub does by itself about a problem, as sentences of problems tell it; a command does not."""


def save(house: House, manifest: Manifest, name: str, values: Given) -> Connector:
    """Keep a connection and return its connector; raises a `Problem`, and keeps nothing, where none can be made."""
    # Made once before anything is kept, so that an address that is none is never saved.
    trial = make(manifest.kind, values.settings, values.secrets, house.kit(name))
    getattr(trial, "close", lambda: None)()
    before = house.storage.connections.get(name)
    was = in_words(before.settings) if before else ""
    now, act = in_words(values.settings), f"connect {manifest.side.value}"
    noted(house, who(), act, f"connection {name}", lambda: _keep(house, manifest, name, values), was, now)
    line(t(f"Saved: {name} ({say(manifest.title)}).", f"Сохранено: {name} ({say(manifest.title)})."), GOOD)
    return house.connector(house.connection(name))


def _keep(house: House, manifest: Manifest, name: str, values: Given) -> None:
    for one in manifest.wanted:
        if one.is_secret and one.name not in values.secrets:
            house.storage.vault.forget(f"{name}/{one.name}")
    for key, value in values.secrets.items():
        house.storage.vault.put(f"{name}/{key}", value)
    house.storage.connections.save(SavedConnection(name, manifest.side, manifest.kind, dict(values.settings)))


def check(house: House, manifest: Manifest, name: str, connector: Connector, address: str) -> Sequence[Finding]:
    """Subscribe where an address is given, check, and keep the catalogue; return what stands in the way."""
    try:
        if address:
            getattr(connector, "subscribe", lambda _address: None)(address)
        findings = list(connector.check())
        stops = [one for one in findings if one.level is Level.BAD]
        fields = [] if stops else whole_catalogue(connector)
    except Problem as problem:
        findings = stops = [Finding(Level.BAD, problem.text)]
    # Here nothing is tried again: whoever types the command does that.
    show_findings([Finding(one.level, _without_promise(one.text)) for one in findings])
    if stops:
        return stops
    house.storage.connections.resume(name)
    house.storage.catalogues.put(name, fields)
    line(t(f"  + {len(fields)} fields read.", f"  + Прочитано полей: {len(fields)}."), GOOD)
    if manifest.side is Side.STORE:
        tell_abilities(name, connector, manifest, fields)  # type: ignore[arg-type] # its side says it is a store
    return []


def _without_promise(text: Text) -> Text:
    return Text(_PROMISE.sub(".", text.en), _PROMISE.sub(".", text.ru))


def show_findings(findings: Sequence[Finding]) -> None:
    """Print a check's sentences, each with the sign of how bad it is: + ! x."""
    for one in findings:
        mark, style = _MARKS[one.level]
        line(f"  {mark} {say(one.text)}", style)


def tell_of_notices(name: str, manifest: Manifest, address: str, base: str, *, unreachable: bool) -> None:
    """Say where the other side is to ring, and what is left to do there."""
    line()
    if manifest.can.signs_notices:
        line(t("The address for its notices:", "Адрес для уведомлений:"))
        whole(f"  {address}")
    if unreachable and (manifest.can.signs_notices or "{address}" in manifest.then):
        warn(say(only_here(base)))
    if manifest.after:
        line(say(manifest.after))
    if manifest.then:
        told = {"name": name, "public": "https://hub.example" if is_here(base) else base, "address": address}
        whole("  " + manifest.then.format(**told))
