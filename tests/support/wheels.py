"""Packages built and laid out as an installer does, without one and without a network."""

import os
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import sverka

_BUILD = "import sys; from hatchling.build import build_wheel; print(build_wheel(sys.argv[1]))"


def install(package: Path, site: Path) -> None:
    """Build the package in a folder and put its code and metadata into another, which is to stand on the path."""
    done = subprocess.run(
        [sys.executable, "-c", _BUILD, str(site)], cwd=package, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    wheel = site / done.stdout.split()[-1]
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(site)
    wheel.unlink()


def python(
    *arguments: str, site: Path, folder: Path, given: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run Python with this tree of the hub and what stands in the folder of installed packages."""
    home = Path(sverka.__file__).parents[1]
    own = {"SVERKA_LANG": "en", "PYTHONPATH": os.pathsep.join([str(home), str(site)])}
    environ = {**os.environ, **own, **(given or {})}
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environ, capture_output=True, text=True, timeout=100, check=False
    )
