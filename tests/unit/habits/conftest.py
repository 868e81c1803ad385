"""The repository, as the habits look at it."""

from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
CODE = ("src", "tests", "scripts", "bench", "examples")


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def python_files() -> Sequence[Path]:
    """Every Python file people write, the tests and benchmarks among them."""
    return sorted(path for folder in CODE for path in (ROOT / folder).rglob("*.py"))


@pytest.fixture(scope="session")
def documents() -> Sequence[Path]:
    """Every page people read."""
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "changelog.d").glob("*.md")])


@pytest.fixture(scope="session")
def written(python_files: Sequence[Path], documents: Sequence[Path]) -> Sequence[Path]:
    """Every text file of the repository that people write, whatever its kind."""
    kinds = {".toml", ".svg", ".yaml", ".yml", ".lock", ".in", ".php", ".sh", ""}
    others = [*ROOT.glob("*"), *(ROOT / ".ci").glob("*")]
    for folder in ("scripts", "profiles", "docs", "modules", "src", "examples"):
        others += (ROOT / folder).rglob("*")
    texts = {path for path in others if path.is_file() and path.suffix in kinds and path.name != ".gitignore"}
    return sorted({*texts, *python_files, *documents})
