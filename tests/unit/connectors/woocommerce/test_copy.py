"""A staging copy of a shop: the same orders, the same keys, another address (C76)."""

import hashlib
import hmac
import json
from base64 import b64encode

import pytest

from sverka.connectors.kit.home import place_of
from sverka.connectors.woocommerce import connect
from sverka.domain.errors import Forged, Misconfigured
from sverka.domain.ids import OrderId
from sverka.ports.findings import Level
from sverka.ports.guard import free
from sverka.sandbox.woocommerce import WooServer

pytestmark = pytest.mark.covers("C76")


@pytest.fixture
def copy(shop):
    """The same shop on another port."""
    with WooServer(shop) as other:
        yield other


@pytest.fixture
def at(kit, server):
    """Connects the hub to an address, with what the connection has kept so far."""

    made = []

    def connected(url):
        keys = {
            "consumer_key": server.consumer_key,
            "consumer_secret": server.consumer_secret,
            "webhook_secret": "s3cret",
        }
        made.append(connect({"url": url}, keys, kit))
        return made[-1]

    yield connected
    for one in made:
        one.close()


@pytest.fixture
def order(placed):
    return placed()


def signed(source, order):
    body = json.dumps({"id": int(order)}).encode()
    signature = b64encode(hmac.new(b"s3cret", body, hashlib.sha256).digest()).decode()
    return {"x-wc-webhook-signature": signature, "x-wc-webhook-topic": "order.updated",
            "x-wc-webhook-source": source}, body  # fmt: skip


def test_a_copy_is_not_read_in_the_shops_name(at, server, copy, order):
    assert not isinstance(at(server.url).read([OrderId(order)])[order], Exception)
    answer = at(copy.url).read([OrderId(order)])[order]
    assert isinstance(answer, Misconfigured)
    assert "--confirm-moved" in answer.say("en")
    assert "--confirm-moved" in answer.say("ru")
    (finding,) = at(copy.url).check()
    assert (finding.level, "--confirm-moved" in finding.text.en) == (Level.BAD, True)


def test_a_copys_webhook_is_not_believed(at, server, copy, order):
    mine = at(server.url)
    mine.read([OrderId(order)])
    with pytest.raises(Forged):
        mine.notices(*signed(f"{copy.url}/", order))
    assert [one.id for one in mine.notices(*signed(f"{server.url}/", order))] == [order]


def test_a_shop_that_moved_is_known_anew_once_a_person_says_so(at, server, copy, order, kit):
    at(server.url).read([OrderId(order)])
    kit.secrets.put("home", "")
    mine = at(copy.url)
    assert not isinstance(mine.read([OrderId(order)], free)[order], Exception)
    assert kit.secrets.get("home") == place_of(copy.url)


def test_the_scheme_and_the_usual_ports_make_no_other_shop():
    same = {"https://shop.example", "http://shop.example/", "https://Shop.Example:443/wp-json/wc/v3/orders/5"}
    assert {place_of(one) for one in same} == {"shop.example"}
    assert place_of("https://shop.example/staging/wp-json/wc/v3") == "shop.example/staging"
    assert place_of("https://[half") == ""
