"""What can be wrong with `[new_order]`: a store that cannot make orders, and stages that lead to none."""

from collections.abc import Iterator
from typing import TypeAlias

from sverka.config.catalogue import OfficeSide
from sverka.config.complaint import Complaint, options
from sverka.config.derive.rules import status_map
from sverka.config.lines import Path
from sverka.config.read import Document
from sverka.domain.mapping.convert import Unmapped
from sverka.domain.mapping.course import pipeline_of
from sverka.domain.mapping.field_mapping import Way
from sverka.domain.text import Text
from sverka.ports.store import StoreCan

Complaints: TypeAlias = Iterator[Complaint]


def check_new_order(document: Document, office: OfficeSide, can: StoreCan | None) -> Complaints:
    """Yield what is wrong with the section; `can` is None where the store is not connected."""
    if document.table.new_order is None:
        return
    if can is not None and not can.keeps_mark:
        text = Text(
            "this store's connector cannot make orders: its orders keep no mark to be found by; take [new_order] out.",
            "коннектор этого магазина не умеет создавать заказы: его заказы не хранят метку, по которой их находят; "
            "уберите [new_order].",
        )
        yield document.complain(("new_order",), text)
    pipeline = document.table.deal.pipeline
    field = office.find("stageId")
    known = dict(field.options) if field else {}
    ours = {pipeline, *status_map(document.table.status).pipelines()}
    for place, stage in enumerate(document.table.new_order.stages):
        path: Path = ("new_order", "stages", place)
        if pipeline.isdigit() and pipeline_of(stage) not in ours:
            text = Text(
                f"the stage `{stage}` belongs to pipeline {pipeline_of(stage)}, the profile's deals to {pipeline}.",
                f"стадия `{stage}` из воронки {pipeline_of(stage)}, а сделки профиля в воронке {pipeline}.",
            )
            yield document.complain(path, text)
        elif office.given and stage not in known:
            tail = options(stage, {key: name for key, name in known.items() if pipeline_of(key) == pipeline_of(stage)})
            text = Text(f"the portal has no stage `{stage}`.{tail.en}", f"на портале нет стадии `{stage}`.{tail.ru}")
            yield document.complain(path, text)
        else:
            yield from _leads_nowhere(document, path, stage)


def _leads_nowhere(document: Document, path: Path, stage: str) -> Complaints:
    status = document.table.status
    if status and status.way is not Way.TO_OFFICE and isinstance(status_map(status).to_store(stage), Unmapped):
        text = Text(
            f"no row of [status] has the stage `{stage}`, so its deals would wait for a person; add it to a row.",
            f"стадии `{stage}` нет ни в одной строке [status], её сделки ждали бы человека; добавьте её в строку.",
        )
        yield document.complain(path, text, bad=False)
