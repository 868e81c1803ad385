"""Packs the module for 1C-Bitrix sites into one archive, the same byte for byte whenever and wherever it is made."""

import sys
import zipfile
from pathlib import Path

MODULE = Path(__file__).resolve().parents[1] / "modules" / "1c-bitrix" / "sverka.orders"
EPOCH = (1980, 1, 1, 0, 0, 0)


def pack(target: Path) -> None:
    """Write the archive; the files lie in it in the order of their names, without their times and owners."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w") as archive:
        for path in sorted(MODULE.rglob("*")):
            if path.is_file():
                about = zipfile.ZipInfo(path.relative_to(MODULE.parent).as_posix(), EPOCH)
                about.external_attr = 0o100644 << 16
                about.create_system = 3
                archive.writestr(about, path.read_bytes())


if __name__ == "__main__":
    where = Path(sys.argv[1] if len(sys.argv) > 1 else "dist/sverka.orders.zip")
    pack(where)
    print(where)
