"""Who sits at the terminal, as the journal and the audit name him."""

import getpass

from sverka.cli.words import t


def user() -> str:
    """Return the name of this machine's user, empty where he has none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container's user may have no name
        return ""


def person(by: str = "") -> str:
    """Return who answers: the name given, else the user of this machine."""
    return by.strip() or user() or t("An operator", "Оператор")
