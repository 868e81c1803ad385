"""What is wrong with a file of records, in two languages."""

from __future__ import annotations


class DataError(ValueError):
    """Says where (`items[3] (entityTypeId 2, id 7), field stageId`) and what: in English `en`, in Russian `ru`."""

    def __init__(self, where: str, en: str, ru: str) -> None:
        self.en = f"{where}: {en}"
        self.ru = f"{where.replace('field ', 'поле ')}: {ru}"
        super().__init__(self.en)


def expected(where: str, what_en: str, what_ru: str) -> DataError:
    """Return the error for a value of another kind than is due."""
    return DataError(where, f"{what_en} is due here.", f"здесь нужно: {what_ru}.")


def unknown(where: str, name: str, known: list[str]) -> DataError:
    """Return the error for a name there is not, with the names there are."""
    listed = ", ".join(sorted(known))
    return DataError(where, f"there is no {name!r} here; known: {listed}.", f"здесь нет {name!r}; есть: {listed}.")
