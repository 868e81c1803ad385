"""The merge as a table: what was agreed, what both sides show, and what follows, a sentence each."""

from support.merge_table.append import APPENDED
from support.merge_table.meaning import DATES, LISTS, NUMBERS, PEOPLE, ROWS_OF_GOODS, STATUSES
from support.merge_table.memory import DECIDED, LEFT_OUT, MEMORY_LOST, REFUSED, REMEMBERED_OTHERWISE
from support.merge_table.moves import BOTH_MOVED, FIRST_SIGHT, MODES, NOBODY_MOVED, ONE_MOVED, ONE_WAY

TABLE = [
    *NOBODY_MOVED, *ONE_MOVED, *ONE_WAY, *BOTH_MOVED, *FIRST_SIGHT, *MODES, *STATUSES, *LISTS, *NUMBERS, *DATES,
    *PEOPLE, *ROWS_OF_GOODS, *APPENDED, *MEMORY_LOST, *REMEMBERED_OTHERWISE, *REFUSED, *DECIDED, *LEFT_OUT,
]  # fmt: skip
