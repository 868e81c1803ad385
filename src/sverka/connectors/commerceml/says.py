"""What an exchange script's answers mean to a person, with the next step."""

from sverka.domain.text import Text

NO_ADDRESS = Text(
    "The address is none; give the exchange script's whole address, such as https://SHOP/bitrix/admin/1c_exchange.php.",
    "Это не адрес; укажите адрес скрипта обмена целиком, например https://МАГАЗИН/bitrix/admin/1c_exchange.php.",
)
NO_EXCHANGE = Text(
    "There is no exchange with 1C at this address: the answer to checkauth is not one of CommerceML. Copy the address "
    "from the shop's settings of the exchange with 1C into `sverka connect`.",
    "По этому адресу нет обмена с 1С: ответ на checkauth не похож на CommerceML. Скопируйте адрес из настроек обмена "
    "с 1С в магазине и повторите `sverka connect`.",
)
PAGE = Text(
    "The shop answers with a page for people, a login page perhaps, and not with the exchange. Check that the user may "
    "exchange with 1C, and that the site's firewall, its password on the whole site or a redirect lets the script be; "
    "the hub will try again by itself.",
    "Вместо обмена магазин отдаёт страницу для людей, возможно, страницу входа. Проверьте, что пользователю разрешён "
    "обмен с 1С и что скрипт не закрыт защитой сайта, паролем на весь сайт или перенаправлением; хаб повторит сам.",
)
ANOTHER = Text(
    "The shop's exchange answered with another order than it was asked for; if a cache stands before it, exclude the "
    "exchange script from it. The hub will ask again by itself.",
    "Обмен магазина ответил не тем заказом, о котором его спросили; если перед магазином стоит кэш, исключите из него "
    "скрипт обмена. Хаб спросит снова сам.",
)
TOO_LARGE = Text(
    "The shop's answer is larger than 512 MB; limit the orders in its exchange settings (by date or by number), then "
    "retry.",
    "Ответ магазина больше 512 МБ; ограничьте выгрузку заказов в его настройках обмена (по дате или номеру) и "
    "повторите.",
)


def no_entry(words: str) -> Text:
    """Return that the user is not let in, with the script's words where it gave some."""
    told = f" ({words.rstrip('.')})" if words else ""
    return Text(
        f"The shop does not let the exchange's user in{told}. Check login and password, and that the user is in a "
        "group allowed to exchange with 1C; if both are right, the server loses the Authorization header (usual with "
        "PHP as CGI): ask the hosting to pass it on. Then connect again with `sverka connect`.",
        f"Магазин не пускает пользователя обмена{told}. Проверьте логин и пароль и что пользователь входит в группу, "
        "которой разрешён обмен с 1С; если всё верно, сервер теряет заголовок Authorization (так бывает, когда PHP "
        "работает как CGI): попросите хостинг передавать его. Затем подключите заново: `sverka connect`.",
    )


def refused(words: str) -> Text:
    """Return that the script refused, in its own words."""
    told = f"“{words}”" if words else "without a reason"
    said = f"«{words}»" if words else "без объяснения"
    return Text(
        f"The shop's exchange answers with a refusal: {told}. Look at the order there, correct it, then retry.",
        f"Обмен магазина ответил отказом: {said}. Посмотрите заказ в магазине, исправьте и повторите.",
    )


def shows_nothing(words: str) -> Text:
    """Return that the script does not show its orders, in its own words."""
    return Text(
        f"The shop's exchange does not show its orders: “{words}”. The hub will try again by itself; if it goes on, "
        "look at the settings of the exchange with 1C in the shop.",
        f"Обмен магазина не отдаёт заказы: «{words}». Хаб повторит сам; если это не проходит, проверьте настройки "
        "обмена с 1С в магазине.",
    )


def no_import(words: str) -> Text:
    """Return that the script has no `import`, in its own words."""
    return Text(
        f"The shop's exchange takes orders out and none in: it has no mode=import (“{words}”). Change the order in the "
        "shop by hand; if the engine's manual says that it takes orders in by mode=file, as old exchanges do, connect "
        "again with `--set import=no`.",
        f"Обмен магазина отдаёт заказы, но не принимает: команды mode=import в нём нет («{words}»). Измените заказ в "
        "магазине вручную; если по описанию движка он принимает заказы командой mode=file, как старые обмены, "
        "подключите заново с `--set import=no`.",
    )


def unconfirmed(words: str) -> Text:
    """Return that the script did not take the confirmation, in its own words."""
    return Text(
        f"The shop's exchange did not take the confirmation: “{words}”. What it showed is kept; the hub will ask again "
        "by itself. If it goes on, see whether something else exchanges at the same address.",
        f"Обмен магазина не принял подтверждение: «{words}». Показанные заказы сохранены; хаб спросит снова сам. Если "
        "это не проходит, проверьте, не обменивается ли по этому адресу кто-то ещё.",
    )


def moved(host: str, where: str) -> Text:
    """Return that the script stands elsewhere; of where, only the host is told."""
    return Text(
        f"{host} sends the exchange on to {where}; connect again with the address it has now (https and www count).",
        f"{host} перенаправляет обмен на {where}; подключите заново с новым адресом (https и www важны).",
    )


def unreachable(host: str) -> Text:
    """Return that no whole answer came, and nothing was changed."""
    return Text(
        f"{host} gave no whole answer; nothing was confirmed there, and the hub will try again by itself.",
        f"{host} не ответил целиком; там ничего не подтверждено, хаб повторит сам.",
    )


def no_connection(host: str) -> Text:
    """Return that nobody listens at the address, so nothing was sent."""
    return Text(
        f"{host} cannot be reached; check the address; the hub will try again by itself.",
        f"{host} недоступен; проверьте адрес, хаб повторит сам.",
    )


def busy(host: str) -> Text:
    """Return that the shop is too busy."""
    return Text(
        f"{host} is too busy or closed for a while; nothing was done, and the hub will try again by itself.",
        f"{host} перегружен или временно закрыт; ничего не сделано, хаб повторит сам.",
    )


def unshown(key: str) -> Text:
    """Return that a field was taken with `success` and is not shown to be set."""
    reason = _HINTS.get(key, _PLAIN)
    return Text(
        f"The shop took the file and did not set this field. {reason.en}",
        f"Магазин принял файл, но поле не изменил. {reason.ru}",
    )


_PLAIN = Text("Set it there by hand, then retry.", "Измените его в магазине вручную и повторите.")
_STATUS = Text(
    "1C-Bitrix: switch on “Change order statuses by data from 1C” in Shop – Integration with 1C, then retry.",
    "1С-Битрикс: включите «Изменять статусы заказов по информации из 1С» в «Магазин – Интеграция с 1С» и повторите.",
)
_HINTS = {"status": _STATUS}


def cannot(key: str) -> Text:
    """Return that a field cannot be set through this exchange."""
    return _CANNOT[key]


_CANNOT = {
    "payment.paid": Text(
        "The shop has shown no payment as a document of its own, so none can be marked as paid; set the schema to 2.10 "
        "with `--set schema=2.10`, or mark it in the shop.",
        "Магазин не показал оплату отдельным документом, поэтому отметить её нельзя; задайте `--set schema=2.10` или "
        "отметьте оплату в магазине.",
    ),
    "delivery": Text(
        "The shop has shown no shipment as a document of its own, so none can be changed; set the schema to 2.10 with "
        "`--set schema=2.10`, or change it in the shop.",
        "Магазин не показал отгрузку отдельным документом, поэтому изменить её нельзя; задайте `--set schema=2.10` или "
        "измените её в магазине.",
    ),
    "unpay": Text(
        "A payment cannot be taken back through the exchange with 1C; take it back in the shop.",
        "Через обмен с 1С оплату снять нельзя; снимите её в магазине.",
    ),
    "unship": Text(
        "A shipment cannot be taken back through the exchange with 1C; take it back in the shop.",
        "Через обмен с 1С отгрузку снять нельзя; снимите её в магазине.",
    ),
    "status": Text(
        "An order always has a status; choose one in the status map.",
        "У заказа всегда есть статус; выберите его в соответствии статусов.",
    ),
}
