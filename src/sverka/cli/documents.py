"""Profile documents as commands meet them: files, and what is printed about them."""

from pathlib import Path

from sverka.bootstrap import House
from sverka.cli.screen import BAD, WARN, line, warn
from sverka.cli.words import say, t
from sverka.config.complaint import Complaint
from sverka.domain.errors import Misconfigured
from sverka.domain.mapping.profile import Profile
from sverka.domain.text import Text, reason
from sverka.operate.documents import Catalogues, Checked


def catalogues_of(house: House | None, *, offline: bool = False) -> Catalogues:
    """Return the catalogues of a house; of a side that cannot be asked the person at the terminal is warned."""
    return Catalogues(house, offline, lambda text: warn(say(text)))


def text_of(path: Path) -> str:
    """Return a file's text; Misconfigured where it cannot be read."""
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        raise Misconfigured(
            Text(f"{path} is no text in UTF-8; save it as UTF-8.", f"{path} – не текст в UTF-8; сохраните его в UTF-8.")
        ) from None
    except OSError as error:
        why = reason(error)
        raise Misconfigured(Text(f"{path} cannot be read: {why.en}.", f"{path} не читается: {why.ru}.")) from None


def show(checked: Checked) -> None:
    """Print each complaint as `file:line: level: sentence`."""
    for one in checked.complaints:
        show_complaint(checked.source, one)


def show_complaint(source: str, one: Complaint) -> None:
    """Print one complaint as `file:line: level: sentence`."""
    level = t("error", "ошибка") if one.bad else t("warning", "внимание")
    place = source if one.line is None else f"{source}:{one.line}"
    where = f"`{one.where}`: " if one.where else ""
    line(f"{place}: {level}: {where}{say(one.text)}", BAD if one.bad else WARN)


def needed(checked: Checked) -> Profile:
    """Return the profile of a document; Misconfigured, with its complaints printed, where it is bad."""
    if checked.profile is None:
        show(checked)
        source = checked.source
        raise Misconfigured(
            Text(f"{source} cannot be used; correct the lines above and run `sverka profile check {source}`.",
                 f"{source} использовать нельзя; исправьте строки выше и выполните `sverka profile check {source}`.")
        )  # fmt: skip
    return checked.profile
