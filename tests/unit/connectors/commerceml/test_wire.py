"""What an exchange script answers, sorted by what to do next, and each with its next step."""

from threading import Event, Thread, current_thread, main_thread

import pytest

from sverka.connectors.commerceml import connect
from sverka.connectors.kit import Kit
from sverka.domain.errors import AuthLost, Later, Misconfigured, Problem, Rejected, Unanswered
from sverka.domain.ids import OrderId
from sverka.ports.findings import Level
from sverka.ports.guard import free
from sverka.ports.store import OrderWrite


def problem_of(store, order: OrderId) -> Problem:
    found = store.read([order])[order]
    assert isinstance(found, Problem)
    assert found.say("en") != found.say("ru")
    return found


@pytest.mark.parametrize("way", ["crm", "sale"])
@pytest.mark.parametrize(
    ("trouble", "kind"),
    [("cut", Later), ("bomb", Later), ("empty", Later), ("login_page", Later), ("failure", Later)],
)
def test_a_spoilt_answer_is_said_for_what_it_is(shop, way: str, trouble: str, kind: type[Problem]) -> None:
    (order,) = shop.place()
    shop.server.exchange.troubles.order(trouble, "query", times=2)
    problem = problem_of(shop.store(way=way), order)
    assert isinstance(problem, kind), "and never that the order is gone"


@pytest.mark.parametrize("way", ["crm", "sale"])
def test_a_lost_session_is_begun_anew_without_a_word(shop, way: str) -> None:
    (order,) = shop.place()
    store = shop.store(way=way)
    shop.server.exchange.troubles.order("lost_session", "query")
    assert not isinstance(store.read([order])[order], Problem)
    assert shop.server.log.count(f"{way} checkauth") == 2


def test_a_session_is_used_again_and_begun_anew_once_it_is_old(shop) -> None:
    (order,) = shop.place()
    store = shop.store(way="crm")
    for _ in range(3):
        store.read([order])
    assert shop.server.log.count("crm checkauth") == 1
    shop.clock.advance(3600)
    store.read([order])
    assert shop.server.log.count("crm checkauth") == 2


def test_a_wrong_password_is_tried_once_and_never_shown(shop) -> None:
    problem = problem_of(shop.store(password="geheim4711"), OrderId("1"))
    assert isinstance(problem, AuthLost)
    assert "geheim4711" not in problem.say("ru") + problem.say("en") + repr(problem)
    assert "Неверное имя пользователя или пароль" in problem.say("ru"), "the script's own words, from windows-1251"
    assert shop.server.log.count("crm checkauth") == 1


def test_a_page_in_the_place_of_an_import_leaves_it_in_doubt(shop) -> None:
    (order,) = shop.place()
    shop.server.exchange.troubles.order("login_page", "import")
    answer = shop.store().write([OrderWrite(order, {"status": "P"})], free)[order]
    assert isinstance(answer, Unanswered)


def test_an_address_without_an_exchange_says_where_to_look(shop) -> None:
    problem = problem_of(shop.store(url=shop.server.url + "/nothing.php"), OrderId("1"))
    assert isinstance(problem, Misconfigured)
    assert "1С" in problem.say("ru")


def test_an_address_that_moved_says_where_to(shop) -> None:
    shop.server.faults.arm("302", on="checkauth")
    problem = problem_of(shop.store(), OrderId("1"))
    assert isinstance(problem, Misconfigured)


@pytest.mark.parametrize("url", ["", "shop.example", "ftp://shop.example/x"])
def test_what_is_no_address_is_not_saved(url: str, shop) -> None:
    with pytest.raises(Misconfigured):
        connect({"url": url}, {}, Kit("shop", "hub", shop.clock, None))  # type: ignore[arg-type] # nothing is sent


def test_a_shop_that_refuses_one_order_takes_the_others(shop) -> None:
    good, bad = shop.place(2)
    store = shop.store(way="sale")
    store.read([good, bad])
    shop.server.store.delete(int(bad))
    answers = store.write([OrderWrite(one, {"status": "P"}) for one in (bad, good)], free)
    assert isinstance(answers[bad], Rejected)
    assert "не найден" in answers[bad].say("ru")
    assert answers[good].after.get("status") == "P"
    assert shop.server.store.order(int(good))["statusId"] == "P"


@pytest.mark.parametrize(("declares", "sends"), [("windows-1251", "utf-8"), ("UTF-8", "cp1251"), ("koi8-r", "utf-8")])
def test_a_shop_that_declares_another_charset_is_read_all_the_same(shop, declares: str, sends: str) -> None:
    (order,) = shop.place()
    shop.server.manners.declares, shop.server.manners.sends = declares, sends
    assert shop.store(way="sale").read([order])[order].get("customer.name") == "Ким Анна"


def test_files_go_in_pieces_and_packed_as_the_shop_asks(shop) -> None:
    (order,) = shop.place()
    shop.server.manners.limit = 1024
    for zips in (True, False):
        shop.server.manners.zips = zips
        shop.clock.advance(3600)
        status = "P" if zips else "F"
        answer = shop.store(way="crm").write([OrderWrite(order, {"status": status})], free)[order]
        assert answer.after.get("status") == status
    assert shop.server.log.count("sale file") > 3


def test_a_shop_that_keeps_the_last_piece_alone_gets_files_whole(shop) -> None:
    (order,) = shop.place()
    manners = shop.server.manners
    manners.limit, manners.appends, manners.zips = 0, False, False
    items = [{"name": f"Визитки {'№' * 400} {number}", "price": "1"} for number in range(300)]
    large = OrderId(str(shop.server.store.place_order({"fio": "А"}, items)))
    answers = shop.store(way="crm").write([OrderWrite(one, {"status": "P"}) for one in (order, large)], free)
    assert [answers[one].after.get("status") for one in (order, large)] == ["P", "P"]
    assert shop.server.log.count("sale file") == 1


def test_files_follow_an_init_of_their_own_for_shops_where_success_ends_the_first(shop) -> None:
    (order,) = shop.place()
    shop.server.manners.ends = True
    store = shop.store(way="sale")
    answer = store.write([OrderWrite(order, {"status": "P"})], free)[order]
    assert answer.after.get("status") == "P"
    assert shop.server.store.order(int(order))["statusId"] == "P"
    assert shop.server.log.count("sale checkauth") == 1


def test_an_old_exchange_takes_orders_in_by_the_file_alone(shop) -> None:
    (order,) = shop.place()
    shop.server.manners.plain()
    shop.server.manners.takes = "file"
    answer = shop.store(way="sale", **{"import": "no"}).write(
        [OrderWrite(OrderId(f"wc1c#order#{order}"), {"status": "P"})], free
    )
    assert [one.after.get("status") for one in answer.values()] == ["P"]
    assert shop.server.store.order(int(order))["statusId"] == "P"
    assert shop.server.log.count("sale import") == 0


@pytest.mark.parametrize("fault", ["closed_after_commit", "html_503"])
def test_a_file_that_is_taken_in_at_once_and_not_answered_is_in_doubt(shop, fault: str) -> None:
    (order,) = shop.place()
    shop.server.manners.takes, shop.server.manners.zips = "file", False
    store = shop.store(way="crm", **{"import": "no"})
    shop.server.faults.arm(fault, on="sale file")
    assert isinstance(store.write([OrderWrite(order, {"status": "P"})], free)[order], Unanswered)


def test_a_shop_that_takes_nothing_in_is_told_from_one_that_refuses_an_order(shop) -> None:
    (order,) = shop.place()
    shop.server.manners.takes = "never"
    answer = shop.store(way="sale").write([OrderWrite(order, {"status": "P"})], free)[order]
    assert isinstance(answer, Rejected)
    assert "--set import=no" in answer.say("ru")
    shop.server.manners.takes = "import"
    shop.server.exchange.troubles.order("failure", "import")
    refused = shop.store(way="crm").write([OrderWrite(order, {"status": "F"})], free)[order]
    assert "--set import=no" not in refused.say("ru")


def test_a_confirmation_that_is_refused_loses_nothing_and_is_said(shop) -> None:
    (order,) = shop.place()
    store = shop.store(way="sale")
    shop.server.exchange.troubles.order("failure", "success")
    problem = problem_of(store, order)
    assert isinstance(problem, Later)
    assert "Показанные заказы сохранены" in problem.say("ru")
    assert store.read([order])[order].get("status") == "N"


def test_an_order_of_several_pages_within_one_second_is_not_stepped_over(shop) -> None:
    shop.clock.advance(1)
    made = {str(shop.server.store.place_order({"fio": "А"}, [{"name": "Б", "price": "1"}])) for _ in range(230)}
    assert {notice.id for notice in shop.store(way="crm").changed_since(None)} == made


# What the check says before anything is done


def said(store, level: Level) -> str:
    return " ".join(one.text.ru for one in store.check() if one.level is level)


def test_the_check_confirms_nothing(shop) -> None:
    shop.place()
    assert said(shop.store(way="sale"), Level.BAD) == ""
    store = shop.store(way="sale")
    store.check()
    store.catalogue()
    assert shop.server.log.count("sale success") == 0


def test_a_real_1c_on_the_same_exchange_is_named(shop) -> None:
    (order,) = shop.place()
    shop.server.exchange.as_1c()
    shop.clock.advance(1)
    shop.server.store.edit(int(order), {"comments": "x"})
    assert "отбирали бы заказы друг у друга" in said(shop.store(way="sale"), Level.BAD)
    assert "confirm=no" in said(shop.store(way="sale", confirm="no"), Level.WARNING)


def test_an_engine_without_crm_is_told_to_be_one(shop) -> None:
    shop.place()
    shop.server.manners.plain()
    assert "way=sale" in said(shop.store(way="crm"), Level.BAD)
    assert said(shop.store(way="sale"), Level.BAD) == ""


def test_an_engine_that_refuses_crm_at_the_door_is_told_to_be_one_too(shop) -> None:
    shop.server.manners.plain()
    shop.server.faults.arm("401", on="crm checkauth")
    found = said(shop.store(way="crm"), Level.BAD)
    assert "way=sale" in found
    assert "пароль" not in found


def test_statuses_that_a_shop_does_not_tell_are_named_by_a_person(shop) -> None:
    shop.place()
    shop.server.manners.plain()
    assert "--set statuses=" in said(shop.store(way="sale"), Level.WARNING)
    store = shop.store(way="sale", statuses="P=Оплачен, F")
    assert "--set statuses=" not in said(store, Level.WARNING)
    options = next(one.options for one in store.catalogue() if one.key == "status")
    assert {key: options[key] for key in ("N", "P", "F")} == {"N": "N", "P": "Оплачен", "F": "F"}


def test_a_shop_in_another_zone_is_found_out_by_its_newest_order(shop) -> None:
    shop.place()
    for way in ("crm", "sale"):
        assert "utc_offset" in said(shop.store(way=way, utc_offset="+00:00"), Level.BAD)
        assert said(shop.store(way=way), Level.BAD) == ""


@pytest.mark.parametrize("way", ["crm", "sale"])
def test_the_catalogue_has_the_shops_lists_and_the_requisites_of_its_orders(shop, way: str) -> None:
    items = [{"name": "Визитки", "price": "1"}]
    shop.server.store.place_order({"fio": "А"}, items, properties={"PAPER": "glossy"})
    fields = {one.key: one for one in shop.store(way=way).catalogue()}
    assert fields["status"].options["P"] == "Оплачен, формируется к отправке"
    assert fields["payment.method"].options["2"] == "Банковской картой"
    assert "property.Бумага" in fields
    assert not fields["property.Бумага"].writable
    assert "coupons" not in fields


def test_a_look_at_the_queue_never_comes_between_what_was_shown_and_its_confirmation(shop) -> None:
    (first,) = shop.place()
    store = shop.store(way="sale")
    script, looked, made = store._script, Event(), []
    confirm, queue = script.confirm, script.queue

    def confirm_late(guard) -> None:
        if not made:
            made.extend(shop.place())
            Thread(target=store.check).start()
            assert not looked.wait(0.3), "else the shop would count an order as taken that nobody has read"
        confirm(guard)

    def tell_queue(guard):
        if made and current_thread() is not main_thread():
            looked.set()
        return queue(guard)

    script.confirm, script.queue = confirm_late, tell_queue
    assert {notice.id for notice in store.changed_since(None)} >= {first}
    assert looked.wait(10)
    assert {notice.id for notice in store.changed_since(None)} == {first, *made}
