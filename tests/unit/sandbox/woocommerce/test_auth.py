import httpx2
import pytest

BASE = "/wp-json/wc/v3/orders"


def test_a_signed_call_passes(call, order_id):
    assert call("GET", "/orders", search="Ольга & К+1 ~", **{"status[0]": "any"}).status_code == 200


def test_a_list_without_numbers_is_signed_as_php_numbers_it(server, sign, order_id):
    url = f"{server.url}{BASE}"
    params = sign("GET", url, {"include[0]": order_id})
    params["include[]"] = params.pop("include[0]")
    response = httpx2.get(url, params=params)
    assert [row["id"] for row in response.json()] == [order_id]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"secret": "cs_wrong"}, "Invalid signature - provided signature does not match."),
        ({"oauth_consumer_key": "ck_wrong"}, "Consumer key is invalid."),
        ({"oauth_timestamp": "1"}, "Invalid timestamp."),
        ({"oauth_signature_method": "PLAINTEXT"}, "Invalid signature - signature method is invalid."),
    ],
)
def test_a_badly_signed_call_is_refused(server, sign, changes, message):
    url = f"{server.url}{BASE}"
    response = httpx2.get(url, params=sign("GET", url, {}, **changes))
    assert response.status_code == 401
    assert response.json() == {
        "code": "woocommerce_rest_authentication_error",
        "message": message,
        "data": {"status": 401},
    }


def test_a_changed_parameter_breaks_the_signature(server, sign):
    url = f"{server.url}{BASE}"
    response = httpx2.get(url, params=sign("GET", url, {"page": 1}) | {"page": "2"})
    assert response.status_code == 401


def test_a_nonce_works_once(server, sign):
    url = f"{server.url}{BASE}"
    params = sign("GET", url, {})
    assert [httpx2.get(url, params=params).status_code for _ in range(2)] == [200, 401]


def test_a_missing_part_is_named(server, sign):
    url = f"{server.url}{BASE}"
    params = sign("GET", url, {})
    del params["oauth_nonce"]
    assert "oauth_nonce" in httpx2.get(url, params=params).json()["message"]


def test_basic_is_ignored_on_plain_http_and_accepted_on_https(server):
    url, auth = f"{server.url}{BASE}", (server.consumer_key, server.consumer_secret)
    plain = httpx2.get(url, auth=auth)
    assert (plain.status_code, plain.json()["code"]) == (401, "woocommerce_rest_cannot_view")
    https = {"x-forwarded-proto": "https"}
    assert httpx2.get(url, auth=auth, headers=https).status_code == 200
    query = {"consumer_key": auth[0], "consumer_secret": auth[1]}
    assert httpx2.get(url, params=query, headers=https).status_code == 200
    assert httpx2.get(url, auth=(auth[0], "cs_wrong"), headers=https).status_code == 401
    assert httpx2.get(url, headers=https).json()["code"] == "woocommerce_rest_cannot_view"


def test_over_https_a_signature_counts_too_and_a_strange_key_is_no_key(server, sign):
    https, url = {"x-forwarded-proto": "https"}, f"{server.url}{BASE}"
    named = url.replace("http:", "https:")
    assert httpx2.get(url, params=sign("GET", named, {}), headers=https).status_code == 200
    assert httpx2.get(url, params=sign("GET", url, {}), headers=https).status_code == 401
    strange = httpx2.get(url, auth=("ck_strange", "cs"), headers=https)
    assert strange.json()["code"] == "woocommerce_rest_cannot_view"


def test_a_host_hides_the_header_or_the_encryption(server, sign):
    https, url = {"x-forwarded-proto": "https"}, f"{server.url}{BASE}"
    auth = (server.consumer_key, server.consumer_secret)
    server.store.catalogue.hides_header = True
    assert httpx2.get(url, auth=auth, headers=https).json()["code"] == "woocommerce_rest_cannot_view"
    server.store.catalogue.hides_header, server.store.catalogue.knows_tls = False, False
    assert httpx2.get(url, auth=auth, headers=https).json()["code"] == "woocommerce_rest_cannot_view"
    assert httpx2.get(url, params=sign("GET", url, {}), headers=https).status_code == 200


def test_no_secret_in_the_log(server, call):
    call("GET", "/orders")
    assert server.consumer_secret not in repr(server.log.calls())
    assert server.log.counts() == {"GET /orders": 1}
