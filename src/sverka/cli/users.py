"""`sverka user` and `sverka token`: who may use the API and the web interface."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from sverka.cli.documents import text_of
from sverka.cli.home import at_home, at_work
from sverka.cli.person import who
from sverka.cli.screen import GOOD, line, moment, table, whole
from sverka.cli.words import t
from sverka.domain.errors import Misconfigured
from sverka.domain.roles import Role
from sverka.domain.text import Text
from sverka.operate import people

Name = Annotated[str, typer.Argument(help=t("The user's name.", "Имя пользователя."))]
File = Annotated[
    Path | None, typer.Option("--password-file", help=t("Read the password from it.", "Взять пароль из файла."))
]
Label = Annotated[str, typer.Argument(help=t("What tells it from the user's other tokens.", "Метка токена."))]
_ROLE = t("owner, integrator, operator or viewer.", "owner, integrator, operator или viewer.")
Known = Annotated[Role, typer.Option(help=_ROLE)]


def add(name: Name, role: Known, password_file: File = None) -> None:
    """Make a user known; the password is prompted for, or read from a file, and never an argument."""
    with at_work() as house:
        people.add_user(house, who(), name, role, _password(password_file))
        line(t(f"{name} may sign in now ({role.value}).", f"{name} теперь может войти ({role.value})."), GOOD)


def list_all() -> None:
    """List the users with their roles."""
    with at_home() as house:
        users = house.storage.users.list()
        if not users:
            line(t("Nobody may sign in yet; begin with `sverka user add NAME --role owner`.",
                   "Войти пока не может никто; начните с `sverka user add ИМЯ --role owner`."))  # fmt: skip
            return
        columns = (t("Name", "Имя"), t("Role", "Роль"), t("Since (UTC)", "С какого времени (UTC)"))
        table(columns, [(one.name, one.role.value, moment(one.made_at)) for one in users])


def password(name: Name, password_file: File = None) -> None:
    """Give a user another password; his sessions end, his tokens stay."""
    with at_work() as house:
        people.known_user(house, name)
        people.set_password(house, who(), name, _password(password_file))
        line(t(f"{name} has another password, and is signed out everywhere.",
               f"У {name} новый пароль; все его сеансы завершены."), GOOD)  # fmt: skip
        left = sum(one.user == name for one in house.storage.users.tokens())
        if left:
            line(t(f"Tokens that still let programs in: {left}; see `sverka token list`.",
                   f"Токены, по которым программы ещё входят: {left}; см. `sverka token list`."))  # fmt: skip


def role(name: Name, role: Annotated[Role, typer.Argument(help=_ROLE)]) -> None:
    """Give a user another role, in force at once."""
    with at_work() as house:
        people.set_role(house, who(), name, role)
        line(t(f"{name} is {role.value} now.", f"{name} теперь {role.value}."), GOOD)


def remove(name: Name) -> None:
    """Forget a user; his sessions and tokens end."""
    with at_work() as house:
        people.remove_user(house, who(), name)
        line(t(f"{name} may not sign in any more.", f"{name} больше не может войти."), GOOD)


def add_token(
    name: Name,
    label: Label,
    role: Known = Role.VIEWER,
    days: Annotated[
        int, typer.Option(min=1, max=people.LONGEST_TOKEN_DAYS, help=t("How long it lasts.", "Срок в днях."))
    ] = 90,
) -> None:
    """Make a token for a user's program, and print it this once."""
    with at_work() as house:
        made = people.add_token(house, who(), name, label, role, days)
        whole(made.secret)
        line(t(f"Shown this once; it lasts until {moment(made.until)} UTC.",
               f"Показан один раз; действует до {moment(made.until)} UTC."), error=True)  # fmt: skip


def list_tokens() -> None:
    """List the tokens in force, without their secrets."""
    with at_home() as house:
        tokens = house.storage.users.tokens()
        if not tokens:
            line(t("There are no tokens; make one with `sverka token add`.",
                   "Токенов нет; создайте командой `sverka token add`."))  # fmt: skip
            return
        columns = (t("User", "Пользователь"), t("Label", "Метка"), t("Role", "Роль"), t("Until (UTC)", "До (UTC)"))
        table(columns, [(one.user, one.label, one.role.value, moment(one.until)) for one in tokens])


def remove_token(name: Name, label: Label) -> None:
    """End a token."""
    with at_work() as house:
        people.remove_token(house, who(), name, label)
        line(t(f"The token {label} of {name} lets nobody in any more.", f"Токен {label} ({name}) больше не действует."),
             GOOD)  # fmt: skip


def _password(file: Path | None) -> str:
    if file is not None:
        return text_of(file).rstrip("\r\n")
    if not sys.stdin.isatty():
        raise Misconfigured(
            Text("Nobody is here to be asked for the password; name a file that holds it: --password-file.",
                 "Пароль спросить не у кого; укажите файл с ним: --password-file.")
        )  # fmt: skip
    return str(typer.prompt(t("Password", "Пароль"), hide_input=True, confirmation_prompt=True))
