"""What becomes of a rule's stories in the source that is imported: printed as JSON, title → the objection.

`python -m simulation.lives.bite K4` with a mutated copy of the source on PYTHONPATH shows whether the stories bite.
"""

import json
import sys

from simulation.lives.database import Database
from simulation.lives.stories import STORIES


def findings(rule: str) -> dict[str, str]:
    """Return the objection to each played story of a rule, empty where it held."""
    database = Database()
    try:
        told = [story for story in STORIES if story.rule == rule and story.acts]
        return {story.title: story.objection(story.play(database)) for story in told}
    finally:
        database.close()


if __name__ == "__main__":
    print(json.dumps(findings(sys.argv[1])))  # noqa: T201 - its answer
