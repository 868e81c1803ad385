import pytest

from sverka.config.settings import Settings
from sverka.domain.errors import Misconfigured


def test_nothing_is_needed(tmp_path):
    settings = Settings.from_env({}, tmp_path)
    assert settings.database == f"sqlite:///{tmp_path}/sverka.db"
    assert settings.key_file == tmp_path / "sverka.key"
    assert settings.counter_file == tmp_path / "sverka.counter"
    assert (settings.language, settings.host, settings.port) == ("en", "127.0.0.1", 8080)


def test_everything_can_be_set(tmp_path):
    environ = {
        "SVERKA_DATABASE": "postgres://hub:s:e/c@r?et@db.example/base",
        "SVERKA_KEY_FILE": "/etc/sverka/key",
        "SVERKA_LANG": "ru",
        "SVERKA_LISTEN": "[::1]:0",
    }
    settings = Settings.from_env(environ, tmp_path)
    assert settings.database == "postgresql+psycopg://hub:s:e/c@r?et@db.example/base"
    assert str(settings.key_file) == "/etc/sverka/key"
    assert str(settings.counter_file) == "/etc/sverka/key.counter"
    elsewhere = Settings.from_env({**environ, "SVERKA_COUNTER_FILE": "hub.counter"}, tmp_path)
    assert elsewhere.counter_file == tmp_path / "hub.counter"
    assert (settings.language, settings.host, settings.port) == ("ru", "::1", 0)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://hub:s:e/c@r?et@db/base", "postgresql+psycopg://hub:***@db/base"),
        ("postgresql://db/base?user=u&password=secret&x=1", "postgresql+psycopg://db/base?user=u&password=***&x=1"),
        ("sqlite:////var/hub.db", "sqlite:////var/hub.db"),
    ],
)
def test_a_password_is_never_shown(url, shown, tmp_path):
    settings = Settings.from_env({"SVERKA_DATABASE": url}, tmp_path)
    assert settings.shown_database == shown
    assert "et@" not in repr(settings)
    assert "secret" not in repr(settings)


def test_a_relative_file_is_taken_from_the_directory(tmp_path):
    assert Settings.from_env({"SVERKA_DATABASE": "sqlite:///x/hub.db"}, tmp_path).database.endswith(
        f"{tmp_path}/x/hub.db"
    )


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({"LANG": "ru_RU.UTF-8"}, "ru"),
        ({"LANG": "ru_RU.UTF-8", "LC_ALL": "en_US.UTF-8"}, "en"),
        ({"LANG": "ru_RU.UTF-8", "SVERKA_LANG": "en"}, "en"),
        ({"LANG": "C"}, "en"),
        ({"SVERKA_LANG": "ru_RU"}, "ru"),
    ],
)
def test_the_language(environ, language, tmp_path):
    assert Settings.from_env(environ, tmp_path).language == language


@pytest.mark.parametrize(
    ("name", "value", "fragment"),
    [
        ("SVERKA_DATABASE", "mysql://u:topsecret@h/d", "postgresql+psycopg://"),
        ("SVERKA_DATABASE", "sverka.db", "sqlite:///sverka.db"),
        ("SVERKA_DATABASE", "sqlite://sverka.db", "sqlite:///sverka.db"),
        ("SVERKA_DATABASE", "sqlite://", "sqlite:///sverka.db"),
        ("SVERKA_DATABASE", "sqlite:///:memory:", "sqlite:///sverka.db"),
        ("SVERKA_LANG", "de", "en"),
        ("SVERKA_LISTEN", "8080", "127.0.0.1:8080"),
        ("SVERKA_LISTEN", "localhost:99999", "127.0.0.1:8080"),
        ("SVERKA_LISTEN", "http://x:1", "127.0.0.1:8080"),
    ],
)
def test_what_cannot_be_used_is_named(name, value, fragment, tmp_path):
    with pytest.raises(Misconfigured) as caught:
        Settings.from_env({name: value}, tmp_path)
    for language in ("en", "ru"):
        said = caught.value.say(language)
        assert name in said
        assert fragment in said
        assert "topsecret" not in said


def test_the_databases_url_may_stand_in_a_file(tmp_path):
    (tmp_path / "url").write_text("postgres://hub:topsecret@db.example/base\n")
    environ = {"SVERKA_DATABASE_FILE": "url", "SVERKA_DATABASE": "sqlite:///other.db"}
    assert Settings.from_env(environ, tmp_path).database == "postgresql+psycopg://hub:topsecret@db.example/base"


@pytest.mark.parametrize("body", [None, b"\xff"])
def test_a_file_that_holds_no_url_is_named(tmp_path, body):
    if body is not None:
        (tmp_path / "url").write_bytes(body)
    with pytest.raises(Misconfigured, match="SVERKA_DATABASE_FILE: url cannot be read"):
        Settings.from_env({"SVERKA_DATABASE_FILE": "url"}, tmp_path)
