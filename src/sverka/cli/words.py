"""Sentences in the language of the person at the terminal."""

import os

from sverka.domain.text import Language, Text


def language() -> Language:
    """Return SVERKA_LANG, else the locale's language, else English; a value that cannot be used counts for none."""
    for name in ("SVERKA_LANG", "LC_ALL", "LANG"):
        value = os.environ.get(name, "").lower()
        if value:
            return "ru" if value.startswith("ru") else "en"
    return "en"


def t(en: str, ru: str) -> str:
    """Return the sentence of the two that this person reads."""
    return ru if language() == "ru" else en


def say(text: Text) -> str:
    """Return a sentence as this person reads it."""
    return text.say(language())
