"""Every test of the storage runs on a database in memory, on a file, and on PostgreSQL where one is given."""

import os
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import text

from sverka.domain.ids import OfficeName, OrderId, OrderRef, ProfileName, RecordId, StoreName
from sverka.ports.storage import Claim, Intent, IntentKind, Lane, NewBinding, Outcome, Ring, Terms
from sverka.storage.database import create
from sverka.storage.sql_storage import SqlStorage, open_storage

KEY = Fernet.generate_key()


class VirtualClock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


@dataclass
class Hub:
    """A storage with the words in which its tests are told."""

    url: str
    clock: VirtualClock = field(default_factory=VirtualClock)
    terms: Terms = field(default_factory=Terms)
    opened: list[SqlStorage] = field(default_factory=list)

    def open(self) -> SqlStorage:
        self.opened.append(open_storage(self.url, self.clock, KEY))
        return self.opened[-1]

    @property
    def storage(self) -> SqlStorage:
        return self.opened[0]

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def order(self, number: int = 17, store: str = "shop") -> OrderRef:
        return OrderRef(StoreName(store), OrderId(str(number)))

    def ring(self, office: str, *numbers: int, after: float = 0, lane: Lane = Lane.LIVE, why: str = "") -> None:
        due = self.now + timedelta(seconds=after)
        self.storage.ring([Ring(self.order(number), OfficeName(office), due, lane, why) for number in numbers])

    def claim(self, office: str, bound: int = 500) -> Claim | None:
        return self.storage.claim(OfficeName(office), self.now, self.terms, bound)

    def numbers(self, claim: Claim | None) -> list[int]:
        return [int(visit.order.id) for visit in claim.visits] if claim else []

    def commit(self, claim: Claim, **parts: Any) -> list[Intent]:
        return list(self.storage.commit(claim, Outcome(**parts), self.now, self.terms))

    def finish(self, claim: Claim) -> None:
        self.commit(claim, done=list(claim.visits))
        self.storage.release(claim, self.now)

    def intent(self, office: str, number: int = 17, kind: IntentKind = IntentKind.PATCH_ORDER, **more: Any) -> Intent:
        return Intent(kind, OfficeName(office), self.order(number), ProfileName("main"), **more)

    def bind(self, office: str, number: int = 17, profile: str = "main", record: str = "500", **more: Any) -> None:
        """Bind an order as a wave of its own would, leaving nothing behind."""
        self.ring(office, number)
        claim = self.claim(office)
        assert claim
        new = NewBinding(self.order(number), ProfileName(profile), RecordId(record), **more)
        self.commit(claim, bindings=[new], done=list(claim.visits))
        self.storage.release(claim, self.now)

    def waiting(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for one in self.storage.counts().waiting:
            found[one.office] = found.get(one.office, 0) + one.visits
        return found

    def sql(self, statement: str) -> list[Any]:
        """Look at the tables from outside."""
        engine = self.storage._engine  # the tables have no other door
        with engine.begin() as connection:
            result = connection.execute(text(statement))
            return list(result) if result.returns_rows else []


def _postgres() -> Iterator[str]:
    given = os.environ.get("SVERKA_TEST_POSTGRES")
    if not given:
        pytest.skip("PostgreSQL absent: set SVERKA_TEST_POSTGRES")
    schema = f"test_{secrets.token_hex(6)}"
    engine = create(given)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    yield engine.url.update_query_dict({"options": f"-csearch_path={schema}"}).render_as_string(hide_password=False)
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    engine.dispose()


@pytest.fixture(params=["memory", "file", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    match request.param:
        case "memory":
            yield "sqlite://"
        case "file":
            yield f"sqlite:///{tmp_path / 'hub.db'}"
        case _:
            yield from _postgres()


@pytest.fixture
def make_hub() -> Iterator[Callable[[str], Hub]]:
    """Return a maker of hubs on a URL, closed at the end."""
    made: list[Hub] = []

    def make(url: str) -> Hub:
        made.append(Hub(url))
        made[-1].open()
        return made[-1]

    yield make
    for hub in made:
        for storage in hub.opened:
            storage.close()


@pytest.fixture
def hub(url: str, make_hub: Callable[[str], Hub]) -> Hub:
    return make_hub(url)


@pytest.fixture
def shared(hub: Hub) -> Hub:
    """A hub whose database several processes could open."""
    if hub.url == "sqlite://":
        pytest.skip("a database in memory has one process")
    return hub
