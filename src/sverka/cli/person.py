"""Who sits at the terminal, as the journal and the audit name him."""

import getpass

from sverka.cli.words import t
from sverka.operate.audit import Who
from sverka.storage.audit import Door


def person(by: str = "") -> str:
    """Return who answers: the name given, else the user of this machine."""
    if by.strip():
        return by.strip()
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container's user may have no name
        return t("An operator", "Оператор")


def who() -> Who:
    """Return who sits here, for the audit."""
    return Who(person(), Door.CLI)
