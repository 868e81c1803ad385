"""The compose file and the image's recipe, as far as they can be read without building them."""

import re
import shlex
from pathlib import Path

import pytest
import yaml
from typer.main import get_command

from sverka.cli import app
from sverka.config.settings import Settings

COMMANDS = get_command(app).commands
HUB = ("init", "web", "worker")


@pytest.fixture
def compose(root):
    return yaml.safe_load((root / "compose.yaml").read_text("utf-8"))


@pytest.fixture
def recipe(root) -> list[list[str]]:
    """The lines of the Dockerfile, those that go on joined."""
    text = (root / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
    return [line.split(maxsplit=1) for line in text.splitlines() if line and not line.startswith("#")]


def test_the_commands_and_options_it_starts_exist(compose, recipe):
    for name in HUB:
        command, *rest = compose["services"][name]["command"]
        known = {option for one in COMMANDS[command].params for option in one.opts}
        assert {word for word in rest if word.startswith("--")} <= known
    started = re.findall(r'"([^"]+)"', dict(recipe)["CMD"])
    assert started[0] in COMMANDS
    assert dict(recipe)["ENTRYPOINT"] == '["sverka"]'


def test_everybody_is_watched_where_he_listens(compose):
    services = compose["services"]
    for name in ("web", "worker"):
        port = services[name]["command"][-1].rpartition(":")[2]
        program = services[name]["healthcheck"]["test"]
        assert f"http://127.0.0.1:{port}/ready" in program[-1]
        compile(program[-1], "healthcheck", "exec")
    assert services["postgres"]["healthcheck"]["test"][1] == "pg_isready"
    assert services["init"]["depends_on"]["postgres"]["condition"] == "service_healthy"
    assert all(services[name]["depends_on"]["init"]["condition"].endswith("successfully") for name in ("web", "worker"))


def test_secrets_are_files_and_stand_in_no_environment(compose):
    kept = set(compose["secrets"])
    for service in compose["services"].values():
        assert set(service["secrets"]) <= kept
        for name, value in service["environment"].items():
            if value is not None and re.search("PASSWORD|SECRET|KEY|DATABASE", name):
                assert name.endswith("_FILE")
                assert Path(value).parent == Path("/run/secrets")
                assert Path(value).name in service["secrets"]


def test_what_the_environment_page_names_can_be_set(compose, root):
    page = (root / "docs" / "reference" / "environment.md").read_text().partition("Secrets can be given")[0]
    told = set(re.findall(r"^\| `([A-Z_]+)`", page, re.MULTILINE))
    for_one_machine = {"SVERKA_DATABASE", "SVERKA_LISTEN"}
    given = set(compose["services"]["web"]["environment"]) - {"OTEL_EXPORTER_OTLP_ENDPOINT"}
    assert given <= told
    assert told - given == for_one_machine


def test_the_variables_it_sets_are_the_hubs(compose, tmp_path):
    (tmp_path / "database_url").write_text("postgresql://sverka:pa55word@postgres/sverka\n")
    given = compose["services"]["web"]["environment"].items()
    environ = {name: value for name, value in given if value is not None}
    environ["SVERKA_DATABASE_FILE"] = "database_url"
    environ["SVERKA_LANG"] = "en"
    settings = Settings.from_env(environ, tmp_path)
    assert settings.database == "postgresql+psycopg://sverka:pa55word@postgres/sverka"
    assert settings.key_file.is_relative_to("/run/secrets")
    assert str(settings.counter_file).startswith(compose["services"]["web"]["volumes"][0].partition(":")[2])


def test_nobody_is_root_and_a_wave_has_time_to_end(compose, recipe):
    for name in HUB:
        service = compose["services"][name]
        assert service["user"] == "10001:10001"
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
        assert service["stop_grace_period"] == "150s"
    assert [value for word, value in recipe if word == "USER"] == ["10001:10001"]
    assert "--uid 10001" in next(value for word, value in recipe if word == "RUN" and "useradd" in value)


def test_what_the_image_is_made_of_is_let_in(root, recipe):
    let_in = {line[1:] for line in (root / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = {name for word, value in recipe if word == "COPY" and "--from" not in value for name in value.split()[:-1]}
    assert copied == let_in
    assert all((root / name).exists() for name in copied)


def test_the_image_has_the_versions_the_tests_were_run_with(root, recipe):
    build = next(value for word, value in recipe if word == "RUN" and "constraints.txt" in value)
    script = next(word for word in shlex.split(build) if word.startswith("s/"))
    pattern = re.compile(script.split("/")[1])
    found = [m.group(1) for m in map(pattern.match, (root / "requirements.lock").read_text().splitlines()) if m]
    assert len(found) == sum("==" in line for line in (root / "requirements.lock").read_text().splitlines())
    assert {"procrastinate", "psycopg", "sqlalchemy"} <= {one.partition("==")[0] for one in found}
