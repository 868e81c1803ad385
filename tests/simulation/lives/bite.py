"""What the source that is imported does to a rule's stories, or to random lives: printed as JSON.

`python -m simulation.lives.bite stories K4` answers title → [the objection, the story told], the objection empty where
a story held; `python -m simulation.lives.bite lives 3000` answers the shortest story of the first life that breaks.
`switched_off` runs it with a mutated copy of the source on PYTHONPATH.
"""

import json
import sys
from contextlib import closing

from simulation.lives.database import Database
from simulation.lives.play import play_seed, shorten
from simulation.lives.stories import STORIES
from simulation.lives.told import told

_PATIENCE = 200


def _stories(rule: str, database: Database) -> dict[str, tuple[str, str]]:
    found = {}
    for story in STORIES:
        if story.rule == rule and story.acts:
            played = story.play(database)
            objection = story.objection(played)
            if objection:
                played.findings[:] = [objection]
            found[story.title] = (objection, told(story.title, played) if objection else "")
    return found


def _lives(most: int, database: Database) -> str:
    for seed in range(most):
        played = play_seed(seed, database)
        if played.broke:
            return told(f"seed {seed}, after {seed + 1} runs", shorten(played, database, patience=_PATIENCE))
    return ""


if __name__ == "__main__":
    with closing(Database()) as here:
        answer = _stories(sys.argv[2], here) if sys.argv[1] == "stories" else _lives(int(sys.argv[2]), here)
    print(json.dumps({"source": sys.modules["sverka"].__file__, "answer": answer}))
