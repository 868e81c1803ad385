"""The converter of a company's numbers: what does not check is said, and not sent."""

from dataclasses import dataclass

from sverka.domain.commerce.requisites import CHECKS
from sverka.domain.commerce.value import Value
from sverka.domain.mapping.convert import Unmapped
from sverka.domain.text import Text


@dataclass(frozen=True)
class Requisite:
    """An organisation's INN, KPP or OGRN, by its short key; spaces and dashes in it mean nothing."""

    key: str

    def to_office(self, value: Value) -> Value | Unmapped:
        """Return the number of an order, if it can be one."""
        text = _bare(value)
        return text if not text or CHECKS[self.key](text) else Unmapped(value, _wrong(self.key, text))

    def to_store(self, value: Value) -> Value | Unmapped:
        """Return the number as the company has it: people there answer for it."""
        return _bare(value)

    def agree(self, store: Value, office: Value) -> bool:
        """Compare the numbers themselves."""
        return _bare(store) == _bare(office)

    def fingerprint(self) -> str:
        """Name the number."""
        return f"requisite:{self.key}"


def _bare(value: Value) -> str:
    return "".join(char for char in str(value or "") if not (char.isspace() or char in "-–")).upper()


_NAMES = {"inn": Text("INN", "ИНН"), "kpp": Text("KPP", "КПП"), "ogrn": Text("OGRN", "ОГРН")}


def _wrong(key: str, text: str) -> Text:
    name = _NAMES[key]
    return Text(
        f"The order's {name.en} {text} cannot be one: a digit is wrong or missing; correct it in the store, and it "
        "goes to the company.",
        f"{name.ru} в заказе – {text}, таких не бывает: цифра пропущена или неверна; исправьте его в магазине, и он "
        "попадёт в компанию.",
    )
