"""Who answers for a new record (R96..R108): decided at its birth alone, so that people may change it afterwards."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sverka.domain.text import Text
from sverka.engine import narrate
from sverka.engine.task import Task
from sverka.ports.backoffice import Seen
from sverka.ports.journal import Event, JournalLine
from sverka.ports.storage import Storage, Turn


def assign(births: Sequence[Task], seen: Seen, storage: Storage, now: datetime) -> None:
    """Give each birth its employee, and note what there is to be told.

    An employee who no longer works there is passed over, and told of: an order must not wait for the profile to be
    mended. Where nobody is left, whoever the hub is connected by answers, as the portal has it.
    """
    taken: Counter[Turn] = Counter()
    for task in births:
        if task.into:
            continue  # a person has said already who answers for it
        task.assigned, task.turn, task.notes = "", None, []
        for rank, people in task.profile.new.people(task.responsible):
            gone = [one for one in people if one in seen.people and not seen.people[one].works]
            task.notes += [_gone(task, one, seen, now) for one in gone]
            working = [one for one in people if one not in gone]
            if working:
                task.assigned = working[0]
                if len(people) > 1:
                    task.turn = (task.profile.name, rank)
                    place = storage.turns(*task.turn) + taken[task.turn]
                    task.assigned = working[place % len(working)]
                    taken[task.turn] += 1
                break


def _gone(task: Task, id_: str, seen: Seen, now: datetime) -> JournalLine:
    name = seen.people[id_].name
    who = (
        Text(f"{name} (employee {id_})", f"{name} (сотрудник {id_})")
        if name
        else Text(f"Employee {id_}", f"Сотрудник {id_}")
    )
    table = f"[{task.profile.kind}] responsible"
    text = Text(
        f"{who.en} does not work on this portal, so the next in the profile answers; correct {table}.",
        f"{who.ru} на этом портале не работает, отвечает следующий по профилю; исправьте {table}.",
    )
    return narrate.about(task, now, Event.DECIDED, text, "responsible")
