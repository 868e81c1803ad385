"""What a site says in place of an answer, and what the hub makes of it: what to do next, in both languages."""

import pytest

from sverka.connectors.bitrix_site import refusals
from sverka.connectors.kit import Answer
from sverka.domain.errors import AuthLost, Gone, Later, Misconfigured, Rejected, Unanswered
from sverka.ports.guard import free
from sverka.ports.store import OrderWrite

SITE = "https://shop.example"
PAGE = b"<html><title>403</title></html>"


def said(status=400, error="", words="", body=b"{}", method="sale.order.get", **headers):
    data = None if body is PAGE else {"error": error, "error_description": words}
    answer = Answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, data, body)
    return refusals.of_answer(SITE, method, answer)


@pytest.mark.parametrize(
    ("status", "error", "words", "kind", "en", "ru"),
    [
        (403, "insufficient_scope", "higher privileges", AuthLost, "the scope `sale`", "права `sale`"),
        (401, "INVALID_CREDENTIALS", "", AuthLost, "does not accept the webhook", "не принимает вебхук"),
        (401, "SOMETHING_NEW", "", AuthLost, "does not accept the webhook", "не принимает вебхук"),
        (403, "ACCESS_DENIED", "Access denied!", AuthLost, "Access denied!", "администратором магазина"),
        (400, "200040300010", "Access Denied", AuthLost, "administrator", "администратором"),
        (400, "INVALID_REQUEST", "Https required.", Misconfigured, "https alone", "только по https"),
        (403, "INVALID_REQUEST", "Https required.", Misconfigured, "X-Forwarded-Proto", "X-Forwarded-Proto"),
        (404, "ERROR_METHOD_NOT_FOUND", "", Misconfigured, "`sale.order.get`", "`sale.order.get`"),
        (503, "OVERLOAD_LIMIT", "REST API is blocked", Later, "because of the load", "из-за нагрузки"),
        (200, "OVERLOAD_LIMIT", "REST API is blocked", Later, "quarter of an hour", "четверть часа"),
        (400, "200540400001", "order does not exist", Gone, "no such record", "такой записи нет"),
        (400, "BX_INVALID_VALUE", "No such status", Rejected, "No such status", "No such status"),
        (500, "INTERNAL_SERVER_ERROR", "", Unanswered, "no answer came", "ответа нет"),
        (200, "", "", Unanswered, "no answer came", "ответа нет"),
    ],
)
def test_each_refusal_says_what_to_do_next(status, error, words, kind, en, ru):
    problem = said(status, error, words)
    assert type(problem) is kind
    assert en in problem.text.en
    assert ru in problem.text.ru


@pytest.mark.parametrize(
    ("method", "scope"),
    [
        ("sale.delivery.getlist", "delivery"), ("sale.paysystem.list", "pay_system"), ("batch", "sale"),
        ("catalog.product.get", "catalog"), ("sale.statusLang.list", "sale"),
    ],
)  # fmt: skip
def test_the_scope_that_is_lacking_is_named(method, scope):
    assert f"`{scope}`" in said(403, "insufficient_scope", method=method).text.en


def test_what_stands_before_rest_is_not_taken_for_rest():
    fenced = said(403, body=PAGE)
    assert type(fenced) is Misconfigured
    assert "exception there for `/rest/`" in fenced.text.en
    assert "has no REST" in said(404, body=PAGE).text.en


def test_a_busy_site_that_names_no_pause_is_given_half_a_minute():
    assert said(429, "QUERY_LIMIT_EXCEEDED", retry_after="7").after.total_seconds() == 7
    assert said(503, "QUERY_LIMIT_EXCEEDED").after.total_seconds() == 30
    assert said(503, "OVERLOAD_LIMIT").after.total_seconds() == 900


@pytest.mark.parametrize("fault", ["login_page", "html_503"])
def test_a_page_in_place_of_an_answer_is_called_one(site, placed, server, shop, fault):
    id_ = placed()
    site.read([id_])
    server.faults.arm(fault)
    problem = site.read([id_])[id_]
    assert type(problem) is Later, "nothing was to be written, so nothing is open"
    assert "closed for maintenance" in problem.text.en
    assert "закрыт на обслуживание" in problem.text.ru
    server.faults.arm(fault, skip=1)
    on_the_way = site.write([OrderWrite(id_, {"status": "P"})], free)[id_]
    assert type(on_the_way) is Unanswered
    assert "closed for maintenance" in on_the_way.text.en
    assert shop.order(int(id_))["statusId"] == "N"


@pytest.mark.parametrize("fault", ["bom", "php_warning"])
def test_what_php_says_before_an_answer_spoils_nothing(site, placed, server, fault):
    id_ = placed()
    server.faults.arm(fault, times=9)
    assert site.read([id_])[id_].get("status") == "N"
