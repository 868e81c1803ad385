"""`sverka doctor`: everything that can be found wrong, in sentences."""

import typer

from sverka.bootstrap import House
from sverka.cli.connect.trying import show_findings
from sverka.cli.documents import catalogues_of, show
from sverka.cli.health.doctor_hub import examine_hub
from sverka.cli.home import at_home
from sverka.cli.screen import BAD, GOOD, STRONG, WARN, line
from sverka.cli.words import say, t
from sverka.domain.errors import Problem
from sverka.domain.text import Text
from sverka.operate.documents import examine
from sverka.operate.status import unfinished
from sverka.ports.findings import Finding, Level


def doctor() -> None:
    """Check every connection and profile; exit code 1 where something stands in the way."""
    with at_home() as house:
        bad = [*_database(house), *_connections(house), *_profiles(house), *_hub(house)]
        line()
        lacking = unfinished(house)
        if lacking and not bad:
            line(say(lacking), WARN)
            return
        if not bad:
            line(t("Nothing stands in the way.", "Ничто не мешает работе."), GOOD)
            return
        line(t(f"Needs attention: {', '.join(bad)}.", f"Требует внимания: {', '.join(bad)}."), BAD)
    raise typer.Exit(1)


def _database(house: House) -> list[str]:
    try:
        older = house.older()
    except Problem as problem:
        older = problem.text
    if older is None:
        return []
    name = t("database", "база")
    line(name, STRONG)
    show_findings([Finding(Level.BAD, older)])
    return [name]


def _hub(house: House) -> list[str]:
    try:
        findings = list(examine_hub(house))
    except Problem as problem:  # what stands in the way of a connection or a profile is said above
        findings = [Finding(Level.BAD, problem.text)]
    name = t("hub", "хаб")
    if findings:
        line(name, STRONG)
        show_findings(findings)
    return [name] if any(one.level is Level.BAD for one in findings) else []


def _connections(house: House) -> list[str]:
    saved, bad = house.storage.connections.list(), []
    if not saved:
        line(
            t("Nothing is connected; begin with `sverka connect`.", "Подключений нет; начните с `sverka connect`."),
            WARN,
        )
    for one in saved:
        line(one.name, STRONG)
        try:
            findings = list(house.connector(one).check())
        except Problem as problem:
            findings = [Finding(Level.BAD, problem.text)]
        if one.paused:
            findings.append(Finding(Level.BAD, _paused(one.paused, f"sverka connection resume {one.name}")))
        show_findings(findings)
        if any(finding.level is Level.BAD for finding in findings):
            bad.append(one.name)
    return bad


def _profiles(house: House) -> list[str]:
    saved, bad = house.storage.profiles.list(active_only=True), []
    if not saved:
        line(t("No profile is applied; begin with `sverka profile new`.",
               "Профилей нет; начните с `sverka profile new`."), WARN)  # fmt: skip
    catalogues = catalogues_of(house)
    for one in saved:
        line(t(f"profile {one.name}", f"профиль {one.name}"), STRONG)
        try:
            checked = examine(one.name, one.document, catalogues, one.version)
        except Problem as problem:
            show_findings([Finding(Level.BAD, problem.text)])
            bad.append(str(one.name))
            continue
        show(checked)
        if one.paused:
            show_findings([Finding(Level.BAD, _paused(one.paused, f"sverka profile resume {one.name}"))])
        if checked.is_bad or one.paused:
            bad.append(str(one.name))
        if not checked.complaints and not one.paused:
            show_findings([Finding(Level.GOOD, Text("Fits both sides.", "Подходит обеим сторонам."))])
    return bad


def _paused(why: Text, command: str) -> Text:
    return Text(f"Stopped: {why.en} Then: `{command}`.", f"Остановлено: {why.ru} Затем: `{command}`.")
