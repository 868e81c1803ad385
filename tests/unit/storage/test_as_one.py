"""Several writes as one transaction: all of them are kept, or none."""

import threading

import pytest
from sqlalchemy.exc import OperationalError


class Killed(BaseException):
    """The process is no more."""


def names(hub):
    return [name for name in hub.storage.vault.names() if name != "hub"]


def test_all_is_kept_or_nothing(hub):
    vault = hub.storage.vault

    def both(then=None):
        vault.put("shop/key", "1")
        vault.put("shop/secret", "2")
        if then:
            raise then
        return "done"

    with pytest.raises(Killed):
        hub.storage.as_one(lambda: both(Killed()))
    assert names(hub) == []
    assert hub.storage.as_one(both) == "done"
    assert names(hub) == ["shop/key", "shop/secret"]


def test_what_is_read_within_is_what_was_written(hub):
    def look():
        hub.storage.vault.put("shop/key", "1")
        return hub.storage.vault.get("shop/key")

    assert hub.storage.as_one(look) == "1"


def test_another_threads_writes_are_its_own(shared):
    begun, kept = threading.Event(), threading.Event()
    other = shared.open()

    def write_meanwhile():
        begun.wait(10)
        other.vault.put("other/key", "2")
        kept.set()

    thread = threading.Thread(target=write_meanwhile)
    thread.start()

    def fail():
        shared.storage.vault.put("shop/key", "1")
        begun.set()
        if "postgres" in shared.url:
            assert kept.wait(10)
        raise Killed

    with pytest.raises(Killed):
        shared.storage.as_one(fail)
    thread.join()
    assert names(shared) == ["other/key"]


def test_a_deadlocks_victim_is_run_again_whole(hub):
    tries = []

    class Deadlock(Exception):
        sqlstate = "40P01"

    def work():
        hub.storage.vault.put(f"shop/{len(tries)}", "1")
        tries.append(names(hub))
        if len(tries) < 3:
            raise OperationalError("", {}, Deadlock())

    hub.storage.as_one(work)
    assert tries == [["shop/0"], ["shop/1"], ["shop/2"]]
    assert names(hub) == ["shop/2"]
