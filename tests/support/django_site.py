"""A Django site of others on this machine, served from a virtual environment of its own."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from support.running import until

ROOT = Path(__file__).parents[2]


@contextmanager
def served(place: Path, folder: Path, port: int, own: Mapping[str, str], answers: Callable[[], bool]) -> Iterator[None]:
    """Serve the site whose environment is `.venv/.NAME` and whose settings are in tests/acceptance/NAME.

    `folder` gets a copy of its database and its log; `own` are variables of its own. The context begins when it
    `answers`.
    """
    shutil.copy(place / "shop.sqlite3", folder)
    here = ROOT / "tests" / "acceptance" / place.name.lstrip(".")
    told = {"SHOP_FOLDER": str(folder), "PYTHONPATH": str(here), "DJANGO_SETTINGS_MODULE": "shop.settings"}
    environ = {**os.environ, **told, "PYTHONDONTWRITEBYTECODE": "1", **own}
    command = [place / "bin" / "python", "-W", "ignore", "-m", "django", "runserver", "--noreload", str(port)]
    with (
        (folder / "shop.log").open("wb") as log,
        subprocess.Popen(command, env=environ, cwd=folder, stdout=log, stderr=log) as process,
    ):

        def is_up() -> bool:
            assert process.poll() is None, (folder / "shop.log").read_text("utf-8")
            return answers()

        try:
            until(is_up, "the site answers")
            yield
        finally:
            process.kill()
