"""Writing records as they were read, or made: the same elements in the same frames."""

from collections.abc import Iterable, Iterator, Mapping
from xml.sax.saxutils import escape, quoteattr

from sverka.connectors.commerceml.xml.charset import FORBIDDEN
from sverka.connectors.commerceml.xml.node import Frame, Node, Piece

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def written(pieces: Iterable[Piece]) -> Iterator[bytes]:
    """Yield a file in UTF-8 that has these records in their frames."""
    yield _HEAD.encode()
    standing: tuple[Frame, ...] = ()
    for piece in pieces:
        common = 0
        for one, other in zip(standing, piece.frames, strict=False):
            if one != other:
                break
            common += 1
        closing = "".join(f"</{frame.name}>" for frame in reversed(standing[common:]))
        opening = "".join(f"<{frame.name}{_attrs(frame.attrs)}>" for frame in piece.frames[common:])
        standing = piece.frames
        yield f"{closing}{opening}{''.join(_parts(piece.node))}".encode()
    yield "".join(f"</{frame.name}>" for frame in reversed(standing)).encode()


def _parts(node: Node) -> Iterator[str]:
    yield f"<{node.name}{_attrs(node.attrs)}>{_text(node.text)}"
    for child in node.children:
        yield from _parts(child)
    yield f"</{node.name}>"


def _text(text: str) -> str:
    # A line's own return would be read as its end.
    return escape(FORBIDDEN.sub("", text)).replace("\r", "&#13;")


def _attrs(attrs: Mapping[str, str]) -> str:
    return "".join(f" {name}={quoteattr(FORBIDDEN.sub('', value))}" for name, value in attrs.items())
