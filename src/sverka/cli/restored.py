"""`sverka restored`: the database was put back from a backup, and both sides have moved on without it."""

from typing import Annotated

import typer

from sverka.cli.home import alone, at_home
from sverka.cli.person import who
from sverka.cli.screen import GOOD, line, moment
from sverka.cli.words import t
from sverka.domain.errors import Misconfigured
from sverka.domain.text import Text
from sverka.operate.audit import noted


def restored(
    yes: Annotated[
        bool,
        typer.Option("--yes", help=t("Though the database does not look older.", "Хотя база не выглядит старше.")),
    ] = False,
) -> None:
    """Make the hub fit to work after its database was restored from a backup (K20).

    What was agreed on before is forgotten, so that nothing is overwritten: equal values are agreed on in silence,
    and different ones are asked about.
    """
    with alone(), at_home(is_ours=True) as house:
        if not yes and house.older() is None:
            raise Misconfigured(
                Text("The database is not older than this hub's last run. If it was restored all the same, add --yes: "
                     "what was agreed on is then forgotten, and what differs will be asked about.",
                     "База не старше последней работы этого хаба. Если её всё же восстанавливали, добавьте --yes: "
                     "прежние согласия будут забыты, о расхождениях хаб спросит.")
            )  # fmt: skip
        now = house.clock.now()
        bound = noted(house, who(), "restored", "hub", house.restored)
        house.remember()
        until = moment(now + house.terms.doubt)
    line(t("The hub goes on from this backup.", "Хаб продолжит с этой копии."), GOOD)
    line(t(f"Until {until} UTC it writes nothing: what was sent before may still land.",
           f"До {until} UTC он ничего не пишет: отправленное раньше ещё может дойти."))  # fmt: skip
    line(t(f"Then it looks at {bound} orders that have or had a record; where the sides differ, it asks.",
           f"Затем просмотрит заказы, где запись есть или была ({bound}); о расхождениях спросит."))  # fmt: skip
    line(t("Older orders without a record are listed and not created: `sverka order list --differences`.",
           "Старые заказы без записи не создаются, а показываются: `sverka order list --differences`."))  # fmt: skip
    line(t("Next: `sverka profile list` (is each as it should be?), then `sverka up`.",
           "Дальше: `sverka profile list` (все ли такие, как надо?), затем `sverka up`."))  # fmt: skip
