"""Options of lists that are matched by name: learnt anew where one is unknown, and added where a profile says so."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sverka.domain.errors import Misconfigured, Problem, Rejected
from sverka.domain.ids import OfficeName
from sverka.domain.kind import Kind
from sverka.domain.mapping.by_name import ByName, folded
from sverka.domain.mapping.field_mapping import FieldMapping, Side
from sverka.domain.merge.snapshot import Snapshot
from sverka.domain.text import Text
from sverka.engine.hub import Hub
from sverka.engine.task import Task
from sverka.ports.backoffice import Seen
from sverka.ports.furnish import GrowsOptions
from sverka.ports.guard import Guard


def learn_options(
    hub: Hub, office: OfficeName, tasks: Sequence[Task], seen: Seen, guard: Guard, *, adds: bool
) -> list[tuple[Task, Problem]]:
    """Give the tasks mappings that know their lists as they are now; return the tasks whose lists cannot be looked at.

    Nothing is asked while every option is known. With `adds` an option that a mapping may create is created, for those
    whose profile lets the hub write.
    """
    wanting: dict[str, list[tuple[Task, FieldMapping]]] = defaultdict(list)
    for task in tasks:
        for mapping in task.profile.mappings:
            if isinstance(mapping.converter, ByName) and _is_unknown(task, mapping, mapping.converter, seen):
                wanting[_place(task, mapping)].append((task, mapping))
    failed: list[tuple[Task, Problem]] = []
    side = hub.offices[office]
    if not isinstance(side, GrowsOptions):
        return []
    for key in sorted(wanting):
        trouble: Text | None = None
        options: Mapping[str, str] = {}
        try:
            options = side.options(key, guard)
            names = _names(wanting[key], options) if adds else []
            if names:
                options = side.add_options(key, names, guard)
        except (Rejected, Misconfigured) as problem:
            trouble = problem.text
        except Problem as problem:
            failed += [(task, problem) for task, _ in wanting[key]]
            continue
        if options:
            hub.learnt(office, key, options)
        for task, mapping in wanting[key]:
            _learn(task, mapping, options, trouble)
    return failed


def _place(task: Task, mapping: FieldMapping) -> str:
    """Return the field as the catalogue of all kinds names it: a lead's list has options of its own."""
    kind = task.profile.kind
    return mapping.office_field if kind is Kind.DEAL else f"{kind}:{mapping.office_field}"


def _is_unknown(task: Task, mapping: FieldMapping, converter: ByName, seen: Seen) -> bool:
    shown = seen.records.get(task.binding.record) if task.binding else None
    if isinstance(shown, Snapshot) and converter.is_strange(shown.get(mapping.office_field)):
        return True
    return mapping.allows(Side.OFFICE) and bool(converter.missing(task.store.get(mapping.store_field)))


def _names(wanting: Sequence[tuple[Task, FieldMapping]], options: Mapping[str, str]) -> list[str]:
    """Return the names to be added, each once."""
    names: dict[str, str] = {}
    for task, mapping in wanting:
        converter = mapping.converter
        if isinstance(converter, ByName) and converter.creates and _may_write(task, mapping):
            missing = converter.learnt(options).missing(task.store.get(mapping.store_field))
            names |= {folded(name): name for name in missing if folded(name) not in names}
    return list(names.values())


def _may_write(task: Task, mapping: FieldMapping) -> bool:
    writes = task.binding is None or task.profile.switches.update_records
    return writes and not task.profile.paused and mapping.allows(Side.OFFICE)


def _learn(task: Task, mapping: FieldMapping, options: Mapping[str, str], trouble: Text | None) -> None:
    if not isinstance(mapping.converter, ByName):
        return
    known = mapping.converter.learnt(options or mapping.converter.office, trouble)
    mappings = [replace(one, converter=known) if one.key == mapping.key else one for one in task.profile.mappings]
    task.profile = replace(task.profile, mappings=mappings)
