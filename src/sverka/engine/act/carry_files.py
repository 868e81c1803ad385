"""Files of a write: each is fetched from the other side when its turn comes, and its bytes are kept nowhere."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from sverka.domain.commerce.value import FileRef, many
from sverka.domain.errors import Rejected
from sverka.domain.mapping.field_mapping import Side
from sverka.domain.mapping.files import Files as FilesConverter
from sverka.domain.merge.plan import Change
from sverka.domain.text import Text
from sverka.engine.hub import Hub
from sverka.ports.files import Fetched, Files, KeepsFiles, Upload
from sverka.ports.guard import Guard

if TYPE_CHECKING:
    from sverka.engine.act.write import Job

_HAS_NONE = Text(
    "The other side's connector cannot hand out files; take the row out of [fields].",
    "Коннектор другой стороны не отдаёт файлы; уберите строку из [fields].",
)


def holds_files(change: Change) -> bool:
    """Tell whether a change is one of files, which travel by themselves."""
    return isinstance(change.mapping.converter, FilesConverter)


def files_of(hub: Hub, job: "Job", guard: Guard) -> Files:
    """Return what the job's fields of files are to hold."""
    found: dict[str, Sequence[FileRef | Upload]] = {}
    for change in job.changes:
        if holds_files(change):
            refs = [item for item in many(change.value) if isinstance(item, FileRef)]
            found[change.field] = [_upload(hub, job, change, ref, guard) if ref.is_foreign else ref for ref in refs]
    return found


def _upload(hub: Hub, job: "Job", change: Change, ref: FileRef, guard: Guard) -> Upload:
    task = job.task
    to_office = change.side is Side.OFFICE
    source = hub.stores[task.order.store] if to_office else hub.offices[task.profile.office]
    owner = task.order.id if to_office else (task.record.id if task.record else "")
    if not isinstance(source, KeepsFiles):
        return Upload(ref, _refused)
    return Upload(ref, partial(source.fetch, owner, ref, task.profile.files_limit, guard))


def _refused() -> Fetched:
    raise Rejected(_HAS_NONE)
