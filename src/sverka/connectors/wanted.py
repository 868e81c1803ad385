"""One thing a connector asks a person for, and what is wrong with an answer before anything is sent."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from sverka.domain.text import Text

_QUOTES = "\"'«»“”` \t\r\n\ufeff\u00a0\u200b"
_SPACE = re.compile(r"\s")
_HERE = ("localhost", "127.")
_HOST = re.compile(r"(?:localhost|[\w-]+(?:\.[\w-]+)+)(?::\d+)?(?:[/?#].*)?")


@dataclass(frozen=True)
class Wanted:
    """One setting or secret a connector asks for; a secret that `is_made` is drawn by the hub where none is given.

    `where` says where a person clicks to find it, in the words of that page. `example` shows what it looks like, and
    `pattern` is what the whole of an answer must match.
    """

    name: str
    label: Text
    help: Text
    is_secret: bool
    is_required: bool
    default: str
    options: tuple[str, ...]
    is_made: bool = False
    is_address: bool = False
    where: Text | None = None
    example: str = ""
    pattern: str = ""

    def tidied(self, told: str) -> str:
        """Return an answer without what copying brings along: spaces and quotes around it, an address's lost https."""
        if not (self.is_address or self.pattern):
            return told.strip()
        value = told.strip(_QUOTES)
        if not (self.is_address and _HOST.fullmatch(value)):
            return value
        return f"{'http' if value.startswith(_HERE) else 'https'}://{value}"

    @property
    def looks_like(self) -> str:
        """An example of an answer; empty where there is none to show."""
        return self.example or ("https://shop.example" if self.is_address and not self.pattern else "")

    def flaw(self, value: str) -> Text | None:
        """Return what is wrong with the look of an answer, with the next step; None where nothing is.

        The answer itself is not repeated, for it may be a secret.
        """
        if self.options and value not in self.options:
            listed = ", ".join(self.options)
            return Text(f"{self.name} may be: {listed}.", f"{self.name} может быть: {listed}.")
        if (self.is_address or self.pattern) and _SPACE.search(value):
            return self._but("there is a space in it; copy it again, alone", "внутри есть пробел; скопируйте ещё раз")
        if self.is_address and not _is_address(value):
            return self._but("this is no web address", "это не веб-адрес")
        if self.pattern and not re.fullmatch(self.pattern, value):
            return self._but("this is not one", "это не то, что нужно")
        return None

    def _but(self, en: str, ru: str) -> Text:
        like = self.looks_like
        return Text(
            f"{self.label.en}: {en}. " + (f"It should look like {like}" if like else "Look again where it is shown."),
            f"{self.label.ru}: {ru}. " + (f"Должно быть вида {like}" if like else "Посмотрите ещё раз, где он указан."),
        )


def _is_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
