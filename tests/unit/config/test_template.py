import tomllib

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sverka.config.check import check
from sverka.config.load import load
from sverka.config.template import guess_rows, new_profile
from sverka.domain.errors import Misconfigured
from sverka.domain.mapping.field import Field, FieldType
from sverka.domain.text import Text


def test_a_draft_joins_what_is_sure(store_fields, office_fields):
    text = new_profile("mine", "shop", "b24", store_fields, office_fields, "2", "ru")
    assert [c for c in check(text, store_fields, office_fields) if c.bad] == []
    document = tomllib.loads(text)
    assert (document["profile"], document["store"], document["portal"]) == ("mine", "shop", "b24")
    assert document["status"]["map"] == [
        {"status": "N", "stage": ["C2:NEW"]},
        {"status": "F", "stage": ["C2:WON"]},
    ]
    assert document["status"]["cancel"] == ["C2:LOSE", "C2:APOLOGY"]
    assert document["fields"] == {
        "property.colours": {"to": "UF_CRM_COLOURS", "way": "->"},
        "property.urgent": {"to": "UF_CRM_URGENT", "way": "->"},
    }
    assert '# { status = "P", stage = ["…"] },  # Оплачен' in text
    assert '#   "C2:UC_QUALITY" – Проверка' in text
    assert "UF_CRM_TRACK" in text
    assert "Какие заказы берёт профиль" in text
    assert load(text, store_fields, office_fields).new.title.startswith("Заказ")


def test_a_draft_in_english(store_fields, office_fields):
    text = new_profile("mine", "shop", "b24", store_fields, office_fields, "0")
    assert "Which orders this profile takes" in text
    assert tomllib.loads(text)["status"]["map"][0] == {"status": "N", "stage": ["NEW"]}


@pytest.mark.covers("R82")
def test_woo_statuses_are_guessed_without_taking_a_stage_twice(woo_fields):
    statuses = dict(woo_fields[0].options)
    statuses.pop("cancelled")
    stages = {"NEW": "New", "P": "processing", "WON": "Won", "LOSE": "Lost", "X": "Отменено клиентом"}
    rows, cancel = guess_rows(statuses, stages)
    assert rows == {"pending": "NEW", "processing": "P", "completed": "WON"}
    assert cancel == ["LOSE", "X"]


def test_a_store_that_cannot_be_told_a_status_is_only_followed(store_fields, office_fields):
    fields = [Field("status", Text("", ""), FieldType.CHOICE, writable=False, options={"N": "New"})]
    text = new_profile("mine", "shop", "b24", fields, office_fields, "0")
    assert tomllib.loads(text)["status"]["way"] == "->"
    assert [c for c in check(text, fields, office_fields) if c.bad] == []


@pytest.mark.parametrize("empty", ["store", "office"])
def test_nothing_to_draw_from_is_said(empty, store_fields, office_fields):
    pipeline = "9" if empty == "office" else "2"
    with pytest.raises(Misconfigured) as caught:
        new_profile("mine", "shop", "b24", () if empty == "store" else store_fields, office_fields, pipeline)
    said = caught.value.say("en")
    assert "pipelines with stages: 0, 2" in said if empty == "office" else "lists no statuses" in said


_names = st.text(max_size=12)
_keys = st.text(min_size=1, max_size=8, alphabet=st.characters(codec="utf-8", exclude_categories=("Cs",)))
_labels = st.sampled_from(["Цвет", "Срочно\n", "x]", "# a", '"']) | _names
_types = st.sampled_from(list(FieldType))
_options = st.dictionaries(_keys, _names, max_size=4)


@st.composite
def _fields(draw, prefix):
    label = draw(_labels)
    return Field(
        prefix + draw(_keys),
        Text(label, label),
        draw(_types),
        many=draw(st.booleans()),
        writable=draw(st.booleans()),
        options=draw(_options),
    )


def _of_another_kind(prefix):
    return Field(f"{prefix}:", Text("Цвет", "Цвет"), FieldType.TEXT)


@given(
    statuses=st.dictionaries(st.sampled_from(["N", "cancelled", "F", "отмена"]) | _keys, _names, max_size=5),
    stages=st.dictionaries(st.sampled_from(["NEW", "WON", "LOSE", "APOLOGY", "C2:NEW"]) | _keys, _names, max_size=5),
    writable=st.booleans(),
    properties=st.lists(_fields("property."), max_size=4),
    own=st.lists(_fields("UF_"), max_size=4),
    language=st.sampled_from(["en", "ru"]),
)
@example(
    statuses={"N": ""}, stages={"NEW": ""}, writable=True, properties=[_of_another_kind("property.")],
    own=[_of_another_kind("UF_")], language="en",
)  # fmt: skip
@settings(max_examples=300, deadline=None)
def test_whatever_the_catalogues_hold_the_draft_is_sound(statuses, stages, writable, properties, own, language):
    label = Text("", "")
    store = [Field("status", label, FieldType.CHOICE, writable=writable, options=statuses), *properties]
    office = [Field("stageId", label, FieldType.CHOICE, options=stages), *own]
    try:
        text = new_profile("mine", "shop", "b24", store, office, "0", language)
    except Misconfigured:
        assert not set(statuses) - {"cancelled"} or not any(not stage.startswith("C2:") for stage in stages)
        return
    assert [c.say("en") for c in check(text, store, office) if c.bad] == []
    assert load(text, store, office).mapping("status") is not None


def test_no_stage_is_given_to_two_statuses():
    rows, _ = guess_rows({"N": "New", "completed": "Sent", "delivered": "There"}, {"NEW": "", "WON": "", "X": ""})
    assert rows == {"N": "NEW", "delivered": "WON"}, "the last one is the end"
    rows, _ = guess_rows({"A": "Draft", "N": "Новый"}, {"C2:NEW": "Печать: Новый", "C2:WON": "Печать: Успех"})
    assert rows == {"N": "C2:NEW"}


def test_flags_of_which_there_are_several_are_left_to_a_person(store_fields, office_fields):
    flags = [Field(key, Text("Flags", "Флаги"), FieldType.BOOLEAN, many=True) for key in ("property.flags", "UF_FLAGS")]
    store, office = (*store_fields, flags[0]), (*office_fields, flags[1])
    text = new_profile("mine", "shop", "b24", store, office, "2")
    assert '# "property.flags" = ' in text
    assert [c for c in check(text, store, office) if c.bad] == []
