"""The page of connectors says what their manifests say, and these what the connectors do."""

from __future__ import annotations

import pytest

from support.connectors_page import GIVEN, SKIPPED, cannot, contract_of, page
from support.contract_run import collected, read
from sverka.connectors.kit import Kit
from sverka.connectors.registry import gather, make
from sverka.domain.mapping.field_mapping import Side
from sverka.sandbox.clock import VirtualClock
from sverka.testing import StoreContract

OWN = gather(()).manifests


def test_the_page_is_what_manifests_and_tests_say(request):
    written = request.config.rootpath / "docs" / "reference" / "connectors.md"
    assert written.read_text(encoding="utf-8") == page(), "write it anew with `make connectors`"


@pytest.mark.parametrize("kind", OWN)
def test_the_figures_are_of_the_tests_there_are(kind, request):
    """Only what pytest has collected is compared: what passes is for the contract tests themselves to show."""
    there = collected(item.nodeid for item in request.session.items).get(kind)
    if there is None or request.config.getoption("keyword"):
        pytest.skip("counted where the contract tests are run too")
    one = read()[kind]
    assert (one.tests, one.cases, one.own) == (there.tests, there.cases, there.own), "count anew with `make connectors`"
    assert one.passed + sum(one.left_out.values()) == one.cases


@pytest.mark.parametrize("kind", OWN)
def test_every_connector_has_a_contract_test(kind):
    assert contract_of(kind)


@pytest.mark.parametrize("kind", [kind for kind, one in OWN.items() if one.side is Side.STORE])
def test_a_manifest_says_what_its_connector_can(kind):
    asked = {one.name: GIVEN[one.name] for one in OWN[kind].wanted if one.name in GIVEN}
    kit = Kit("shop", "hub", VirtualClock(), None)  # type: ignore[arg-type] # nothing is sent
    store = make(kind, asked, asked, kit)
    assert store.can == OWN[kind].can  # type: ignore[union-attr] # it is a store
    store.close()  # type: ignore[union-attr]


def test_what_is_said_to_be_skipped_is_in_the_contract():
    assert not [name for names in SKIPPED.values() for name in names if not hasattr(StoreContract, name)]
    assert cannot(OWN["commerceml"]) == ["signs_notices", "keeps_mark", "lines"]
