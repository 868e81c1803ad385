"""What a new portal's catalogue already holds: two catalogues, a base price, taxes, units, a warehouse."""

from __future__ import annotations

from decimal import Decimal

from sverka.sandbox.portal.catalog.tables import (
    CATALOG,
    EXTRA,
    MEASURE,
    PRICE_TYPE,
    PRICE_TYPE_LANG,
    PROPERTY,
    STORE,
    VAT,
)
from sverka.sandbox.portal.core import Core
from sverka.sandbox.portal.state import Item

#: ids of the catalogue of products, of that of their variations, and of the property by which those are joined
PRODUCTS, OFFERS, LINK = 14, 15, 1

_MEASURES = [
    (6, "Метр", "м", "m", "MTR"),
    (112, "Литр", "л", "l", "LTR"),
    (163, "Грамм", "г", "g", "GRM"),
    (166, "Килограмм", "кг", "kg", "KGM"),
    (796, "Штука", "шт", "pc. 1", "PCE. NMB"),
]
_VATS = [("Без НДС", None), ("НДС 0%", Decimal(0)), ("НДС 10%", Decimal(10)), ("НДС 20%", Decimal(20))]


def fill_catalogue(core: Core) -> None:
    """Put in two catalogues, price type 1, unit 796 among five, four taxes, store 1 and what pictures need."""
    _catalogue(core, PRODUCTS, "Товарный каталог CRM", None, None)
    _catalogue(core, OFFERS, "Товарный каталог CRM (предложения)", PRODUCTS, LINK)
    _property(core, OFFERS, "Элемент каталога", "CML2_LINK", "E", "N", PRODUCTS)
    for iblock in (PRODUCTS, OFFERS):
        _property(core, iblock, "Картинки", "MORE_PHOTO", "F", "Y", None)
    base = {"name": "BASE", "base": "Y", "xmlId": "BASE", "createdBy": 1, "modifiedBy": 1}
    PRICE_TYPE.insert(core, base | {"dateCreate": core.now(), "timestampX": core.now()})
    PRICE_TYPE_LANG.insert(core, {"catalogGroupId": 1, "name": "Розничная цена", "lang": "ru"})
    for code, title, symbol, intl, letter in _MEASURES:
        MEASURE.insert(
            core,
            {
                "code": code,
                "measureTitle": title,
                "symbol": symbol,
                "symbolIntl": intl,
                "symbolLetterIntl": letter,
                "isDefault": "Y" if code == 796 else "N",
            },
        )
    for name, rate in _VATS:
        VAT.insert(core, {"name": name, "rate": rate, "timestampX": core.now()})
    EXTRA.insert(core, {"name": "Наценка", "percentage": Decimal(10)})
    moments = {"dateCreate": core.now(), "dateModify": core.now()}
    STORE.insert(core, moments | {"title": "Основной склад", "address": "Основной склад", "modifiedBy": 1})


def _catalogue(core: Core, number: int, name: str, parent: int | None, link: int | None) -> None:
    values = {"iblockId": number, "id": number, "iblockTypeId": 0, "lid": "s1", "name": name, "vatId": None}
    values |= {"productIblockId": parent, "skuPropertyId": link, "subscription": "N", "yandexExport": "N"}
    CATALOG.rows(core)[number] = Item(0, number, values)


def _property(core: Core, iblock: int, name: str, code: str, kind: str, multiple: str, linked: int | None) -> None:
    values = {"iblockId": iblock, "name": name, "code": code, "propertyType": kind, "multiple": multiple}
    PROPERTY.insert(core, values | {"linkIblockId": linked, "xmlId": code, "timestampX": core.now()})
