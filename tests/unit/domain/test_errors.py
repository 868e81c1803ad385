"""Problems: each says the next step, in both languages."""

from datetime import timedelta

import pytest

from sverka.domain import errors
from sverka.domain.errors import Later, Problem
from sverka.domain.text import Text

KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Problem)]


@pytest.mark.parametrize("kind", KINDS)
def test_every_problem_has_a_sentence_of_its_own_in_both_languages(kind: type[Problem]) -> None:
    others = [other.text for other in KINDS if other is not kind]
    assert kind.text not in others
    assert kind().say("en") == str(kind()) == kind.text.en
    assert kind().say("ru") == kind.text.ru
    assert any("а" <= char <= "я" for char in kind.text.ru)


def test_a_sentence_of_the_moment_takes_the_place_of_the_default() -> None:
    problem = Later(Text("In a minute", "Через минуту"), timedelta(minutes=1))
    assert (problem.say("ru"), str(problem), problem.after) == ("Через минуту", "In a minute", timedelta(minutes=1))
    assert Later().after == timedelta(seconds=30)
