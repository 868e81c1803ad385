"""The page of the connectors, written from their manifests and from what their contract tests leave out.

`PYTHONPATH=tests python -m support.connectors_page FILE` writes it; a test holds the page to it.
"""

import sys
from collections.abc import Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from support.contract_run import Figures, read
from sverka.connectors.quality import RULES
from sverka.connectors.registry import Manifest, gather
from sverka.domain.mapping.field_mapping import Side
from sverka.domain.mapping.order_fields import order_fields
from sverka.testing import BackOfficeContract, StoreContract

_HEAD = """# Connectors

What each of the hub's own connectors is told, what it can and cannot do, how it keeps the rules, and what its contract
tests leave out, with the reasons. This page is written by `make connectors` from the manifests and a run of the tests,
and held by a test. `sverka connector show KIND` tells the same of any connector, those of other packages too, in your
language; [how to write one](../how-to/write-a-connector.md).

{table}
A contract test is inherited by every connector of a side, and run once a case: for each way in which that is
tried, and for each type of field. Cases are left out where the system has nothing of the kind; the reasons are below.

Rules: **done** – kept, and a test shows it; **todo** – not kept yet; **exempt** – cannot be kept, for the reason given.
"""

SKIPPED: Mapping[str, Iterable[str]] = {
    "signs_notices": ["test_a_genuine_notice_rings_and_a_forged_one_is_refused"],
    "sees_deletions": ["test_a_deleted_order_is_gone"],
    "keeps_mark": [
        "test_an_order_is_made_with_its_mark_and_found_by_it",
        "test_orders_with_one_mark_are_found_oldest_first",
        "test_an_order_whose_answer_was_lost_is_found_by_its_mark",
    ],
    "lines": ["test_goods_are_changed_added_and_taken_out"],
}
"""Tests of the contract of stores that have no subject where a store cannot do something, by what that is."""

_CANNOT = {
    "signs_notices": "it sends no signed notices; sweeps find what changed",
    "sees_deletions": "an order that was deleted does not look deleted",
    "keeps_mark": "its orders keep no mark, so none is made of a deal",
    "lines": "the goods of an order cannot be changed",
}

GIVEN = {
    "url": "https://shop.example/1c_exchange.php",
    "login": "exchange",
    "password": "s3cret",
    "webhook": "https://shop.example/rest/1/s3cret/",
    "consumer_key": "ck_1",
    "consumer_secret": "cs_1",
    "public_key": "public",
    "private_key": "s3cret",
}
"""What a connector is told, made up, by name: enough to make each of the hub's own."""

_LABELS = {field.key: field.label.en for field in order_fields((), {})}


def page() -> str:
    """Return the whole page."""
    own, figures = gather(()).manifests, read()
    rows = [
        (f"`{kind}`", *map(str, (one.tests, one.cases, one.passed, sum(one.left_out.values()), one.own)))
        for kind, one in figures.items()
    ]
    table = _table(("connector", "inherited tests", "cases", "passed", "left out", "own tests beside"), rows)
    return _HEAD.format(table=table) + "".join(_part(one, figures[kind]) for kind, one in sorted(own.items()))


def contract_of(kind: str) -> list[type]:
    """Return the classes by which a connector of the hub's own keeps its contract."""
    module = import_module(f"contract.test_{kind}")
    bases = (StoreContract, BackOfficeContract)
    return [
        one for one in vars(module).values() if isinstance(one, type) and issubclass(one, bases) and one not in bases
    ]


def cannot(manifest: Manifest) -> list[str]:
    """Return what a store cannot do of what the contract asks for."""
    if manifest.side is Side.OFFICE:
        return []
    flags = {name: getattr(manifest.can, name) for name in ("signs_notices", "sees_deletions", "keeps_mark")}
    return [name for name, can in {**flags, "lines": "lines" in manifest.can.writes}.items() if not can]


def _part(one: Manifest, figures: Figures) -> str:
    text = f"\n## {one.title.en}\n\nKind `{one.kind}`, a {'store' if one.side is Side.STORE else 'back office'}.\n\n"
    text += _table(("it is told", "required", "what it is"), [
        (f"`{wanted.name}`{' (secret)' if wanted.is_secret else ''}", "yes" if wanted.is_required else "no",
         " ".join([f"{wanted.label.en}. {wanted.help.en}", *([f"Where: {wanted.where.en}"] if wanted.where else [])]))
        for wanted in one.wanted
    ])  # fmt: skip
    text += f"\n**It can set** {_writes(one)}.\n"
    lacking = cannot(one)
    if lacking:
        text += "\n**It cannot:**\n\n" + "".join(f"- {_CANNOT[name]}\n" for name in lacking)
    rules = [
        (RULES[name].en, f"{kept.level}", kept.reason.en if kept.reason else "") for name, kept in one.quality.items()
    ]
    return text + "\n" + _table(("rule", "level", "reason"), rules) + _left_out(one, lacking) + _not_run(figures)


def _writes(one: Manifest) -> str:
    if "*" in one.can.writes:
        return "every field of its catalogue that is writable there"
    labels = {**_LABELS, "property.*": "every property", "comments": "comments, by adding"}
    return ", ".join(f"{labels.get(key, key).lower()} (`{key}`)" for key in sorted(one.can.writes))


def _left_out(one: Manifest, lacking: Iterable[str]) -> str:
    rows = [(_words(test), _CANNOT[name]) for name in lacking for test in SKIPPED[name]]
    kept: dict[str, list[str]] = {}
    for case in contract_of(one.kind):
        told: dict[Any, str] = {**getattr(case, "apart", {}), **getattr(case, "otherwise", {})}
        for what, why in told.items():
            name = f"`{what}`" if isinstance(what, str) else f"`{what[0]}`: {what[1]}"
            kept.setdefault(why, []).append(name)
    rows += [(", ".join(dict.fromkeys(names)), why) for why, names in kept.items()]
    return ("\nIts contract tests leave out, or take otherwise:\n\n" + _table(("what", "why"), rows)) if rows else ""


_NO_FIELD = "nothing here takes "


def _not_run(figures: Figures) -> str:
    types = [why.removeprefix(_NO_FIELD) for why in figures.left_out if why.startswith(_NO_FIELD)]
    rows = [(why, str(count)) for why, count in figures.left_out.items() if not why.startswith(_NO_FIELD)]
    if types:
        without = sum(count for why, count in figures.left_out.items() if why.startswith(_NO_FIELD))
        rows.append((f"no field here takes: {', '.join(types)}", str(without)))
    total = f"\nOf {figures.cases} cases {figures.passed} pass and {sum(figures.left_out.values())} are left out"
    return total + (":\n\n" + _table(("reason", "cases"), rows) if rows else ".\n")


def _words(test: str) -> str:
    return test.removeprefix("test_").replace("_", " ")


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', ' or ') for cell in line)} |\n" for line in lines)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), encoding="utf-8")
