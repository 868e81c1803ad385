import json
import tomllib

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from sverka.config.check import check
from sverka.config.complaint import BadProfile
from sverka.config.load import load
from sverka.domain.mapping.field_mapping import FieldMapping

_junk = st.none() | st.booleans() | st.integers(-3, 9) | st.sampled_from(["", "x", "->", 1.5, [], {}, ["N"], [1]])


def _maybe(sound, chance=12):
    """Mostly a sound value, now and then junk or nothing."""
    return st.integers(0, chance).flatmap(lambda n: _junk if n == 0 else sound)


def _table(**columns):
    return st.fixed_dictionaries({}, optional={name: _maybe(values) for name, values in columns.items()})


_statuses = st.sampled_from(["N", "P", "F", "X", "cancelled"])
_stages = st.sampled_from(["C2:NEW", "C2:EXECUTING", "C2:UC_QUALITY", "C2:WON", "C2:LOSE", "NEW"])
_texts = st.lists(st.sampled_from(["print.example.ru", "a"]), min_size=1, max_size=2)
_condition = st.sampled_from(["s2", True, 3]) | _texts | _table(**{"not": _texts, "contains": st.just("a")})
_keys = st.sampled_from(
    ["order.number", "site", "property.paper", "property.files", "property.urgent", "coupons", "total", "attribution.x"]
)
_row = _table(
    to=st.sampled_from(["UF_CRM_TRACK", "UF_CRM_PAPER", "UF_CRM_LAYOUT", "UF_CRM_COLOURS", "comments"]),
    way=st.sampled_from(["->", "<-", "<->"]),
    policy=st.sampled_from(["ask", "store_wins"]),
    write=st.sampled_from(["append", "if_new", "if_empty", "overwrite"]),
    values=st.just({"glossy": "45", "matte": "46"}),
)
_document = st.fixed_dictionaries(
    {
        "schema": _maybe(st.just(1), 30),
        "profile": _maybe(st.just("p"), 30),
        "store": st.just("s"),
        "portal": st.just("b"),
        "deal": st.fixed_dictionaries(
            {"pipeline": st.just("2")},
            optional={
                "title": _maybe(st.sampled_from(["{order.number}", "{ site } x", "{oops}"])),
                "responsible": _maybe(st.sampled_from([9, "9", {"from": "contact"}])),
                "lines": _maybe(st.sampled_from(["products", "one_line", "none"])),
                "delivery": _maybe(st.sampled_from(["line", "field"])),
                "begin_date": _maybe(st.booleans()),
            },
        ),
        "status": st.fixed_dictionaries(
            {
                "map": st.lists(
                    st.fixed_dictionaries({"status": _statuses, "stage": st.lists(_stages, min_size=1, max_size=2)}),
                    min_size=1,
                    max_size=3,
                    unique_by=lambda row: row["status"],
                )
            },
            optional={"unmapped": _maybe(st.just("ignore")), "cancel": _maybe(st.just(["C2:APOLOGY"]))},
        ),
    },
    optional={
        "when": st.dictionaries(st.sampled_from(["site", "total", "property.region"]), _maybe(_condition), max_size=2),
        "fields": st.dictionaries(_keys, _maybe(_row), max_size=3),
        "brakes": _table(writes_per_wave=st.integers(1, 9)),
    },
)


def _toml(value):
    match value:
        case None:
            return "1979-05-27"
        case dict():
            return "{ " + ", ".join(f"{json.dumps(key)} = {_toml(item)}" for key, item in value.items()) + " }"
        case list():
            return "[" + ", ".join(_toml(item) for item in value) + "]"
        case _:
            return json.dumps(value)


@given(document=_document)
@settings(max_examples=400)
def test_what_the_checker_passes_can_be_loaded(document, store_fields, office_fields):
    text = "\n".join(f"{key} = {_toml(value)}" for key, value in document.items())
    for catalogues in ((None, None), (store_fields, office_fields)):
        if any(complaint.bad for complaint in check(text, *catalogues)):
            event("bad")
            continue
        event("clean")
        profile = load(text, *catalogues)
        keys = [mapping.key for mapping in profile.mappings]
        assert len(keys) == len(set(keys))
        targets = [mapping.office_field for mapping in profile.mappings]
        assert len(targets) == len(set(targets))
        assert all(isinstance(mapping, FieldMapping) and mapping.fingerprint() for mapping in profile.mappings)


@given(st.text(alphabet="[]{}=\"'.,#\n ab1-:", max_size=60) | st.text(max_size=20))
@settings(max_examples=400)
def test_no_text_breaks_the_checker(text):
    found = check(text)
    assert any(complaint.bad for complaint in found)
    with pytest.raises(BadProfile) as caught:
        load(text)
    assert caught.value.complaints


@pytest.mark.parametrize(
    "monster",
    [
        "schema = " + "9" * 5000,
        "schema = 0x" + "f" * 5000,
        "x = " + "[" * 3000 + "]" * 3000,
        "x = 1e99999999999999999999",
    ],
)
def test_monsters_are_refused_in_a_sentence(monster):
    (complaint, *_) = check(monster)
    assert complaint.bad
    assert len(complaint.say("en")) < 300


def test_a_mark_of_byte_order_is_no_part_of_the_text(sound):
    assert check("\ufeff" + sound.text.replace("\n", "\r\n")) == []


_places = st.sampled_from(["when", "deal", "customer", "status", "fields", "brakes", "when.site", "deal.title"])


@given(value=_junk, where=_places)
def test_a_wrong_value_is_found_where_it_stands(value, where, sound):
    data = tomllib.loads(sound.text)
    table, _, key = where.partition(".")
    if key:
        data[table] = {**data[table], key: value}
    else:
        data[table] = value
    text = "\n".join(f"{key} = {_toml(value)}" for key, value in data.items())
    for complaint in check(text):
        if complaint.bad:
            assert complaint.line is not None
            assert complaint.where.startswith((table, "status"))
