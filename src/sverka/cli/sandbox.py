"""`sverka sandbox`: a practice portal or store in the foreground; its secrets are no secrets."""

import json
from collections.abc import Mapping
from typing import Annotated

import typer

from sverka.cli.screen import line, whole
from sverka.cli.up import until_told, wait
from sverka.cli.words import t
from sverka.domain.errors import Misconfigured
from sverka.domain.text import Text
from sverka.sandbox.bitrix_site import BitrixSiteServer, BitrixSiteStore
from sverka.sandbox.portal import Portal, PortalServer
from sverka.sandbox.woocommerce import WooServer, WooStore

Port = Annotated[int, typer.Option(min=0, max=65535, help=t("0 takes any free one.", "0 – любой свободный."))]
Json = Annotated[bool, typer.Option("--json", help=t("Print one line of JSON.", "Одна строка JSON."))]


def portal(port: Port = 0, as_json: Json = False) -> None:
    """Run a practice Bitrix24 portal."""
    _run(PortalServer(Portal(), port=port), port, as_json=as_json)


def bitrix_site(port: Port = 0, as_json: Json = False) -> None:
    """Run a practice store on 1C-Bitrix."""
    _run(BitrixSiteServer(BitrixSiteStore(), port=port), port, as_json=as_json)


def woocommerce(port: Port = 0, as_json: Json = False) -> None:
    """Run a practice store on WooCommerce."""
    _run(WooServer(WooStore(), port=port), port, as_json=as_json)


def _run(server: PortalServer | BitrixSiteServer | WooServer, port: int, *, as_json: bool) -> None:
    with until_told() as told:
        try:
            server.start()
        except OSError as error:
            server.stop()
            raise Misconfigured(
                Text(f"Port {port} cannot be listened on ({error.strerror}); give another with --port.",
                     f"Порт {port} занят или недоступен ({error.strerror}); задайте другой в --port.")
            ) from None  # fmt: skip
        try:
            facts, command = _facts(server)
            if as_json:
                typer.echo(json.dumps(facts, ensure_ascii=False))
            else:
                _show(facts, command)
            wait(told)
        finally:
            server.stop()


def _facts(server: PortalServer | BitrixSiteServer | WooServer) -> tuple[Mapping[str, str], str]:
    """Return what the sandbox is reached by, and the command that connects it."""
    control = {"url": server.url, "control": f"{server.url}/control/"}
    if isinstance(server, PortalServer):
        address = server.webhook_url
        return {**control, "webhook": address}, f"sverka connect portal b24 --webhook {address}"
    if isinstance(server, BitrixSiteServer):
        address = server.webhook_url
        return {**control, "webhook": address}, f"sverka connect store shop --kind bitrix_site --webhook {address}"
    keys = {"consumer_key": server.consumer_key, "consumer_secret": server.consumer_secret}
    options = f"--consumer-key {server.consumer_key} --consumer-secret {server.consumer_secret}"
    return {**control, **keys}, f"sverka connect store shop --kind woocommerce --url {server.url} {options}"


def _show(facts: Mapping[str, str], command: str) -> None:
    width = max(len(name) for name in facts)
    for name, value in facts.items():
        whole(f"  {name:{width}}  {value}")
    line(t("To connect it:", "Подключить:"))
    whole(f"  {command}")
    line(t("Ctrl+C stops it, and what it holds is forgotten.", "Ctrl+C остановит; всё внутри забудется."))
