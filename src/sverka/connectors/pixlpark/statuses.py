"""Statuses by the names they have on the wire, and what the panel calls them."""

from collections.abc import Mapping
from typing import Final

from sverka.domain.commerce.order import CANCELLED
from sverka.domain.errors import Rejected
from sverka.domain.text import Text

CANCEL: Final = "Cancelled"
"""The status that stands for the one every cancelled order shows."""

DELETED: Final = "Deleted"
"""A status that takes the order out of the system."""

SHIPPED: Final = frozenset({"Shipped", "ShippedToStorage", "Delivered"})
"""Statuses of an order that has left the shop."""

NAMES: Final[Mapping[str, str]] = {
    "None": "Оформлен (None)",
    "Preparing": "Оформлен",
    "NotProcessed": "Новый",
    "AwaitingPayment": "Ожидать оплату",
    "ReadyToProcessing": "Готов к работе",
    "DesignCoordination": "Разработка дизайна",
    "DesignCoordinationAwaitingReply": "Ждать ответа клиента (дизайн)",
    "DesignCoordinationComplete": "Готов дизайн",
    "PrepressCoordination": "Проверка макета",
    "PrepressCoordinationAwaitingReply": "Ждать ответа клиента (препресс)",
    "PrepressCoordinationComplete": "Макет проверен",
    "Printing": "В печать",
    "PostPress": "Послепечатная обработка",
    "PrintedWithDefect": "Напечатан с браком",
    "Printed": "Выполнен",
    "Shipped": "Отправлен",
    "ShippedToStorage": "Доставлен на точку выдачи",
    "Delivered": "Выдан",
    "Returned": "Возвращён",
    "Refused": "Не забран",
    CANCELLED: "Отменён",
    "CancelledWithDefect": "Отменён по браку",
}
"""What a profile may name; a site may have given them other names for its own people."""

_PUBLIC: Final[Mapping[str, str]] = {
    "Placed": "Preparing",
    "Pending": "NotProcessed",
    "WaitingForPayment": "AwaitingPayment",
    "Approved": "ReadyToProcessing",
    "DesignInProgress": "DesignCoordination",
    "DesignWaiting": "DesignCoordinationAwaitingReply",
    "DesignCompleted": "DesignCoordinationComplete",
    "PrepressInProgress": "PrepressCoordination",
    "PrepressWaiting": "PrepressCoordinationAwaitingReply",
    "PrepressCompleted": "PrepressCoordinationComplete",
    "PrintingInProgress": "Printing",
    "PrintingCompletedWithDefect": "PrintedWithDefect",
    "PostPressInProgress": "PostPress",
    "Fulfilled": "Printed",
    "DeliveredToPickupPoint": "ShippedToStorage",
    "CancelledDueDefect": "CancelledWithDefect",
    "CancelledDueAbandon": "Refused",
}
"""Other names some statuses have been met under."""


def known_as(told: str) -> str:
    """Return the one name of a status, whichever of its names an answer has."""
    return _PUBLIC.get(told, told)


def sent_as(status: str) -> str:
    """Return what the API is to be sent for a status of a profile.

    Raises:
        Rejected: there is no such status, or it would take the order out of the system.
    """
    if status == DELETED:
        raise Rejected(_DELETES)
    if status not in NAMES:
        raise Rejected(_no_status(status))
    return CANCEL if status == CANCELLED else status


def other_status(sent: str, shown: str) -> Rejected:
    """Return the refusal of a status that was taken and is not shown."""
    return Rejected(
        Text(
            f"Pixlpark was sent the status “{sent}” and shows “{shown}”; look at the order in the panel, then retry.",
            f"В Pixlpark отправлен статус «{sent}», а показывает он «{shown}»; посмотрите заказ в панели и повторите.",
        )
    )


_DELETES = Text(
    "The status “Deleted” takes an order out of Pixlpark for good, so the hub never sends it; delete the order in the "
    "panel, and name another status in the profile.",
    "Статус «Deleted» удаляет заказ из Pixlpark насовсем, поэтому хаб его не отправляет; удалите заказ в панели, а в "
    "профиле укажите другой статус.",
)


def _no_status(status: str) -> Text:
    return Text(
        f"Pixlpark has no order status “{status}”; correct the statuses in the profile, then retry.",
        f"В Pixlpark нет статуса заказа «{status}»; исправьте статусы в профиле и повторите.",
    )
