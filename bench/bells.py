"""How many bells a second the hub's door takes, each kept on disk before it is answered (`synchronous=FULL`)."""

import json
import subprocess
import sys
import time
from pathlib import Path

from figure import Figure
from sverka.cli.demo.stage import Stage

CALLERS = 64
BELLS = 5000
ORDERS = 100
_CLIENT = Path(__file__).with_name("bell_client.py")


def bells(home: Path) -> list[Figure]:
    """Ring as many stores would at once, for a hundred orders in turn; the waves rest meanwhile."""
    with Stage(home) as stage:
        stage.worker.stop()
        command = [
            sys.executable,
            str(_CLIENT),
            stage.hook("woo"),
            "demo4secret",
            str(BELLS),
            str(CALLERS),
            str(ORDERS),
        ]
        processor = time.process_time()
        told = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        processor = time.process_time() - processor
        waiting = sum(one.visits for one in stage.house.storage.counts().waiting)
    assert told["refused"] == 0, told
    assert waiting == ORDERS, waiting
    what = f"{BELLS} bells for {ORDERS} orders from {CALLERS} callers"
    return [
        Figure(f"{what}, acknowledged a second", BELLS / told["seconds"], None, "bells", least=1000),
        Figure(f"{what}, 99 of 100 within", told["p99"], None, "ms"),
        Figure("the hub's processor time a bell", processor / BELLS * 1000, None, "ms"),
    ]
