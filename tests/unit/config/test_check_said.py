"""What is said of `[comments]`, `[analytics]` and the quiet period."""

import pytest

from sverka.config.check import check
from sverka.config.load import load
from sverka.config.template import new_profile
from sverka.domain.commerce.comment import Comment
from sverka.domain.mapping.field import Field, FieldType
from sverka.domain.mapping.tags import TAGS
from sverka.domain.text import Text
from sverka.ports.store import StoreCan

FEED = Field("comments", Text("Notes", "Примечания"), FieldType.COMMENTS, many=True)
MARK = Field("attribution.utm_source", Text("Source", "Источник"), writable=False)


@pytest.fixture
def told(sound, woo_fields, office_fields):
    def check_with(table, *more, can=None, when=""):
        document = sound.text.replace('site = ["print.example.ru"]\n', when)
        document = document.replace("[fields]\n", "[fields]\n" + table) if table.startswith('"') else document + table
        document = document.replace('status = "N"', 'status = "pending"').replace('status = "P"', 'status = "on-hold"')
        document = document.replace('status = "F"', 'status = "completed"')
        found = check(document, (*woo_fields, *more), office_fields, can)
        return {one.where: (one.say("en"), one.say("ru"), one.bad) for one in found}

    return check_with


def test_a_store_without_a_feed_is_named_with_the_way_out(told):
    said = told("[comments]\n")["comments"]
    assert "comment.manager" in said[0]
    assert "comment.manager" in said[1]
    assert said[2]
    assert "comments" not in told("[comments]\n", FEED)


def test_a_feed_that_cannot_be_written_needs_the_one_way(told):
    can = StoreCan(frozenset({"status"}))
    assert 'way = "->"' in told("[comments]\n", FEED, can=can)["comments.way"][0]
    assert "comments.way" not in told('[comments]\nway = "->"\n', FEED, can=can)
    assert not told('[comments]\nway = "->"\nfor_customer = "!"\n', FEED)["comments.for_customer"][2]


def test_fields_that_orders_lack_are_named(told):
    text = '[analytics]\nutm = { source = "utm_source" }\ntrace = "trace"\nsource_description = "{sitte}"\n'
    assert {"analytics.utm.source", "analytics.trace", "analytics.source_description"} <= told(text).keys()
    assert not {"analytics.utm", "analytics.trace"} & told("[analytics]\nutm = true\ntrace = true\n", MARK).keys()
    assert "attribution of its own" in told("[analytics]\nutm = true\n")["analytics.utm"][0]


def test_a_source_the_portal_lacks_is_named(told):
    said = told('[analytics]\nsources = { yandex = "Shop" }\n', MARK)["analytics.sources.yandex"]
    assert "`STORE`" in said[0]
    assert "`STORE`" in said[1]


@pytest.mark.covers("C2")
def test_a_quiet_period_is_checked(told):
    assert "quiet_minutes" in told("", when='confirmed = ["completed"]\n')["when.confirmed"][0]
    assert "no status `done`" in told("", when='quiet_minutes = 5\nconfirmed = ["done"]\n')["when.confirmed[0]"][0]
    assert "when.confirmed" not in told("", when='quiet_minutes = 5\nconfirmed = ["completed"]\n')


def test_the_tables_become_mappings_and_a_route(sound):
    text = sound.text.replace("[when]\n", "[when]\nquiet_minutes = 20\nconfirmed = ['F']\n") + (
        '[comments]\nfrom_store = ["manager"]\nfor_customer = "!"\n'
        '[analytics]\nutm = { source = "property.src" }\ntrace = true\nsource_description = "{site}"\n'
    )
    profile = load(text)
    said = profile.mapping("comments")
    assert said is not None
    assert said.converter.to_office((Comment("a/1", public=True), Comment("a/2"))) == (Comment("a/2"),)
    assert [mapping.store_field for mapping in profile.mappings if mapping.key.startswith("utm.")] == ["property.src"]
    assert (profile.new.trace, profile.new.texts) == ("", {"sourceDescription": "{site}"})
    assert (profile.route.quiet_minutes, profile.route.confirmed) == (20, ("F",))
    assert load(sound.text).new.trace is None


def test_comments_are_no_field(told):
    timeline = told('"comments" = { to = "title" }\n', FEED)["fields.comments"]
    assert "[comments]" in timeline[0]
    assert timeline[2]


def test_a_draft_offers_what_the_store_has(woo_fields, office_fields):
    store = [*woo_fields, FEED, MARK]
    utm = [Field(f"utm{name.capitalize()}", Text(name, name)) for name in TAGS]
    text = new_profile("p", "s", "o", store, [*office_fields, *utm], "2", "ru")
    assert not [one for one in check(text, store, [*office_fields, *utm]) if one.bad]
    assert {"[analytics]", "# [comments]", "# quiet_minutes = 15"} <= set(text.splitlines())
    bare = new_profile("p", "s", "o", woo_fields, [*office_fields, *utm], "2")
    assert not {"[analytics]", "# [comments]"} & set(bare.splitlines())
