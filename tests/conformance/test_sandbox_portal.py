"""The sandbox portal against the vendor's machine-readable method schemas."""

from __future__ import annotations

from typing import Any

import pytest

from support.good_calls import DEVIATIONS
from support.schemas import FOLDER, example, schema
from support.truth import IMPLEMENTED, OWN, caller_of, fresh, good_call, is_catalogue
from sverka.sandbox.portal import Portal, RestError


@pytest.fixture
def portal():
    """A portal with one of everything, under the id 1."""
    portal = fresh()
    yield portal
    portal.close()


def _schema(method: str) -> dict[str, Any]:
    if method in DEVIATIONS:
        pytest.skip(f"a known deviation: {DEVIATIONS[method]}")
    if not FOLDER.is_dir():
        pytest.skip(f"the vendor's method schemas are absent: {FOLDER} is no folder")
    found = schema(method)
    if found is None:
        pytest.skip(f"the vendor publishes no schema of {method}")
    return found


def _call(portal: Portal, method: str, params: dict[str, Any]) -> Any:
    return portal.call_as(caller_of(portal, method), method, params).result


@pytest.mark.parametrize("method", IMPLEMENTED)
def test_required_parameters_are_enforced(portal: Portal, method: str) -> None:
    required = [param["name"] for param in _schema(method)["params"] if param["required"] is True]
    good = good_call(portal, method)
    assert set(required) <= set(good), "the good call of this test lacks a required parameter"
    for name in required:
        with pytest.raises(RestError):
            _call(portal, method, {key: value for key, value in good.items() if key != name})
    _call(portal, method, good)


@pytest.mark.parametrize("method", IMPLEMENTED)
def test_the_example_has_no_key_that_ours_lacks(portal: Portal, method: str) -> None:
    shown = example(_schema(method))
    if shown is None:
        pytest.skip(f"the schema of {method} shows no result")
    result = _call(portal, method, good_call(portal, method))
    if isinstance(shown, dict) and not (method.endswith("findbycomm") or is_catalogue(method)):
        assert {key for key in shown if not key.startswith(OWN)} <= set(result)
    else:
        assert type(result) is type(shown)
    if isinstance(shown, dict) and isinstance(shown.get("item"), dict):
        assert {key for key in shown["item"] if not key.startswith(OWN)} <= set(result["item"])
