"""A hub's configuration as one document without secrets, and taking such a document in."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sverka.bootstrap import House, secret_names
from sverka.domain.errors import Misconfigured
from sverka.domain.ids import ProfileName
from sverka.domain.mapping.field_mapping import Side
from sverka.domain.text import Text
from sverka.operate.audit import Who, bare, note
from sverka.storage.connections import SavedConnection
from sverka.storage.profiles import ProfileVersion, SavedProfile


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ConnectionPart(_Part):
    """A connection; `secrets` are the names of those it was given."""

    name: str
    side: Side
    kind: str
    settings: dict[str, str]
    secrets: tuple[str, ...] = ()
    connected_at: datetime


class VersionPart(_Part):
    """One document that was in force."""

    version: Annotated[int, Field(ge=1)]
    document: str
    applied_at: datetime
    author: str


class ProfilePart(_Part):
    """A profile with every document it ever had, the one in force last."""

    name: str
    priority: int
    active: bool
    versions: Annotated[tuple[VersionPart, ...], Field(min_length=1)]


class Configuration(_Part):
    """All that makes a hub do what it does, but for secrets, users and its memory of orders."""

    sverka: Literal[1] = 1
    connections: tuple[ConnectionPart, ...] = ()
    profiles: tuple[ProfilePart, ...] = ()


def exported(house: House) -> str:
    """Return the configuration as JSON, always the same for the same configuration."""
    storage = house.storage
    kept = set(storage.vault.names())
    connections = tuple(
        ConnectionPart(
            name=one.name,
            side=one.side,
            kind=one.kind,
            settings=bare(one.settings),
            secrets=tuple(name for name in secret_names(one.kind) if f"{one.name}/{name}" in kept),
            connected_at=one.connected_at or house.clock.now(),
        )
        for one in storage.connections.list()
    )
    profiles = tuple(
        ProfilePart(
            name=one.name,
            priority=one.priority,
            active=one.active,
            versions=tuple(
                VersionPart(
                    version=version.version,
                    document=version.document,
                    applied_at=version.applied_at,
                    author=version.author,
                )
                for version in storage.profiles.versions(one.name)
            ),
        )
        for one in storage.profiles.list()
    )
    whole = Configuration(connections=connections, profiles=profiles).model_dump(mode="json")
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def take_in(house: House, who: Who, text: str) -> Sequence[ConnectionPart]:
    """Keep what an export holds, and return the connections with the secrets to be given anew.

    What is here already and the same is passed over, so that an import can be repeated.

    Raises:
        Misconfigured: it is no export, or something of a name it holds is here already and differs; nothing is kept.
    """
    given = _read(text)
    here = _read(exported(house))
    connections = [one for one in given.connections if _is_new(one, here.connections)]
    profiles = [one for one in given.profiles if _is_new(one, here.profiles)]
    house.storage.as_one(lambda: _keep(house, who, connections, profiles))
    return [one for one in given.connections if _lacks(house, one)]


def _keep(house: House, who: Who, connections: Sequence[ConnectionPart], profiles: Sequence[ProfilePart]) -> None:
    for one in connections:
        saved = SavedConnection(one.name, one.side, one.kind, one.settings, connected_at=one.connected_at)
        house.storage.connections.save(saved)
        note(house, who, "import", f"connection {one.name}")
    for profile in profiles:
        last = profile.versions[-1]
        saved_profile = SavedProfile(
            ProfileName(profile.name), profile.priority, last.document, last.version, profile.active
        )
        versions = [ProfileVersion(v.version, v.document, v.applied_at, v.author) for v in profile.versions]
        house.storage.profiles.bring(saved_profile, versions)
        note(house, who, "import", f"profile {profile.name}", "", f"v{last.version}")


def _lacks(house: House, one: ConnectionPart) -> bool:
    return any(house.storage.vault.get(f"{one.name}/{name}") is None for name in one.secrets)


def _is_new(one: ConnectionPart | ProfilePart, here: Sequence[ConnectionPart | ProfilePart]) -> bool:
    found = next((other for other in here if other.name == one.name), None)
    if found is not None and found.model_dump(exclude={"secrets"}) != one.model_dump(exclude={"secrets"}):
        raise Misconfigured(
            Text(f"{one.name} is here already and differs; import into a hub that has none of that name.",
                 f"{one.name} здесь уже есть и отличается; импортируйте в хаб, где такого имени нет.")
        )  # fmt: skip
    return found is None


def _read(text: str) -> Configuration:
    try:
        return Configuration.model_validate_json(text)
    except ValidationError as error:
        where = ", ".join(".".join(str(part) for part in one["loc"]) or "–" for one in error.errors()[:5])
        raise Misconfigured(
            Text(f"This is no export of a hub ({where}); make one with `sverka export`.",
                 f"Это не экспорт хаба ({where}); сделайте его командой `sverka export`.")
        ) from None  # fmt: skip
