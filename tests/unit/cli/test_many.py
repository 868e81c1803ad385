"""The hub in one process or in many: who may run beside whom, and databases that are not as they should be."""

import socket
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import alembic.command
import httpx2
import pytest
import structlog
from alembic.config import Config
from alembic.script import ScriptDirectory
from cryptography.fernet import Fernet

from support.postgres import leave_dead, own_schema, run
from support.waves import until
from sverka.cli.home import alone, at_home, settings_now
from sverka.domain.ids import OfficeName, OrderId, OrderRef, StoreName
from sverka.ports.storage import Ring
from sverka.storage import database, schema
from sverka.storage.presence import present

RUN = ["up", "web", "worker"]
ON_A_FILE = ["up", "worker"]
FAR = (
    *("connect", "store", "far", "--kind", "woocommerce", "--url", "https://shop.invalid", "--skip-check"),
    *("--consumer-secret", "cs_1"),
)


@pytest.fixture
def server(sverka, monkeypatch) -> Iterator[str]:
    """A hub on PostgreSQL."""
    with own_schema() as url:
        monkeypatch.setenv("SVERKA_DATABASE", url)
        sverka.ok("init")
        yield url


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def files() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in Path().iterdir()}


def sql(statement: str) -> None:
    connection = sqlite3.connect("sverka.db")
    with connection:
        connection.execute(statement)
    connection.close()


def refused(sverka, *arguments: str) -> str:
    """Return the sentence with which a command ends that has written nothing."""
    before = files()
    said = sverka.fails(*arguments).err
    assert files() == before
    assert "Traceback" not in said
    return said


@pytest.mark.parametrize("command", ON_A_FILE)
def test_a_file_has_one_process(sverka, command):
    sverka.ok("init")
    with alone():
        said = refused(sverka, command)
        assert "Another hub already runs" in said
        assert "PostgreSQL" in said


def test_a_door_without_anybody_who_could_work_is_refused(sverka):
    sverka.ok("init")
    assert "run `sverka up`, which does both" in refused(sverka, "web")


@pytest.mark.parametrize("command", ON_A_FILE)
def test_where_no_hub_is_no_lock_is_left(sverka, command):
    assert "run `sverka init` first" in refused(sverka, command)


@pytest.mark.parametrize("command", [*ON_A_FILE, "status", "init"])
def test_a_database_of_a_newer_version_is_left_alone(sverka, command):
    sverka.ok("init")
    with alone():
        pass  # the lock's file is there from the first run on
    sql("UPDATE alembic_version SET version_num = '9999'")
    assert "made by a newer version; update the program" in refused(sverka, command)


@pytest.mark.parametrize("command", ["worker", "status"])
@pytest.mark.parametrize(
    ("broken", "lacking"),
    [
        ("DROP TABLE turns", "turns.profile"),
        ("ALTER TABLE pauses DROP COLUMN text_ru", "pauses.text_ru"),
        ("DROP TABLE alembic_version", "alembic_version"),
    ],
)
def test_half_a_database_is_left_alone(sverka, command, broken, lacking):
    sverka.ok("init")
    with alone():
        pass
    sql(broken)
    said = refused(sverka, command)
    assert f"it lacks {lacking}" in said
    assert "from your backup" in said


def older() -> str:
    """Take the database one version back, and return which it was."""
    config = Config()
    config.set_main_option("script_location", str(schema._MIGRATIONS))
    engine = database.create(settings_now().database)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        alembic.command.downgrade(config, "-1")
    engine.dispose()
    return ScriptDirectory.from_config(config).get_current_head()


def test_a_file_is_not_brought_up_to_date_under_a_hub_at_work(sverka):
    sverka.ok("init")
    newest = older()
    with alone():
        said = refused(sverka, "status")
    assert "Stop it" in said
    assert "run `sverka init`" in said
    sverka.ok("init")
    connection = sqlite3.connect("sverka.db")
    assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(newest,)]
    connection.close()


@pytest.mark.parametrize("command", ON_A_FILE)
def test_the_key_of_another_hub_is_refused_before_any_work(sverka, command):
    sverka.ok("init")
    keys = ("--consumer-key", "ck_1", "--consumer-secret", "cs_1")
    sverka.ok(
        "connect", "store", "far", "--kind", "woocommerce", "--url", "https://shop.invalid", "--skip-check", *keys
    )
    with alone():
        pass
    Path("sverka.key").write_bytes(Fernet.generate_key())
    said = refused(sverka, command)
    assert "cannot be opened with this key" in said
    assert "ck_1" not in said


def test_a_full_disk_is_a_sentence_and_writes_nothing(sverka, monkeypatch):
    sverka.ok("init")
    tune = database._tune

    def full(connection, record):
        tune(connection, record)
        connection.execute("PRAGMA max_page_count = 1")

    with monkeypatch.context() as small:
        small.setattr(database, "_tune", full)
        said = sverka.fails(*FAR, "--consumer-key", f"ck_{'x' * 100_000}").err
    assert "The disk of the database is full; nothing was written" in said
    assert "far" not in sverka.ok("connection", "list").out


@pytest.fixture
def probed(monkeypatch, port) -> Callable[..., dict[str, int]]:
    """Run a command until it has answered some questions, and return the answers' codes."""
    answers: dict[str, int] = {}

    def probe(told) -> None:
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            for path in ("/health", "/ready", "/hooks/shop/nonsense"):
                answers[path] = client.get(path).status_code

    monkeypatch.setattr("sverka.cli.up.wait", probe)

    def run_it(sverka, command: str) -> dict[str, int]:
        sverka.ok(command, "--listen", f"127.0.0.1:{port}")
        return answers

    return run_it


@pytest.mark.parametrize(("command", "bells"), [("up", 405), ("worker", 404)])
def test_each_says_that_it_lives_and_a_worker_has_no_door(sverka, probed, command, bells):
    sverka.ok("init")
    assert probed(sverka, command) == {"/health": 200, "/ready": 200, "/hooks/shop/nonsense": bells}


@pytest.mark.parametrize("command", ON_A_FILE)
def test_each_tells_its_numbers_to_whoever_has_the_token(sverka, port, monkeypatch, command):
    sverka.ok("init")
    Path("token").write_text("0123456789abcdef\n", "utf-8")
    monkeypatch.setenv("SVERKA_METRICS_FILE", "token")
    answers = []

    def probe(_told) -> None:
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            tokens = ("0123456789abcdef", "guess")
            answers.extend(client.get("/metrics", headers={"Authorization": f"Bearer {one}"}) for one in tokens)

    monkeypatch.setattr("sverka.cli.up.wait", probe)
    sverka.ok(command, "--listen", f"127.0.0.1:{port}")
    assert [one.status_code for one in answers] == [200, 404]
    assert "sverka_" in answers[0].text


@pytest.mark.parametrize("command", ON_A_FILE)
def test_one_whose_database_is_away_lives_and_is_not_ready(sverka, probed, command, monkeypatch):
    sverka.ok("init")
    monkeypatch.setattr("sverka.storage.sql_storage.SqlStorage.answers", lambda self: False)
    answers = probed(sverka, command)
    assert (answers["/health"], answers["/ready"]) == (200, 503)


@pytest.mark.postgres
@pytest.mark.parametrize(("command", "bells"), [("up", 405), ("web", 405), ("worker", 404)])
def test_a_server_has_any_number_of_processes(sverka, server, probed, command, bells):
    with present(server), present(server):
        answers = probed(sverka, command)
    # whether it is ready hangs on its first talk with the queue of jobs, which may be still to come
    assert (answers["/health"], answers["/hooks/shop/nonsense"]) == (200, bells)


@pytest.mark.postgres
def test_a_server_is_not_brought_up_to_date_under_a_hub_at_work(sverka, server):
    newest = older()
    with present(server):
        assert "Stop it" in sverka.fails("init").err
        assert run(server, "SELECT version_num FROM alembic_version") != [(newest,)]
        assert "stop every `sverka up`" in sverka.fails("restored", "--yes").err
    sverka.ok("init")
    assert run(server, "SELECT version_num FROM alembic_version") == [(newest,)]


@pytest.mark.postgres
@pytest.mark.parametrize("command", RUN)
def test_tables_of_jobs_of_a_newer_version_are_left_alone(sverka, server, command, port):
    run(server, "COMMENT ON TABLE procrastinate_jobs IS '99.00.00_01_pre_wonders.sql'")
    assert "newer version" in sverka.fails(command, "--listen", f"127.0.0.1:{port}").err


@pytest.mark.postgres
def test_a_dead_workers_office_is_free_before_its_lock_runs_out(sverka, server):
    office = OfficeName("b24")
    structlog.reset_defaults()  # the terminal of the commands before is closed
    with at_home() as house:
        order = OrderRef(StoreName("shop"), OrderId("17"))
        house.storage.ring([Ring(order, office, house.clock.now())])
        dead = house.storage.claim(office, house.clock.now(), house.terms, 9)
        leave_dead(server, "wave", office, '{"office": "b24"}')
        dispatch = house.dispatch(lambda _: None)
        dispatch.start()
        until(lambda: not house.storage.still_mine(dead), "the dead one's epoch is over")
        assert house.storage.claim(office, house.clock.now(), house.terms, 9).visits[0].order == order
        dispatch.stop()


def test_without_what_postgresql_needs_it_says_what_to_install(sverka, monkeypatch):
    monkeypatch.setenv("SVERKA_DATABASE", "postgresql://hub:pa55word@127.0.0.1:1/none")

    def absent(name: str) -> None:
        raise ModuleNotFoundError(name="procrastinate")

    monkeypatch.setattr("sverka.bootstrap.import_module", absent)
    said = sverka.fails("init").err
    assert "pip install 'sverka[postgres]'" in said
    assert "pa55word" not in said
    assert settings_now().key_file.exists() is False


def test_a_portal_on_which_another_hub_works_is_not_connected(sverka, portal, portal_server):
    sverka.ok("init")
    deal = {"title": "Заказ 5", "originatorId": "sverka-0badcafe", "originId": "shop/5/print"}
    portal.call("crm.item.add", {"entityTypeId": 2, "fields": deal})
    said = sverka.fails("connect", "portal", "b24", "--webhook", portal_server.webhook_url, "--plan", "box").text
    assert "Another hub works on this portal: sverka-0badcafe" in said
