"""One name for each element: `type=crm` speaks English, `type=sale` Russian, and both mix them."""

import re
from functools import lru_cache

_ELEMENTS = {
    "CommerceInformation": "КоммерческаяИнформация",
    "Container": "Контейнер",
    "Document": "Документ",
    "Id": "Ид",
    "ID": "Ид",
    "Number": "Номер",
    "Number1C": "Номер1С",
    "VersionNumber": "НомерВерсии",
    "Date": "Дата",
    "Time": "Время",
    "DateUpdate": "ДатаИзменения",
    "BusinessTransaction": "ХозОперация",
    "Role": "Роль",
    "Currency": "Валюта",
    "CurrencyRate": "Курс",
    "Amount": "Сумма",
    "Sum": "Сумма",
    "Comment": "Комментарий",
    "Basis": "Основание",
    "Reason": "Основание",
    "Contractors": "Контрагенты",
    "Contractor": "Контрагент",
    "ItemName": "Наименование",
    "FullTitle": "ПолноеНаименование",
    "OfficialName": "ОфициальноеНаименование",
    "FirstName": "Имя",
    "LastName": "Фамилия",
    "SecondName": "Отчество",
    "INN": "ИНН",
    "KPP": "КПП",
    "OGRN": "ОГРН",
    "RegistrationAddress": "АдресРегистрации",
    "LegalAddress": "ЮридическийАдрес",
    "Address": "Адрес",
    "View": "Представление",
    "Presentation": "Представление",
    "AddressField": "АдресноеПоле",
    "Type": "Тип",
    "Value": "Значение",
    "Contacts": "Контакты",
    "Contact": "Контакт",
    "Representatives": "Представители",
    "Representative": "Представитель",
    "Relation": "Отношение",
    "Items": "Товары",
    "Item": "Товар",
    "CatalogID": "ИдКаталога",
    "BaseUnit": "БазоваяЕдиница",
    "Unit": "Единица",
    "Code": "Код",
    "ItemPrice": "ЦенаЗаЕдиницу",
    "Quantity": "Количество",
    "Discounts": "Скидки",
    "Discount": "Скидка",
    "InTotal": "УчтеноВСумме",
    "IncludedInTotal": "УчтеноВСумме",
    "TaxRates": "СтавкиНалогов",
    "TaxRate": "СтавкаНалога",
    "Rate": "Ставка",
    "Taxes": "Налоги",
    "Tax": "Налог",
    "PropertiesValues": "ЗначенияРеквизитов",
    "PropertyValue": "ЗначениеРеквизита",
    "MarkedForDeletion": "ПометкаУдаления",
}
_REQUISITES = {
    "OrderPaid": "Заказ оплачен",
    "Canceled": "Отменен",
    "FinalStatus": "Финальный статус",
    "OrderStatus": "Статус заказа",
    "OrderStatusId": "Статуса заказа ИД",
    "StatusChangeDate": "Дата изменения статуса",
    "PaymentDate": "Дата оплаты",
    "PaymentSystem": "Метод оплаты",
    "PaymentSystemId": "Метод оплаты ИД",
    "DeliveryService": "Способ доставки",
    "DeliveryServiceId": "Метод доставки ИД",
    "DeliveryAddress": "Адрес доставки",
    "CustomerComment": "Комментарии покупателя",
    "CancelReason": "Причина отмены",
    "Site": "Сайт",
    "BasketItemNumber": "НомерПозицииКорзины",
    "ItemType": "ТипНоменклатуры",
    "TypeNomenclature": "ТипНоменклатуры",
    "KindNomenclature": "ВидНоменклатуры",
}
_BASKET = "СвойствоКорзины#"
_TWINS = str.maketrans("ABCEHKMOPTXaceopxy", "АВСЕНКМОРТХасеорху")
_RUSSIAN = re.compile("[а-яё]", re.IGNORECASE)


# Bounded, for the names come from outside.
@lru_cache(maxsize=4096)
def element(name: str) -> str:
    """Return an element's Russian name; Latin letters that stand among Russian ones are read as those they look like.

    1C-Bitrix itself writes `Cтатусы` with a Latin C.
    """
    return name.translate(_TWINS) if _RUSSIAN.search(name) else _ELEMENTS.get(name, name)


def requisite(name: str) -> str:
    """Return a requisite's Russian name, without the differences of spelling between versions."""
    bare = " ".join(name.split())
    if bare.startswith("ShoppingCartProperty#"):
        return _BASKET + bare.partition("#")[2]
    return _REQUISITES.get(bare, bare)
