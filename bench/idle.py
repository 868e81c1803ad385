"""What a hub that has nothing to do takes of a processor: a real `sverka up`, connected to a portal and a store."""

import os
import subprocess
import sys
import time
from importlib.resources import files
from pathlib import Path

import sverka
from figure import Figure
from sverka.bootstrap import open_house
from sverka.config.settings import Settings
from sverka.domain.ids import ProfileName
from sverka.domain.mapping.field_mapping import Side
from sverka.ports.kinds import whole_catalogue
from sverka.sandbox.bitrix_site import BitrixSiteServer, BitrixSiteStore
from sverka.sandbox.portal import Portal, PortalServer
from sverka.sandbox.portal.crm.fields import DEAL
from sverka.storage.connections import SavedConnection

SECONDS = 20.0
"""How long it is watched."""

WARM_UP = 8.0
"""Seconds from its first word until it is watched: the sweep and the check of its start are over."""


def idle(home: Path) -> list[Figure]:
    """Watch a hub between two sweeps, by the times the system keeps of its process."""
    folder = home / "idle"
    folder.mkdir()
    with PortalServer(Portal(plan="standard")) as portal, BitrixSiteServer(BitrixSiteStore()) as site:
        for name in ("ORDER_NUMBER", "TRACK"):
            portal.portal.add_field(DEAL, name)
        _connect(folder, portal.webhook_url, site.webhook_url)
        home = str(Path(sverka.__file__).parents[1])  # the command is of the very tree that is measured
        with subprocess.Popen(
            [sys.executable, "-c", "from sverka.cli import main; main()", "up", "--listen", "127.0.0.1:0"],
            cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env={**os.environ, "SVERKA_LANG": "en", "PYTHONUNBUFFERED": "1", "PYTHONPATH": home},
        ) as process:  # fmt: skip
            try:
                _until_it_listens(process)
                time.sleep(WARM_UP)
                requests, began, used = portal.portal.counters.requests, time.monotonic(), _processor(process.pid)
                time.sleep(SECONDS)
                share = (_processor(process.pid) - used) / (time.monotonic() - began)
                asked = portal.portal.counters.requests - requests
                memory = _memory(process.pid)
            finally:
                process.terminate()
    return [
        Figure("an idle hub's share of one core", share * 100, 2, "%"),
        Figure(f"an idle hub's requests to the portal in {SECONDS:.0f} s between sweeps", asked, 0, "requests"),
        Figure("an idle hub's memory, at most", memory, None, "MB"),
    ]


def _connect(folder: Path, portal: str, site: str) -> None:
    """Do what `sverka connect` and `sverka profile apply` do."""
    house = open_house(Settings.from_env({}, folder))
    try:
        for name, side, kind, webhook in (
            ("portal", Side.OFFICE, "bitrix24", portal),
            ("site", Side.STORE, "bitrix_site", site),
        ):
            house.storage.connections.save(SavedConnection(name, side, kind, {}))
            house.storage.vault.put(f"{name}/webhook", webhook)
        for saved in house.storage.connections.list():
            house.storage.catalogues.put(saved.name, whole_catalogue(house.connector(saved)))
        text = (files("sverka.cli.demo") / "site.toml").read_text("utf-8")
        house.storage.profiles.apply(ProfileName("print"), text, 0, "bench")
    finally:
        house.close()


def _until_it_listens(process: subprocess.Popen[str]) -> None:
    said = []
    for line in process.stdout or ():
        said.append(line)
        if "127.0.0.1" in line:
            return
    raise RuntimeError(f"the hub has not started: {''.join(said)}")


def _processor(pid: int) -> float:
    """Return the processor seconds a process has used so far, its threads together."""
    used = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(used[11]) + int(used[12])) / os.sysconf("SC_CLK_TCK")


def _memory(pid: int) -> float:
    """Return the megabytes a process has held at most."""
    lines = Path(f"/proc/{pid}/status").read_text("utf-8").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))
