"""A QR code of a short text as a PNG: byte mode, correction level L, versions 1 to 5, mask 0 (ISO/IEC 18004)."""

from __future__ import annotations

import struct
import zlib

#: data bytes, correction bytes and the centre of the alignment pattern, by version
_VERSIONS = {1: (19, 7, 0), 2: (34, 10, 18), 3: (55, 15, 22), 4: (80, 20, 26), 5: (108, 26, 30)}
_QUIET, _SCALE = 4, 4
#: level L with mask 0, as its own error code makes it
_FORMAT = 0b111011111000100
_Grid = dict[tuple[int, int], bool]


def png(text: str) -> bytes:
    """Return the picture; ValueError for a text longer than 106 bytes."""
    modules, size = _modules(text.encode())
    side = (size + 2 * _QUIET) * _SCALE
    lines = []
    for y in range(side):
        row = (modules.get((y // _SCALE - _QUIET, x // _SCALE - _QUIET), False) for x in range(side))
        lines.append(b"\0" + bytes(0 if dark else 255 for dark in row))
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    body = zlib.compress(b"".join(lines))
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _modules(data: bytes) -> tuple[_Grid, int]:
    version = next((number for number, (room, _, _) in _VERSIONS.items() if len(data) + 2 <= room), None)
    if version is None:
        raise ValueError("the text is too long for a small QR code")
    room, correction, centre = _VERSIONS[version]
    size = 17 + 4 * version
    grid = _patterns(size, centre)
    words = _words(data, room)
    bits = "".join(f"{word:08b}" for word in [*words, *_correction(words, correction)])
    for place, (row, column) in enumerate(_path(size, grid)):
        bit = place < len(bits) and bits[place] == "1"
        grid[row, column] = bit ^ ((row + column) % 2 == 0)
    return grid, size


def _words(data: bytes, room: int) -> list[int]:
    bits = f"0100{len(data):08b}" + "".join(f"{byte:08b}" for byte in data) + "0000"
    words = [int(bits[place : place + 8], 2) for place in range(0, len(bits), 8)]
    return words + [(0xEC, 0x11)[place % 2] for place in range(room - len(words))]


def _times(left: int, right: int) -> int:
    """Multiply in the field of 256 elements."""
    product = 0
    while right:
        if right & 1:
            product ^= left
        left = left << 1 ^ (0x11D if left & 0x80 else 0)
        right >>= 1
    return product


def _correction(words: list[int], count: int) -> list[int]:
    """Return the Reed-Solomon remainder of the data."""
    divisor, root = [1], 1
    for _ in range(count):
        shifted = [*divisor, 0]
        divisor = [one ^ _times(other, root) for one, other in zip(shifted, [0, *divisor], strict=True)]
        root = _times(root, 2)
    rest = words + [0] * count
    for place in range(len(words)):
        factor = rest[place]
        for offset, term in enumerate(divisor):
            rest[place + offset] ^= _times(term, factor)
    return rest[len(words) :]


def _patterns(size: int, centre: int) -> _Grid:
    """Return what every code of the size has: finders with their margins, timing, alignment and format."""
    grid: _Grid = {}
    for top, left in ((0, 0), (0, size - 7), (size - 7, 0)):
        for row in range(max(top - 1, 0), min(top + 8, size)):
            for column in range(max(left - 1, 0), min(left + 8, size)):
                ring = max(abs(row - top - 3), abs(column - left - 3))
                grid[row, column] = ring in (0, 1, 3)
    for place in range(8, size - 8):
        grid[6, place] = grid[place, 6] = place % 2 == 0
    for row in range(centre - 2, centre + 3) if centre else ():
        for column in range(centre - 2, centre + 3):
            grid[row, column] = max(abs(row - centre), abs(column - centre)) != 1
    _format(grid, size)
    return grid


def _format(grid: _Grid, size: int) -> None:
    first = [(8, c) for c in (0, 1, 2, 3, 4, 5, 7, 8)] + [(r, 8) for r in (7, 5, 4, 3, 2, 1, 0)]
    second = [(size - 1 - place, 8) for place in range(7)] + [(8, size - 8 + place) for place in range(8)]
    for place in range(15):
        dark = bool(_FORMAT >> (14 - place) & 1)
        grid[first[place]] = grid[second[place]] = dark
    grid[size - 8, 8] = True


def _path(size: int, grid: _Grid) -> list[tuple[int, int]]:
    """Return the free places in the order data fills them: in pairs of columns from the right, up and down in turn."""
    places = []
    upwards = True
    for right in (column for column in range(size - 1, 0, -2)):
        pair = right if right > 6 else right - 1
        for row in range(size - 1, -1, -1) if upwards else range(size):
            places += [(row, column) for column in (pair, pair - 1) if (row, column) not in grid]
        upwards = not upwards
    return places
