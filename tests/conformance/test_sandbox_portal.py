"""The sandbox portal against the vendor's machine-readable method schemas.

The schemas are read from `$SVERKA_SHARED/data/bitrix24/methods` (or `<repo>/../shared/...`) and are no part of
the project.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from support.good_calls import CALLS, DEVIATIONS, prepare
from sverka.sandbox.clock import VirtualClock
from sverka.sandbox.portal import Portal, RestError
from sverka.sandbox.portal.methods import METHODS

_SHARED = Path(os.environ.get("SVERKA_SHARED") or Path(__file__).parents[3] / "shared")
_SCHEMAS = _SHARED / "data" / "bitrix24" / "methods"
_IMPLEMENTED = sorted(method.name for method in METHODS.values() if method.run is not None)
#: keys of one portal's own fields, and multifields that appear only when filled
_OWN = ("UF_", "PARENT_ID_", "ufCrm", "parentId", "IM")


@pytest.fixture
def portal():
    """A portal with one of everything, under the id 1."""
    portal = Portal(VirtualClock())
    prepare(portal)
    yield portal
    portal.close()


def _schema(method: str) -> dict[str, Any]:
    if method in DEVIATIONS:
        pytest.skip(f"the vendor's schema is wrong here: {DEVIATIONS[method]}")
    if not _SCHEMAS.is_dir():
        pytest.skip(f"the vendor's method schemas are absent: {_SCHEMAS} is no folder")
    path = _SCHEMAS / f"{method}.json"
    if not path.exists():
        pytest.skip(f"the vendor publishes no schema of {method}")
    return json.loads(path.read_text(encoding="utf-8"))


def _good_call(portal: Portal, method: str) -> dict[str, Any]:
    if method in CALLS:
        return dict(CALLS[method])
    if ".userfield." in method:
        if not method.endswith(("add", "list")):
            entity = method.removesuffix(method.rpartition(".")[2])
            field = {"FIELD_NAME": "X", "USER_TYPE_ID": "string"}
            return {"id": portal.call(f"{entity}add", {"fields": field}).result, "fields": {"SORT": 5}}
        return {"fields": {"FIELD_NAME": "Y", "USER_TYPE_ID": "string"}}
    params: dict[str, Any] = {"id": 0 if method == "crm.category.get" else 1, "fields": {"TITLE": "x"}}
    return params | ({"entityTypeId": 2} if method.startswith(("crm.item.", "crm.category.")) else {})


def _call(portal: Portal, method: str, params: dict[str, Any]) -> Any:
    """Run a method, one for applications alone through the portal's own application, and give its result."""
    if METHODS[method.lower()].app_only or method.startswith(("app.", "user.option.")):
        return portal.call_as(portal.as_application(), method, params).result
    return portal.call(method, params).result


@pytest.mark.parametrize("method", _IMPLEMENTED)
def test_required_parameters_are_enforced(portal: Portal, method: str) -> None:
    required = [param["name"] for param in _schema(method)["params"] if param["required"] is True]
    good = _good_call(portal, method)
    assert set(required) <= set(good), "the good call of this test lacks a required parameter"
    for name in required:
        with pytest.raises(RestError):
            _call(portal, method, {key: value for key, value in good.items() if key != name})
    _call(portal, method, good)


@pytest.mark.parametrize("method", _IMPLEMENTED)
def test_the_example_has_no_key_that_ours_lacks(portal: Portal, method: str) -> None:
    example = (_schema(method).get("resultExample") or {}).get("result")
    if example is None:
        pytest.skip(f"the schema of {method} shows no result")
    result = _call(portal, method, _good_call(portal, method))
    if isinstance(example, dict) and not (method.endswith("findbycomm") or _is_catalogue(method)):
        missing = {key for key in example if not key.startswith(_OWN)} - set(result)
        assert not missing
    else:
        assert type(result) is type(example)
    if isinstance(example, dict) and isinstance(example.get("item"), dict):
        shown = {key for key in example["item"] if not key.startswith(_OWN)}
        assert shown <= set(result["item"])


def _is_catalogue(method: str) -> bool:
    """Tell whether the result is a map of all fields, whose set is the portal's own."""
    return method.endswith(".fields") and not method.startswith("crm.item.")
