"""Regular expressions of a profile cannot run away."""

import pytest

from sverka.domain.mapping.pattern import LONGEST_PATTERN, is_pattern, matches, runs_away


@pytest.mark.covers("R44")
@pytest.mark.parametrize(
    "pattern",
    [
        "моск",
        r"^\d{6},\s*Москва",
        r"^(ООО|ИП|АО)\s",
        r"[(+*|]+x",
        r"(?:обл|край)\.?$",
        r"\(a\+\)\+",
        r".*визитк.*",
    ],
)
def test_what_a_person_needs_is_let_through(pattern: str) -> None:
    assert is_pattern(pattern)
    assert not runs_away(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+$",
        "(a*)*b",
        "(a|a)*b",
        "(a|aa)+$",
        "(a?){50}a{50}",
        "a?" * 40 + "a" * 40,
        "(a|a)" * 30 + "b",
        "a*a*a*a*b",
        "a{0,99}a{0,99}a{0,99}a{0,99}b",
        r"(a)\1",
        r"((a{2})b)+",
        "x" * (LONGEST_PATTERN + 1),
    ],
)
def test_what_may_take_for_ever_is_not(pattern: str) -> None:
    assert runs_away(pattern)


@pytest.mark.parametrize("broken", ["(", "[a", "a{2,1}", "*a", "(?P<x"])
def test_what_is_no_pattern_is_told_apart(broken: str) -> None:
    assert not is_pattern(broken)


def test_a_long_text_is_looked_at_from_its_beginning() -> None:
    assert matches("^МОСК", "Москва" + "x" * 100_000)
    assert not matches("y$", "x" * 100_000 + "y")
