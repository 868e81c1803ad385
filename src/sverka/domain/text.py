"""Sentences for people, in every language the product speaks."""

import errno
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


_RUSSIAN = {
    errno.EACCES: "нет доступа",
    errno.EADDRINUSE: "адрес занят",
    errno.EADDRNOTAVAIL: "у этой машины нет такого адреса",
    errno.EEXIST: "уже есть",
    errno.EISDIR: "это папка",
    errno.ENOENT: "нет такого файла или папки",
    errno.ENOSPC: "на диске нет места",
    errno.ENOTDIR: "это не папка",
    errno.EPERM: "нет доступа",
    errno.EROFS: "только для чтения",
}


def reason(error: OSError | UnicodeDecodeError) -> Text:
    """Return why a file or an address cannot be used, in the system's English words where Russian ones are lacking."""
    if isinstance(error, UnicodeDecodeError):
        return Text("not UTF-8", "не UTF-8")
    english = error.strerror or type(error).__name__
    return Text(english, _RUSSIAN.get(error.errno or 0, english))
