"""Small helpers of the contracts."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from sverka.domain.errors import Problem

T = TypeVar("T")


def problem_of(act: Callable[[], object]) -> Problem:
    """Return the problem an act raises, or that it answers with for every record."""
    try:
        answer = act()
    except Problem as problem:
        return problem
    answers = list(answer.values()) if isinstance(answer, dict) else [answer]
    problems = [item for item in answers if isinstance(item, Problem)]
    assert problems, f"a problem was expected, and the answer was {answer!r}"
    assert len(problems) == len(answers), f"every record should answer with the problem: {answer!r}"
    return problems[0]


def whole(answer: "T | Problem") -> T:
    """Return an answer that must not be a problem."""
    assert not isinstance(answer, Problem), f"no problem was expected: {answer!r}"
    return answer


def keeps_secrets(problem: Problem, secrets: Sequence[str]) -> None:
    """Assert that no secret stands in anything a problem shows."""
    for shown in (problem.say("en"), problem.say("ru"), str(problem), repr(problem), repr(problem.__cause__)):
        for secret in secrets:
            assert secret not in shown, "a secret stands in a problem's text"
