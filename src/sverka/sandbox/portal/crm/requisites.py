"""Requisites and bank details of contacts and companies, and which of them a deal, quote or invoice is made out to."""

from __future__ import annotations

from typing import Any

from sverka.sandbox.portal.core import Core, Event, Method, Reply
from sverka.sandbox.portal.crm import addresses
from sverka.sandbox.portal.crm.fields import COMPANY, CONTACT
from sverka.sandbox.portal.errors import RestError
from sverka.sandbox.portal.params import Params, to_int
from sverka.sandbox.portal.records.specs import FieldSpec, Kind
from sverka.sandbox.portal.records.tables import Family, Table, Values, column, describe
from sverka.sandbox.portal.state import Item

_RQ = (
    "RQ_NAME RQ_FIRST_NAME RQ_LAST_NAME RQ_SECOND_NAME RQ_COMPANY_ID RQ_COMPANY_NAME RQ_COMPANY_FULL_NAME"
    " RQ_COMPANY_REG_DATE RQ_DIRECTOR RQ_ACCOUNTANT RQ_CEO_NAME RQ_CEO_WORK_POS RQ_CONTACT RQ_EMAIL RQ_PHONE RQ_FAX"
    " RQ_IDENT_TYPE RQ_IDENT_DOC RQ_IDENT_DOC_SER RQ_IDENT_DOC_NUM RQ_IDENT_DOC_PERS_NUM RQ_IDENT_DOC_DATE"
    " RQ_IDENT_DOC_ISSUED_BY RQ_IDENT_DOC_DEP_CODE RQ_INN RQ_KPP RQ_USRLE RQ_IFNS RQ_OGRN RQ_OGRNIP RQ_OKPO RQ_OKTMO"
    " RQ_OKVED RQ_EDRPOU RQ_DRFO RQ_KBE RQ_IIN RQ_BIN RQ_ST_CERT_SER RQ_ST_CERT_NUM RQ_ST_CERT_DATE RQ_VAT_PAYER"
    " RQ_VAT_ID RQ_VAT_CERT_SER RQ_VAT_CERT_NUM RQ_VAT_CERT_DATE RQ_RESIDENCE_COUNTRY RQ_BASE_DOC RQ_REGON RQ_KRS"
    " RQ_PESEL RQ_LEGAL_FORM RQ_SIRET RQ_SIREN RQ_CAPITAL RQ_RCS RQ_CNPJ RQ_STATE_REG RQ_MNPL_REG RQ_CPF"
)
_BANK = (
    "RQ_BANK_NAME RQ_BANK_CODE RQ_BANK_ADDR RQ_BANK_ROUTE_NUM RQ_BIK RQ_MFO RQ_ACC_NAME RQ_ACC_NUM RQ_ACC_TYPE RQ_IIK"
    " RQ_ACC_CURRENCY RQ_COR_ACC_NUM RQ_IBAN RQ_SWIFT RQ_BIC RQ_CODEB RQ_CODEG RQ_RIB RQ_AGENCY_NAME COMMENTS"
)
#: types of records that are made out to a client's requisite
LINKED = (2, 7, 31)


def _upper(names: str, kind: Kind = "string", **extra: Any) -> list[FieldSpec]:
    return [column(name, kind, name, **extra) for name in names.split()]


def stamps() -> list[FieldSpec]:
    """Return the columns that tell who made and changed a record, and when."""
    return [
        *_upper("DATE_CREATE DATE_MODIFY", "datetime", read_only=True),
        *_upper("CREATED_BY_ID MODIFY_BY_ID", "user", read_only=True),
    ]


#: what a new record has in the columns of `stamps`
STAMPED = {"DATE_CREATE": lambda core: core.now(), "CREATED_BY_ID": lambda core: core.caller.user_id}


def stamp(core: Core, given: Values, item: Item | None) -> None:
    """Put the change's moment and author among values that really change a record."""
    if item is not None and any(item.values.get(name) != value for name, value in given.items()):
        given |= {"DATE_MODIFY": core.now(), "MODIFY_BY_ID": core.caller.user_id}


def unstamped(core: Core, item: Item, answer: Values) -> Values:
    """Return an answer with the moment of change as "" where there was no change."""
    del core
    return answer | {"DATE_MODIFY": answer["DATE_MODIFY"] if item.values["DATE_MODIFY"] else ""}


def invalid(name: str) -> RestError:
    """Return the refusal of a value that is missing or wrong."""
    return RestError(400, "", f"{name} is not defined or invalid.")


REQUISITES = Table(
    "requisite",
    [
        column("id", "integer", read_only=True),
        *_upper("ENTITY_TYPE_ID ENTITY_ID PRESET_ID", "integer", mandatory=True),
        *stamps(),
        *_upper("NAME", mandatory=True, limit=255),
        *_upper("CODE XML_ID ORIGINATOR_ID", limit=45),
        *_upper("ACTIVE ADDRESS_ONLY", "boolean", type_id="char"),
        *_upper("SORT", "integer"),
        *_upper(_RQ, limit=255),
    ],
    STAMPED | {"ACTIVE": "Y", "ADDRESS_ONLY": "N", "SORT": 500},
)
BANK_DETAILS = Table(
    "bank_detail",
    [
        column("id", "integer", read_only=True),
        *_upper("ENTITY_ID", "integer", mandatory=True),
        *_upper("COUNTRY_ID", "integer"),
        *stamps(),
        *_upper("NAME", mandatory=True, limit=255),
        *_upper("CODE XML_ID ORIGINATOR_ID", limit=45),
        *_upper("ACTIVE", "boolean", type_id="char"),
        *_upper("SORT", "integer"),
        *_upper(_BANK, limit=255),
    ],
    STAMPED | {"ACTIVE": "Y", "SORT": 500, "COUNTRY_ID": 1},
)
LINKS = Table(
    "requisite_link",
    _upper("ENTITY_TYPE_ID ENTITY_ID REQUISITE_ID BANK_DETAIL_ID MC_REQUISITE_ID MC_BANK_DETAIL_ID", "integer"),
)


def _check_requisite(core: Core, given: Values, item: Item | None) -> None:
    whole = (item.values if item else {}) | given
    if whole["ENTITY_TYPE_ID"] not in (CONTACT, COMPANY):
        raise invalid("ENTITY_TYPE_ID")
    for name in ("ENTITY_ID", "PRESET_ID"):
        if whole[name] <= 0:
            raise invalid(name)
    if core.state.item(whole["ENTITY_TYPE_ID"], whole["ENTITY_ID"]) is None:
        raise RestError(400, "", "Entity not found.")
    stamp(core, given, item)


def _check_bank_detail(core: Core, given: Values, item: Item | None) -> None:
    if ((item.values if item else {}) | given)["ENTITY_ID"] not in REQUISITES.rows(core):
        raise invalid("ENTITY_ID")
    stamp(core, given, item)


def tell(core: Core, item: Item, name: str) -> None:
    """Tell of a new or changed record; which of the two its stamp says."""
    what = "UPDATE" if item.values["DATE_MODIFY"] else "ADD"
    core.emit(Event(f"ONCRM{name}{what}", {"ID": str(item.id)}))


def _requisite_deleted(core: Core, item: Item) -> None:
    for bank_detail in BANK_DETAILS.where(core, ENTITY_ID=item.id):
        del BANK_DETAILS.rows(core)[bank_detail.id]
        _bank_detail_deleted(core, bank_detail)
    addresses.delete_of(core, addresses.REQUISITE, item.id)
    _unlink(core, "REQUISITE_ID", item.id)
    core.emit(Event("ONCRMREQUISITEDELETE", {"ID": str(item.id)}))


def _bank_detail_deleted(core: Core, item: Item) -> None:
    _unlink(core, "BANK_DETAIL_ID", item.id)
    core.emit(Event("ONCRMBANKDETAILDELETE", {"ID": str(item.id)}))


def _unlink(core: Core, name: str, number: int) -> None:
    for link in LINKS.rows(core).values():
        for one in (name, f"MC_{name}"):
            if link.values[one] == number:
                link.values[one] = 0


def delete_of(core: Core, entity_type_id: int, entity_id: int) -> None:
    """Delete the requisites of a record that is no more, and what they were linked to it by."""
    for item in REQUISITES.where(core, ENTITY_TYPE_ID=entity_type_id, ENTITY_ID=entity_id):
        del REQUISITES.rows(core)[item.id]
        _requisite_deleted(core, item)
    for link in LINKS.where(core, ENTITY_TYPE_ID=entity_type_id, ENTITY_ID=entity_id):
        del LINKS.rows(core)[link.id]


REQUISITE = Family(
    "crm.requisite", REQUISITES, classic=True, lacking=invalid, check=_check_requisite, shape=unstamped,
    missing=(400, "", "The Requisite with ID '{id}' is not found"),
    changed=lambda core, item: tell(core, item, "REQUISITE"), deleted=_requisite_deleted,
)  # fmt: skip
_BANK_DETAIL = Family(
    "crm.requisite.bankdetail", BANK_DETAILS, classic=True, lacking=invalid, check=_check_bank_detail, shape=unstamped,
    missing=(400, "", "The RequisiteBankDetail with ID '{id}' is not found"),
    changed=lambda core, item: tell(core, item, "BANKDETAIL"), deleted=_bank_detail_deleted,
)  # fmt: skip
_LINK = Family("crm.requisite.link", LINKS, classic=True, verbs=("list",))


def _client(record: Item) -> tuple[str, int, int]:
    """Return the client of a record: what to call him, his type and his id; the company goes before the contact."""
    company, contact = record.values.get("companyId") or 0, record.values.get("contactId") or 0
    return ("Company", COMPANY, company) if company else ("Contact", CONTACT, contact)


def link_client(core: Core, record: Item) -> None:
    """Make a new record out to its client's first requisite, when he has any."""
    _, entity_type_id, entity_id = _client(record)
    mine = REQUISITES.where(core, ENTITY_TYPE_ID=entity_type_id, ENTITY_ID=entity_id)
    if not entity_id or not mine or record.entity_type_id not in LINKED:
        return
    first = min(mine, key=lambda item: (item.values["SORT"] or 0, item.id))
    bank_details = BANK_DETAILS.where(core, ENTITY_ID=first.id)
    LINKS.insert(
        core,
        {"ENTITY_TYPE_ID": record.entity_type_id, "ENTITY_ID": record.id, "REQUISITE_ID": first.id,
         "BANK_DETAIL_ID": bank_details[0].id if bank_details else 0, "MC_REQUISITE_ID": 0, "MC_BANK_DETAIL_ID": 0},
    )  # fmt: skip


def _held(core: Core, params: Params) -> list[Item]:
    key = {"ENTITY_TYPE_ID": params.number("entityTypeId"), "ENTITY_ID": params.number("entityId")}
    for name, value in (("entityTypeId", key["ENTITY_TYPE_ID"]), ("entityId", key["ENTITY_ID"])):
        if value is None or value <= 0:
            raise invalid(name)
    return LINKS.where(core, **key)


def link_get(core: Core, params: Params) -> Reply:
    """Answer crm.requisite.link.get; the record's own type and id come as numbers, the rest as texts."""
    held = _held(core, params)
    if not held:
        raise RestError(400, "", "Not found")
    values = held[0].values
    key = {name: values[name] for name in ("ENTITY_TYPE_ID", "ENTITY_ID")}
    return Reply(key | {name: str(values[name]) for name in LINKS.columns if name not in key})


def link_unregister(core: Core, params: Params) -> Reply:
    """Answer crm.requisite.link.unregister."""
    for link in _held(core, params):
        del LINKS.rows(core)[link.id]
    return Reply(True)


def link_register(core: Core, params: Params) -> Reply:
    """Answer crm.requisite.link.register: all six numbers are due, 0 standing for none."""
    if not isinstance(params.get("fields"), dict | list):
        raise RestError(400, "", "Parameter 'fields' must be array.")
    fields = params.mapping("fields")
    given: dict[str, int] = {}
    for name in LINKS.columns:
        number = to_int(fields.get(name))
        if number is None or number < 0:
            raise invalid(name)
        given[name] = number
    if given["ENTITY_TYPE_ID"] not in LINKED or given["ENTITY_TYPE_ID"] not in core.state.items:
        raise invalid("ENTITY_TYPE_ID")
    record = core.state.item(given["ENTITY_TYPE_ID"], given["ENTITY_ID"])
    if record is None:
        raise RestError(400, "", "Entity is not found")
    whose, entity_type_id, entity_id = _client(record)
    _check_link(core, given, "", whose, entity_type_id, entity_id)
    _check_link(core, given, "MC_", "your company", COMPANY, record.values.get("mycompanyId") or 0)
    held = LINKS.where(core, ENTITY_TYPE_ID=record.entity_type_id, ENTITY_ID=record.id)
    if held:
        held[0].values |= given
    else:
        LINKS.insert(core, given)
    return Reply(True)


def _check_link(core: Core, given: dict[str, int], prefix: str, whose: str, entity_type_id: int, owner: int) -> None:
    number, bank = given[f"{prefix}REQUISITE_ID"], given[f"{prefix}BANK_DETAIL_ID"]
    requisite, bank_detail = REQUISITES.rows(core).get(number), BANK_DETAILS.rows(core).get(bank)
    mine = " of your company" if prefix else ""
    if number and requisite is None:
        raise RestError(400, "", f"The Requisite{mine} with ID '{number}' is not found")
    held = (requisite.values["ENTITY_TYPE_ID"], requisite.values["ENTITY_ID"]) if requisite else None
    if held and owner and held != (entity_type_id, owner):
        raise RestError(400, "", f"The Requisite with ID '{number}' is not assigned to {whose} with ID '{owner}'")
    if bank and bank_detail is None:
        raise RestError(400, "", f"The BankDetail{mine} with ID '{bank}' is not found")
    if bank_detail and bank_detail.values["ENTITY_ID"] != number:
        text = f"The BankDetail{mine} with ID '{bank}' is not assigned to Requisite{mine} with ID '{number}'"
        raise RestError(400, "", text)


def link_fields(core: Core, params: Params) -> Reply:
    """Answer crm.requisite.link.fields."""
    del core, params
    return Reply({name: describe(spec) for name, spec in LINKS.columns.items()})


METHODS = [
    *_BANK_DETAIL.methods(),
    *_LINK.methods(),
    Method("crm.requisite.link.fields", link_fields, classic=True),
    Method("crm.requisite.link.get", link_get, classic=True),
    Method("crm.requisite.link.register", link_register, required=("fields",), writes=True, classic=True),
    Method("crm.requisite.link.unregister", link_unregister, writes=True, classic=True),
]
