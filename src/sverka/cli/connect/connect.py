"""`sverka connect`: a portal or a store by name, asked for in steps, checked at once, with what is left to do there."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated

import typer

from sverka.bootstrap import House
from sverka.cli.connect import asking, guide
from sverka.cli.connect.application import is_by_app, let_in, of_one_way, wanting
from sverka.cli.connect.given import Asked, Given, gather, pairs
from sverka.cli.connect.guide import Choice
from sverka.cli.connect.moved import refuse_copy
from sverka.cli.connect.reach import base_of, is_here, only_here, runs_here
from sverka.cli.connect.trying import check, save, show_findings, tell_of_notices
from sverka.cli.home import at_work
from sverka.cli.screen import BAD, line, whole
from sverka.cli.words import say, t
from sverka.connectors.bitrix24 import AppPortal
from sverka.connectors.registry import Connector, Manifest, connectors, manifests
from sverka.domain.errors import Misconfigured, Problem
from sverka.domain.mapping.field_mapping import Side
from sverka.domain.text import Text
from sverka.ports.findings import Finding, Level

_SET = re.compile(r"--set (\w+)=")
"""The setting that a finding names as its cure."""


class Plan(StrEnum):
    """The plans of a portal, by how many requests it takes."""

    STANDARD = "standard"
    ENTERPRISE = "enterprise"
    BOX = "box"


Name = Annotated[
    str,
    typer.Argument(
        show_default=False,
        help=t("Your name for it: Latin letters, digits, . _ -", "Имя: латиница, . _ -"),
    ),
]
Webhook = Annotated[str, typer.Option(help=t("The incoming webhook's whole address.", "Адрес входящего вебхука."))]
Token = Annotated[str, typer.Option(help=t("The outgoing webhook's token.", "Токен исходящего вебхука."))]
Sets = Annotated[list[str] | None, typer.Option("--set", help=t("A setting, name=value.", "Настройка, имя=значение."))]
Secret = Annotated[
    list[str] | None,
    typer.Option(help=t("Ask for this secret (or SVERKA_SECRET_NAME).", "Спросить секрет (или SVERKA_SECRET_ИМЯ).")),
]
Public = Annotated[str, typer.Option(help=t("The hub's address from outside.", "Адрес хаба снаружи."))]
SkipCheck = Annotated[bool, typer.Option("--skip-check", help=t("Save, send nothing.", "Сохранить без проверки."))]


@dataclass(frozen=True)
class Way:
    """How the other side is entered: subscribed to now, moved, by an application, with a code a person brought."""

    subscribe: bool = False
    moved: bool = False
    app: bool = False
    code: str = field(default="", repr=False)


@dataclass(frozen=True)
class Wish:
    """What a command was told beside the name and the kind; values by name may be secrets."""

    options: dict[str, str] = field(repr=False)
    sets: Sequence[str] = field(repr=False)
    asks: Sequence[str]
    public: str
    way: Way
    skip_check: bool

    @property
    def tells(self) -> bool:
        """Whether it was told anything of the values."""
        return bool(self.sets or self.asks or any(self.options.values()))


def portal(
    name: Name = "",
    *,
    webhook: Webhook = "",
    token: Token = "",
    plan: Annotated[Plan | None, typer.Option(help=t("The portal's plan.", "Тариф портала."))] = None,
    app: Annotated[bool, typer.Option("--app", help=t("By a local application.", "Локальным приложением."))] = False,
    address: Annotated[str, typer.Option(help=t("With --app: the portal.", "С --app: адрес портала."))] = "",
    client_id: Annotated[str, typer.Option(help=t("With --app: local.…", "С --app: local.…"))] = "",
    code: Annotated[str, typer.Option(help=t("With --app: where you were led.", "С --app: куда вас привели."))] = "",
    sets: Sets = None,
    secret: Secret = None,
    public: Public = "",
    skip_check: SkipCheck = False,
) -> None:
    """Connect a Bitrix24 portal."""
    options = {
        "webhook": webhook,
        "application_token": token,
        "plan": plan.value if plan else "",
        "portal": address,
        "client_id": client_id,
    }
    _refuse_words(name)
    wish = Wish(options, sets or [], secret or [], public, Way(app=app, code=code), skip_check)
    _known(manifests()["bitrix24"], wish)
    with at_work() as house:
        _connect(house, name or guide.choose_name(house, "b24"), Choice("bitrix24"), wish)


def store(
    name: Name = "",
    *,
    kind: Annotated[
        str, typer.Option(help=t("Left out, you are asked what it runs on.", "Без него спросим, на чём магазин."))
    ] = "",
    url: Annotated[str, typer.Option(help=t("The shop's address.", "Адрес магазина."))] = "",
    webhook: Webhook = "",
    token: Token = "",
    login: Annotated[str, typer.Option(help=t("CommerceML: the user.", "CommerceML: пользователь."))] = "",
    consumer_key: Annotated[str, typer.Option(help=t("WooCommerce: ck_…", "WooCommerce: ck_…"))] = "",
    consumer_secret: Annotated[str, typer.Option(help=t("WooCommerce: cs_…", "WooCommerce: cs_…"))] = "",
    sets: Sets = None,
    secret: Secret = None,
    public: Public = "",
    subscribe: Annotated[
        bool, typer.Option("--subscribe", help=t("Make the shop's webhooks.", "Создать вебхуки в магазине."))
    ] = False,
    confirm_moved: Annotated[
        bool, typer.Option("--confirm-moved", help=t("It has another address now.", "У него новый адрес."))
    ] = False,
    skip_check: SkipCheck = False,
) -> None:
    """Connect an online store."""
    options = {
        "url": url,
        "login": login,
        "webhook": webhook,
        "application_token": token,
        "consumer_key": consumer_key,
        "consumer_secret": consumer_secret,
    }
    _refuse_words(name)
    way = Way(subscribe=subscribe, moved=confirm_moved)
    wish = Wish(options, sets or [], secret or [], public, way, skip_check)
    if kind:
        _known(manifests()[store_kind(kind)], wish)
    with at_work() as house:
        choice = Choice(kind) if kind else _chosen(house, name)
        _connect(house, name or guide.choose_name(house, "shop"), choice, wish)


def kinds_of(side: Side) -> Sequence[str]:
    """Return the kinds of connectors there are for a side."""
    return sorted(kind for kind, manifest in manifests().items() if manifest.side is side)


def store_kind(kind: str) -> str:
    """Return the kind, where it is one of a store; Misconfigured where its package is broken, else bad usage."""
    if kind in connectors().broken:
        raise Misconfigured(connectors().broken[kind])
    kinds = kinds_of(Side.STORE)
    if kind not in kinds:
        listed = ", ".join(kinds)
        raise typer.BadParameter(t(f"--kind may be: {listed}.", f"--kind может быть: {listed}."))
    return kind


def _refuse_words(name: str) -> None:
    """Bad usage where a name cannot be one, or there is none and nobody to ask for it."""
    if not name and not asking.somebody():
        raise typer.BadParameter(t("Give the connection a name.", "Назовите подключение."))
    if name and not guide.NAME.match(name):
        raise typer.BadParameter(say(guide.NO_NAME))


def _known(manifest: Manifest, wish: Wish) -> dict[str, str]:
    """Return all the values a command was told; bad usage where the connector knows none of that name."""
    known = {one.name for one in manifest.wanted}
    strange = [key for key, value in wish.options.items() if value and key not in known]
    if strange:
        raise typer.BadParameter(t(f"{manifest.kind} has no {strange[0]}.", f"У {manifest.kind} нет {strange[0]}."))
    return {**wish.options, **pairs(manifest, wish.sets, wish.asks)}


def _chosen(house: House, name: str) -> Choice:
    """Return the kind a store was connected by, else the one a person is led to."""
    saved = house.storage.connections.get(name) if name else None
    if saved is not None:
        return Choice(store_kind(saved.kind))
    if not asking.somebody():
        listed = ", ".join(kinds_of(Side.STORE))
        raise typer.BadParameter(t(f"--kind is missing; it may be: {listed}.", f"Не задан --kind: {listed}."))
    return guide.choose_store()


def _connect(house: House, name: str, choice: Choice, wish: Wish) -> None:
    manifest = choice.told(manifests()[choice.kind])
    _refuse_other(house, name, choice.kind)
    options = {**choice.values, **{key: value for key, value in _known(manifest, wish).items() if value}}
    asked = Asked((*wish.asks, *choice.asks))
    is_new = not house.storage.catalogues.get(name)  # a connection that failed its check is still new
    while True:
        values, by_app = _given(house, manifest, name, options, asked, wish.way)
        stops = _try(house, manifest, name, values, wish, by_app=by_app)
        if not stops:
            break
        is_led = bool(values.asked) or (asking.somebody() and not wish.tells)
        again = _to_correct(manifest, values, stops) if is_led else ()
        if not again:
            _tell_of_later(house, name, manifest, is_led=is_led)
            raise typer.Exit(1)
        options, asked = {**values.settings, **values.secrets}, Asked(again=again)
    if is_new:
        _next(house, name, manifest)


def _try(house: House, manifest: Manifest, name: str, values: Given, wish: Wish, *, by_app: bool) -> Sequence[Finding]:
    """Save, check, and say what is left to do on the other side; return what stands in the way.

    Raises:
        Problem: no connector can be made of the values, and nobody was asked for them.
    """
    way, base = wish.way, base_of(wish.public)
    refuse_copy(house, name, values, confirmed=way.moved)
    unreachable = is_here(base) and not runs_here(manifest, {**values.settings, **values.secrets})
    if way.subscribe and unreachable:
        raise Misconfigured(only_here(base))
    try:
        connector = save(house, manifest, name, values)
    except Problem as problem:
        if not values.asked:
            raise
        found = [Finding(Level.BAD, problem.text)]
        show_findings(found)
        return found
    address = f"{base}/hooks/{name}/{house.hook_key(name)}"
    tells = way.subscribe or (by_app and not unreachable)
    if by_app:
        connector = _let_in(house, name, connector, f"{base}/install/{name}/{house.hook_key(name)}", way)
    stops = [] if wish.skip_check else check(house, manifest, name, connector, address if tells else "")
    is_told = by_app or way.subscribe or values.secrets.get("application_token")
    if not stops and (not is_told or "module_secret" in wish.asks):
        tell_of_notices(name, manifest, address, base, unreachable=unreachable)
    return stops


def _to_correct(manifest: Manifest, values: Given, stops: Sequence[Finding]) -> Sequence[str]:
    """Return the names of the answers a person wants to correct; none where it is left for later."""
    told = {**values.settings, **values.secrets}
    cures = {name for one in stops for name in _SET.findall(one.text.en)}
    listed = [one for one in manifest.wanted if (one.name in told and not one.is_made) or one.name in cures]
    shown = [say(one.label) + ("" if one.is_secret else f": {told.get(one.name, one.default)}") for one in listed]
    places = asking.which(shown)
    return [listed[place].name for place in places]


def _tell_of_later(house: House, name: str, manifest: Manifest, *, is_led: bool) -> None:
    """Say what is to be done about a connection that does not work; one that was asked for is asked for again."""
    again = f"`sverka connect {'portal' if manifest.side is Side.OFFICE else 'store'} {name}`"
    if not is_led:
        text = t(
            "It is saved but cannot be worked with yet: correct this and run the same command again.",
            "Сохранено, но работать пока нельзя: исправьте это и повторите команду.",
        )
    elif house.storage.connections.get(name) is None:
        text = t(f"Nothing is saved. Begin anew with {again}.", f"Ничего не сохранено. Начать заново: {again}.")
    else:
        text = t(
            f"It is saved but cannot be worked with yet. Go on later with {again}.",
            f"Сохранено, но работать пока нельзя. Продолжить позже: {again}.",
        )
    line(text, BAD)


def _given(
    house: House, manifest: Manifest, name: str, options: Mapping[str, str], asked: Asked, way: Way
) -> tuple[Given, bool]:
    """Return the values, and whether the other side is entered by an application."""
    if manifest.kind != "bitrix24":
        return gather(house, manifest, name, options, asked), False
    by_app = is_by_app(house, name, options, asked=way.app)
    values = gather(house, wanting(manifest, by_app=by_app), name, options, asked)
    return of_one_way(house, name, values, by_app=by_app), by_app


def _let_in(house: House, name: str, connector: Connector, install: str, way: Way) -> Connector:
    """Return the connector of a portal that has let the application in; ends the command where it has not yet."""
    assert isinstance(connector, AppPortal)  # noqa: S101 - made with the address of a portal, it is one
    if not let_in(connector, name, install, way.code):
        raise typer.Exit(1 if connector.app.has_keys else 0)
    return house.connector(house.connection(name))


def _refuse_other(house: House, name: str, kind: str) -> None:
    saved = house.storage.connections.get(name)
    if saved is not None and saved.kind != kind:
        raise Misconfigured(
            Text(f"{name} is a {saved.kind} connection; take another name, or `sverka connection remove {name}` first.",
                 f"{name} – подключение {saved.kind}; возьмите другое имя или сначала выполните "
                 f"`sverka connection remove {name}`.")
        )  # fmt: skip


def _next(house: House, name: str, manifest: Manifest) -> None:
    portals = [one.name for one in house.storage.connections.list(Side.OFFICE)]
    stores = [one.name for one in house.storage.connections.list(Side.STORE)]
    line()
    if not stores:
        line(t("Next: connect the store.", "Дальше: подключите магазин."))
        whole("  sverka connect store")
    elif not portals:
        line(t("Next: connect the portal.", "Дальше: подключите портал."))
        whole("  sverka connect portal")
    else:
        store, portal = (name, portals[0]) if manifest.side is Side.STORE else (stores[0], name)
        line(t("Next: draft a profile.", "Дальше: набросок профиля."))
        whole(f"  sverka profile new orders --store {store} --portal {portal} --out orders.toml")
    line(t(f"Later: `sverka connection show {name}` shows all this again.",
           f"Позже всё это покажет `sverka connection show {name}`."))  # fmt: skip
