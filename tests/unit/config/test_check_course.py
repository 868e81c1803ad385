"""What can be wrong with the guard, what notifies, milestones and handovers, and with funnels that are not covered."""

import pytest

from sverka.config.check import check
from sverka.config.load import load
from sverka.domain.mapping.field_mapping import Way
from sverka.domain.mapping.milestone import Handover, Milestone
from sverka.domain.mapping.status_map import StatusMap

DOCUMENT = """\
schema = 1
profile = "p"
store = "s"
portal = "b"
[deal]
pipeline = "0"
[status]
guard = "forward"
notifies = ["F", "C2:WON"]
map = [
  { status = "N", stage = ["NEW", "C2:NEW"] },
  { status = "P", stage = ["PREPARATION", "EXECUTING", "C2:EXECUTING"] },
  { status = "F", stage = ["WON", "C2:WON"] },
]
cancel = ["LOSE", "C2:LOSE"]
[[milestone]]
when = "payment.paid"
stage = "EXECUTING"
way = "<->"
[[handover]]
at = ["EXECUTING"]
to = "C2:EXECUTING"
"""

# what stands in the document, what instead, where the complaint is, whether it is bad, its words in both languages
WRONG = [
    ('"F", "C2', '"G", "C2', "status.notifies[0]", True, "neither a status nor a stage", "не статус и не стадия"),
    ('guard = "forward"', 'guard = "back"', "status.guard", True, "Allowed: `off`, `forward`", "Допустимо: `off`"),
    ('"PREPARATION", "EX', '"EXECUTING", "PREPARATION", "EX', "status.guard", False, "stand otherwise", "иначе"),
    ('"payment.paid"', '"payment.payed"', "milestone[0].when", True, "Did you mean `payment.paid`", "Возможно"),
    ('"payment.paid"', '"delivery.track"', "milestone[0].when", True, "is no yes or no", "не да/нет"),
    ('way = "<->"\n[[h', "is = []\n[[h", "milestone[0].is", True, "must not be empty", "не должно быть пустым"),
    ('stage = "EX', 'stage = "FINAL_INVOICE"\n#', "milestone[0].stage", True, "knows what comes after", "после неё"),
    ('stage = "EXECUTING"', 'stage = "LOSE"', "milestone[0].stage", True, "is in `cancel`", "есть в `cancel`"),
    ('stage = "EXECUTING"', 'stage = "EXECUTE"', "milestone[0].stage[0]", True, "has no stage `EXECUTE`", "нет стадии"),
    ('way = "<->"\n[[h', 'way = "="\n[[h', "milestone[0].way", True, "Allowed: `<->`", "Допустимо"),
    ('to = "C2:EXECUTING"', 'to = "WON"', "handover[0].at[0]", True, "are of one funnel", "одна воронка"),
    ('to = "C2:EXECUTING"', 'to = "C2:GO"', "handover[0].to", True, "no stage `C2:GO` in pipeline 2", "воронке 2"),
    ('to = "C2:EXECUTING"', 'to = "C2:UC_QUALITY"', "handover[0].to", False, "wait for a person", "ждать человека"),
    ('at = ["EXECUTING"]', 'at = ["EXECUTING", "EXECUTING"]', "handover[0].at[1]", True, "already", "уже"),
    ('at = ["EXECUTING"]', "at = []", "handover[0].at", True, "must not be empty", "не должно быть пустым"),
    ('at = ["EXECUTING"]', 'on = ["EXECUTING"]', "handover[0].on", True, "unknown key `on`", "неизвестный ключ"),
]


@pytest.fixture
def fields(store_fields, office_fields):
    return store_fields, office_fields


def test_the_document_is_sound(fields):
    assert [complaint.say("en") for complaint in check(DOCUMENT, *fields) if complaint.bad] == []


@pytest.mark.parametrize(("old", "new", "where", "bad", "en", "ru"), WRONG)
def test_what_is_wrong_is_said(fields, old, new, where, bad, en, ru):
    text = DOCUMENT.replace(old, new, 1)
    assert text != DOCUMENT
    found = [one for one in check(text, *fields) if one.where == where]
    assert any((en in one.text.en, ru in one.text.ru, one.bad) == (True, True, bad) for one in found), check(
        text, *fields
    )


def test_a_milestone_that_writes_to_a_store_that_cannot_be_told(store_fields, office_fields):
    mute = [field for field in store_fields if field.key != "payment.paid"]
    found = [one for one in check(DOCUMENT, mute, office_fields) if one.where == "milestone[0].way"]
    assert [one.bad for one in found] == [True]
    assert "cannot be told `payment.paid`" in found[0].text.en


def test_one_field_has_one_milestone():
    second = DOCUMENT + '[[milestone]]\nwhen = "payment.paid"\nstage = "C2:WON"\n'
    (one,) = [one for one in check(second) if one.bad]
    assert (one.where, "in one `stage = [ … ]`" in one.text.en) == ("milestone[1].when", True)


@pytest.mark.covers("R81", "R91")
def test_a_funnel_that_deals_come_to_and_the_map_does_not_cover_is_told_of(fields):
    bare = DOCUMENT.replace(', "C2:NEW"', "").replace(', "C2:LOSE"', "")
    said = [one.text for one in check(bare, *fields) if not one.bad]
    assert any("in pipeline 2 these statuses have no stage" in one.en and "`N`" in one.en for one in said)
    assert any("`cancel` has no stage of pipeline 2" in one.en for one in said)
    assert any("в воронке 2 у этих статусов нет стадии" in one.ru for one in said)
    quiet = [one.text.en for one in check(DOCUMENT, *fields)]
    assert not any("pipeline 2 these statuses" in one or "`cancel` has no stage" in one for one in quiet)
    default = load(DOCUMENT.replace('[deal]\npipeline = "0"\n', ""))
    assert default.new.constants["categoryId"] == "0", "orders no rule sends elsewhere go to the default funnel"


def test_what_the_tables_become():
    profile = load(DOCUMENT.replace('way = "<->"\n[[h', 'way = "<->"\nis = "Y"\n[[h'))
    status, milestone, handover = (profile.mapping(key) for key in ("status", "milestone.payment.paid", "handover"))
    assert isinstance(status.converter, StatusMap)
    assert (status.converter.guard, status.notifies) == (True, {"F", "C2:WON"})
    assert isinstance(milestone.converter, Milestone)
    assert (milestone.store_field, milestone.office_field, milestone.way) == ("payment.paid", "stageId", Way.BOTH)
    assert (milestone.converter.beyond, milestone.converter.values) == (("WON",), ("Y",))
    assert handover.converter == Handover({"EXECUTING": "C2:EXECUTING"})


@pytest.mark.covers("C28", "C24")
def test_only_orders_in_chosen_statuses_become_deals_and_names_are_told_from_codes(fields):
    chosen = DOCUMENT.replace("[deal]", '[when]\nstatus = ["P", "F"]\n[deal]')
    profile = load(chosen, *fields)
    assert [profile.route.takes({"status": status}) for status in ("N", "P", "F", "failed")] == [
        False,
        True,
        True,
        False,
    ]
    named = DOCUMENT.replace('status = "P"', 'status = "Оплачен"')
    (one,) = [one for one in check(named, *fields) if one.bad]
    assert "Write its id: `P`." in one.text.en


@pytest.mark.covers("R79", "R80", "R292")
def test_stages_of_every_funnel_are_offered_where_one_is_misspelt(fields):
    misspelt = DOCUMENT.replace('"C2:WON"] }', '"C2:DONE"] }')
    (one,) = [one for one in check(misspelt, *fields) if one.where == "status.map[2].stage[1]"]
    assert "no stage `C2:DONE` in pipeline 2" in one.text.en
    assert "`C2:WON` Успех" in one.text.en
    assert "`WON` Won" not in one.text.en, "those of that funnel only"


@pytest.mark.covers("R81")
def test_a_funnel_of_a_section_that_the_map_does_not_cover_is_told_of(fields):
    sections = DOCUMENT.replace(
        'pipeline = "0"\n', 'pipeline = "0"\nby_section = [{ section = "7", pipeline = "5" }]\n'
    )
    said = [one for one in check(sections, *fields) if "pipeline 5 these statuses have no stage" in one.text.en]
    assert [one.bad for one in said] == [False]
    assert "`N`, `P`, `F`" in said[0].text.en
