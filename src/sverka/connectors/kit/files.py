"""Fetching one file over HTTP, from the one place it may come from."""

import mimetypes
import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from urllib.parse import unquote, urljoin, urlsplit

import httpx2

from sverka.connectors.kit.http import client_of
from sverka.connectors.kit.seen import asked
from sverka.connectors.kit.tools import Kit
from sverka.domain.errors import Later, Rejected
from sverka.domain.text import Text
from sverka.ports.files import Fetched
from sverka.ports.guard import Guard

_MOVES = 3
_STARRED = re.compile(r"filename\*\s*=\s*UTF-8'[^']*'([^;]+)", re.IGNORECASE)
_PLAIN = re.compile(r'filename\s*=\s*"?([^";]+)"?', re.IGNORECASE)


def download(kit: Kit, origin: str, url: str, name: str, limit: int, guard: Guard) -> Fetched:
    """Return a file of at most `limit` bytes that lies at `url`, under the name it is told there, or `name`.

    Only `origin` (scheme, host and port) is ever asked, and redirects are followed within it. No address is shown, for
    it may hold a secret.

    Raises:
        Rejected: it lies elsewhere, is too large, is not there, or a page came in its stead.
        Later: nobody answered.
    """
    host = urlsplit(origin).netloc
    headers = {"User-Agent": "Mozilla/5.0 (compatible; sverka)", "Accept": "*/*"}
    with client_of(origin, kit.read_timeout, headers) as client:
        for _ in range(_MOVES + 1):
            if not _lies_at(url, origin):
                raise _elsewhere(name, host)
            guard()
            try:
                with asked(kit.name, "download") as seen, client.stream("GET", url) as response:
                    seen.status = response.status_code
                    if 300 <= response.status_code < 400:
                        url = urljoin(url, response.headers.get("location", ""))
                        continue
                    return _taken(response, url, name, limit, host)
            except httpx2.HTTPError as error:
                raise _silent(name, host) from error
            except (httpx2.InvalidURL, ValueError):
                # Its words would show the address.
                raise _elsewhere(name, host) from None
    raise _absent(name, host, "3xx")


def _lies_at(url: str, origin: str) -> bool:
    try:
        here, there = urlsplit(url), urlsplit(origin)
    except ValueError:
        return False
    return (here.scheme, here.netloc.casefold()) == (there.scheme, there.netloc.casefold())


def _taken(response: httpx2.Response, url: str, name: str, limit: int, host: str) -> Fetched:
    if response.status_code != 200:
        raise _absent(name, host, str(response.status_code))
    told = _told_name(response.headers) or name or PurePosixPath(unquote(urlsplit(url).path)).name or "file"
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "text/html" and mimetypes.guess_type(told)[0] != "text/html":
        raise _page(told, host)
    if int(response.headers.get("content-length") or 0) > limit:
        raise _too_large(told, limit)
    content = bytearray()
    for part in response.iter_bytes():
        content += part
        if len(content) > limit:
            raise _too_large(told, limit)
    return Fetched(told, bytes(content))


def _told_name(headers: Mapping[str, str]) -> str:
    told = headers.get("content-disposition", "")
    starred, plain = _STARRED.search(told), _PLAIN.search(told)
    name = unquote(starred.group(1).strip()) if starred else plain.group(1).strip() if plain else ""
    return PurePosixPath(name.replace("\\", "/")).name


def _elsewhere(name: str, host: str) -> Rejected:
    return Rejected(
        Text(
            f"The file {name!r} does not lie on {host}, and the hub fetches files from nowhere else; put it there.",
            f"Файл {name!r} лежит не на {host}, а из других мест хаб файлы не берёт; положите его туда.",
        )
    )


def _silent(name: str, host: str) -> Later:
    return Later(
        Text(
            f"{host} did not hand out the file {name!r}; the hub will try again by itself.",
            f"{host} не отдал файл {name!r}; хаб повторит сам.",
        )
    )


def _absent(name: str, host: str, status: str) -> Rejected:
    return Rejected(
        Text(
            f"{host} does not hand out the file {name!r} ({status}); see that it opens there without a login, then "
            "retry with `sverka order sync`.",
            f"{host} не отдаёт файл {name!r} ({status}); проверьте, что он открывается без входа, и повторите: "
            "`sverka order sync`.",
        )
    )


def _page(name: str, host: str) -> Rejected:
    return Rejected(
        Text(
            f"{host} answered with a web page instead of the file {name!r}, a login page perhaps; see that it opens "
            "without a login, then retry with `sverka order sync`.",
            f"Вместо файла {name!r} {host} отдал веб-страницу, возможно, страницу входа; проверьте, что файл "
            "открывается без входа, и повторите: `sverka order sync`.",
        )
    )


def _too_large(name: str, limit: int) -> Rejected:
    megabytes = limit // 2**20
    return Rejected(
        Text(
            f"The file {name!r} is larger than {megabytes} MB; carry it by hand, or raise `max_mb` in [files].",
            f"Файл {name!r} больше {megabytes} МБ; перенесите его вручную или увеличьте `max_mb` в [files].",
        )
    )
