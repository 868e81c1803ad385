"""The stories bite: a rule switched off breaks one of its stories. The second half, run beside the other."""

from pathlib import Path

import pytest

from simulation.lives.mutants import FIRST, Mutant
from simulation.lives.switched_off import SwitchedOff


@pytest.mark.parametrize("mutant", FIRST[1::2], ids=lambda mutant: f"{mutant.rule}-{mutant.says}")
def test_a_rule_switched_off_breaks_a_story(mutant: Mutant, tmp_path: Path) -> None:
    assert any(SwitchedOff.make(mutant, tmp_path).bitten())
