"""The stories bite: a rule switched off breaks one of its stories. The first half, run beside the other."""

from pathlib import Path

import pytest

from simulation.lives.mutants import FIRST, MUTANTS, Mutant
from simulation.lives.switched_off import SwitchedOff


@pytest.mark.parametrize("mutant", FIRST[0::2], ids=lambda mutant: f"{mutant.rule}-{mutant.says}")
def test_a_rule_switched_off_breaks_a_story(mutant: Mutant, tmp_path: Path) -> None:
    assert any(SwitchedOff.make(mutant, tmp_path).bitten())


def test_every_mutant_is_an_edit_of_the_source_as_it_stands() -> None:
    assert all(mutant.edited() for mutant in MUTANTS)
