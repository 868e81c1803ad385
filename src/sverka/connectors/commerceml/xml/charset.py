"""Bytes to text: by what the bytes are, and only then by what they say they are."""

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"""encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Characters that XML has no place for."""
_RUSSIAN = "cp1251"
HEAD = 4096
"""How many bytes are looked at before the charset is decided: the root element is among them, in Russian mostly."""


def _as_russian(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)  # noqa: S101 - this handler is named for decoding alone
    return error.object[error.start : error.end].decode(_RUSSIAN, "replace"), error.end


codecs.register_error("sverka_russian", _as_russian)


class Decoder:
    """Decodes a file piece by piece; characters that XML has no place for are left out.

    Shops declare windows-1251 and send UTF-8, and the other way round. Russian text in windows-1251 is never valid
    UTF-8, so the bytes decide; where the first ones are plain ASCII, the declaration does, and stray bytes of the other
    charset are read as windows-1251.
    """

    def __init__(self) -> None:
        """Begin with nothing read."""
        self._head = b""
        self._inner: codecs.IncrementalDecoder | None = None

    def feed(self, data: bytes, *, last: bool = False) -> str:
        """Return the text of some more bytes; what is still undecided comes with a later piece."""
        if self._inner is None:
            self._head += data
            if len(self._head) < HEAD and not last:
                return ""
            data, self._head = self._head, b""
            data = self._decide(data)
        assert self._inner is not None  # noqa: S101 - it was decided above
        return FORBIDDEN.sub("", self._inner.decode(data, last))

    def _decide(self, head: bytes) -> bytes:
        mark, name = next(((mark, name) for mark, name in _MARKS if head.startswith(mark)), (b"", ""))
        name = name or charset_of(head)
        self._inner = codecs.getincrementaldecoder(name)("sverka_russian" if name == "utf-8" else "replace")
        return head[len(mark) :].lstrip(b" \t\r\n") if not mark else head[len(mark) :]


def charset_of(head: bytes) -> str:
    """Return the charset of a file by its first bytes, which may end within a character."""
    told = _DECLARED.search(head[:200])
    declared = _known(told.group(1).decode("ascii") if told else "utf-8")
    if head.isascii():
        return declared
    try:
        codecs.getincrementaldecoder("utf-8")("strict").decode(head, final=False)
    except UnicodeDecodeError:
        return _RUSSIAN if declared == "utf-8" else declared
    return "utf-8"


def text_of(data: bytes) -> str:
    """Return a short answer as text: UTF-8 where it is that, else windows-1251."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode(_RUSSIAN, "replace")


def _known(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        return "utf-8"
