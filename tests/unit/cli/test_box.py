"""A portal on its owner's server: under a path, on a port of its own, its certificate signed by its owner."""

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from sverka.sandbox.portal import Portal
from sverka.sandbox.portal.shell import build_app
from sverka.sandbox.serve import Served
from sverka.sandbox.tls import Authority


@pytest.fixture
def address(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The webhook's address of a portal below /restore/crm, which only whoever trusts its owner can read."""
    authority = Authority()
    under = Starlette(routes=[Mount("/restore/crm", build_app(portal))])
    with Served(under, authority=authority) as served:
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
        yield f"https://localhost:{served.port}/restore/crm/rest/1/{portal.settings.code}/"
    portal.close()
    authority.close()


@pytest.mark.covers("R2", "R152")
def test_an_order_becomes_a_deal_of_a_box_under_a_path_with_its_owners_certificate(
    sverka, address, portal, site, site_server
):
    sverka.ok("init")
    sverka.ok("connect", "portal", "b24", "--webhook", address, "--plan", "box")
    sverka.ok("connect", "store", "shop", "--kind", "bitrix_site", "--webhook", site_server.webhook_url)
    sverka.ok("profile", "new", "print", "--store", "shop", "--portal", "b24", "--pipeline", 2, "--out", "print.toml")
    sverka.ok("profile", "apply", "print.toml", "--yes")
    order = site.place_order({"fio": "Ким Анна", "email": "a@example.test"}, [{"name": "Визитки", "price": "10"}])
    told = sverka.ok("order", "sync", f"shop/{order}").out
    (deal,) = portal.call("crm.item.list", {"entityTypeId": 2}).result["items"]
    assert deal["originId"] == f"shop/{order}/print"
    assert "Nothing differs." in told
    listed = sverka.ok("order", "list", "--details", "--json").out
    assert f"/restore/crm/crm/deal/details/{deal['id']}/" in listed, "the link opens the deal"
    assert portal.settings.code not in "".join(sverka.printed)


def test_a_certificate_nobody_vouches_for_is_a_sentence(sverka, address, portal, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    sverka.ok("init")
    said = sverka("connect", "portal", "b24", "--webhook", address, "--plan", "box")
    assert (said.code, portal.counters.requests) == (1, 0)
    assert "name a file with it in SSL_CERT_FILE" in " ".join(said.text.split())
