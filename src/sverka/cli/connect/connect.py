"""`sverka connect`: a portal or a store by name, checked at once, with what is left to do on the other side."""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address
from typing import Annotated
from urllib.parse import urlsplit

import typer

from sverka.bootstrap import House
from sverka.cli.connect.abilities import tell_abilities
from sverka.cli.connect.application import asking, is_by_app, let_in, of_one_way
from sverka.cli.connect.given import Given, gather, pairs
from sverka.cli.connect.moved import refuse_copy
from sverka.cli.home import at_work, settings_now
from sverka.cli.person import who
from sverka.cli.screen import BAD, GOOD, WARN, line, warn, whole
from sverka.cli.words import say, t
from sverka.connectors.bitrix24 import AppPortal
from sverka.connectors.registry import Connector, Manifest, connectors, make, manifests
from sverka.domain.errors import Misconfigured, Problem
from sverka.domain.mapping.field_mapping import Side
from sverka.domain.text import Text
from sverka.operate.audit import in_words, note
from sverka.ports.findings import Finding, Level
from sverka.ports.kinds import whole_catalogue
from sverka.storage.connections import SavedConnection

_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")

_MARKS = {Level.GOOD: ("+", GOOD), Level.WARNING: ("!", WARN), Level.BAD: ("x", BAD)}

_PROMISE = re.compile(r"(?:;| and) the hub will [^.]*\.|[;,] (?:прежде чем [^,]*, )?хаб [^.]*\.")
"""What the hub does by itself about a problem, as sentences of problems tell it; a command does not."""


class Plan(StrEnum):
    """The plans of a portal, by how many requests it takes."""

    STANDARD = "standard"
    ENTERPRISE = "enterprise"
    BOX = "box"


Name = Annotated[str, typer.Argument(help=t("Your name for it: latin letters, digits, . _ -", "Имя: латиница, . _ -"))]
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


def portal(
    name: Name,
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
    way = Way(app=app, code=code)
    _connect(name, "bitrix24", options, sets or [], secret or [], public, way=way, skip_check=skip_check)


def store(
    name: Name,
    *,
    kind: Annotated[str, typer.Option(help=t("See `sverka connector list`.", "См. `sverka connector list`."))],
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
    way = Way(subscribe=subscribe, moved=confirm_moved)
    _connect(name, store_kind(kind), options, sets or [], secret or [], public, way=way, skip_check=skip_check)


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


def _connect(
    name: str,
    kind: str,
    options: dict[str, str],
    sets: list[str],
    asked: list[str],
    public: str,
    *,
    way: Way,
    skip_check: bool,
) -> None:
    if not _NAME.match(name):
        raise typer.BadParameter(
            t(
                "A name has Latin letters, digits, `.`, `_` and `-`.",
                "В имени – латинские буквы, цифры, `.`, `_` и `-`.",
            )
        )
    manifest = manifests()[kind]
    known = {one.name for one in manifest.wanted}
    strange = [key for key, value in options.items() if value and key not in known]
    if strange:
        raise typer.BadParameter(t(f"{kind} has no {strange[0]}.", f"У {kind} нет {strange[0]}."))
    options |= pairs(manifest, sets, asked)
    with at_work() as house:
        _refuse_other(house, name, kind)
        is_new = not house.storage.catalogues.get(name)  # a connection that failed its check is still new
        values, by_app = _given(house, manifest, name, options, asked, way)
        refuse_copy(house, name, values, confirmed=way.moved)
        base = base_of(public)
        unreachable = is_here(base) and not _runs_here(manifest, values)
        if way.subscribe and unreachable:
            raise Misconfigured(_only_here(base))
        connector = _save(house, manifest, name, values)
        address = f"{base}/hooks/{name}/{house.hook_key(name)}"
        tells = way.subscribe or (by_app and not unreachable)
        if by_app:
            connector = _let_in(house, name, connector, f"{base}/install/{name}/{house.hook_key(name)}", way)
        if not skip_check and not _check(house, name, connector, address if tells else ""):
            raise typer.Exit(1)
        is_told = by_app or way.subscribe or values.secrets.get("application_token")
        if not is_told or "module_secret" in asked:
            _tell_of_notices(name, manifest, address, base, unreachable=unreachable)
        if is_new:
            _next(name, manifest)


def _given(
    house: House, manifest: Manifest, name: str, options: Mapping[str, str], asked: list[str], way: Way
) -> tuple[Given, bool]:
    """Return the values, and whether the other side is entered by an application."""
    if manifest.kind != "bitrix24":
        return gather(house, manifest, name, options, asked), False
    by_app = is_by_app(house, name, options, asked=way.app)
    values = gather(house, asking(manifest, by_app=by_app), name, options, asked)
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


def _save(house: House, manifest: Manifest, name: str, values: Given) -> Connector:
    # Made once before anything is kept, so that an address that is none is never saved.
    trial = make(manifest.kind, values.settings, values.secrets, house.kit(name))
    getattr(trial, "close", lambda: None)()
    for one in manifest.wanted:
        if one.is_secret and one.name not in values.secrets:
            house.storage.vault.forget(f"{name}/{one.name}")
    for key, value in values.secrets.items():
        house.storage.vault.put(f"{name}/{key}", value)
    before = house.storage.connections.get(name)
    house.storage.connections.save(SavedConnection(name, manifest.side, manifest.kind, dict(values.settings)))
    was = in_words(before.settings) if before else ""
    note(house, who(), f"connect {manifest.side.value}", f"connection {name}", was, in_words(values.settings))
    line(t(f"Saved: {name} ({say(manifest.title)}).", f"Сохранено: {name} ({say(manifest.title)})."), GOOD)
    return house.connector(house.connection(name))


def _check(house: House, name: str, connector: Connector, address: str) -> bool:
    """Subscribe where asked, check, and keep the catalogue; tell whether the connection can be worked with."""
    try:
        if address:
            getattr(connector, "subscribe", lambda _address: None)(address)
        findings = connector.check()
    except Problem as problem:
        findings = [Finding(Level.BAD, problem.text)]
    # Here nothing is tried again: whoever types the command does that.
    show_findings([Finding(one.level, _without_promise(one.text)) for one in findings])
    if any(one.level is Level.BAD for one in findings):
        line(
            t(
                "It is saved but cannot be worked with yet: correct this and run the same command again.",
                "Сохранено, но работать пока нельзя: исправьте это и повторите команду.",
            ),
            BAD,
        )
        return False
    house.storage.connections.resume(name)
    fields = whole_catalogue(connector)
    house.storage.catalogues.put(name, fields)
    line(t(f"  + {len(fields)} fields read.", f"  + Прочитано полей: {len(fields)}."), GOOD)
    if house.connection(name).side is Side.STORE:
        tell_abilities(connector, fields)  # type: ignore[arg-type] # its side says it is a store
    return True


def _without_promise(text: Text) -> Text:
    return Text(_PROMISE.sub(".", text.en), _PROMISE.sub(".", text.ru))


def show_findings(findings: Sequence[Finding]) -> None:
    """Print a check's sentences, each with the sign of how bad it is: + ! x."""
    for one in findings:
        mark, style = _MARKS[one.level]
        line(f"  {mark} {say(one.text)}", style)


def base_of(given: str) -> str:
    """Return the hub's address as others are to see it: the one given, SVERKA_PUBLIC, or where it listens."""
    settings = settings_now()
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return (given or os.environ.get("SVERKA_PUBLIC", "") or f"http://{host}:{settings.port}").rstrip("/")


def is_here(address: str) -> bool:
    """Tell whether an address is reached from this machine alone: its host is loopback, or no host at all."""
    host = (urlsplit(address).hostname or "").lower()
    try:
        known = ip_address(host)
    except ValueError:
        return host in ("", "localhost") or host.endswith(".localhost")
    return known.is_loopback or known.is_unspecified


def address_of(house: House, one: SavedConnection) -> str:
    """Return where a connected system is."""
    told = one.settings.get("url") or one.settings.get("portal")
    return str(told or house.storage.vault.get(f"{one.name}/webhook") or "")


def _runs_here(manifest: Manifest, values: Given) -> bool:
    usual = next((one.default for one in manifest.wanted if one.name == "url"), "")
    told = values.settings.get("url") or values.settings.get("portal") or values.secrets.get("webhook") or usual
    return is_here(told)


def _only_here(base: str) -> Text:
    return Text(
        f"{base} is only reachable on this machine; give --public https://... or SVERKA_PUBLIC.",
        f"{base} доступен только на этой машине; задайте --public https://... или SVERKA_PUBLIC.",
    )


def _tell_of_notices(name: str, manifest: Manifest, address: str, base: str, *, unreachable: bool) -> None:
    if manifest.can.signs_notices:
        line(t("The address for its notices:", "Адрес для уведомлений:"))
        whole(f"  {address}")
    if unreachable and (manifest.can.signs_notices or "{address}" in manifest.then):
        warn(say(_only_here(base)))
    if manifest.after:
        line(say(manifest.after))
    if manifest.then:
        told = {"name": name, "public": "https://hub.example" if is_here(base) else base, "address": address}
        whole("  " + manifest.then.format(**told))


def _next(name: str, manifest: Manifest) -> None:
    if manifest.side is Side.OFFICE:
        line(t("If `sverka up` runs, restart it.", "Если `sverka up` запущен, перезапустите его."))
        line(t("Next: connect the store.", "Дальше: подключите магазин."))
        whole(f"  sverka connect store NAME --kind {'|'.join(kinds_of(Side.STORE))}")
    else:
        line(t("Next: draft a profile.", "Дальше: набросок профиля."))
        whole(f"  sverka profile new NAME --store {name} --portal PORTAL --out profile.toml")
