"""A local application as the way in: first tokens, their renewal by one process for all, and what is forged."""

import logging
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import pytest

from sverka.connectors.bitrix24 import AppPortal, connect
from sverka.connectors.bitrix24.wire.auth_server import AuthServer, Tokens
from sverka.connectors.kit import Kit
from sverka.domain.commerce.customer import MatchKey
from sverka.domain.errors import AuthLost, Forged, Later, Misconfigured
from sverka.ports.backoffice import Look
from sverka.ports.findings import Level
from sverka.ports.guard import free
from sverka.sandbox.portal import Fault, Portal, PortalServer
from sverka.storage.sql_storage import SqlStorage, open_storage

KEY = MatchKey("email", "a@b.ru")


@pytest.fixture
def storage(time) -> Iterator[SqlStorage]:
    storage = open_storage("sqlite://", time)
    yield storage
    storage.close()


@pytest.fixture
def shared(kit: Kit, storage: SqlStorage) -> Kit:
    return replace(kit, secrets=storage.secrets_of("b24"))


def keys(server: PortalServer) -> tuple[dict[str, str], dict[str, str]]:
    app = server.portal.application
    settings = {"plan": "box", "portal": server.url, "auth_server": server.url, "client_id": app.client_id}
    return settings, {"client_secret": app.client_secret}


def connected(server: PortalServer, shared: Kit) -> Iterator[AppPortal]:
    """The connection, as each process has one of its own."""
    office = connect(*keys(server), shared)
    assert isinstance(office, AppPortal)
    yield office
    office.close()


app, other = (pytest.fixture(connected, name=name) for name in ("app", "other"))


def come_back(server: PortalServer, user: int = 1) -> str:
    """Have a person follow the link, and return the address he is led to."""
    portal = server.portal
    portal.application.redirect_uri = "https://hub.example/install/b24/key"
    told = {"client_id": portal.application.client_id, "user_id": user}
    with httpx2.Client(trust_env=False) as client:
        return client.get(f"{server.url}/oauth/authorize/?{urlencode(told)}").headers["location"]


def message(server: PortalServer, **changed: str) -> bytes:
    """Return what a portal posts when the application is installed."""
    portal = server.portal
    pair = portal.tokens()
    told = {
        "event": "ONAPPINSTALL",
        "auth[access_token]": pair.access,
        "auth[refresh_token]": pair.refresh,
        "auth[client_endpoint]": "https://evil.example/rest/",
        "auth[server_endpoint]": portal.settings.auth_endpoint,
        "auth[member_id]": portal.settings.member_id,
        "auth[application_token]": portal.application.application_token,
    }
    return urlencode(told | changed).encode()


def looks(office: AppPortal) -> object:
    [answer] = office.look(Look(keys=[KEY]), free).keys.values()
    return answer


def renewals(portal: Portal) -> int:
    return sum(line.method == "oauth.token" for line in portal.requests)


def test_a_code_opens_the_portal(app, server, shared):
    assert type(looks(app)) is AuthLost
    link = app.app.link()
    assert link.startswith(f"{server.url}/oauth/authorize/?client_id={server.portal.application.client_id}&state=")
    assert app.app.link() == link
    app.app.exchange(come_back(server))
    assert looks(app) == []
    assert Tokens.read(shared.secrets.get("tokens")).member == server.portal.settings.member_id


def test_a_code_is_good_once(app, server, time):
    back = come_back(server)
    app.app.exchange(back)
    with pytest.raises(AuthLost):
        app.app.exchange(back)
    late = come_back(server)
    time.sleep(31)
    with pytest.raises(AuthLost):
        app.app.exchange(parse_qs(urlsplit(late).query)["code"][0])
    assert looks(app) == []


def test_an_expired_token_is_renewed_once_and_the_request_made_again(app, server, portal, time):
    app.app.exchange(come_back(server))
    time.sleep(3601)
    portal.reset_counters()
    assert looks(app) == []
    assert [line.method for line in portal.requests] == ["batch", "oauth.token", "batch"]
    assert looks(app) == []
    assert renewals(portal) == 1


def test_what_another_process_has_renewed_is_taken(app, other, server, portal, time):
    app.app.exchange(come_back(server))
    assert looks(other) == []
    time.sleep(3601)
    portal.reset_counters()
    assert [looks(app), looks(other), looks(app)] == [[], [], []]
    assert renewals(portal) == 1


def test_many_threads_renew_once(app, other, server, portal, shared, time, monkeypatch):
    app.app.exchange(come_back(server))
    time.sleep(3601)
    portal.reset_counters()
    found, kept, put = [], threading.Event(), shared.secrets.put
    monkeypatch.setattr(shared.secrets, "put", lambda *one: (put(*one), kept.set()))
    monkeypatch.setattr(time, "sleep", lambda _seconds: kept.wait(5))
    threads = [threading.Thread(target=lambda one=one: found.append(looks(one))) for one in (app, other) * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [[]] * 8
    assert renewals(portal) == 1


def test_who_meets_a_renewal_under_way_waits_and_then_comes_later(app, server, portal, shared, time):
    app.app.exchange(come_back(server))
    time.sleep(3601)
    with shared.secrets.alone("tokens", 120):
        portal.reset_counters()
        assert type(looks(app)) is Later
        assert renewals(portal) == 0
    assert looks(app) == []


def test_an_authorisation_that_has_died_says_what_to_do(app, server, portal, time):
    app.app.exchange(come_back(server))
    time.sleep(181 * 24 * 3600)
    problem = looks(app)
    assert type(problem) is AuthLost
    assert "--app" in problem.text.en
    assert "--app" in problem.text.ru
    portal.reset_counters()
    assert type(looks(app)) is AuthLost
    assert portal.requests == []
    app.app.exchange(come_back(server))
    assert looks(app) == []


def test_a_new_authorisation_reaches_a_process_with_old_tokens(app, other, server, portal):
    app.app.exchange(come_back(server))
    assert looks(other) == []
    portal.access.tokens.clear()
    assert type(looks(other)) is AuthLost
    app.app.exchange(come_back(server))
    assert looks(other) == []


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        (Fault("html", method="oauth.token", status=502), Later),
        (Fault("error", method="oauth.token", status=403, code="insufficient_scope"), Misconfigured),
        (Fault("error", method="oauth.token", status=401, code="PAYMENT_REQUIRED"), Misconfigured),
        (Fault("error", method="oauth.token", status=200, code="wrong_client"), AuthLost),
    ],
    ids=["html", "scope", "payment", "client"],
)
def test_an_authorisation_server_in_trouble(app, server, portal, time, fault, problem):
    app.app.exchange(come_back(server))
    time.sleep(3601)
    portal.fault(fault)
    assert type(looks(app)) is problem


def test_an_installation_brings_tokens_and_the_token_of_bells(app, server, shared):
    assert app.install("", message(server))
    assert looks(app) == []
    held = Tokens.read(shared.secrets.get("tokens"))
    assert (held.endpoint, held.server) == (f"{server.url}/rest", server.url)
    assert shared.secrets.get("application_token") == server.portal.application.application_token


def test_an_installation_before_the_keys_is_kept_until_they_come(server, shared, app):
    settings, _ = keys(server)
    early = connect({**settings, "client_id": ""}, {}, shared)
    assert early.install("", message(server))
    assert shared.secrets.get("tokens") is None
    assert app.app.install_pending()
    assert looks(app) == []
    assert not app.app.install_pending()
    early.close()


def test_an_installation_that_could_not_be_confirmed_is_kept(app, server, portal, shared):
    portal.fault(Fault("html", method="app.info", status=502))
    with pytest.raises(Later):
        app.install("", message(server))
    portal.fault(Fault("html", method="oauth.token", status=502))
    with pytest.raises(Later):
        app.app.install_pending()
    assert app.app.install_pending()
    assert shared.secrets.get("application_token") == portal.application.application_token
    assert looks(app) == []


def test_an_application_added_anew_is_let_in_once_its_keys_are_known(app, server, portal, shared):
    app.app.exchange(come_back(server))
    anew = portal.add_application("Anew")
    pair = portal.tokens(anew)
    body = message(server, **{"auth[access_token]": pair.access, "auth[refresh_token]": pair.refresh})
    with pytest.raises(Forged):
        app.install("", body)
    later = connect({**keys(server)[0], "client_id": anew.client_id}, {"client_secret": anew.client_secret}, shared)
    assert later.app.install_pending()
    portal.remove_application(portal.application)
    assert looks(later) == []
    later.close()


FORGERIES = [
    {"auth[access_token]": "guessed"},
    {"auth[refresh_token]": "guessed"},
    {"auth[member_id]": "another"},
    {"auth[server_endpoint]": "https://oauth.evil.example/rest/"},
    {"auth[server_endpoint]": "https://oauth.bitrix.info.evil.example/rest/"},
    {"auth[server_endpoint]": "http://["},
]


@pytest.mark.parametrize("changed", FORGERIES, ids=[next(iter(one)) for one in FORGERIES])
def test_a_forged_installation_changes_nothing(app, server, shared, changed):
    with pytest.raises(Forged):
        app.install("", message(server, **changed))
    assert shared.secrets.get("tokens") is None
    assert shared.secrets.get("application_token") is None


def test_an_installation_of_another_application_is_forged(app, server, portal, shared):
    stranger = portal.add_application("Stranger")
    pair = portal.tokens(stranger)
    with pytest.raises(Forged):
        app.install("", message(server, **{"auth[access_token]": pair.access, "auth[refresh_token]": pair.refresh}))
    assert shared.secrets.get("tokens") is None


def test_an_installation_cannot_be_played_again(app, server, shared):
    body = message(server)
    assert app.install("", body)
    kept = shared.secrets.get("tokens")
    with pytest.raises(Forged):
        app.install("", body)
    assert shared.secrets.get("tokens") == kept


def test_tokens_of_another_portal_are_not_taken(app, server, portal, shared):
    app.app.exchange(come_back(server))
    kept = shared.secrets.get("tokens")
    portal.settings.member_id = "another"
    with pytest.raises(Forged):
        app.app.exchange(come_back(server))
    assert shared.secrets.get("tokens") == kept


def test_the_secret_goes_to_the_vendor_and_to_the_configured_server_alone(kit):
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(404)
            self.end_headers()

        def log_message(self, *args):
            del args

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as thief:
        thread = threading.Thread(target=thief.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        there = f"127.0.0.1:{thief.server_address[1]}"
        settings = {"portal": "https://a.bitrix24.ru", "client_id": "local.1"}
        office = connect(settings, {"client_secret": "s3cret"}, kit)
        with pytest.raises(Forged):
            office.app.exchange(f"https://hub.example/?code=x&server_domain={there}")
        office.close()
        thief.shutdown()
        thread.join()
    assert asked == []


@pytest.mark.parametrize(
    ("told", "portal", "own", "root"),
    [
        ("", "https://a.bitrix24.ru", "", "https://oauth.bitrix24.tech"),
        ("", "https://a.bitrix24.com", "", "https://oauth.bitrix.info"),
        ("oauth.bitrix.info", "https://a.bitrix24.ru", "", "https://oauth.bitrix.info"),
        ("https://oauth.bitrix24.tech/rest/", "https://a.bitrix24.ru", "", "https://oauth.bitrix24.tech"),
        ("", "https://crm.box.example", "https://auth.box.example/", "https://auth.box.example"),
        (
            "http://auth.box.example/rest/",
            "https://crm.box.example",
            "https://auth.box.example",
            "https://auth.box.example",
        ),
    ],
)
def test_which_server_is_asked(kit, told, portal, own, root):
    assert AuthServer(kit, "local.1", "s", own).root(told, portal) == root


@pytest.mark.parametrize("settings", [{"portal": "a.bitrix24.ru"}, {"portal": "http://a.bitrix24.ru"}])
def test_an_address_without_https_is_refused(kit, settings):
    with pytest.raises(Misconfigured):
        connect(settings, {}, kit)


@pytest.mark.shows_a_secret  # at this level the sandbox's own server tells the addresses it was asked for
def test_nothing_secret_is_shown(app, server, portal, time, caplog):
    caplog.set_level(logging.DEBUG)
    app.app.exchange(come_back(server))
    held = app.app._held()
    time.sleep(3601)
    portal.fault(Fault("html", method="oauth.token", status=502, times=9))
    chain, shown = looks(app), ""
    while chain is not None:
        shown += f"{chain!r} {chain} "
        chain = chain.__cause__ or chain.__context__
    shown += " ".join(line.getMessage() for line in caplog.records if not line.name.startswith("uvicorn"))
    shown += repr(app) + repr(app.app) + repr(held)
    for secret in (held.access, held.refresh, portal.application.client_secret):
        assert secret not in shown


def test_a_renamed_portal_keeps_its_tokens(app, server, portal, time, shared):
    app.app.exchange(come_back(server))
    with PortalServer(Portal(clock=time.virtual, plan="box")) as there:
        there.portal.access.tokens = portal.access.tokens
        there.portal.access.applications = portal.access.applications
        portal.fault(Fault("redirect", times=99, location=f"{there.url}/rest/batch"))
        assert looks(app) == []
        assert Tokens.read(shared.secrets.get("tokens")).endpoint == f"{there.url}/rest"


def test_a_process_that_follows_a_renaming_puts_no_old_tokens_back(app, other, server, time, shared):
    app.app.exchange(come_back(server))
    assert looks(other) == []
    time.sleep(3601)
    assert looks(app) == []
    fresh = Tokens.read(shared.secrets.get("tokens"))
    other.app.moved("https://b.bitrix24.ru/rest")
    assert Tokens.read(shared.secrets.get("tokens")) == replace(fresh, endpoint="https://b.bitrix24.ru/rest")
    with shared.secrets.alone("tokens", 120):
        other.app.moved("https://c.bitrix24.ru/rest")
    assert other.app.base == "https://c.bitrix24.ru/rest"
    assert Tokens.read(shared.secrets.get("tokens")).endpoint == "https://b.bitrix24.ru/rest"


def test_a_renewal_that_names_a_strange_server_is_not_lost(app, server, time, shared, monkeypatch):
    app.app.exchange(come_back(server))
    monkeypatch.setattr(type(server.portal.settings), "auth_endpoint", "https://oauth.new.example/rest/")
    time.sleep(3601)
    assert looks(app) == []
    assert Tokens.read(shared.secrets.get("tokens")).server == server.url
    time.sleep(3601)
    assert looks(app) == []


def test_a_check_tells_who_and_what(app, server, portal):
    app.app.exchange(come_back(server, user=1))
    told = app.check()
    assert [one.text.en for one in told if one.level is Level.BAD] == []
    said = " ".join(one.text.en for one in told)
    assert "with leads" in said
    assert "bells are refused" in said
