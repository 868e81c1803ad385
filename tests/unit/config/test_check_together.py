from dataclasses import replace

import pytest

from sverka.config.checks.together import check_together
from sverka.config.load import load
from sverka.domain.mapping.field_mapping import Policy, Way
from sverka.domain.mapping.profile import NewOrder
from sverka.domain.mapping.routing import Route


@pytest.fixture
def halves(profiles_dir):
    return [load((profiles_dir / f"two-funnels-{half}.toml").read_text("utf-8")) for half in ("sales", "production")]


def _with_status(profile, **changes):
    return replace(profile, mappings=[replace(m, **changes) if m.key == "status" else m for m in profile.mappings])


def test_the_two_funnels_go_together(halves):
    assert check_together(halves) == []


def test_two_offices_that_win_one_field(halves):
    rival = _with_status(halves[1], way=Way.BOTH, policy=Policy.OFFICE_WINS)
    (complaint,) = check_together([halves[0], rival])
    assert (complaint.where, complaint.bad) == ("production: status", False)
    assert "the last visited wins" in complaint.text.en
    assert "победит последняя" in complaint.text.ru
    assert check_together([halves[0], replace(rival, store="other")]) == []
    assert check_together([_with_status(halves[0], policy=Policy.ASK), rival]) == []


def test_a_profile_behind_one_that_takes_everything(halves):
    hidden = replace(halves[1], route=Route())
    (complaint,) = check_together([halves[0], hidden])
    assert (complaint.where, complaint.bad) == ("production", False)
    assert "never reached" in complaint.text.en
    assert check_together([halves[1], halves[0]]) == []


def test_a_name_is_given_once(halves):
    assert [c.where for c in check_together([halves[0], replace(halves[1], name="sales")]) if c.bad] == ["sales"]


def test_two_profiles_that_make_orders_in_one_stage(halves):
    first = replace(halves[0], new_order=NewOrder(("C2:NEW", "C2:WON")))
    second = replace(halves[1], store="other", new_order=NewOrder(("C4:NEW", "C2:NEW")))
    (complaint,) = check_together([first, second])
    assert (complaint.where, complaint.bad) == ("production", False)
    assert "makes orders of deals in the stage `C2:NEW`" in complaint.text.en
    assert "на стадии `C2:NEW`" in complaint.text.ru
    assert check_together([first, replace(second, office="other")]) == []
