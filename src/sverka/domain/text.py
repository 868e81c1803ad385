"""Sentences for people, in every language the product speaks."""

from dataclasses import dataclass
from typing import Literal

Language = Literal["en", "ru"]


@dataclass(frozen=True)
class Text:
    """One sentence in English and in Russian."""

    en: str
    ru: str

    def say(self, language: Language) -> str:
        """Return the sentence in the language asked for."""
        return self.ru if language == "ru" else self.en

    def __str__(self) -> str:
        return self.en
