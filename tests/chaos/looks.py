"""When a hub looked at what it then wrote over: an edit in between is a documented limit, and no edit after.

No store and no portal writes on condition, so a person who edits a field between the look and the write is overwritten
(docs/why/promises.md). A write that lands later than its wave may send anything is none of these.
"""

import json
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sverka.engine import wave
from sverka.engine.act.write import Job

_FILE = "looks.jsonl"


def tell_looks() -> None:
    """Have this process note, before a wave writes, when it began to look and when it writes, by the true time."""
    look, send = wave.survey, wave.send
    now = threading.local()

    def looks(*given: Any, **more: Any) -> Any:
        now.looked = time.time()
        return look(*given, **more)

    def sends(hub: Any, office: Any, jobs: Sequence[Job], guard: Any) -> Any:
        lines = [
            [str(job.task.order.id), "shop" if job.to_store else "office", change.mapping.key, now.looked, time.time()]
            for job in jobs
            for change in job.changes
        ]
        with Path(_FILE).open("a", encoding="utf-8") as file:
            file.write("".join(f"{json.dumps(line)}\n" for line in lines))
        return send(hub, office, jobs, guard)

    wave.survey, wave.send = looks, sends


def was_unseen(folder: Path, order: int, field: str, side: str, edited: float, lasts: float) -> bool:
    """Tell whether a wave that had begun to look before the edit wrote this field after it, and none that began later.

    Whoever looks later sees the edit, and what it writes is no oversight. `edited` is when the edit was made, `lasts`
    the seconds for which a wave may send; times are true ones.
    """
    file = folder / _FILE
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    written = [json.loads(line) for line in lines if line.endswith("]")]
    looks = [
        looked
        for number, where, key, looked, sent in written
        if (str(order), side, field) == (number, where, key) and edited <= sent + lasts
    ]
    return bool(looks) and max(looks) <= edited
