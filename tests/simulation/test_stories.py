"""Every told story holds on the product as it is, does what its title says, and stands so in the documents."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from simulation.lives.database import Database
from simulation.lives.stories import RULES, STORIES
from simulation.lives.story import Story
from simulation.lives.tell_stories import page

ROOT = Path(__file__).parents[2]
PLAYED = [story for story in STORIES if story.acts]


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    database = Database()
    yield database
    database.close()


@pytest.mark.parametrize("story", PLAYED, ids=lambda story: f"{story.rule}-{story.title}")
def test_a_story_holds_and_is_not_idle(story: Story, database: Database) -> None:
    played = story.play(database)
    told = "\n".join(played.story)
    assert story.objection(played) == ""
    assert story.ends, "a story says how it ends"
    assert [words for words in story.expects if words not in told] == []


def test_every_rule_has_a_story_and_no_two_have_one_title() -> None:
    assert list(dict.fromkeys(story.rule for story in STORIES)) == list(RULES)
    assert len({story.title for story in STORIES}) == len(STORIES)


@pytest.mark.parametrize("story", [story for story in STORIES if not story.acts], ids=lambda story: story.rule)
def test_a_story_told_elsewhere_is_told_there(story: Story) -> None:
    path, _, name = story.test.partition("::")
    assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8")


def test_the_page_of_stories_is_up_to_date() -> None:
    there = (ROOT / "docs" / "why" / "stories.md").read_text(encoding="utf-8")
    assert there == page().rstrip("\n") + "\n", "run `make stories`"
