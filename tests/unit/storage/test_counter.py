"""The number that a restored database lags behind."""

import errno
import os

import pytest

from sverka.domain.errors import Misconfigured
from sverka.storage.counter import Counter


def test_the_counter_rises_and_never_falls(tmp_path):
    counter = Counter(tmp_path / "hub.counter")
    assert counter.read() == 0
    counter.rise(7)
    counter.rise(5)
    assert Counter(tmp_path / "hub.counter").read() == 7
    counter.rise(8)
    assert counter.read() == 8
    assert [path.name for path in tmp_path.iterdir()] == ["hub.counter"], "no draft is left behind"


def test_a_full_disk_is_told_and_fills_up_no_further(tmp_path, monkeypatch):
    counter = Counter(tmp_path / "hub.counter")
    counter.rise(7)

    def full(_handle):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(Misconfigured, match="No space left"):
        counter.rise(8)
    assert counter.read() == 7
    assert [path.name for path in tmp_path.iterdir()] == ["hub.counter"]


@pytest.mark.parametrize("content", ["", "seven", "\xff"])
def test_a_file_without_a_number_is_told(tmp_path, content):
    path = tmp_path / "hub.counter"
    path.write_text(content, "latin-1")
    with pytest.raises(Misconfigured, match="holds no number"):
        Counter(path).read()


def test_a_folder_that_cannot_be_written_is_told_and_the_way_out(tmp_path):
    counter = Counter(tmp_path / "nowhere" / "hub.counter")
    with pytest.raises(Misconfigured, match="SVERKA_COUNTER_FILE") as caught:
        counter.rise(1)
    assert "SVERKA_COUNTER_FILE" in caught.value.text.ru
    (tmp_path / "folder").mkdir()
    with pytest.raises(Misconfigured, match="SVERKA_COUNTER_FILE"):
        Counter(tmp_path / "folder").read()
