"""The application: its commands, and how a problem becomes one sentence and an exit code.

Exit codes: 0 all is well, 1 something is wrong and was said, 2 the command was not understood.
"""

import os
from collections.abc import Callable
from typing import Any

import typer
from alembic.util import CommandError
from sqlalchemy.exc import DBAPIError

from sverka.cli import backfill, customer, init, moves, restored, sandbox, sweep, transfer, up, users
from sverka.cli.audit import audit
from sverka.cli.connect import connect, connection, connector, portal, shown
from sverka.cli.demo.command import demo
from sverka.cli.health import doctor, report, status
from sverka.cli.logs import set_up_logs
from sverka.cli.order import contact as order_contact
from sverka.cli.order import list as order_list
from sverka.cli.order import resolve as order_resolve
from sverka.cli.order import show as order
from sverka.cli.order import sync as order_sync
from sverka.cli.profile import adopt as profile_adopt
from sverka.cli.profile import apply as profile_apply
from sverka.cli.profile import draft as profile
from sverka.cli.profile import map as profile_map
from sverka.cli.profile import preview as profile_preview
from sverka.cli.profile import scaffold as profile_scaffold
from sverka.cli.profile import switch as profile_switch
from sverka.cli.screen import fail
from sverka.cli.usage import Command, Group, understood
from sverka.cli.words import say, t
from sverka.domain.errors import Problem


class Commands(Group):
    """Runs a command, and says a problem as one sentence with the next step."""

    def make_context(self, *arguments: Any, **options: Any) -> Any:
        """Read the command line; exit code 2 where it is not understood."""
        with understood():
            return super().make_context(*arguments, **options)

    def invoke(self, ctx: Any) -> Any:
        """Run it; exit code 1 where a problem or an unusable database stands in the way."""
        try:
            with understood():
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
        except CommandError:
            fail(
                t(
                    "The database was made by a newer version; update the program.",
                    "База создана более новой версией; обновите программу.",
                )
            )
            raise typer.Exit(1) from None
        except (KeyboardInterrupt, typer.Abort):
            fail(t("Interrupted.", "Прервано."))
            raise typer.Exit(130) from None
        except BrokenPipeError:  # whoever read the output has seen enough
            raise
        except OSError as error:
            fail(f"{error.filename or ''}: {os.strerror(error.errno or 0)}")
            raise typer.Exit(1) from None


def _group(about: str) -> typer.Typer:
    return typer.Typer(cls=Group, help=about, no_args_is_help=True, rich_markup_mode=None)


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


def _add(group: typer.Typer, name: str, command: Callable[..., None], en: str, ru: str) -> None:
    group.command(name, cls=Command, help=t(en, ru))(command)


connects = _group(t("Connect a portal or a store.", "Подключить портал или магазин."))
_add(connects, "portal", connect.portal, "Connect a Bitrix24 portal.", "Подключить портал Битрикс24.")
_add(connects, "store", connect.store, "Connect an online store.", "Подключить магазин.")

connections = _group(
    t("List, show, remove and resume connections.", "Список подключений, показ, удаление, возобновление.")
)
_add(
    connections,
    "list",
    connection.list_all,
    "What is connected, and whether it works.",
    "Что подключено и работает ли.",
)
_add(connections, "show", shown.connection, "What it can and cannot do.", "Что оно умеет и чего нет.")
_add(connections, "remove", connection.remove, "Forget a connection and its secrets.", "Забыть подключение и секреты.")
_add(connections, "exchange", connection.exchange, "What to type into a 1C.", "Что ввести в 1С.")
_add(connections, "resume", connection.resume, "Let a stopped connection go on.", "Продолжить остановленное.")

kinds = _group(t("Connectors there are; draft your own.", "Какие коннекторы есть; набросок своего."))
_add(kinds, "list", connector.list_all, "The connectors there are.", "Какие коннекторы есть.")
_add(kinds, "show", shown.connector, "What it asks for and can do.", "Что он спросит и что умеет.")
_add(kinds, "new", connector.new, "Draft a connector of your own.", "Набросать свой коннектор.")

profiles = _group(t("Write, check, preview and apply profiles.", "Создать, проверить и применить профили."))
_add(profiles, "new", profile.new, "Draft a profile from both sides.", "Набросать профиль по обеим сторонам.")
_add(profiles, "check", profile.check, "Say all that is wrong, line by line.", "Назвать все ошибки по строкам.")
_add(profiles, "map", profile_map.show_map, "Statuses and stages as one table.", "Статусы и стадии одной таблицей.")
_add(profiles, "scaffold", profile_scaffold.scaffold, "Make what a side lacks.", "Создать то, чего не хватает.")
_add(profiles, "preview", profile_preview.preview, "What it would do to real orders.", "Что он сделал бы с заказами.")
_add(profiles, "adopt", profile_adopt.adopt, "Join orders to deals there are.", "Связать с имеющимися сделками.")
_add(profiles, "apply", profile_apply.apply, "Put a profile in force.", "Ввести профиль в действие.")
_add(profiles, "list", profile_apply.list_all, "The profiles in force, in order.", "Действующие профили по порядку.")
_add(profiles, "show", profile_apply.show, "Print a profile's document.", "Напечатать документ профиля.")
_add(profiles, "moves", moves.of_profile, "Which rule moved what.", "Какое правило что изменило.")
_add(profiles, "stop", profile_switch.stop, "Switch a profile off.", "Выключить профиль.")
_add(profiles, "start", profile_switch.start, "Switch a profile on.", "Включить профиль.")
_add(profiles, "pause", profile_apply.pause, "Stop a profile until resumed.", "Остановить профиль.")
_add(profiles, "resume", profile_apply.resume, "Let a stopped profile go on.", "Продолжить остановленный профиль.")

orders = _group(t("Look at orders, sync and decide.", "Смотреть заказы, сверять их и решать."))
_add(orders, "show", order.show, "An order's story and what differs.", "История заказа и расхождения.")
_add(orders, "moves", moves.of_order, "Which rule moved what.", "Какое правило что изменило.")
_add(orders, "list", order_list.list_all, "Bound orders, or what differs.", "Связанные заказы или расхождения.")
_add(orders, "decide", order.decide, "Say whose value stays.", "Решить, чьё значение остаётся.")
_add(orders, "contact", order_contact.contact, "Say whose order it is.", "Сказать, чей это заказ.")
_add(orders, "resolve", order_resolve.resolve, "Answer many differences at once.", "Ответить сразу на многое.")
_add(
    orders,
    "sync",
    order_sync.sync,
    "Look at orders now; exit code 1 if put off.",
    "Сверить заказы сейчас; код 1, если отложено.",
)

portals = _group(t("Ask a portal.", "Спросить портал."))
_add(portals, "people", portal.people, "Who works there, with ids.", "Кто там работает, с номерами.")
customers = _group(t("Customers a store had before.", "Покупатели, которые уже были в магазине."))
_add(customers, "list", customer.list_all, "Who of them the portal knows.", "Кого из них портал уже знает.")
_add(customers, "send", customer.send, "Send them to the portal.", "Отправить их на портал.")

sandboxes = _group(t("Run a practice portal or store here.", "Запустить учебный портал или магазин."))
_add(sandboxes, "portal", sandbox.portal, "A practice Bitrix24 portal.", "Учебный портал Битрикс24.")
_add(sandboxes, "bitrix-site", sandbox.bitrix_site, "A practice 1C-Bitrix store.", "Учебный магазин 1С-Битрикс.")
_add(sandboxes, "pixlpark", sandbox.pixlpark, "A practice print shop on Pixlpark.", "Учебная типография на Pixlpark.")
_add(sandboxes, "commerceml", sandbox.commerceml, "A practice store with CommerceML.", "Учебный магазин с CommerceML.")
_add(sandboxes, "woocommerce", sandbox.woocommerce, "A practice WooCommerce store.", "Учебный магазин WooCommerce.")

people = _group(t("Who may use the API.", "Кто может работать с API."))
_add(people, "add", users.add, "Let somebody sign in.", "Разрешить кому-то вход.")
_add(people, "list", users.list_all, "Who may sign in, and as what.", "Кто может войти и кем.")
_add(people, "password", users.password, "Set a user's password.", "Задать пароль пользователя.")
_add(people, "role", users.role, "Give a user another role.", "Сменить роль пользователя.")
_add(people, "remove", users.remove, "Let a user in no more.", "Больше не пускать пользователя.")
tokens = _group(t("Tokens of programs.", "Токены программ."))
_add(tokens, "add", users.add_token, "Make a token, shown once.", "Создать токен; показан один раз.")
_add(tokens, "list", users.list_tokens, "The tokens in force.", "Действующие токены.")
_add(tokens, "remove", users.remove_token, "End a token.", "Отозвать токен.")

keys = _group(t("The key of saved secrets.", "Ключ сохранённых секретов."))
_add(keys, "rotate", transfer.rotate, "Seal the secrets under a new key.", "Перешифровать секреты новым ключом.")

_add(app, "demo", demo, "See the whole job done on this machine.", "Увидеть всю работу на этой машине.")
_add(app, "init", init.init, "Create the database and the key.", "Создать базу и ключ.")
app.add_typer(connects, name="connect")
app.add_typer(connections, name="connection")
app.add_typer(kinds, name="connector")
app.add_typer(profiles, name="profile")
_add(app, "up", up.up, "Run the hub until Ctrl+C.", "Запустить хаб до Ctrl+C.")
_add(app, "status", status.status, "What works, waits and differs.", "Что работает, ждёт и расходится.")
app.add_typer(orders, name="order")
app.add_typer(portals, name="portal")
app.add_typer(customers, name="customer")
_add(app, "sweep", sweep.sweep, "Ask both sides what changed, now.", "Спросить стороны, что изменилось.")
_add(app, "backfill", backfill.backfill, "Bring a store's earlier orders.", "Перенести прежние заказы магазина.")
_add(app, "report", report.report, "Account for every order.", "Отчитаться за каждый заказ.")
_add(app, "doctor", doctor.doctor, "Check everything and say what is wrong.", "Проверить всё и назвать неполадки.")
_add(app, "restored", restored.restored, "Go on after a backup was put back.", "Продолжить после возврата копии.")
app.add_typer(keys, name="key")
_add(app, "export", transfer.export, "Write the configuration to a file.", "Записать настройку в файл.")
_add(app, "import", transfer.take, "Take in such a file.", "Принять такой файл.")
app.add_typer(people, name="user")
app.add_typer(tokens, name="token")
_add(app, "audit", audit, "Who changed what, and when.", "Кто, что и когда изменил.")
app.add_typer(sandboxes, name="sandbox")
