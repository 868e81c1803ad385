"""The application: its commands, and how a problem becomes one sentence and an exit code.

Exit codes: 0 all is well, 1 something is wrong and was said, 2 the command was not understood.
"""

from importlib.metadata import version
from typing import Annotated, Any

import typer
from sqlalchemy.exc import DBAPIError

from sverka.cli.logs import set_up_logs, unusable
from sverka.cli.screen import fail, line
from sverka.cli.tree import Tree
from sverka.cli.usage import understood
from sverka.cli.words import say, t
from sverka.domain.errors import Problem
from sverka.domain.text import reason


class Commands(Tree):
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
            fail(say(unusable(error)))
            raise typer.Exit(1) from None
        except (KeyboardInterrupt, typer.Abort):
            fail(t("Interrupted.", "Прервано."))
            raise typer.Exit(130) from None
        except BrokenPipeError:  # whoever read the output has seen enough
            raise
        except OSError as error:
            fail(f"{error.filename or ''}: {say(reason(error))}")
            raise typer.Exit(1) from None


def _say_version(is_asked: bool) -> None:
    if is_asked:
        line(version("sverka"))
        raise typer.Exit


def _begin(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_say_version, is_eager=True, help=t("Print the version.", "Напечатать версию.")
        ),
    ] = False,
) -> None:
    set_up_logs()


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
app.callback()(_begin)
