"""The section of docs/figures.md that tells what other clients need beside ours."""

from importlib.metadata import version

TEXT = """
Printed by `make peers`, which takes some six minutes (`ARGS='--size 100'` is quick); `ARGS=docs/figures.md` writes
this section, `ARGS=file.json` the figures. Clients: {versions}.

Every client does the same work with the same data in the same order, each on a fresh sandbox portal of the standard
plan: 2 requests a second, 50 at once. It is driven as its own documentation advises for speed, with its own defaults:
fast-bitrix24 by `get_all`, `get_by_ID`, `call`, and batches of its user's own for the creates; b24pysdk by
`call_list_fast`, `call_list` with the ids in its filter, and `call_batches`; b24jssdk by `fetchList`, `batchByChunk`
and `batch`; sverka by its connector, in the lane of live orders. One more column has b24pysdk's caller send a batch
again a second after it raised. A deal is made with a contact of its own and two product rows, and counts only when it
has them.

A cell tells the requests the portal has counted, how many of them it refused (503), and virtual seconds. The sandbox
answers at once and its clock moves only while a client waits by its own decision, so the seconds hold neither
computing nor travelling: all clients' sleeps and timers run on that clock, and nothing else of them is changed. On a
live portal an answer takes its time too; there fast-bitrix24, which sends side by side, gains what it cannot gain
here, and b24jssdk, whose `fetchList` asks for page after page, loses. The floor is the requests that are needed with
fifty commands in each, and the seconds the portal's limit makes of them: what exceeds the 50, or all of them where
others have just used the 50 up ("counter full"), divided by 2 a second.

Sverka is no faster than it has to be: it leaves half of the burst to others behind the same address, and what it has
made it reads back in the same request, which makes 24 deals a request and not 25. Where a cell says "mean", it is
that of the runs that came through (of all where none did): fast-bitrix24 is measured three times, for which of its
requests are refused is a race, so that its failures come and go with the run; and the last line is ten runs, each of
its own seed and the same for all clients, in which 5 % of all requests are answered 503 and 2 % are carried out and
their answers lost. Records made twice, and deals that are missing or lack their contact or rows, are summed over all
runs, those that failed among them; where a cell does not name them there are none.

"""


def section(table: str) -> str:
    """Return the section with its table."""
    clients = [f"{name} {version(name)}" for name in ("fast-bitrix24", "b24pysdk")]
    return TEXT.format(versions=", ".join([*clients, "@bitrix24/b24jssdk 2.2.0", "sverka"])) + table + "\n"
