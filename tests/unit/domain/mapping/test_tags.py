import json

import pytest

from sverka.domain.mapping.tags import Tag, trace_of

FIELDS = {
    "attribution.utm_source": "yandex",
    "attribution.utm_medium": "(none)",
    "attribution.referrer": "https://ya.ru/",
    "attribution.device_type": "Desktop",
    "property.trace": '{"tags": {"list": {"utm_source": "vk"}}}',
    "property.broken": "[1, 2",
    "property.list": "[1, 2]",
}


def test_a_trace_is_made_of_what_the_store_tells():
    assert json.loads(trace_of(FIELDS, "")) == {
        "ref": "https://ya.ru/",
        "tags": {"list": {"utm_source": "yandex"}},
        "device": {"isMobile": False},
    }


@pytest.mark.parametrize("fields", [{}, {"attribution.device_type": "Mobile"}, {"attribution.utm_source": "(direct)"}])
def test_nothing_told_is_no_trace(fields):
    assert trace_of(fields, "") == ""


@pytest.mark.parametrize("key", ["property.broken", "property.list", "property.none"])
def test_what_is_no_trace_is_none(key):
    assert trace_of(FIELDS, key) == ""


def test_a_placeholder_is_no_mark():
    assert Tag().to_office("(direct)") is None
    assert Tag().to_office("vk") == "vk"
    assert Tag().agree("(direct)", "")
    assert not Tag().agree("vk", "")
