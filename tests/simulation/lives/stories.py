"""All told stories, in the order of their rules."""

from collections.abc import Sequence

from simulation.lives import (
    stories_of_courses,
    stories_of_doubt,
    stories_of_facets,
    stories_of_many,
    stories_of_meaning,
    stories_of_people,
)
from simulation.lives.story import Story

STORIES: Sequence[Story] = (
    *stories_of_doubt.STORIES,
    *stories_of_many.STORIES,
    *stories_of_meaning.STORIES,
    *stories_of_courses.OF_QUESTIONS,
    *stories_of_courses.OF_ADDING,
    *stories_of_people.STORIES,
    *stories_of_courses.OF_COMMENTS,
    *stories_of_courses.STORIES,
    *stories_of_facets.STORIES,
)
RULES = (*(f"K{number}" for number in range(1, 25)), "milestones", "guards", "handovers", "files", "switches", "facets")
