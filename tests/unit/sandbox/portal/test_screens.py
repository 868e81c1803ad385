"""Applications in the portal's pages: opened at a place, answered by the window around their frame."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import threading
from urllib.parse import urlsplit

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from sverka.sandbox.serve import Served

#: a page in the frame that says everything the protocol knows, by hand, and tells its own server what it heard
_PAGE = """<script>
const [domain, protocol, sid] = window.name.split("|");
const origin = (protocol === "1" ? "https://" : "http://") + domain;
const waiting = {};
let count = 0;
window.addEventListener("message", (event) => {
  const [key, ...rest] = String(event.data).split(":");
  if (event.origin === origin && waiting[key]) waiting[key](JSON.parse(rest.join(":")));
});
function say(command, params) {
  const key = "cb" + ++count;
  const answer = new Promise((resolve) => { waiting[key] = resolve; });
  const text = [command, params && JSON.stringify(params), key, sid].filter(Boolean).join(":");
  parent.postMessage(text, origin);
  return answer;
}
(async () => {
  const heard = { init: await say("getInitData") };
  await say("setTitle", { title: "A title: with colons" });
  heard.size = await say("resizeWindow", { width: 500, height: 321 });
  heard.refreshed = (await say("refreshAuth")).AUTH_ID;
  await say("setAppOption", { name: "seen", value: "yes" });
  heard.path = await say("openPath", { path: "/elsewhere/" });
  if (heard.init.INSTALL) heard.finished = await say("setInstallFinish");
  await fetch("/heard", { method: "POST", body: JSON.stringify(heard) });
})();
</script>"""


class Shop:
    """An application's own server, which keeps what it was opened with and what its page heard."""

    def __init__(self) -> None:
        self.opened: list[tuple[dict[str, str], dict[str, str]]] = []
        self.heard: list[dict[str, object]] = []
        self.news = threading.Condition()
        routes = [Route("/page", self._page, methods=["POST"]), Route("/heard", self._heard, methods=["POST"])]
        self.served = Served(Starlette(routes=routes))

    @property
    def url(self) -> str:
        return f"{self.served.url}/page"

    async def _page(self, request: Request) -> Response:
        async with request.form() as form:
            self.opened.append((dict(request.query_params), {name: str(value) for name, value in form.items()}))
        return HTMLResponse(_PAGE)

    async def _heard(self, request: Request) -> Response:
        body = json.loads(await request.body())
        with self.news:
            self.heard.append(body)
            self.news.notify_all()
        return PlainTextResponse("")


@pytest.fixture
def shop():
    shop = Shop()
    with shop.served:
        yield shop


@pytest.fixture
def bound(portal, shop):
    params = {"PLACEMENT": "CRM_DEAL_DETAIL_TAB", "HANDLER": shop.url, "TITLE": "Order <1>"}
    portal.call_as(portal.as_application(), "placement.bind", params)


def test_what_the_handler_is_opened_with(portal, server, shop, bound):
    answer = portal.open_placement(portal.application, "CRM_DEAL_DETAIL_TAB", {"ID": "7"}, user_id=6)
    assert answer.status_code == 200
    ((query, form),) = shop.opened
    assert (query["DOMAIN"], query["PROTOCOL"], query["LANG"]) == (urlsplit(server.url).netloc, "0", "ru")
    assert portal.frames[query["APP_SID"]].user_id == 6
    assert portal.access.by_token(form.pop("AUTH_ID")).user_id == 6
    assert form.pop("REFRESH_ID") in portal.access.refreshes
    assert json.loads(form.pop("PLACEMENT_OPTIONS")) == {"ID": "7"}
    assert form == {
        "AUTH_EXPIRES": "3600",
        "SERVER_ENDPOINT": f"{server.url}/rest/",
        "APPLICATION_TOKEN": portal.application.application_token,
        "APPLICATION_SCOPE": portal.application.scope,
        "member_id": portal.settings.member_id,
        "status": "L",
        "PLACEMENT": "CRM_DEAL_DETAIL_TAB",
    }


def test_who_may_open_what(portal, shop):
    application = portal.add_application("Pages", handler=shop.url, ui=True)
    place = {"PLACEMENT": "CRM_DEAL_DETAIL_TAB", "HANDLER": shop.url}
    portal.call_as(portal.as_application(application=application), "placement.bind", place)
    for place_name, user_id in (("CRM_DEAL_DETAIL_TAB", 1), ("DEFAULT", 6)):
        with pytest.raises(KeyError, match="shows nothing"):
            portal.open_placement(application, place_name, user_id=user_id)
    portal.open_placement(application)
    portal.finish_install(application)
    portal.open_placement(application, "CRM_DEAL_DETAIL_TAB")
    portal.open_placement(application, user_id=6)
    assert [form["PLACEMENT"] for _, form in shop.opened] == ["DEFAULT", "CRM_DEAL_DETAIL_TAB", "DEFAULT"]


def test_the_card_shows_tabs_and_opens_one(portal, server, client, bound, shop):
    deal = portal.create(2, {"title": "A <deal>"})
    url = f"{server.url}/crm/deal/details/{deal}/"
    card = client.get(url).text
    assert "A &lt;deal&gt;" in card
    assert "Order &lt;1&gt;</a>" in card
    assert "<iframe" not in card
    opened = client.get(url, params={"place": 0, "user_id": 6}).text
    assert f'action="{shop.url}?' in opened
    name = re.search(r'<iframe id="application" name="([^"]+)"', opened)
    assert name is not None
    domain, protocol, sid = name[1].split("|")
    assert (domain, protocol, portal.frames[sid].user_id) == (urlsplit(server.url).netloc, "0", 6)
    asked = client.post(f"{server.url}/sandbox/frame/{sid}/getInitData", json={}).json()["result"]
    assert (asked["PLACEMENT"], asked["PLACEMENT_OPTIONS"]["ID"]) == ("CRM_DEAL_DETAIL_TAB", str(deal))
    assert (asked["IS_ADMIN"], asked["INSTALL"], asked["FIRST_RUN"]) == (False, False, False)
    assert client.post(f"{server.url}/sandbox/frame/{sid}/setInstallFinish", json={}).json()["result"] is False
    assert client.post(f"{server.url}/sandbox/frame/none/getInitData", json={}).status_code == 404
    assert client.get(f"{server.url}/crm/deal/details/99/").status_code == 404


def test_the_installer_s_page_in_a_browser(portal, server, shop, tmp_path):
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("a browser to open the page in is absent: install chromium")
    application = portal.add_application("Pages", handler=shop.url, ui=True)
    url = f"{server.url}/marketplace/app/{application.id}/"
    flags = ["--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}"]
    with subprocess.Popen([browser, *flags, url], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            with shop.news:
                assert shop.news.wait_for(lambda: len(shop.heard) > 1, 60)
        finally:
            process.terminate()
    first, second = shop.heard[:2]
    assert (first["init"]["INSTALL"], first["finished"]) == (True, True)
    assert (second["init"]["INSTALL"], second["init"]["APP_OPTIONS"]) == (False, {"seen": "yes"})
    assert first["size"] == {"width": 500, "height": 321}
    assert first["path"] == {"result": "error", "errorCode": "PATH_NOT_AVAILABLE"}
    assert portal.access.by_token(first["refreshed"]).application is application
    assert application.installed


def test_a_renamed_portal(portal, server, client):
    port = urlsplit(server.url).port
    old, webhook = server.url, f"/rest/1/{portal.settings.code}/profile?a=1"
    portal.rename(f"localhost:{port}")
    answer = client.post(f"{old}{webhook}")
    assert (answer.status_code, answer.headers["location"]) == (302, f"http://localhost:{port}{webhook}")
    assert portal.requests == []
    assert client.post(answer.headers["location"]).json()["result"]["ID"] == "1"
    assert portal.settings.client_endpoint == f"http://localhost:{port}/rest/"
    assert client.post(f"{old}/control/counters").status_code == 200


def test_pages_of_applications_may_call_from_their_own_origin(portal, server, client):
    headers = {"Origin": "https://shop.example", "Access-Control-Request-Method": "POST"}
    answer = client.options(f"{server.url}/rest/profile", headers=headers)
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, "*")


def test_control(server, client, portal, listener):
    def act(name, **given):
        return client.post(f"{server.url}/control/{name}", json=given).json()["result"]

    assert act("application")["client_secret"] == portal.application.client_secret
    keys = act("application", title="Kid", handler=listener.url, ui=True)
    application = portal.access.applications[keys["client_id"]]
    act("application-install", client_id=keys["client_id"])
    assert application.installed
    token = act("tokens", client_id=keys["client_id"], user=6)["access_token"]
    assert portal.access.by_token(token).user_id == 6
    act("token-expire", access_token=token)
    assert client.get(f"{server.url}/rest/profile", params={"auth": token}).json()["error"] == "expired_token"
    act("dismiss", user=6)
    assert not portal.core.state.users[6].active
    assert act("settings", condition="deleted")["condition"] == "deleted"
    act("application-remove", client_id=keys["client_id"])
    assert keys["client_id"] not in portal.access.applications


def test_secrets_stay_out_of_texts(portal):
    application = portal.application
    pair = portal.tokens()
    frame = portal.enter(portal.add_application("A", handler="http://127.0.0.1:9/"), "DEFAULT", {}, 1)
    texts = f"{application!r} {pair!r} {frame!r} {portal.access!r}"
    for secret in (application.client_secret, application.application_token, pair.access, pair.refresh, frame.sid):
        assert secret not in texts
