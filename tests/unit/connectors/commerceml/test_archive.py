"""Archives open as streams, and a bomb does not go off."""

import gzip
import io
import zipfile
import zlib

import pytest

from sverka.connectors.commerceml.archive import MOST, files_in, opened
from sverka.connectors.commerceml.xml import Damaged

PLAIN = "<КоммерческаяИнформация/>".encode() * 1000


def zipped(*files: tuple[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files:
            archive.writestr(name, body)
    return packed.getvalue()


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zlib.compress, lambda plain: zipped(("a.xml", plain))])
def test_whatever_a_file_is_packed_with_it_opens(pack) -> None:
    assert b"".join(opened(io.BytesIO(pack(PLAIN)))) == PLAIN


def test_the_files_of_an_archive_come_one_by_one() -> None:
    archive = io.BytesIO(zipped(("import.xml", b"1"), ("offers.xml", b"2")))
    assert [(name, b"".join(chunks)) for name, chunks in files_in(archive)] == [
        ("import.xml", b"1"),
        ("offers.xml", b"2"),
    ]


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress, lambda plain: zipped(("a.xml", plain))])
def test_a_bomb_is_refused_before_it_is_opened_whole(pack) -> None:
    given: list[int] = []
    with pytest.raises(Damaged) as caught:
        given.extend(map(len, opened(io.BytesIO(pack(b"\0" * 2**26)))))
    assert sum(given) < 2**26
    assert "раскрывается" in caught.value.say("ru")


def test_an_archive_of_too_many_files_is_refused() -> None:
    archive = io.BytesIO(zipped(*((f"{number}.xml", b"") for number in range(MOST + 1))))
    with pytest.raises(Damaged):
        list(files_in(archive))


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress, lambda plain: zipped(("a.xml", plain))])
def test_a_cut_archive_is_damaged_and_never_half_an_answer(pack) -> None:
    body = pack(PLAIN)
    with pytest.raises(Damaged):
        list(opened(io.BytesIO(body[: len(body) * 2 // 3])))
