"""Properties and texts set through the site's module, which touches nothing that is not named.

What the module did not do stays planned, and goes by REST.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sverka.connectors.bitrix_site.api import BATCH, chunks
from sverka.connectors.bitrix_site.jobs import Job
from sverka.connectors.bitrix_site.module import Module
from sverka.connectors.bitrix_site.parts import Part
from sverka.connectors.bitrix_site.people import property_for
from sverka.domain.errors import Gone, Later, Problem
from sverka.ports.guard import Guard

_AGAIN = timedelta(seconds=5)
"""When an order is written again that changed just before."""


def patch(module: Module, jobs: Sequence[Job], guard: Guard) -> None:
    """Set the properties of the orders, and take out of their plans what was set."""
    planned = [(job, part) for job in jobs if (part := _part(job)) is not None]
    for some in chunks(planned, BATCH):
        try:
            answers = module.patch([_asked(job, part) for job, part in some], guard)
        except Problem as problem:
            for job, _ in some:
                job.failed.append(problem)
            continue
        for job, part in some:
            _take(job, part, answers.get(job.order))


def _part(job: Job) -> Part | None:
    """Return the part of a plan that sets properties; none where it carries files or an order is to be revived first.

    A cancelled order takes no changes until then.
    """
    found = [part for part in job.parts.commands if part.command.method == "sale.propertyvalue.modify"]
    if not found or job.files or job.tree.get("canceled") == "Y":
        return None
    return found[0]


def _asked(job: Job, part: Part) -> Mapping[str, Any]:
    """Return what is asked of the module: the named properties alone, with the order's version and date."""
    properties = (property_for(key, job.tree, job.words) for key in part.keys)
    named = {property_.id for property_ in properties if property_ is not None}
    rows = part.command.params["fields"]["order"]["propertyValues"]
    values = {str(row["orderPropsId"]): row["value"] for row in rows if str(row["orderPropsId"]) in named}
    seen = {key: job.tree.get(key) for key in ("version", "dateUpdate")}
    return {"id": job.order, "seen": seen, "properties": values}


def _take(job: Job, part: Part, answer: Any) -> None:
    told = answer if isinstance(answer, dict) else {}
    error, tree = told.get("error"), told.get("order")
    if error == "gone":
        job.failed.append(Gone())
    elif error == "changed":
        job.failed.append(Later(after=_AGAIN))
    elif isinstance(tree, dict) and not error:
        job.tree = tree
        job.landed = True
        if not told.get("refused"):
            job.parts.commands.remove(part)
