"""The application: its commands, and how a problem becomes one sentence and an exit code.

Exit codes: 0 all is well, 1 something is wrong and was said, 2 the command was not understood.
"""

from typing import Any

import typer
from sqlalchemy.exc import DBAPIError
from typer.core import TyperGroup

from sverka.cli import connect, connection, doctor, init, order, order_sync, profile, profile_apply, profile_preview
from sverka.cli import sandbox, status, sweep, up
from sverka.cli.logs import set_up_logs
from sverka.cli.screen import fail
from sverka.cli.words import say, t
from sverka.domain.errors import Problem


class Commands(TyperGroup):
    """Runs a command, and says a problem as one sentence with the next step."""

    def invoke(self, ctx: Any) -> Any:
        """Run it; exit code 1 where a problem or an unusable database stands in the way."""
        try:
            return super().invoke(ctx)
        except Problem as problem:
            fail(say(problem.text))
            raise typer.Exit(1) from None
        except DBAPIError as error:
            fail(
                t(
                    f"The database does not answer as it should ({type(error.orig).__name__}); check SVERKA_DATABASE "
                    "and that the server runs.",
                    f"База данных не отвечает как должна ({type(error.orig).__name__}); проверьте SVERKA_DATABASE и "
                    "что сервер работает.",
                )
            )
            raise typer.Exit(1) from None


def _group(about: str) -> typer.Typer:
    return typer.Typer(help=about, no_args_is_help=True, rich_markup_mode=None)


app = typer.Typer(
    cls=Commands,
    help=t(
        "Keeps an online store's orders and a Bitrix24 portal's deals in step, both ways.",
        "Держит заказы магазина и сделки портала Битрикс24 в согласии, в обе стороны.",
    ),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.callback()(set_up_logs)

connects = _group(t("Connect a portal or a store.", "Подключить портал или магазин."))
connects.command("portal")(connect.portal)
connects.command("store")(connect.store)

connections = _group(t("List, remove and resume connections.", "Список подключений, удаление, возобновление."))
connections.command("list")(connection.list_all)
connections.command("remove")(connection.remove)
connections.command("resume")(connection.resume)

profiles = _group(t("Write, check, preview and apply profiles.", "Создать, проверить и применить профили."))
profiles.command("new")(profile.new)
profiles.command("check")(profile.check)
profiles.command("preview")(profile_preview.preview)
profiles.command("apply")(profile_apply.apply)
profiles.command("list")(profile_apply.list_all)
profiles.command("show")(profile_apply.show)
profiles.command("pause")(profile_apply.pause)
profiles.command("resume")(profile_apply.resume)

orders = _group(t("Look at orders, sync and decide.", "Смотреть заказы, сверять их и решать."))
orders.command("show")(order.show)
orders.command("list")(order.list_all)
orders.command("decide")(order.decide)
orders.command("sync")(order_sync.sync)

sandboxes = _group(t("Run a practice portal or store here.", "Запустить учебный портал или магазин."))
sandboxes.command("portal")(sandbox.portal)
sandboxes.command("bitrix-site")(sandbox.bitrix_site)
sandboxes.command("woocommerce")(sandbox.woocommerce)

app.command("init")(init.init)
app.add_typer(connects, name="connect")
app.add_typer(connections, name="connection")
app.add_typer(profiles, name="profile")
app.command("up")(up.up)
app.command("status")(status.status)
app.add_typer(orders, name="order")
app.command("sweep")(sweep.sweep)
app.command("doctor")(doctor.doctor)
app.add_typer(sandboxes, name="sandbox")
