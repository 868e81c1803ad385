"""The page of told stories, as Markdown: `python -m simulation.lives.tell_stories > docs/why/stories.md`."""

import sys
from collections.abc import Iterator

from simulation.lives.database import Database
from simulation.lives.stories import RULES, STORIES
from simulation.lives.story import Story

HEAD = """# Stories, rule by rule

Each story is played by the tests (`tests/simulation/lives/stories*.py`): the numbered sentences are what happened in
it, word for word. What is said of it without the rule is what the judge of the simulation objected to, or how the story
ended, when the rule was switched off in a copy. In all of them the shop is `shop`, the portal `crm`, the works' ERP
`erp`; `A → B` is a write that should not have been made, `A | B` what shop and back office show; `—` is an empty field.
`make stories` writes this page anew.
"""


def page() -> str:
    """Return the whole page, with every story played anew."""
    database = Database()
    try:
        return "\n".join([HEAD, *(line for rule in RULES for line in _chapter(rule, database))])
    finally:
        database.close()


def _chapter(rule: str, database: Database) -> Iterator[str]:
    yield f"## {rule}\n"
    for story in STORIES:
        if story.rule == rule:
            yield from _told(story, database)


def _told(story: Story, database: Database) -> Iterator[str]:
    yield f"### {story.title}\n"
    yield f"{story.why}\n"
    if story.test:
        path, _, name = story.test.partition("::")
        yield f"Told by the test `{name}` in [{path}](../../{path}).\n"
        return
    for number, sentence in enumerate(story.play(database).story, 1):
        yield f"{number}. {sentence}"
    yield ""
    if story.without:
        yield f"Without the rule: *{story.without}*\n"


if __name__ == "__main__":
    sys.stdout.write(page().rstrip("\n") + "\n")
