"""Archives of an exchange: opened as a stream and only up to a size, whatever they say of themselves."""

import zipfile
import zlib
from collections.abc import Iterator
from typing import IO
from zipfile import ZipFile

from sverka.connectors.commerceml.xml import Damaged
from sverka.domain.text import Text

LARGEST = 2 * 2**30
"""Bytes of one opened file beyond which it is refused."""

MOST = 1000
"""Files in one archive beyond which it is refused."""

THINNEST = 400
"""Times a file may be larger than its archive: XML is packed about 30 times, a bomb a thousand."""

_CHUNK = 64 * 1024
_BOMB = Text(
    "The archive opens into far more than it can honestly hold; it was refused. Ask the other side to send it plain.",
    "Архив раскрывается в несоразмерно большой файл и отклонён. Попросите другую сторону отправить его без сжатия.",
)
_BROKEN = Text(
    "The archive is damaged or cut; nothing of it is confirmed, so the other side will show it again.",
    "Архив повреждён или оборван; ничего из него не подтверждено, другая сторона покажет его снова.",
)


def opened(file: IO[bytes]) -> Iterator[bytes]:
    """Yield a file's content: what a zip holds one after another, what gzip and zlib pack, anything else as it is.

    Raises:
        Damaged: the archive is broken, or a bomb.
    """
    start = file.read(4)
    file.seek(0)
    if start.startswith(b"PK\x03\x04"):
        for _, chunks in files_in(file):
            yield from chunks
    elif start.startswith(b"\x1f\x8b") or start[:2] in (b"\x78\x01", b"\x78\x9c", b"\x78\xda"):
        yield from _inflated(file)
    else:
        yield from iter(lambda: file.read(_CHUNK), b"")


def files_in(file: IO[bytes]) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Yield name and content of each file in a zip; the content has to be taken before the next one is asked for.

    Raises:
        Damaged: as `opened`.
    """
    try:
        with ZipFile(file) as archive:
            members = [one for one in archive.infolist() if not one.is_dir()]
            if len(members) > MOST:
                raise Damaged(_BOMB)
            for one in members:
                yield one.filename, _unzipped(archive, one)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise Damaged(_BROKEN) from error


def _unzipped(archive: ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    allowed = _allowed(member.compress_size)
    try:
        with archive.open(member) as file:
            for chunk in iter(lambda: file.read(_CHUNK), b""):
                allowed -= len(chunk)
                if allowed < 0:
                    raise Damaged(_BOMB)
                yield chunk
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise Damaged(_BROKEN) from error


def _inflated(file: IO[bytes]) -> Iterator[bytes]:
    inflate, taken, given = zlib.decompressobj(zlib.MAX_WBITS | 32), 0, 0
    try:
        for chunk in iter(lambda: file.read(_CHUNK), b""):
            taken += len(chunk)
            rest = chunk
            while rest:
                plain = inflate.decompress(rest, _CHUNK)
                given += len(plain)
                if given > _allowed(taken):
                    raise Damaged(_BOMB)
                if plain:
                    yield plain
                rest = inflate.unconsumed_tail
    except zlib.error as error:
        raise Damaged(_BROKEN) from error
    if not inflate.eof:
        raise Damaged(_BROKEN)


def _allowed(packed: int) -> int:
    return min(LARGEST, packed * THINNEST + 2**20)
