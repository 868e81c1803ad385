"""The page of the sandbox portal's methods, written from what was measured.

`PYTHONPATH=tests python -m support.methods_page FILE` writes it; a test holds the page to it.
"""

import sys
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from support.truth import IMPLEMENTED, Measured, measure

_HEAD = """# Methods of the sandbox portal

Every method the sandbox portal answers, measured against the vendor's machine-readable description of it. This page is
written by `make methods` and held by a test: a method that loses a documented key fails the build. A method that is not
here answers `ERROR_METHOD_NOT_FOUND`, as on a portal that lacks it.

- **parameters**: those it looks at, of those documented. One it does not look at is accepted and ignored.
- **keys**: those its answer to a good call has, of those in the vendor's example, nested ones counted too. A portal's
  own fields (user fields, smart processes) are left out, and so are maps of all fields, which are each portal's own.
- **refusals**: HTTP status and code that bad calls got, «» for the empty code of the classic methods.
- **–**: the vendor publishes no description, or shows no answer.

"""


def page(found: Sequence[Measured]) -> str:
    """Return the whole page."""
    known = [one for one in found if one.documented]
    parameters, accepted = (sum(len(getattr(one, name)) for one in known) for name in ("parameters", "accepted"))
    keys, answered = (sum(len(getattr(one, name)) for one in known) for name in ("keys", "answered"))
    departing = [one for one in found if one.deviation]
    lines = [
        f"| methods answered | {len(found)} |",
        f"| of them described by the vendor | {len(known)} |",
        f"| documented parameters looked at | {accepted} of {parameters} ({accepted / (parameters or 1):.1%}) |",
        f"| documented keys answered | {answered} of {keys} ({answered / (keys or 1):.1%}) |",
        f"| methods with a known deviation | {len(departing)} |",
    ]
    text = _HEAD + "| | |\n|---|---|\n" + "\n".join(lines) + "\n"
    for area, methods in groupby(found, key=lambda one: one.name.partition(".")[0]):
        text += f"\n## {area}\n\n| method | scope | parameters | keys | refusals |\n|---|---|---|---|---|\n"
        text += "".join(_row(one) for one in methods)
    text += "\n## Known deviations\n\n| method | why |\n|---|---|\n"
    text += "".join(f"| `{one.name}` | {one.deviation} |\n" for one in departing)
    text += "\n## Documented and not there\n\nParameters that are ignored, and keys that a good call does not get.\n\n"
    text += "| method | parameters | keys |\n|---|---|---|\n"
    text += "".join(_missing(one) for one in known)
    return text


def _row(one: Measured) -> str:
    parameters = f"{len(one.accepted)}/{len(one.parameters)}" if one.documented else "–"
    keys = f"{len(one.answered)}/{len(one.keys)}" if one.keys else "–"
    refusals = ", ".join(sorted(one.refusals)) or "–"
    return f"| `{one.name}` | {one.scope or 'any'} | {parameters} | {keys} | {refusals} |\n"


def _missing(one: Measured) -> str:
    parameters = ", ".join(f"`{name}`" for name in sorted(one.parameters - one.accepted))
    keys = ", ".join(f"`{name}`" for name in sorted(one.keys - one.answered))
    return f"| `{one.name}` | {parameters} | {keys} |\n" if parameters or keys else ""


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page([measure(name) for name in IMPLEMENTED]), encoding="utf-8")
