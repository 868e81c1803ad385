"""The vendor's Python client as an application: codes, tokens that run out, its own authorisation server."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from b24pysdk import BitrixApp, BitrixAppLocal, BitrixToken, BitrixTokenLocal, errors
from b24pysdk.errors import oauth

from support.sdk_office import Office

pytestmark = pytest.mark.filterwarnings("default")
BACK = "https://shop.example.test/back"


@pytest.fixture
def installed(office: Office):
    """The application as the portal knows it."""
    return office.portal.add_application("Shop", redirect_uri=BACK, scopes=("crm", "user", "placement"))


@pytest.fixture
def app(installed) -> BitrixApp:
    """The same application as the client knows it."""
    return BitrixApp(client_id=installed.client_id, client_secret=installed.client_secret)


@pytest.fixture
def log_in(office: Office, installed):
    """Log an employee in by the portal's page and return the code the application gets."""

    def code(user_id: int = 1) -> str:
        params = {"client_id": installed.client_id, "state": "s", "user_id": user_id}
        answer = requests.get(
            f"https://{office.domain}/oauth/authorize/", params=params, allow_redirects=False, timeout=10
        )
        return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))["code"]

    return code


@pytest.fixture
def token(app: BitrixApp, log_in) -> BitrixToken:
    """Employee 6 logged in."""
    return BitrixToken.from_oauth(app.get_oauth_token(log_in(6)), app)


def in_an_hour() -> datetime:
    """Return when a client that was told an hour thinks a new token ends."""
    return datetime.now(UTC) + timedelta(hours=1)


def test_a_code_becomes_tokens(office, app, log_in):
    renewed = app.get_oauth_token(log_in(6))
    assert (renewed.user_id, renewed.portal_domain, renewed.status) == (6, office.domain, "L")
    assert renewed.scope == ["crm", "user", "placement"]
    assert timedelta(minutes=59) < renewed.oauth_token.expires - datetime.now(UTC) <= timedelta(hours=1)


def test_a_code_opens_once(app, log_in):
    code = log_in()
    app.get_oauth_token(code)
    with pytest.raises(oauth.BitrixOAuthInvalidGrant):
        app.get_oauth_token(code)


def test_calls_are_the_employees(office, token):
    number = token.call_method("crm.deal.add", {"fields": {"TITLE": "by 6"}})["result"]
    assert office.portal.item(2, number).values["createdBy"] == 6
    assert token.call_batch({"me": ("profile", {})})["result"]["result"]["me"]["ID"] == "6"


def test_a_refresh_spends_the_old_token(app, token):
    old = token.refresh_token
    token.refresh_and_set_oauth_token()
    assert token.refresh_token != old
    assert token.call_method("profile")["result"]["ID"] == "6"
    with pytest.raises(oauth.BitrixOAuthInvalidGrant):
        app.refresh_oauth_token(old)


def test_a_wrong_secret(installed, token):
    stranger = BitrixApp(client_id=installed.client_id, client_secret="wrong")
    with pytest.raises(oauth.BitrixOAuthInvalidClient):
        stranger.refresh_oauth_token(token.refresh_token)


def test_no_token_at_all(app):
    with pytest.raises(oauth.BitrixOAuthInvalidRequest):
        app.refresh_oauth_token("")


def test_another_applications_token(office, token):
    other = office.portal.add_application("Other")
    with pytest.raises(oauth.BitrixOauthWrongClient):
        BitrixApp(client_id=other.client_id, client_secret=other.client_secret).refresh_oauth_token(token.refresh_token)


def test_a_token_known_to_be_over_is_renewed_before_the_call(office, token):
    token.expires = datetime.now(UTC) - timedelta(seconds=1)
    token.call_method("profile")
    assert [line.status for line in office.portal.requests if line.method == "profile"] == [200]
    assert token.expires > datetime.now(UTC)


def test_a_token_refused_as_over_is_renewed_and_the_call_repeated(office, token):
    """The portal refuses before it acts, so one deal comes of two requests."""
    office.portal.expire_token(token.auth_token)
    token.call_method("crm.deal.add", {"fields": {"TITLE": "once"}})
    assert office.titles == ["once"]
    assert [line.status for line in office.portal.requests if line.method == "crm.deal.add"] == [401, 200]


def test_a_token_that_ends_amid_a_list(office, token):
    office.fill(400)
    office.portal.expire_token(token.auth_token)
    assert len(token.call_list("crm.deal.list", {"select": ["ID"]})["result"]) == 400
    office.portal.expire_token(token.auth_token)
    assert len(list(token.call_list_fast("crm.deal.list")["result"])) == 400


def test_a_token_without_refresh_ends_for_good(office, app, token):
    lone = BitrixToken(domain=office.domain, auth_token=token.auth_token, bitrix_app=app)
    office.portal.expire_token(token.auth_token)
    with pytest.raises(errors.BitrixAPIExpiredToken):
        lone.call_method("profile")


def test_a_token_nobody_gave(office, app):
    with pytest.raises(oauth.BitrixOAuthNoAuthFound):
        BitrixToken(domain=office.domain, auth_token="made up", bitrix_app=app).call_method("profile")


def test_a_scope_the_application_has_not(office):
    poor = office.portal.add_application("Poor", scopes=("user",))
    access = office.portal.tokens(poor).access
    app = BitrixApp(client_id=poor.client_id, client_secret=poor.client_secret)
    with pytest.raises(errors.BitrixAPIInsufficientScope):
        BitrixToken(domain=office.domain, auth_token=access, bitrix_app=app).call_method("crm.deal.list")


def test_an_unpaid_application(office, token):
    office.portal.settings.app_unpaid = True
    with pytest.raises(errors.BitrixAPIPaymentRequired):
        token.refresh_and_set_oauth_token()


def test_the_authorisation_server_vouches_for_a_token(app, log_in):
    renewed = app.get_oauth_token(log_in(6))
    info = BitrixToken.from_oauth(renewed, app).get_app_info().result
    assert (info.client_id, info.user_id, info.install.installed) == (app.client_id, 6, True)
    assert renewed.validate_against_app_info(info)


def test_a_local_application_knows_its_portal(office, installed, token):
    local = BitrixAppLocal(domain=office.domain, client_id=installed.client_id, client_secret=installed.client_secret)
    mine = BitrixTokenLocal(
        auth_token=token.auth_token, refresh_token=token.refresh_token, expires=in_an_hour(), bitrix_app=local
    )
    office.portal.expire_token(token.auth_token)
    assert mine.call_method("profile")["result"]["ID"] == "6"


def test_a_renamed_portal_is_followed(office, token):
    office.portal.rename(office.renamed)
    token.call_method("crm.deal.add", {"fields": {"TITLE": "moved"}})
    assert (token.domain, office.titles) == (office.renamed, ["moved"])


def test_its_options_and_its_portal(app, log_in):
    client = BitrixToken.from_oauth(app.get_oauth_token(log_in(1)), app).get_client()
    assert client.app.info().result["STATUS"] == "L"
    assert client.app.option.set({"seen": "yes"}).result is True
    assert client.app.option.get().result == {"seen": "yes"}
