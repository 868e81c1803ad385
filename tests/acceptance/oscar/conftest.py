"""A third party's connector, built and laid out as an installer does."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.oscar_shop import ROOT, needed
from support.wheels import install


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder it is installed in, which stands on the path."""
    needed()
    folder = tmp_path_factory.mktemp("site")
    package = shutil.copytree(ROOT / "examples" / "connector-oscar", tmp_path_factory.mktemp("package") / "oscar")
    install(package, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        yield folder
        for name in [name for name in sys.modules if name.partition(".")[0] == "sverka_oscar"]:
            patch.delitem(sys.modules, name)
