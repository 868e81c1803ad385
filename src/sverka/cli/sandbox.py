"""`sverka sandbox`: a practice portal or store in the foreground; its secrets are no secrets."""

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from sqlite3 import DatabaseError
from typing import Annotated, TypeVar, get_args

import typer

from sverka.cli.screen import line, warn, whole
from sverka.cli.up import until_told, wait
from sverka.cli.words import t
from sverka.domain.errors import Misconfigured
from sverka.domain.text import Text, reason
from sverka.sandbox.bitrix_site import BitrixSiteServer, BitrixSiteStore
from sverka.sandbox.clock import SystemClock, VirtualClock
from sverka.sandbox.commerceml import CommerceMLServer
from sverka.sandbox.pixlpark import PixlparkServer, PixlparkStore
from sverka.sandbox.portal import Portal, PortalServer, Settings
from sverka.sandbox.portal.data import DataError, load
from sverka.sandbox.portal.data.trouble import read_trouble
from sverka.sandbox.portal.settings import Plan
from sverka.sandbox.shop.keep import Keep, Keepable
from sverka.sandbox.shop.server import ShopServer
from sverka.sandbox.tls import Authority
from sverka.sandbox.woocommerce import WooServer, WooStore

Port = Annotated[int, typer.Option(min=0, max=65535, help=t("0 takes any free one.", "0 – любой свободный."))]
Json = Annotated[bool, typer.Option("--json", help=t("Print one line of JSON.", "Одна строка JSON."))]
File = Path | None
Kept = Annotated[File, typer.Option(help=t("Keep what it holds in this file.", "Хранить всё внутри в этом файле."))]
Sandbox = PortalServer | BitrixSiteServer | CommerceMLServer | PixlparkServer | WooServer
_T = TypeVar("_T")
_CLOCKS: dict[str, type[SystemClock | VirtualClock]] = {"real": SystemClock, "virtual": VirtualClock}
_PLANS: dict[str, Plan] = {plan: plan for plan in get_args(Plan)}


def portal(
    port: Port = 0,
    tls: Annotated[bool, typer.Option("--tls", help=t("Speak https.", "Говорить по https."))] = False,
    plan: Annotated[str, typer.Option(help="basic, standard, enterprise, box")] = "standard",
    data: Annotated[File, typer.Option(help=t("JSON file of records.", "Файл JSON с записями."))] = None,
    faults: Annotated[File, typer.Option(help=t("TOML file of faults.", "Файл TOML со сбоями."))] = None,
    clock: Annotated[str, typer.Option(help="real, virtual")] = "real",
    as_json: Json = False,
) -> None:
    """Run a practice Bitrix24 portal."""
    chosen = _one_of(_PLANS, plan, "--plan")
    made = Portal(_one_of(_CLOCKS, clock, "--clock")(), settings=Settings(plan=chosen))
    if data is not None:
        _load(made, data)
    if faults is not None:
        _order(made, faults)
    with ExitStack() as stack:
        authority = Authority() if tls else None
        if authority:
            stack.callback(authority.close)
        _run(PortalServer(made, port=port, authority=authority), port, as_json=as_json)


def bitrix_site(port: Port = 0, keep: Kept = None, as_json: Json = False) -> None:
    """Run a practice store on 1C-Bitrix."""
    server = BitrixSiteServer(BitrixSiteStore(), port=port)
    with _kept(server, server.kept, keep):
        _run(server, port, as_json=as_json, is_kept=keep is not None)


def woocommerce(port: Port = 0, keep: Kept = None, as_json: Json = False) -> None:
    """Run a practice store on WooCommerce."""
    server = WooServer(WooStore(), port=port)
    with _kept(server, server.kept, keep):
        _run(server, port, as_json=as_json, is_kept=keep is not None)


def commerceml(
    port: Port = 0,
    plain: Annotated[
        bool, typer.Option("--plain", help=t("No 1C-Bitrix: schema 2.05.", "Не Битрикс: схема 2.05."))
    ] = False,
    as_json: Json = False,
) -> None:
    """Run a practice store with an exchange for 1C."""
    server = CommerceMLServer(BitrixSiteStore(), port=port)
    if plain:
        server.manners.plain()
    _run(server, port, as_json=as_json)


def pixlpark(port: Port = 0, as_json: Json = False) -> None:
    """Run a practice print shop on Pixlpark."""
    _run(PixlparkServer(PixlparkStore(), port=port), port, as_json=as_json)


@contextmanager
def _kept(server: ShopServer, shop: Keepable, file: File) -> Iterator[None]:
    if file is None:
        yield
        return
    try:
        keep = Keep(file, shop)
    except DatabaseError as error:
        raise Misconfigured(
            Text(f"{file} cannot keep the store ({error}); give another file with --keep.",
                 f"{file} не может хранить магазин ({error}); задайте другой файл в --keep.")
        ) from None  # fmt: skip
    with closing(keep):
        server.keep(keep)
        yield


def _one_of(known: Mapping[str, _T], given: str, option: str) -> _T:
    if given not in known:
        names = ", ".join(known)
        raise typer.BadParameter(t(f"{option} is one of {names}, not {given!r}.",
                                   f"{option} – одно из {names}, а не {given!r}."))  # fmt: skip
    return known[given]


def _load(made: Portal, path: Path) -> None:
    try:
        document = json.loads(_text(path))
    except ValueError as error:
        raise Misconfigured(
            Text(f"{path} is no JSON ({error}); mend it, or take another file with --data.",
                 f"{path} – не JSON ({error}); исправьте его или укажите другой файл в --data.")
        ) from None  # fmt: skip
    try:
        loaded = load(made, document)
    except DataError as error:
        raise _bad(path, error) from None
    if loaded.passed_over:
        names = ", ".join(loaded.passed_over)
        warn(t(f"the practice portal has no place for {names}; they were passed over.",
               f"в учебном портале нет места для {names}; они пропущены."))  # fmt: skip


def _order(made: Portal, path: Path) -> None:
    try:
        read_trouble(_text(path)).order(made)
    except DataError as error:
        raise _bad(path, error) from None


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        why = reason(error)
        raise Misconfigured(
            Text(f"{path} cannot be read ({why.en}); check the path.",
                 f"Файл {path} не читается ({why.ru}); проверьте путь.")
        ) from None  # fmt: skip
    except UnicodeDecodeError:
        raise Misconfigured(
            Text(f"{path} is no text in UTF-8; save it as one.", f"{path} – не текст в UTF-8; сохраните его так.")
        ) from None


def _bad(path: Path, error: DataError) -> Misconfigured:
    return Misconfigured(Text(f"{path}: {error.en} Mend the file and start again.",
                              f"{path}: {error.ru} Исправьте файл и запустите снова."))  # fmt: skip


def _run(server: Sandbox, port: int, *, as_json: bool, is_kept: bool = False) -> None:
    with until_told() as told:
        try:
            server.start()
        except OSError as error:
            server.stop()
            why = reason(error)
            raise Misconfigured(
                Text(f"Port {port} cannot be listened on ({why.en}); give another with --port.",
                     f"Порт {port} занят или недоступен ({why.ru}); задайте другой в --port.")
            ) from None  # fmt: skip
        try:
            facts, command = _facts(server)
            if as_json:
                typer.echo(json.dumps(facts, ensure_ascii=False))
            else:
                _show(facts, command, is_kept=is_kept)
            wait(told)
        finally:
            server.stop()


def _facts(server: Sandbox) -> tuple[Mapping[str, str], str]:
    """Return what the sandbox is reached by, and the command that connects it."""
    if isinstance(server, PortalServer):
        return _portal_facts(server), f"sverka connect portal b24 --webhook {server.webhook_url}"
    control = {"url": server.url, "control": f"{server.url}/control/"}
    if isinstance(server, BitrixSiteServer):
        address = server.webhook_url
        return {**control, "webhook": address}, f"sverka connect store shop --kind bitrix_site --webhook {address}"
    if isinstance(server, CommerceMLServer):
        user, password = server.exchange.login, server.exchange.password
        way = "crm" if server.manners.has_crm else "sale"
        command = f"sverka connect store shop --kind commerceml --url {server.address} --login {user}"
        facts = {**control, "address": server.address, "login": user, "password": password}
        return facts, f"{command} --set password={password} --set way={way}"
    if isinstance(server, PixlparkServer):
        options = f"--url {server.url} --set public_key={server.public_key} --set private_key={server.private_key}"
        facts = {**control, "public_key": server.public_key, "private_key": server.private_key}
        return facts, f"sverka connect store shop --kind pixlpark {options}"
    keys = {"consumer_key": server.consumer_key, "consumer_secret": server.consumer_secret}
    options = f"--consumer-key {server.consumer_key} --consumer-secret {server.consumer_secret}"
    return {**control, **keys}, f"sverka connect store shop --kind woocommerce --url {server.url} {options}"


def _portal_facts(server: PortalServer) -> Mapping[str, str]:
    application = server.portal.application
    return {
        "webhook": server.webhook_url,
        "client_id": application.client_id,
        "client_secret": application.client_secret,
        "control": server.control_url,
        "ca": server.ca,
    }


def _show(facts: Mapping[str, str], command: str, *, is_kept: bool) -> None:
    shown = {name: value for name, value in facts.items() if value}
    width = max(len(name) for name in shown)
    for name, value in shown.items():
        whole(f"  {name:{width}}  {value}")
    if facts.get("ca"):  # the hub itself asks a portal on this machine without the variables of its surroundings
        line(t("Clients must trust its certificate:", "Клиенты должны доверять его сертификату:"))
        for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"):
            whole(f"  export {name}={facts['ca']}")
    else:
        line(t("To connect it:", "Подключить:"))
        whole(f"  {command}")
    if is_kept:
        line(t("Ctrl+C stops it; what it holds stays in its file.", "Ctrl+C остановит; всё внутри останется в файле."))
    else:
        line(t("Ctrl+C stops it, and what it holds is forgotten.", "Ctrl+C остановит; всё внутри забудется."))
