"""Reading as a stream: a file of any size in the memory of one record, and nothing that a document type could do."""

from collections.abc import Iterable, Iterator, Mapping
from typing import BinaryIO
from xml.parsers import expat

from sverka.connectors.commerceml.xml.charset import Decoder
from sverka.connectors.commerceml.xml.node import Frame, Node, Piece
from sverka.connectors.commerceml.xml.words import element
from sverka.domain.errors import Problem
from sverka.domain.text import Text

CHUNK = 64 * 1024
"""Bytes handed to the parser at once."""

DEEPEST = 60
"""How deep elements may nest: groups of a catalogue within groups are the deepest there are."""

_FRAMES = {
    *("КоммерческаяИнформация", "Контейнер", "Классификатор", "Группы", "Свойства", "Каталог", "Товары"),
    *("ПакетПредложений", "ИзмененияПакетаПредложений", "ТипыЦен", "Склады", "Предложения", "Справочник"),
    *("Статусы", "ПлатежныеСистемы", "СлужбыДоставки", "Категории", "ЕдиницыИзмерения"),
}
"""What records stand in: these are opened and left, and never held whole."""


class Damaged(Problem):
    """A file that is no CommerceML, or not all of one."""

    text = Text(
        "The file is no whole CommerceML: it was cut, or something else came in its place; nothing of it is confirmed.",
        "Файл – не целый CommerceML: оборван, или вместо него пришло другое; ничего из него не подтверждено.",
    )


_NO_TYPES = Text(
    "The file carries a document type, which CommerceML never has and which could read other files; it was refused.",
    "В файле объявлен тип документа (DTD): в CommerceML его не бывает, а с ним читают чужие файлы; файл отклонён.",
)
_TOO_DEEP = Text(
    f"The file nests elements deeper than {DEEPEST}, as no catalogue does; it was refused.",
    f"В файле вложенность больше {DEEPEST}, такой не бывает ни в одном каталоге; файл отклонён.",
)


class Reader:
    """Takes bytes as they come, and gives the records that have ended so far."""

    def __init__(self) -> None:
        """Begin with nothing read."""
        self._decoder = Decoder()
        self._frames: list[Frame] = []
        self._count = 0
        self._told = 0
        self._open: list[Node] = []
        self._text: list[list[str]] = []
        self._done: list[Piece] = []
        self._parser = self._made()

    def _made(self) -> expat.XMLParserType:
        parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = _refuse
        parser.EntityDeclHandler = _refuse
        parser.ExternalEntityRefHandler = _refuse
        return parser

    def feed(self, data: bytes, *, last: bool = False) -> list[Piece]:
        """Return the records that end within these bytes.

        Raises:
            Damaged: it is no XML, it ends before its root does, or it has a document type.
        """
        text = self._decoder.feed(data, last=last)
        try:
            self._parser.Parse(text.encode("utf-8", "replace"), last)
        except expat.ExpatError as error:
            raise Damaged from error
        done, self._done = self._done, []
        return done

    def _start(self, name: str, attrs: Mapping[str, str]) -> None:
        name = name.rpartition(":")[2]
        if len(self._frames) + len(self._open) >= DEEPEST:
            raise Damaged(_TOO_DEEP)
        plain = {key: value for key, value in attrs.items() if not key.startswith("xmlns")} if attrs else {}
        if not self._open and element(name) in _FRAMES:
            self._count += 1
            self._frames.append(Frame(name, plain, self._count))
            self._text.append([])
            return
        node = Node(name, attrs=plain)
        if self._open:
            self._open[-1].children.append(node)
        self._open.append(node)
        self._text.append([])

    def _characters(self, text: str) -> None:
        if self._text:
            self._text[-1].append(text)

    def _end(self, _name: str) -> None:
        text = "".join(self._text.pop())
        if self._open:
            node = self._open.pop()
            node.text = "" if node.children and not text.strip() else text
            if not self._open:
                self._tell(node)
            return
        frame = self._frames.pop()
        if frame.number > self._told or text.strip():
            # A frame in which nothing stood, or that has a text of its own, is a record itself.
            self._tell(Node(frame.name, text.strip(), frame.attrs))

    def _tell(self, node: Node) -> None:
        self._told = self._count
        self._done.append(Piece(tuple(self._frames), node))


def _refuse(*_declared: object) -> int:
    raise Damaged(_NO_TYPES)


def pieces_of(source: BinaryIO | Iterable[bytes]) -> Iterator[Piece]:
    """Yield the records of a file, or of an answer as it comes in.

    Raises:
        Damaged: as `Reader.feed`; what was yielded before is whole.
    """
    reader = Reader()
    chunks = source if not hasattr(source, "read") else iter(lambda: source.read(CHUNK), b"")
    for chunk in chunks:
        yield from reader.feed(chunk)
    yield from reader.feed(b"", last=True)
