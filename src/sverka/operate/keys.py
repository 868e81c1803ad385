"""Another key for the vault, whatever moment the work is cut off at."""

from pathlib import Path

from sverka.bootstrap import House
from sverka.operate.audit import Who, note
from sverka.storage.vault import key_in, next_key_file
from sverka.storage.whole_file import settle


def rotate_key(house: House, who: Who, file: Path) -> int:
    """Seal every secret under a new key, put that in the file, and return how many secrets there are.

    The new key stands beside the old until it takes its place, and a house opens secrets with either: cut off at any
    moment, nothing is lost, and the same command ends what was begun.

    Raises:
        Misconfigured: a secret cannot be opened; nothing is changed then.
    """
    following = next_key_file(file)
    key = key_in(following)

    def seal() -> int:
        sealed = house.storage.vault.reseal(key)
        note(house, who, "key rotate", "vault", "", f"{sealed} secrets")
        return sealed

    sealed = house.storage.as_one(seal)
    following.replace(file)
    settle(file.parent)
    return sealed
