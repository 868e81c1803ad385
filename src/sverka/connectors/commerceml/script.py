"""What an exchange script is asked for: orders by two ways, files taken in, and the lists behind the orders."""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4
from zipfile import ZIP_DEFLATED, ZipFile

from sverka.connectors.commerceml import says
from sverka.connectors.commerceml.archive import opened
from sverka.connectors.commerceml.documents import Package, packages_of
from sverka.connectors.commerceml.wire import Failure, Kind, Reply, Session, SessionLost, Wire
from sverka.connectors.commerceml.xml import Damaged, Piece, pieces_of
from sverka.connectors.commerceml.xml.words import element
from sverka.domain.errors import Gone, Later, Unanswered
from sverka.ports.guard import Guard

_STEPS = 500
"""How often `import` may say `progress`: a shop takes in a file in some ten steps."""

_UNKNOWN = ("неизвестн", "unknown", "не поддержив", "not supported", "unsupported")
_MODE = ("import", "команд", "режим")
"""What scripts say of a mode that they do not have: a word of each."""


@dataclass(frozen=True)
class Lists:
    """What stands behind the orders, by id: statuses, ways to pay and to deliver. Empty where the script tells none."""

    statuses: Mapping[str, str]
    payments: Mapping[str, str]
    deliveries: Mapping[str, str]


class Script:
    """The modes of one script, each in one method; all raise as `Wire.ask`."""

    def __init__(self, wire: Wire, *, imports: bool = True) -> None:
        """Take the wire, and whether files are taken in by `import`; if not, they are by their last piece."""
        self._wire = wire
        self._imports = imports

    @property
    def time(self) -> datetime | None:
        """The moment by the shop's own clock when it answered last."""
        return self._wire.time

    def changed(self, label: datetime | None, size: int, guard: Guard) -> list[Package]:
        """Return orders saved after the moment by `type=crm`, at most `size`, oldest save first."""
        moment = "0" if label is None else str(int(label.timestamp()))
        query = {"MODIFICATION_LABEL": moment, "IMPORT_SIZE": str(size)}
        return list(self._query("crm", query, guard))

    def order(self, id_: str, guard: Guard) -> Package | Gone | Later:
        """Return one order by `type=crm`; `Gone` where nothing is shown, `Later` where only other orders are."""
        found = list(self._query("crm", {"ORDER_ID": id_}, guard))
        mine = [one for one in found if one.id == id_]
        if found and not mine:
            return Later(says.ANOTHER)
        return next((one for one in mine if one.order is not None), Gone())

    def queue(self, guard: Guard) -> Iterator[Package]:
        """Yield what `type=sale` has not been told to be taken yet; `confirm` tells that."""
        return self._query("sale", {}, guard)

    def confirm(self, guard: Guard) -> None:
        """Tell the shop that all it has shown was kept: it will not show that again."""
        try:
            self._wire.ask("sale", {"mode": "success"}, guard)
        except Failure as problem:
            # Another guest has asked between query and this, perhaps; what was shown is kept, and is shown again.
            raise Later(says.unconfirmed(problem.words)) from problem

    def _query(self, kind: Kind, more: Mapping[str, str], guard: Guard) -> Iterator[Package]:
        crm = {"LID": "ru", "ZZZ": "0", "GZ_COMPRESSION_SUPPORTED": "0"} if kind == "crm" else {}
        try:
            reply = self._wire.download(kind, {"mode": "query", **crm, **more}, guard)
        except Failure as problem:
            raise Later(says.shows_nothing(problem.words)) from problem
        return packages_of(self._pieces(reply))

    @staticmethod
    def _pieces(reply: Reply) -> Iterator[Piece]:
        with reply.file:
            try:
                yield from pieces_of(opened(reply.file))
            except Damaged as problem:
                # Nothing was confirmed, so the shop will show it all once more.
                raise Later(problem.text) from problem

    def speaks_crm(self, now: datetime, guard: Guard) -> bool:
        """Tell whether there is a `type=crm`: other engines answer it as `type=sale`, in Russian, or not at all."""
        query = {"mode": "query", "LID": "ru", "ZZZ": "0", "GZ_COMPRESSION_SUPPORTED": "0"}
        more = {"MODIFICATION_LABEL": str(int(now.timestamp())), "IMPORT_SIZE": "1"}
        pieces = list(self._pieces(self._wire.download("crm", {**query, **more}, guard)))
        names = [*(frame.name for piece in pieces for frame in piece.frames[:1]), *(one.node.name for one in pieces)]
        return names[:1] == ["CommerceInformation"]

    def send(self, body: bytes, guard: Guard) -> None:
        """Hand a file to the shop and have it taken in.

        Raises:
            Failure: the shop refused it, or some of it.
            Unanswered: the answer did not come whole, or was none.
        """
        session = self._wire.session("sale", guard, anew=True)
        name = f"orders-{uuid4().hex}"
        sent = _zipped(f"{name}.xml", body) if session.zips else body
        upload = {"mode": "file", "filename": f"{name}.zip" if session.zips else f"{name}.xml"}
        for start in range(0, len(sent), session.limit):
            part = sent[start : start + session.limit]
            is_write = not self._imports and start + session.limit >= len(sent)
            if self._wire.tell(session, upload, guard, part, is_write=is_write) != "success":
                raise Unanswered if is_write else Later
        if self._imports:
            self._import(session, f"{name}.xml", guard)

    def _import(self, session: Session, name: str, guard: Guard) -> None:
        for step in range(_STEPS):
            try:
                word = self._wire.tell(session, {"mode": "import", "filename": name}, guard, is_write=True)
            except SessionLost as problem:
                raise (Unanswered() if step else problem) from problem
            except Failure as problem:
                raise _explained(problem) from problem
            if word == "success":
                return
            if word != "progress":
                raise Unanswered
        raise Unanswered

    def lists(self, guard: Guard) -> Lists:
        """Return what `mode=info` tells; nothing where the script has no such mode."""
        found: dict[str, dict[str, str]] = {"Статусы": {}, "ПлатежныеСистемы": {}, "СлужбыДоставки": {}}
        try:
            reply = self._wire.download("sale", {"mode": "info"}, guard)
            self._take_lists(reply, found)
        except (Failure, Damaged):
            pass
        return Lists(found["Статусы"], found["ПлатежныеСистемы"], found["СлужбыДоставки"])

    @staticmethod
    def _take_lists(reply: Reply, found: Mapping[str, dict[str, str]]) -> None:
        with reply.file:
            for piece in pieces_of(opened(reply.file)):
                for word, names in found.items():
                    if any(element(frame.name) == word for frame in piece.frames):
                        id_ = piece.node.told("Ид")
                        names |= {id_: piece.node.told("Название") or piece.node.told("Наименование") or id_}


def _explained(problem: Failure) -> Failure:
    """Return the refusal of an `import`, with the way out where it is the mode that is not known."""
    words = problem.words.casefold()
    is_unknown = all(any(word in words for word in group) for group in (_UNKNOWN, _MODE))
    return Failure(problem.words, says.no_import(problem.words)) if is_unknown else problem


def _zipped(name: str, body: bytes) -> bytes:
    packed = io.BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        archive.writestr(name, body)
    return packed.getvalue()
