"""Who may do what: the one table of roles and permissions, for every door that lets people in."""

from collections.abc import Mapping
from enum import StrEnum

from sverka.domain.text import Text


class Permission(StrEnum):
    """What an act asks of whoever does it."""

    OWN = "own"
    SEE = "see"
    WORK = "work"
    CONFIGURE = "configure"
    GOVERN = "govern"

    @property
    def words(self) -> Text:
        """What it lets a person do."""
        return _WORDS[self]


_WORDS = {
    Permission.OWN: Text("sign out, change one's own password", "выйти, сменить свой пароль"),
    Permission.SEE: Text(
        "see orders, differences, profiles, connections, the journal",
        "видеть заказы, расхождения, профили, подключения, журнал",
    ),
    Permission.WORK: Text(
        "sync orders, answer differences, pause and resume", "сверять заказы, решать расхождения, ставить на паузу"
    ),
    Permission.CONFIGURE: Text("check, preview and apply profiles", "проверять, просматривать и применять профили"),
    Permission.GOVERN: Text("users, tokens and the audit", "пользователи, токены и аудит"),
}


class Role(StrEnum):
    """What a user is to the hub."""

    OWNER = "owner"
    INTEGRATOR = "integrator"
    OPERATOR = "operator"
    VIEWER = "viewer"


MAY: Mapping[Role, frozenset[Permission]] = {
    Role.VIEWER: frozenset({Permission.OWN, Permission.SEE}),
    Role.OPERATOR: frozenset({Permission.OWN, Permission.SEE, Permission.WORK}),
    Role.INTEGRATOR: frozenset({Permission.OWN, Permission.SEE, Permission.WORK, Permission.CONFIGURE}),
    Role.OWNER: frozenset(Permission),
}
"""What each role lets its user do; each role may all that the one before it may."""
