"""The tables of what is watched: counts that every process adds to, and alerts that stand."""

from sqlalchemy import Column, Float, Table, Text

from sverka.storage.tables import Moment, Words, metadata

# Not pruned: there is a row for each thing that is counted, and no more of them.
tallies = Table(
    "tallies",
    metadata,
    Column("name", Text, primary_key=True),
    # Labels and their values as JSON, sorted, so that equal ones are equal text.
    Column("labels", Words, primary_key=True),
    Column("amount", Float, nullable=False),
    Column("at", Moment, nullable=False),
)

# One row for each alert and each way it goes, so that one way's failure repeats nothing on another.
alerts = Table(
    "alerts",
    metadata,
    Column("name", Text, primary_key=True),
    Column("way", Text, primary_key=True),
    Column("text_en", Words, nullable=False),
    Column("text_ru", Words, nullable=False),
    Column("since", Moment, nullable=False),
)
