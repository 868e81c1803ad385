"""What a field of files is to hold: the target's own files that are the source's already, and the rest fetched."""

from sverka.domain.commerce.value import FileRef, Value, many
from sverka.domain.mapping.field_mapping import FieldMapping, Side, WriteMode
from sverka.domain.merge.binding import Pair


def laid(mapping: FieldMapping, pair: Pair | None, source: Side, value: Value, here: Value, new: Value) -> Value:
    """Return the files the target is to hold, in the source's order, of the source's `value` and the target's `here`.

    `new` is the source's value as files to be fetched, one for each. Overwriting keeps what stands at the same place
    of the pair and drops what the source has dropped; adding keeps all and revives nothing (K17).
    """
    before, twins = ((), ()) if pair is None else (many(pair.store), many(pair.office))
    if source is Side.OFFICE:
        before, twins = twins, before
    if mapping.write is WriteMode.APPEND:
        gained = tuple(file for item, file in zip(many(value), many(new), strict=True) if item not in before)
        return (*many(here), *gained) if gained else here
    known = dict(zip(before, twins, strict=True)) if len(before) == len(twins) else {}
    held = many(here)
    files: list[Value] = []
    for item, file in zip(many(value), many(new), strict=True):
        twin = known.get(item)
        files.append(twin if isinstance(twin, FileRef) and twin in held and twin not in files else file)
    return tuple(files) if isinstance(new, tuple) else (files[0] if files else None)
