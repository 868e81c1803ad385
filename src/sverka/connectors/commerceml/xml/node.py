"""Elements as they were read: everything is kept, and what is asked for is marked as read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sverka.connectors.commerceml.xml.words import element, requisite

_REQUISITES = "ЗначенияРеквизитов"
_REQUISITE = "ЗначениеРеквизита"


class Node:
    """An element with its attributes, text and children; `word` is its Russian name, whatever language it is in.

    `is_read` tells whether somebody asked for it: what nobody asks for is kept all the same, and a report counts both.
    """

    __slots__ = ("attrs", "children", "is_read", "name", "text", "word")

    def __init__(self, name: str, text: str = "", attrs: Mapping[str, str] | None = None) -> None:
        """Take the element's name without its namespace."""
        self.name = name
        self.word = element(name)
        self.text = text
        self.attrs: dict[str, str] = dict(attrs or {})
        self.children: list[Node] = []
        self.is_read = False

    def __repr__(self) -> str:
        return f"Node({self.name!r}, {len(self.children)} children)"

    def all(self, word: str) -> list["Node"]:
        """Return the children of a Russian name."""
        found = [child for child in self.children if child.word == word]
        for child in found:
            child.is_read = True
        return found

    def child(self, word: str) -> "Node | None":
        """Return the first child of a Russian name, None where there is none."""
        return next(iter(self.all(word)), None)

    def told(self, *path: str) -> str:
        """Return the text at the end of a path of Russian names, without the spaces around it; empty for nothing."""
        node: Node | None = self
        for word in path:
            node = node.child(word) if node is not None else None
        return node.text.strip() if node is not None else ""

    def attr(self, word: str) -> str:
        """Return an attribute by its Russian name, empty where there is none."""
        return next((value.strip() for name, value in self.attrs.items() if element(name) == word), "")

    def under(self, group: str, word: str) -> list["Node"]:
        """Return the elements of a list, such as `Товары` and `Товар`; a list may be written in several parts."""
        return [one for part in self.all(group) for one in part.all(word)]

    def requisites(self) -> dict[str, str]:
        """Return the values of the requisites by their Russian names; of twins the last counts."""
        found = {}
        for row in self.under(_REQUISITES, _REQUISITE):
            name = row.told("Наименование")
            if name:
                found[requisite(name)] = row.told("Значение")
        return found

    def put(self, word: str, text: str) -> None:
        """Set the text of a child, which is made where there is none."""
        node = self.child(word)
        if node is None:
            node = self.add(Node(word))
        node.text = text

    def put_requisite(self, name: str, value: str) -> None:
        """Set a requisite by its Russian name; twins of it become one."""
        group = self.child(_REQUISITES) or self.add(Node(_REQUISITES))
        same = [row for row in group.all(_REQUISITE) if requisite(row.told("Наименование")) == name]
        if same:
            same[0].put("Значение", value)
            group.children = [row for row in group.children if row not in same[1:]]
            return
        row = group.add(Node(_REQUISITE))
        row.put("Наименование", name)
        row.put("Значение", value)

    def add(self, child: "Node") -> "Node":
        """Append a child and return it."""
        self.children.append(child)
        return child

    def copy(self) -> "Node":
        """Return a deep copy, under the same names."""
        made = Node(self.name, self.text, self.attrs)
        made.children = [child.copy() for child in self.children]
        return made

    def in_russian(self) -> "Node":
        """Return a deep copy under Russian names, as `type=sale` takes them."""
        attrs = {element(name): value for name, value in self.attrs.items()}
        made = Node(self.word, self.text, attrs)
        made.children = [child.in_russian() for child in self.children]
        if self.word == _REQUISITE:
            made.put("Наименование", requisite(made.told("Наименование")))
        return made

    def walk(self, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], "Node"]]:
        """Yield this element and all below it, each with the path of names that leads to it."""
        here = (*path, self.name)
        yield here, self
        for child in self.children:
            yield from child.walk(here)


@dataclass(frozen=True)
class Frame:
    """An element that a piece stands in: its name and attributes, and its number among all frames of the file."""

    name: str
    attrs: Mapping[str, str] = field(default_factory=dict)
    number: int = 0


@dataclass(frozen=True)
class Piece:
    """A record of a file with all that is in it, and the frames it stands in, the root first."""

    frames: tuple[Frame, ...]
    node: Node
