"""Dictionaries of the shop: payer types, statuses with their names, trading platforms."""

from __future__ import annotations

from sverka.sandbox.portal.core import Core, Method, Reply
from sverka.sandbox.portal.params import Params
from sverka.sandbox.portal.records.tables import Values
from sverka.sandbox.portal.sale import model
from sverka.sandbox.portal.sale.columns import Links, Shop, columns, for_administrators, refused, shop_table
from sverka.sandbox.portal.sale.totals import drop_parts
from sverka.sandbox.portal.state import Item

PERSON_TYPES = shop_table(
    "sale_person_type",
    columns(integer="id!", string="name* code sort xmlId", boolean="active"),
    {"code": None, "xmlId": None, "sort": "150", "active": "Y"},
)
STATUSES = shop_table(
    "sale_status",
    columns(string="id*^ color xmlId", char="type*", boolean="notify", integer="sort"),
    {"color": None, "xmlId": None, "notify": "Y", "sort": 100},
)
STATUS_NAMES = shop_table("sale_status_lang", columns(string="statusId*^ lid*^ name* description"))
DOMAINS = shop_table("sale_person_domain", columns(integer="personTypeId*^", char="domain*^"))
PLATFORMS = shop_table(
    "trade_platform",
    columns(
        integer="id!",
        string="code name description settings xmlId class catalogSectionTabClassName",
        boolean="active",
    ),
    {"active": "Y"},
)
BINDINGS_TABLE = shop_table(
    "trade_binding",
    columns(integer="id! orderId", string="xmlId externalOrderId tradingPlatformId tradingPlatformXmlId params"),
    {"params": None},
)
_STATUS = (400, 201340400001, "status is not exists")
_PERSON_TYPE = 200740400001
_KEPT = {"N", "F", "DN", "DF"}
LANGUAGES = (
    ("en", "English"), ("ru", "Русский"), ("de", "Deutsch"), ("fr", "Français"), ("la", "Español"),
    ("pl", "Polski"), ("it", "Italiano"), ("br", "Português (Brasil)"), ("tr", "Türkçe"),
)  # fmt: skip


def _sent_type(core: Core, given: Values, item: Item | None) -> None:
    kind = given.get("type", item.values["type"] if item else None)
    if kind not in ("O", "D"):
        raise refused(201350000003, "Wrong status type")
    if item is None or kind == item.values["type"]:
        return
    if item.values["id"] in _KEPT:
        raise refused(201350000006, "Status type is locked")
    table, code = (model.ORDERS, 201350000007) if kind == "D" else (model.SHIPMENTS, 201350000008)
    if table.where(core, statusId=item.values["id"]):
        raise refused(code, "Status is in use")


def status_of(core: Core, status_id: str | None, kind: str) -> Item:
    """Return a status of orders (`O`) or deliveries (`D`); RestError when there is none."""
    found = STATUSES.where(core, id=status_id, type=kind)
    if not found:
        raise refused(0, f"Status {status_id} is not exists")
    return found[0]


class Statuses(Shop):
    """Statuses, whose ids are short texts given by whoever adds them."""

    def found(self, core: Core, params: Params) -> Item:
        """Return the status a call names by `id`."""
        statuses = self.table.where(core, id=str(params.get("id")))
        return statuses[0] if statuses else super().found(core, Params({}))

    def _add(self, core: Core, params: Params) -> Reply:
        given = self._clean(core, params)
        if "id" in given and not given["id"]:
            raise refused(201350000004, "Empty status id")
        self._refuse_empty(given)
        if len(given["id"]) > 2:
            raise refused(201350000005, "Status id is too long")
        if self.table.where(core, id=given["id"]):
            raise refused(201350000001, "Duplicate entry for key [id]")
        self.check(core, given, None)
        item = self.table.insert(core, given)
        item.values["id"] = given["id"]
        return Reply(self._wrapped(core, item))

    def _delete(self, core: Core, params: Params) -> Reply:
        status = self.found(core, params)
        if status.values["id"] in _KEPT:
            raise refused(201350000002, "Status is locked")
        drop_parts(core, STATUS_NAMES, statusId=status.values["id"])
        return super()._delete(core, params)


def _name_checked(core: Core, given: Values, item: Item | None) -> None:
    del item
    _language(given)
    if not STATUSES.where(core, id=given["statusId"]):
        raise refused(0, "status is not exists")


def _language(given: Values) -> None:
    if given.get("lid") and given["lid"] not in dict(LANGUAGES):
        raise refused(201750000004, "Language is not exists")


class StatusNames(Links):
    """Names of statuses by language."""

    def _delete_by_filter(self, core: Core, params: Params) -> Reply:
        _language(self._clean(core, params))
        return super()._delete_by_filter(core, params)


def languages(core: Core, params: Params) -> Reply:
    """Answer sale.statusLang.getListLangs."""
    del core, params
    langs = [{"active": "Y", "lid": lid, "name": name} for lid, name in LANGUAGES]
    return Reply({"langs": langs}, len(langs))


class PersonTypes(Shop):
    """Payer types; those of the CRM itself cannot be deleted."""

    def _delete(self, core: Core, params: Params) -> Reply:
        if str(self.found(core, params).values["code"] or "").startswith("CRM_"):
            raise refused(200750000003, "Person type is locked by its code")
        return super()._delete(core, params)


def _person_type_gone(core: Core, item: Item) -> None:
    drop_parts(core, DOMAINS, personTypeId=item.id)


def _domain_checked(core: Core, given: Values, item: Item | None) -> None:
    del item
    if given["personTypeId"] not in PERSON_TYPES.rows(core):
        raise refused(201240400002, "Person type is not exists")
    if given["domain"] not in ("I", "E"):
        raise refused(0, "Domain is I or E")
    if DOMAINS.where(core, personTypeId=given["personTypeId"]):
        raise refused(201250000001, "Duplicate entry for key [personTypeId]")


class Domains(Links):
    """Which payer types are people and which are firms."""

    def _delete_by_filter(self, core: Core, params: Params) -> Reply:
        given = params.mapping("fields")
        for name, code in (("personTypeId", 201450000002), ("domain", 201450000003)):
            if given.get(name) in (None, ""):
                raise refused(code, f"Parameter {name} is not defined")
        return super()._delete_by_filter(core, params)


BINDINGS = Shop("sale.tradeBinding", BINDINGS_TABLE, "tradeBinding", "tradeBindings", verbs=("list", "fields"))
METHODS: list[Method] = [
    *PersonTypes(
        "sale.persontype", PERSON_TYPES, "personType", "personTypes", needed=("name",),
        missing=(400, _PERSON_TYPE, "person type is not exists"),
        deleted=_person_type_gone,
    ).methods(),
    *Statuses(
        "sale.status", STATUSES, "status", "statuses", needed=("type",), missing=_STATUS, check=_sent_type
    ).methods(),
    *StatusNames(
        "sale.statusLang", STATUS_NAMES, "statusLang", "statusLangs", keys=("statusId", "lid"), check=_name_checked,
        twice=(201750000003, "Duplicate entry for key [statusId, lid]"),
        missing=(400, 201740400001, "status lang is not exists"),
    ).methods(),
    for_administrators(Method("sale.statusLang.getListLangs", languages, "sale")),
    *Domains(
        "sale.businessValuePersonDomain", DOMAINS, "businessValuePersonDomain", "businessValuePersonDomains",
        keys=("personTypeId", "domain"), check=_domain_checked,
        missing=(400, 201440400003, "business value person domain is not exists"),
    ).methods(),
    *BINDINGS.methods(),
    *Shop("sale.tradePlatform", PLATFORMS, "tradePlatform", "tradePlatforms", verbs=("list", "fields")).methods(),
]  # fmt: skip
