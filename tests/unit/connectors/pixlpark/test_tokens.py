"""The way in: what is asked, how often, and what is never shown."""

import logging

import pytest

from sverka.domain.errors import AuthLost, Gone, Later, Misconfigured, Rejected, Unanswered
from sverka.domain.ids import OrderId
from sverka.ports.findings import Level
from sverka.ports.guard import free
from sverka.ports.store import OrderWrite

IN, RENEW = "GET /oauth/accesstoken", "GET /oauth/refreshtoken"


def test_one_token_serves_many_calls(shop):
    store = shop.store()
    store.read(shop.place(3))
    assert (shop.asked("GET /oauth/requesttoken"), shop.asked(IN)) == (1, 1)


def test_a_token_is_renewed_before_it_runs_out(shop):
    store, (order,) = shop.store(), shop.place()
    store.read([order])
    shop.clock.advance(3600 - 59)
    store.read([order])
    assert (shop.asked(IN), shop.asked(RENEW)) == (1, 1)
    assert "GET /orders/{id}" in shop.server.log.counts()
    assert all(call.status == 200 for call in shop.server.log.calls())


def test_no_token_is_believed_to_live_longer_than_a_day(shop):
    shop.server.set_manners(token_life=10**8)
    store, (order,) = shop.store(), shop.place()
    store.read([order])
    shop.clock.advance(2 * 86400)
    assert store.read([order])[order].id == order
    assert shop.asked("GET /oauth/refreshtoken") == 1


def test_where_it_cannot_be_renewed_the_whole_way_is_gone_again(shop):
    store, (order,) = shop.store(), shop.place()
    store.read([order])
    shop.server.rest._refresh.clear()
    shop.clock.advance(4000)
    assert store.read([order])[order].id == order
    assert (shop.asked(IN), shop.asked(RENEW)) == (2, 1)


def test_a_refused_token_leads_through_the_whole_way_once(shop):
    store, (order,) = shop.store(), shop.place()
    store.read([order])
    shop.server.rest.revoke()
    assert store.read([order])[order].id == order
    assert shop.asked(IN) == 2
    shop.server.faults.arm("401", times=2, on="/orders")
    assert isinstance(store.read([order])[order], AuthLost)
    assert shop.asked(IN) == 3


def test_a_token_that_does_not_say_how_long_it_lives_is_used_until_it_is_refused(shop):
    shop.server.rest.manners.token_life = 0
    shop.place()
    assert shop.store().check()[0].level is Level.BAD, "it has run out at once, each time anew"
    shop.server.rest.manners.token_life = 9
    store = shop.store()
    store.catalogue()
    shop.clock.advance(8)
    store.catalogue()
    shop.clock.advance(1)
    store.catalogue()
    assert shop.asked(RENEW) == 1, "a tenth of its life before its end"


def test_wrong_keys_say_where_to_get_them_and_that_access_takes_half_an_hour(shop):
    (finding,) = shop.store("not-the-key").check()
    assert finding.level is Level.BAD
    assert all(word in finding.text.ru for word in ("Доступность API", "30 минут", "Wrong credentials"))
    assert isinstance(shop.store("not-the-key").read(shop.place())[OrderId("5811695")], AuthLost)


def test_no_key_and_no_token_is_ever_shown(shop, caplog):
    caplog.set_level(logging.DEBUG)
    store, (order,) = shop.store(), shop.place()
    shown = [repr(store), repr(store._api), repr(store._api._tokens._keys)]
    store.read([order])
    token = store._api._tokens.current(free)
    secrets = [token, store._api._tokens._refresh, shop.server.private_key]
    for kind in ("html_503", "302", "truncated", "429"):
        shop.server.faults.arm(kind, on="/orders")
        problem = store.read([order])[order]
        assert isinstance(problem, Exception)
        shown += [str(problem), repr(problem), repr(problem.__cause__), problem.say("ru")]
    shop.kept.order = lambda _id: (_ for _ in ()).throw(ValueError(f"bad token {token}"))
    refused = store.read([order])[order]
    assert isinstance(refused, Rejected)
    # The practice shop is served in this very process and logs what it is asked: that is the other side's business.
    ours = [record for record in caplog.records if not record.name.startswith("uvicorn")]
    shown += [refused.say("en"), *(record.getMessage() for record in ours)]
    assert "bad token …" in refused.say("en")
    assert [secret for secret in secrets for text in shown if secret in text] == []


@pytest.mark.parametrize("address", ["http://api.pixlpark.com", "ftp://127.0.0.1", "api.pixlpark.com"])
def test_only_https_is_spoken_but_on_this_very_machine(shop, address):
    with pytest.raises(Misconfigured, match="https"):
        shop.store(url=address)


@pytest.mark.parametrize(
    ("code", "kind"), [(404, Gone), (400, Rejected), (429, Later), (503, Later), (500, Later), (401, AuthLost)]
)
def test_a_code_in_the_envelope_counts_as_https_own_does(shop, code, kind):
    store, (order,) = shop.store(), shop.place()
    shop.server.set_manners(code=code, on="/orders/", times=2)
    assert isinstance(store.read([order])[order], kind)


def test_a_broken_envelope_in_answer_to_a_write_is_looked_into(shop):
    store, (order,) = shop.store(), shop.place()
    shop.server.set_manners(code=500, on="/status", times=1)
    assert isinstance(store.write([OrderWrite(order, {"status": "Printing"})], free)[order], Unanswered)


def test_too_many_requests_come_back_after_as_long_as_they_are_told(shop):
    store, (order,) = shop.store(), shop.place()
    shop.server.faults.arm("429", on="/orders")
    problem = store.read([order])[order]
    assert isinstance(problem, Later)
    assert problem.after.total_seconds() == 2
    shop.server.faults.arm("429", on="/oauth")
    shop.clock.advance(5000)
    assert isinstance(store.read([order])[order], Later)


def test_what_keeps_the_api_from_answering_is_met_once(shop):
    store, orders = shop.store(), shop.place(5)
    store.read(orders[:1])
    before = len(shop.server.log.calls())
    shop.server.faults.arm("429", on="/orders")
    assert all(isinstance(one, Later) for one in store.read(orders).values())
    assert len(shop.server.log.calls()) == before + 1


def test_requests_are_paced_as_the_settings_say(shop):
    shop.budget.wait = 0.5
    shop.store().read(shop.place())
    assert shop.budget.asked == [("pixlpark/shop", 2.0, 2)] * 4, "two for the token, two for the order"
    assert shop.clock.slept == 2.0
    shop.store(rate="0.5").check()
    assert shop.budget.asked[-1][1] == 0.5


def test_a_guard_stands_before_every_request(shop):
    def closed() -> None:
        raise Later

    (order,) = shop.place()
    assert isinstance(shop.store().read([order], closed)[order], Later)
    assert shop.server.log.calls() == []
