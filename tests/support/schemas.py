"""The vendor's machine-readable method schemas, read from beside the project where they are.

They lie in `$SVERKA_SHARED/data/bitrix24/methods` (or `<repository>/../shared/...`) and are no part of the project.
"""

import json
import os
from pathlib import Path
from typing import Any

_SHARED = Path(os.environ.get("SVERKA_SHARED") or Path(__file__).parents[3] / "shared")
FOLDER = _SHARED / "data" / "bitrix24" / "methods"


def schema(method: str) -> dict[str, Any] | None:
    """Return what the vendor publishes of a method, None where it publishes nothing."""
    path = FOLDER / f"{method}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def example(described: dict[str, Any] | None) -> Any:
    """Return the result the vendor shows, None where none is shown."""
    shown = ((described or {}).get("resultExample") or {}) if described else {}
    return shown.get("result") if isinstance(shown, dict) else None
