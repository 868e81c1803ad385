"""Lives that broke once, by the hub's fault or the judge's, told as short as they go."""

import pytest

from simulation.lives.acts import Act
from simulation.lives.database import Database
from simulation.lives.play import play
from simulation.lives.setting import ERP, SALES, WORKS, Line, Setting
from simulation.lives.story import (
    ABOUT_TO_STORE,
    ABOUT_TO_WRITE,
    CLOSING,
    manager_sets,
    manager_writes,
    place,
    says,
    scene,
    seconds_pass,
    shop_sets,
    wave,
    wave_until,
)
from simulation.lives.topics import TOPICS
from sverka.domain.mapping.field_mapping import Policy


def test_a_person_who_sets_just_what_was_on_its_way_is_taken_for_the_hub(memory: Database) -> None:
    set_, begun = shop_sets("docs", ("a",)), wave_until("has committed what it is about to write")
    acts = [place(), wave(), set_, begun, seconds_pass(), manager_sets("docs", ("a",)), wave("B")]
    played = play(scene(Line("docs", Policy.STORE_WINS)), acts, memory)
    assert (played.findings, played.rates.coincidences) == ([], 1)


def test_another_deal_that_sets_just_what_was_on_its_way_is_taken_for_it(memory: Database) -> None:
    lines = Line("shipped"), Line("handover")
    lost = Act("wave", ("A", 1, 0, ("FINE", "FINE", "FINE", "LOST")))
    born = [place(), wave("A", ERP), wave()]
    moved = [manager_sets("shipped", "QUALITY"), manager_sets("shipped", "NEW", 2)]
    acts = [*born, manager_sets("shipped", "READY", 2), lost, *moved, seconds_pass(), wave(), wave("A", ERP)]
    played = play(Setting({SALES: lines, WORKS: lines}), acts, memory)
    assert (played.findings, played.rates.coincidences) == ([], 1)


def test_what_an_order_shows_after_a_write_settles_no_field_that_was_not_written(memory: Database) -> None:
    acts = [place(), wave(), manager_sets("status", "LOSE"), wave_until(ABOUT_TO_STORE)]
    acts += [shop_sets("shipped", value=True), manager_sets("status", "EXECUTING"), wave(), *CLOSING]
    played = play(scene(Line("status"), Line("shipped")), acts, memory)
    assert played.findings == []
    assert "record crm/1 shows status QUALITY" in played.story[-1], "it is shipped, and no longer called off"


@pytest.mark.parametrize(("rule", "status", "stage"), [("refunded", "cancelled", "WON"), ("paid", "F", "EXECUTING")])
def test_what_a_write_without_an_answer_may_have_overtaken_is_not_set_after_it(
    memory: Database, rule: str, status: str, stage: str
) -> None:
    happened = shop_sets(rule, TOPICS[rule].store[-1])
    acts = [place(), wave(), happened, shop_sets("status", status), wave_until(ABOUT_TO_WRITE), wave(meets="MUTE")]
    acts += [manager_sets("status", stage), *CLOSING]
    played = play(scene(Line("status", Policy.STORE_WINS), Line(rule)), acts, memory)
    assert played.findings == []
    assert "status: a person is asked" in played.story[-1]


def test_a_comment_deleted_while_its_copy_was_on_its_way_does_not_come_back(memory: Database) -> None:
    acts = [place(), wave(), manager_writes(), wave(), wave_until(ABOUT_TO_STORE), wave(meets="LATE")]
    acts += [Act("unsay", ("office", 0, 0)), says(), *CLOSING]
    played = play(scene(Line("comments")), acts, memory)
    assert "almost a minute later" in played.story[5]
    assert played.findings == []


def test_an_interrupt_that_the_driver_hides_ends_the_run(memory: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> None:
        error = ValueError("can't change 'autocommit' now")
        error.__context__ = KeyboardInterrupt()
        raise error

    monkeypatch.setattr("sverka.engine.wave.brake_ping_pong", fail)
    with pytest.raises(KeyboardInterrupt):
        play(scene(Line("track")), [place(), wave()], memory)
