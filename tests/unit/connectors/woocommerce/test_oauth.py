from datetime import UTC, datetime

from sverka.connectors.woocommerce.api import Api
from sverka.connectors.woocommerce.oauth import Keys, signature_base, signed
from sverka.ports.guard import free

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def test_the_signed_text_is_encoded_sorted_and_encoded_again():
    base = signature_base("get", "http://h/a b", {"b": "x y", "a": "1&2", "a!": "~"})
    assert base == "GET&http%3A%2F%2Fh%2Fa%20b&a%3D1%25262%26a%2521%3D~%26b%3Dx%2520y"


def test_one_call_gives_one_signature_and_every_part_changes_it():
    keys = Keys("ck_1", "cs_1")
    one = signed("GET", "http://h/x", {"a": "1"}, keys, NOW, "n1")
    assert one["oauth_timestamp"] == "1772355600"
    assert one["oauth_signature"] == signed("GET", "http://h/x", {"a": "1"}, keys, NOW, "n1")["oauth_signature"]
    others = [
        signed("PUT", "http://h/x", {"a": "1"}, keys, NOW, "n1"),
        signed("GET", "http://h/y", {"a": "1"}, keys, NOW, "n1"),
        signed("GET", "http://h/x", {"a": "2"}, keys, NOW, "n1"),
        signed("GET", "http://h/x", {"a": "1"}, Keys("ck_1", "cs_2"), NOW, "n1"),
        signed("GET", "http://h/x", {"a": "1"}, keys, NOW, "n2"),
    ]
    assert one["oauth_signature"] not in {other["oauth_signature"] for other in others}


def test_the_shop_accepts_a_signature_over_awkward_values(server, kit):
    api = Api(server.url, Keys(server.consumer_key, server.consumer_secret), kit)
    assert api.get("/orders", free, {"search": "Ольга + 50% & [ок]~*'", "per_page": "5"}) == []
    api.close()


def test_keys_show_themselves_nowhere():
    assert "cs_secret" not in repr(Keys("ck_key", "cs_secret"))
    assert "ck_key" not in repr(Keys("ck_key", "cs_secret"))
