"""A store connected under its old name at another address: moved, or a copy (C76)."""

import pytest

from sverka.sandbox.bitrix_site import BitrixSiteServer
from sverka.sandbox.woocommerce import WooServer

pytestmark = pytest.mark.covers("C76")


def given(server):
    keys = ("--consumer-key", server.consumer_key, "--consumer-secret", server.consumer_secret)
    return ("connect", "store", "woo", "--kind", "woocommerce", "--url", server.url, *keys)


def test_a_copy_is_refused_under_the_shops_name_until_a_person_says_that_it_moved(sverka, woo_server):
    sverka.ok("init")
    woo_server.store.place_order({"first_name": "Ольга"}, [{"product_id": 10, "quantity": 1}])
    sverka.ok(*given(woo_server))
    with WooServer(woo_server.store) as copy:
        refused = sverka.fails(*given(copy))
        assert "--confirm-moved" in refused.text
        assert sverka.ok("doctor").code == 0, "nothing was changed by the refusal"
        sverka.ok(*given(copy), "--confirm-moved")
        assert "--confirm-moved" in sverka.fails(*given(woo_server)).text
        sverka.ok(*given(copy))


def test_of_a_webhooks_address_only_the_host_is_named(connected, site_server, site):
    with BitrixSiteServer(site) as copy:
        refused = connected.fails("connect", "store", "shop", "--kind", "bitrix_site", "--webhook", copy.webhook_url)
    assert "--confirm-moved" in refused.text
    assert copy.webhook_url.rstrip("/").rpartition("/")[2] not in refused.text
