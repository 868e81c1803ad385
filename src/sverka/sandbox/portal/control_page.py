"""The control page: one file of HTML with its style, script and words inside, in English or in Russian."""

from __future__ import annotations

import json
import secrets
from functools import cache
from importlib.resources import files
from typing import Any


def language(asked: str | None, accepted: str | None) -> str:
    """Return `ru` or `en`: the one asked for, else the first of the two that Accept-Language names, else English."""
    if asked in ("en", "ru"):
        return asked
    for part in (accepted or "").split(","):
        name = part.partition(";")[0].strip().lower()[:2]
        if name in ("en", "ru"):
            return name
    return "en"


def page(chosen: str) -> tuple[str, str]:
    """Return the page in a language, and the policy that lets a browser run this page's own script and nothing else."""
    nonce = secrets.token_urlsafe(16)
    words = {name: pair[0 if chosen == "en" else 1] for name, pair in _words().items()}
    text = _part("page.html")
    for name, word in words.items():
        text = text.replace("{{" + name + "}}", word)
    # "</" would end the script that holds the words
    filled = {"lang": chosen, "nonce": nonce, "style": _part("page.css"), "script": _part("page.js"),
              "words": json.dumps(words, ensure_ascii=False).replace("</", "<\\/")}  # fmt: skip
    for name, part in filled.items():
        text = text.replace("{{" + name + "}}", part)
    policy = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; connect-src 'self'; "
        "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return text, policy


@cache
def _part(name: str) -> str:
    return (files("sverka.sandbox.portal") / "page" / name).read_text("utf-8")


@cache
def _words() -> dict[str, Any]:
    words: dict[str, Any] = json.loads(_part("words.json"))
    return words
