"""The law of files: one that is there already is not sent again, and what arrives is what was sent (K17)."""

from dataclasses import replace

from simulation.lives.rates import Truth
from sverka.domain.commerce.value import FileRef, Value, many
from sverka.domain.mapping.field_mapping import FieldMapping, Side
from sverka.domain.mapping.files import Files
from sverka.domain.merge.binding import Pair
from sverka.domain.merge.reconcile import pair_under
from sverka.ports.storage import Sent


def objections(mapping: FieldMapping, sent: Sent, looked: Value, truth: Truth | None) -> list[str]:
    """Return what is wrong with a write of files, by what its wave had seen and what was agreed on last.

    Each side names files in its own way; the judge knows them by what is in them, which their names tell.
    """
    if not isinstance(mapping.converter, Files):
        return []
    pair = pair_under(truth.entry, mapping) if truth else None
    source, twins = ((), ()) if pair is None else (many(pair.store), many(pair.office))
    if sent.side is Side.STORE:
        source, twins = twins, source
    found = []
    for one in many(sent.value):
        if not isinstance(one, FileRef) or not one.is_foreign or own_name(one) not in source:
            continue
        if any(isinstance(twin, FileRef) and twin.name == one.name and twin in many(looked) for twin in twins):
            found.append(f"file {one.name} is sent again, and nobody has touched it on either side")
    if contents(sent.value) != contents(sent.source) and mapping.write.value != "append":
        found.append("the files sent are not those of the side they came from")
    return found


def dropped_alike(mapping: FieldMapping, known: Pair | None, pair: Pair) -> bool:
    """Tell whether both sides have dropped the same of the files that were agreed on."""
    if known is None or not isinstance(mapping.converter, Files):
        return False
    kept = set(many(pair.store)) <= set(many(known.store)) and set(many(pair.office)) <= set(many(known.office))
    return kept and contents(pair.store) == contents(pair.office)


def may_be_sent(mapping: FieldMapping, sent: Sent, shown: Value) -> bool:
    """Tell whether somebody has put the very files there that were on their way, beside those that were to stay."""
    if not isinstance(mapping.converter, Files) or shown == sent.old:
        return False
    stay = {one for one in many(sent.value) if isinstance(one, FileRef) and not one.is_foreign}
    return stay <= set(many(shown)) and sorted(contents(shown)) == sorted(contents(sent.value))


def contents(value: Value) -> tuple[str, ...]:
    """Return what is in the files of a field."""
    return tuple(one.name for one in many(value) if isinstance(one, FileRef))


def own_name(value: Value) -> Value:
    """Return a file as its own side names it, whether it is on its way or not; anything else as it is."""
    return replace(value, is_foreign=False) if isinstance(value, FileRef) else value


def own_names(value: Value) -> tuple[Value, ...]:
    """Return a field's values as their own side names them."""
    return tuple(own_name(one) for one in many(value))
