"""The ways into a shop whose host or settings close the usual one."""

import json
from datetime import timedelta
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest

from sverka.connectors.kit import Answer
from sverka.connectors.woocommerce import WooCommerce
from sverka.connectors.woocommerce.oauth import Keys
from sverka.domain.errors import AuthLost, Later, Misconfigured, Unanswered
from sverka.domain.merge.snapshot import Snapshot
from sverka.ports.guard import free
from sverka.ports.store import OrderWrite
from sverka.sandbox.serve import Served
from sverka.sandbox.shop.web import Call

HOST = "https://shop.example"


@pytest.fixture
def over_tls(server, kit):
    """Make a store that reaches the practice shop over TLS, without a network; `asked` are its requests."""
    made = []

    def store(url: str = HOST, **keys: str) -> WooCommerce:
        known = Keys(keys.get("key", server.consumer_key), keys.get("secret", server.consumer_secret))
        woo = WooCommerce(url, known, kit)
        woo.asked = []

        def send(method, address, guard, *, body=None, headers=None, may_move=False, may_be_page=False):
            parts = urlsplit(address)
            query = tuple(parse_qsl(parts.query, keep_blank_values=True))
            sent = {"content-type": "application/json", **{name.lower(): value for name, value in headers.items()}}
            base = f"{parts.scheme}://{parts.netloc}"
            content = b"" if body is None else json.dumps(body).encode()
            reply = server.handle(Call(method, unquote(parts.path), base, query, sent, content))
            woo.asked.append((method, address, "authorization" in sent))
            try:
                return Answer(reply.status, dict(reply.headers), json.loads(reply.body), reply.body)
            except ValueError as error:
                if not may_be_page:
                    raise Unanswered from error
                return Answer(reply.status, dict(reply.headers), None, reply.body)

        woo._api._http.send = send
        made.append(woo)
        return woo

    yield store
    for woo in made:
        woo.close()


def set_status(woo, order: str):
    return woo.write([OrderWrite(order, {"status": "completed"})], free)[order]


@pytest.mark.parametrize(
    ("manner", "tries"),
    [({}, 1), ({"hides_header": True}, 2), ({"knows_tls": False}, 3), ({"pretty_permalinks": False}, 2)],
)
def test_a_shop_is_entered_however_its_host_treats_a_request(over_tls, shop, placed, manner, tries) -> None:
    order = placed()
    for name, value in manner.items():
        setattr(shop.catalogue, name, value)
    woo = over_tls()
    assert isinstance(woo.read([order])[order], Snapshot)
    assert len(woo.asked) == tries
    assert set_status(woo, order).after.get("status") == "completed"
    assert len(woo.asked) == tries + 1
    assert all(shop.consumer_secret not in address for _method, address, _header in woo.asked)


def test_without_permalinks_and_without_the_header_too(over_tls, shop, placed) -> None:
    shop.catalogue.pretty_permalinks, shop.catalogue.hides_header = False, True
    order = placed()
    woo = over_tls()
    assert isinstance(woo.read([order])[order], Snapshot)
    # The shop compares its address as it came: an encoded slash would hide the name of the API.
    assert "wp-json/wc/" in woo.asked[-1][1].partition("?")[2]


def test_without_permalinks_over_plain_http(woo, shop, placed, server) -> None:
    shop.catalogue.pretty_permalinks = False
    order = placed()
    assert isinstance(woo.read([order])[order], Snapshot)
    assert set_status(woo, order).after.get("status") == "completed"
    assert server.log.counts() == {"GET /orders": 2, "PUT /orders/{id}": 1}


def test_a_write_is_sent_again_only_where_the_shop_had_not_looked_at_it(over_tls, shop, placed) -> None:
    order = placed()
    shop.catalogue.hides_header = True
    woo = over_tls()
    assert set_status(woo, order).after.get("status") == "completed"
    assert [header for _method, _address, header in woo.asked] == [True, False]
    shop.catalogue.hides_header, shop.catalogue.pretty_permalinks = False, False
    # A page in place of an answer to a write tells nothing of what was done.
    assert isinstance(set_status(over_tls(), order), Unanswered)


def test_a_cache_before_the_shop_has_no_answer_to_what_is_read(over_tls, shop, placed) -> None:
    woo, order, kept = over_tls(), placed(), {}
    honest = woo._api._http.send

    def send(method, address, guard, **more):
        if method == "GET" and address in kept:
            return kept[address]
        kept[address] = honest(method, address, guard, **more)
        return kept[address]

    woo._api._http.send = send
    assert isinstance(woo.read([order])[order], Snapshot)
    shop.edit(int(order), {"customer_note": "touched"})
    assert woo.read([order])[order].get("comment.customer") == "touched"


def test_a_page_without_permalinks_may_be_a_redirect_and_nothing_was_done(kit) -> None:
    asked = []

    async def plain(scope, receive, send) -> None:
        asked.append((scope["method"], scope["path"]))
        moved = scope["path"] != "/"
        headers = [(b"location", b"/?include=7")] if moved else []
        await send({"type": "http.response.start", "status": 301 if moved else 200, "headers": headers})
        order = b'{"id": 7, "status": "completed", "total": "0", "billing": {}, "line_items": []}'
        await send({"type": "http.response.body", "body": b"" if moved else order})

    with Served(plain) as served:
        woo = WooCommerce(served.url, Keys("ck_1", "cs_1"), kit)
        assert set_status(woo, "7").after.get("status") == "completed"
        woo.close()
    assert asked == [("PUT", "/wp-json/wc/v3/orders/7"), ("PUT", "/")]


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"key": "ck_other"}, "Consumer key is invalid."),
        ({"secret": "cs_other"}, "Consumer secret is invalid."),
    ],
)
def test_keys_the_shop_does_not_know_are_said_to_be_so(over_tls, placed, keys, said) -> None:
    order = placed()
    problem = over_tls(**keys).read([order])[order]
    assert isinstance(problem, AuthLost)
    assert said in problem.text.en


def test_once_it_is_in_it_looks_for_no_other_way(over_tls, shop, placed) -> None:
    order = placed()
    woo = over_tls()
    assert isinstance(woo.read([order])[order], Snapshot)
    shop.catalogue.pretty_permalinks = False
    assert isinstance(woo.read([order])[order], Later)
    assert len(woo.asked) == 2
    # Shut out, it tries them all the next time.
    assert isinstance(woo.read([order])[order], Snapshot)


def saying(status: int, body: bytes, headers: tuple[tuple[bytes, bytes], ...] = ()):
    async def answer(scope, receive, send) -> None:
        await send({"type": "http.response.start", "status": status, "headers": list(headers)})
        await send({"type": "http.response.body", "body": body})

    return answer


def refusal(code: str, words: str, status: int) -> bytes:
    return json.dumps({"code": code, "message": words, "data": {"status": status}}).encode()


PAGE = b"<html><body>Just a moment...</body></html>"


@pytest.mark.covers("C25")
@pytest.mark.parametrize(
    ("status", "body", "kind", "en", "ru"),
    [
        (200, PAGE, Later, "closed for maintenance", "закрыт на обслуживание"),
        (404, PAGE, Misconfigured, "no plugin switches the REST API off", "REST API не отключает"),
        (403, PAGE, AuthLost, "host's firewall", "защита хостинга"),
        (403, refusal("rest_forbidden", "DRA: only for members.", 403), AuthLost, "security plugin", "безопасности"),
        (401, refusal("rest_not_logged_in", "You are not logged in.", 401), AuthLost, "through there", "Разрешите"),
        (403, refusal("woocommerce_rest_cannot_view", "Sorry.", 403), AuthLost, "shop manager", "менеджера магазина"),
        (401, refusal("woocommerce_rest_cannot_view", "Sorry.", 401), AuthLost, "make new ones", "создайте новые"),
    ],
)
def test_who_it_is_that_refuses_is_said_with_the_next_step(kit, status, body, kind, en, ru) -> None:
    with Served(saying(status, body)) as served:
        store = WooCommerce(served.url, Keys("ck_1", "cs_1"), kit)
        problem = store.read(["1"])["1"]
        store.close()
    assert type(problem) is kind
    assert en in problem.text.en
    assert ru in problem.text.ru


@pytest.mark.parametrize("off", [timedelta(minutes=20), -timedelta(minutes=20)])
def test_a_clock_that_is_wrong_is_not_taken_for_wrong_keys(woo, clock, off) -> None:
    words = {"code": "woocommerce_rest_authentication_error", "message": "Недопустимая метка времени."}
    there = f"{clock.now() + off:%a, %d %b %Y %H:%M:%S GMT}"
    wrong = (AuthLost, "make new ones")
    for date, (kind, said) in ((there, (Later, "The clocks")), ("nonsense", wrong), ("", wrong)):
        woo._api._http.send = lambda *_args, date=date, **_more: Answer(401, {"date": date}, words)
        problem = woo.read(["1"])["1"]
        assert isinstance(problem, kind), "a clock that is put right lets the hub in again by itself"
        assert said in problem.text.en
