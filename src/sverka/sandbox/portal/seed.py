"""What a new portal already has: three users, two funnels of deals, one of invoices, the usual dictionaries."""

from __future__ import annotations

from sverka.sandbox.portal.crm.fields import DEAL, SMART_INVOICE, stage_dictionary, stage_prefix
from sverka.sandbox.portal.state import Category, State, Status, User

_GREY, _GREEN, _RED = "#39A8EF", "#7BD500", "#FF5752"

#: (status id, name, semantics, semantics in EXTRA)
Line = tuple[str, str, str | None, str]


def _going(status_id: str, name: str) -> Line:
    return status_id, name, None, "process"


_WON: Line = ("WON", "Deal won", "S", "success")
_LOSE: Line = ("LOSE", "Deal lost", "F", "failure")
_APOLOGY: Line = ("APOLOGY", "Analyse failure", "F", "apology")

_DEAL_STAGES = [
    _going("NEW", "New"),
    _going("PREPARATION", "Paperwork"),
    _going("PREPAYMENT_INVOICE", "Prepayment invoice"),
    _going("EXECUTING", "In progress"),
    _going("FINAL_INVOICE", "Final invoice"),
    _WON,
    _LOSE,
    _APOLOGY,
]
_PRINT_STAGES = [
    _going("C2:NEW", "Новый"),
    _going("C2:PREPARATION", "Допечатная подготовка"),
    _going("C2:EXECUTING", "В печати"),
    _going("C2:UC_QUALITY", "Контроль качества"),
    ("C2:WON", "Выдан", "S", "success"),
    ("C2:LOSE", "Отменён", "F", "failure"),
    ("C2:APOLOGY", "Анализ причины отмены", "F", "apology"),
]
_LEAD_STAGES = [
    _going("NEW", "New"),
    _going("IN_PROCESS", "In progress"),
    _going("PROCESSED", "Processed"),
    ("CONVERTED", "Good lead", "S", "success"),
    ("JUNK", "Junk lead", "F", "failure"),
]
_QUOTE_STAGES = [
    _going("DRAFT", "New"),
    _going("SENT", "Sent to client"),
    ("APPROVED", "Accepted", "S", "success"),
    ("DECLAINED", "Declined", "F", "failure"),
]
_INVOICE_STAGES = [
    _going("N", "New"),
    _going("S", "Sent to client"),
    ("P", "Paid", "S", "success"),
    ("D", "Not paid", "F", "failure"),
]
_DICTIONARIES = {
    "SOURCE": "CALL EMAIL WEB ADVERTISING PARTNER RECOMMENDATION TRADE_SHOW WEBFORM CALLBACK RC_GENERATOR STORE OTHER",
    "DEAL_TYPE": "SALE COMPLEX GOODS SERVICES SERVICE",
    "CONTACT_TYPE": "CLIENT SUPPLIER PARTNER OTHER",
    "COMPANY_TYPE": "CUSTOMER SUPPLIER COMPETITOR PARTNER OTHER",
    "INDUSTRY": "IT TELECOM MANUFACTURING BANKING CONSULTING FINANCE GOVERNMENT OTHER",
    "EMPLOYEES": "EMPLOYEES_1 EMPLOYEES_2 EMPLOYEES_3 EMPLOYEES_4",
    "HONORIFIC": "HNR_RU_1 HNR_RU_2",
    "CALL_LIST": "IN_WORK SUCCESS WRONG_NUMBER STOP_CALLING",
}


def fill(state: State) -> None:
    """Put users 1 (the integration, an administrator), 6 and 9, funnels 0 and 2 and the dictionaries in place."""
    state.users[1] = User(1, "Интеграция", "Магазина", "integration@example.com", admin=True)
    state.users[6] = User(6, "Дмитрий", "Менеджеров", "manager6@example.com")
    state.users[9] = User(9, "Елена", "Печатникова", "manager9@example.com")
    state.categories[0] = Category(0, "General", 100, is_default=True)
    state.categories[2] = Category(2, "Печать")
    while state.next_id("category") < 2:
        pass
    state.currencies.append("RUB")
    add_stages(state, "STATUS", _LEAD_STAGES, None)
    add_stages(state, "DEAL_STAGE", _DEAL_STAGES, None)
    add_stages(state, "DEAL_STAGE_2", _PRINT_STAGES, 2)
    add_stages(state, "QUOTE_STATUS", _QUOTE_STAGES, None)
    invoices = state.next_id(f"category{SMART_INVOICE}")
    state.funnels[SMART_INVOICE][invoices] = Category(invoices, "General", 500, is_default=True)
    add_funnel_stages(state, SMART_INVOICE, invoices)
    for entity_id, names in _DICTIONARIES.items():
        add_stages(state, entity_id, [_going(name, name.replace("_", " ").title()) for name in names.split()], None)


def add_funnel_stages(state: State, entity_type_id: int, category_id: int) -> None:
    """Give a new funnel the default stages, with its prefix before their ids."""
    stages = _DEAL_STAGES if entity_type_id == DEAL else _INVOICE_STAGES
    prefix = stage_prefix(entity_type_id, category_id)
    lines: list[Line] = [(f"{prefix}:{line[0]}", *line[1:]) for line in stages]
    add_stages(state, stage_dictionary(entity_type_id, category_id), lines, category_id)


def add_stages(state: State, entity_id: str, lines: list[Line], category_id: int | None) -> None:
    """Append system lines to a dictionary, sorted by tens."""
    for number, (status_id, name, semantics, extra) in enumerate(lines, start=1):
        color = _GREEN if semantics == "S" else _RED if semantics == "F" else _GREY
        status = Status(
            state.next_id("status"), entity_id, status_id, name, number * 10, True, color, semantics, extra,
            category_id, name_init=name,
        )  # fmt: skip
        state.statuses[status.id] = status
