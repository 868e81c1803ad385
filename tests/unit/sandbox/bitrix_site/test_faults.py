import httpx2
import pytest


@pytest.mark.parametrize(
    ("kind", "status", "content_type"),
    [
        ("html_503", 503, "text/html"),
        ("json_503", 503, "application/json; charset=UTF-8"),
        ("429", 429, "application/json; charset=UTF-8"),
        ("401", 401, "application/json; charset=UTF-8"),
        ("302", 302, "text/html"),
    ],
)
def test_a_refused_call_does_nothing(server, store, call, order_id, kind, status, content_type):
    server.faults.arm(kind)
    response = call("sale.order.update", id=order_id, fields={"statusId": "P"})
    assert (response.status_code, response.headers["content-type"]) == (status, content_type)
    assert store.order(order_id)["statusId"] == "N"
    assert call("sale.order.update", id=order_id, fields={"statusId": "P"}).status_code == 200


@pytest.mark.parametrize("kind", ["truncated", "closed_after_commit"])
def test_a_broken_answer_comes_after_the_write(server, store, call, order_id, kind):
    server.faults.arm(kind)
    with pytest.raises(httpx2.TransportError):
        call("sale.order.update", id=order_id, fields={"statusId": "P"})
    assert store.order(order_id)["statusId"] == "P"
    assert call("scope").status_code == 200


def test_a_fault_can_wait_for_its_operation(server, call, order_id):
    server.faults.arm("html_503", times=2, on="sale.order", skip=1)
    asked = ["scope", "sale.order.list", "sale.status.list", "sale.order.list", "sale.order.list", "sale.order.list"]
    assert [call(method).status_code for method in asked] == [200, 200, 200, 503, 503, 200]
    assert server.log.counts() == {"scope": 1, "sale.order.list": 4, "sale.status.list": 1}
    assert [entry.fault for entry in server.log.calls()].count("html_503") == 2
    with pytest.raises(ValueError, match="earthquake"):
        server.faults.arm("earthquake")


def test_no_secret_in_the_log_or_in_errors(server, store, call):
    call("sale.order.get", id=7)
    assert store.secret not in repr(server.log.calls())
