"""What a status map never comes to is said as a warning, a sentence a kind, and not where it is meant."""

from pathlib import Path

import pytest

from sverka.config.check import check
from sverka.config.complaint import Complaint

DOCUMENT = """
schema = 1
profile = "p"
store = "s"
portal = "b"
[deal]
pipeline = "2"
[status]
policy = "ask"
map = [
{rows}
]
cancel = ["C2:LOSE", "C5:LOSE"]
"""
N, P, F = (
    '{ status = "N", stage = ["C2:NEW"] },',
    '{ status = "P", stage = ["C2:EXECUTING", "C2:READY"] },',
    '{ status = "F", stage = ["C2:WON"] },',
)
HANDOVER = '[[handover]]\nat = "C2:READY"\nto = "C5:NEW"\n'
PROFILES = Path(__file__).parents[3] / "profiles"


def documented(*rows: str, more: str = "", way: str = "") -> list[Complaint]:
    """Return what is said of a document whose stages are in both funnels where the rows or `more` name the second."""
    text = DOCUMENT.replace("{rows}", "\n".join(rows)).replace('policy = "ask"', f'policy = "ask"\n{way}') + more
    if "C5:NEW" not in text:
        text = text.replace(', "C5:LOSE"', "")
    return check(text)


def test_what_no_stage_leads_to_is_named_once_with_the_next_step():
    rows = (
        N,
        P,
        F,
        '{ status = "A", stage = ["C2:NEW"] },',
        '{ status = "B", stage = ["C2:NEW"] },',
    )
    (one,) = documented(N.replace("] }", "], back = true }"), *rows[1:])
    assert not one.bad
    assert one.where == "status.map[3].status"
    assert "no stage leads back to these statuses" in one.text.en
    assert "`A`, `B`" in one.text.en
    assert "back = false" in one.text.en
    assert "не ведёт обратно ни одна стадия" in one.text.ru


@pytest.mark.parametrize(
    ("rows", "way"),
    [
        ((N, P, F), ""),
        ((N, P, '{ status = "A", stage = ["C2:NEW"], back = false },', F), ""),
        ((N, P, '{ status = "A", stage = ["C2:NEW"] },', F), 'way = "->"'),
    ],
)
def test_nothing_is_said_of_a_sound_map_or_of_what_is_meant(rows, way):
    marked = [row.replace("] }", "], back = true }") if row == N and len(rows) > 3 else row for row in rows]
    assert documented(*marked, way=way) == []


def test_a_status_whose_own_stage_means_another_does_not_return():
    second = '{ status = "A", stage = ["C2:NEW", "C2:LATER"] },'
    first = N.replace("] }", "], back = true }")
    (one,) = documented(first, second, P, F)
    assert "`A → C2:NEW → N`" in one.text.en
    assert "туда и обратно здесь не возвращает" in one.text.ru
    assert documented(first, second.replace('"] }', '"], back = false }'), P, F) == []


def test_of_several_funnels_each_is_looked_at():
    elsewhere = '{ status = "A", stage = ["C5:WORK", "C5:DONE"] },'
    first = '{ status = "N", stage = ["C2:NEW", "C5:NEW"], back = true },'
    second = '{ status = "P", stage = ["C2:EXECUTING", "C2:READY", "C5:NEW"] },'
    (one,) = [
        found for found in documented(first, second, elsewhere, F, more=HANDOVER) if "there and back" in found.text.en
    ]
    assert "`P → C5:NEW → N`" in one.text.en


def test_a_stage_that_is_handed_over_at_once_leads_to_another_status():
    first = '{ status = "P", stage = ["C2:READY", "C2:EXECUTING"] },'
    said = documented(N, first, '{ status = "A", stage = ["C5:NEW"] },', F, more=HANDOVER)
    (one,) = [found for found in said if "there and back" in found.text.en]
    assert "`P → C2:READY → C5:NEW → A`" in one.text.en
    said = documented(N, P, '{ status = "A", stage = ["C5:NEW"] },', F, more=HANDOVER)
    assert not [found for found in said if "there and back" in found.text.en]


def test_a_cancelled_deal_that_is_handed_over_is_not_cancelled_any_more():
    more = '[[handover]]\nat = "C2:LOSE"\nto = "C5:NEW"\n'
    said = documented(N, P, '{ status = "A", stage = ["C5:NEW"] },', F, more=more)
    (one,) = [found for found in said if "there and back" in found.text.en]
    assert "`cancelled → C2:LOSE → C5:NEW → A`" in one.text.en
    assert one.where == "status.cancel"


def test_a_funnel_that_nothing_leads_to_is_named():
    rows = (N, P, '{ status = "A", stage = ["C5:NEW"] },', F)
    (one,) = [found for found in documented(*rows) if "nothing in this profile" in found.text.en]
    assert "funnel `5`" in one.text.en
    assert "`C5:LOSE`, `C5:NEW`" in one.text.en
    assert not [found for found in documented(*rows, more=HANDOVER) if "nothing in this profile" in found.text.en]


def test_the_stages_of_an_invoice_are_looked_at_too():
    more = """[invoice]
[invoice.status]
map = [
  { status = "N", stage = ["DT31_1:N"], back = true },
  { status = "P", stage = ["DT31_1:N"] },
]
cancel = ["DT31_1:D"]
"""
    (one,) = documented(N, P, F, more=more)
    assert one.where == "invoice.status.map[1].status"
    assert "`P`" in one.text.en


@pytest.mark.parametrize("file", sorted(PROFILES.glob("*.toml")), ids=lambda file: file.stem)
def test_no_worked_set_up_is_warned_of(file):
    assert check(file.read_text("utf-8")) == []


def test_handovers_are_followed_one_after_another():
    first = '{ status = "P", stage = ["C2:READY", "C2:EXECUTING"] },'
    more = HANDOVER + '[[handover]]\nat = "C5:NEW"\nto = "C7:NEW"\n'
    said = documented(N, first, '{ status = "A", stage = ["C5:NEW", "C7:NEW"] },', F, more=more)
    told = " ".join(found.text.en for found in said)
    assert "`P → C2:READY → C5:NEW → C7:NEW → A`" in told
    assert "nothing in this profile" not in told
