"""The law of what a read-back means, for every field type there is: what is shown still agrees (K16)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from unittest import SkipTest

from sverka.domain.commerce.value import Value, decode, encode, is_empty
from sverka.domain.errors import Problem, Rejected
from sverka.domain.ids import OrderId, OrderRef, Origin, ProfileName, RecordId, StoreName
from sverka.domain.mapping.convert import Converter, LineItems, Plain, Unmapped, ValueMap, alike
from sverka.domain.mapping.field import Field, FieldType
from sverka.domain.merge.snapshot import Snapshot
from sverka.domain.text import Text
from sverka.ports.backoffice import Look, RecordWrite
from sverka.ports.guard import free
from sverka.ports.store import OrderWrite, Wrote
from sverka.testing.expect import whole
from sverka.testing.samples import SAMPLES

_EMPTY, _ONE, _SEVERAL = "empty", "one", "several"


@dataclass(frozen=True)
class Kind:
    """A type to be written, one value or several, and the type of the field across that the values come from."""

    target: FieldType
    source: FieldType
    many: bool = False

    def __str__(self) -> str:
        several = "several " if self.many else ""
        return f"{several}{self.target}" + ("" if self.source is self.target else f" from {self.source}")


_TO_TEXT = ("number", "money", "boolean", "date", "datetime", "phone", "email", "url")
KINDS = [
    *(Kind(type_, type_) for type_ in FieldType if type_ not in (FieldType.LINES, FieldType.COMMENTS)),
    *(Kind(type_, type_, many=True) for type_ in FieldType if type_ is not FieldType.COMMENTS),
    *(Kind(FieldType.TEXT, FieldType(source)) for source in _TO_TEXT),
]
"""What every side is asked for: each type, several values of each, and a text made of each.

Comments are acts and not values: they are added, and never set to something else (K24).
"""


@dataclass(frozen=True)
class Trial:
    """A value across, and what is written for it into a field."""

    field: Field
    sample: str
    value: Value
    converter: Converter


class Law:
    """What both sides' laws share; a connector's test class names what its system keeps otherwise."""

    otherwise: Mapping[tuple[str, str], str] = {}
    """Why a value is not kept as it was sent, or is refused, by (field's key or kind, sample's name).

    What is kept instead must be stable. Nothing is excused that is not named, and nothing is named in vain.
    """

    apart: Mapping[str, str] = {}
    """Fields that are not tried, and why: they refer to something that a sample is not."""

    offered: Mapping[str, Sequence[str]] = {}
    """For fields whose catalogue has no options, or more than can be set at any moment: those to try."""

    to_office: bool

    def pytest_generate_tests(self, metafunc: Any) -> None:
        """Make each kind a test of its own."""
        if "kind" in metafunc.fixturenames:
            metafunc.parametrize("kind", KINDS, ids=str)

    def write_fields(self, hands: Any, subject: str, fields: Mapping[str, Value]) -> Wrote | Problem:
        """Write into the order or the record; a side's law says how."""
        raise NotImplementedError

    def look_again(self, hands: Any, subject: str) -> Snapshot:
        """Return what a later look shows; a side's law says how."""
        raise NotImplementedError

    def keep_the_law(self, hands: Any, subject: str, fields: Sequence[Field], kind: Kind) -> None:
        """Write every sample of the kind into every field of it, all fields at once."""
        trials = self.trials(fields, kind)
        odd: dict[tuple[str, str], str] = {}
        for sample in dict.fromkeys(trial.sample for trial in trials):
            odd |= self._try(hands, subject, [trial for trial in trials if trial.sample == sample])
        unnamed = {
            f"{key}: {sample}": what
            for (key, sample), what in odd.items()
            if not {(key, sample), (str(kind), sample)} & self.otherwise.keys()
        }
        assert not unnamed, f"not kept as it was sent, and no reason is named: {unnamed}"
        tried = {(where, trial.sample) for trial in trials for where in (trial.field.key, str(kind))}
        met = {(where, sample) for key, sample in odd for where in (key, str(kind))}
        vain = (self.otherwise.keys() & tried) - met
        assert not vain, f"named as kept otherwise, and kept as it was sent: {vain}"

    def trials(self, fields: Sequence[Field], kind: Kind) -> Sequence[Trial]:
        """Return every sample for every field of the kind; skips the test, by name, where there is no such field."""
        mine = [f for f in fields if f.writable and (f.type, f.many) == (kind.target, kind.many)]
        mine = [field for field in mine if field.key not in self.apart]
        if not mine:
            raise SkipTest(f"nothing here takes {kind}")
        return [trial for field in mine for trial in self._trials(field, kind)]

    def _trials(self, field: Field, kind: Kind) -> Sequence[Trial]:
        if kind.target in (FieldType.CHOICE, FieldType.PERSON):
            return self._chosen(field)
        given = SAMPLES.get(kind.source, {})
        if kind.target is FieldType.LINES:
            values = {**given, _EMPTY: ()}
        elif kind.many:
            some = tuple(given.values())[:3]
            values = {_ONE: some[:1], _SEVERAL: some, "turned round": some[::-1], _EMPTY: ()}
        else:
            values = {**given, _EMPTY: None}
        by: Converter = LineItems()
        if kind.target is not FieldType.LINES:
            office, store = (kind.target, kind.source) if self.to_office else (kind.source, kind.target)
            by = Plain(store, office, kind.many, kind.many)
        return [Trial(field, name, value, by) for name, value in values.items()]

    def _chosen(self, field: Field) -> Sequence[Trial]:
        options = list(self.offered.get(field.key, field.options))
        assert options, f"{field.key} is chosen from a list, and the list is empty"
        across = {option: f"the {option}" for option in options}
        by = ValueMap({there: here for here, there in across.items()} if self.to_office else across)
        if field.many:
            some = tuple(across.values())
            values: dict[str, Value] = {_ONE: some[:1], _SEVERAL: some, "turned round": some[::-1], _EMPTY: ()}
        else:
            values = {f"option {option}": there for option, there in across.items()}
            values |= {f"option {options[0]}": across[options[0]], _EMPTY: None}
        return [Trial(field, name, value, by) for name, value in values.items()]

    def _try(self, hands: Any, subject: str, trials: Sequence[Trial]) -> dict[tuple[str, str], str]:
        """Write one sample into its fields, and return what was refused or kept otherwise, by field and sample."""
        before = self.look_again(hands, subject)
        sent = {trial.field.key: self.converted(trial) for trial in trials}
        after, refused = self._written(hands, subject, sent)
        odd: dict[tuple[str, str], str] = {}
        for trial in trials:
            key = trial.field.key
            shown = after.get(key)
            assert decode(json.loads(json.dumps(encode(shown)))) == shown, f"{key}: {shown!r} cannot be remembered"
            if key in refused:
                assert shown == before.get(key), f"{key}: {trial.sample} was refused, and changed something"
                odd[key, trial.sample] = f"{sent[key]!r:.200} is refused: {refused[key]!r}"
            elif not self.agree(trial, shown):
                again, _ = self._written(hands, subject, {key: shown})
                assert again.get(key) == shown, f"{key}: {trial.sample} does not come to rest: {again.get(key)!r}"
                odd[key, trial.sample] = f"{sent[key]!r:.200} is kept as {shown!r:.200}"
        return odd

    def _written(self, hands: Any, subject: str, fields: Mapping[str, Value]) -> tuple[Snapshot, Mapping[str, Problem]]:
        """Return what the side shows now, and what it refused; what the write said of it must be true."""
        answer = self.write_fields(hands, subject, fields)
        if isinstance(answer, Rejected) and len(fields) > 1:
            done = [self._written(hands, subject, {key: value}) for key, value in fields.items()]
            return done[-1][0], {key: problem for _, refused in done for key, problem in refused.items()}
        later = self.look_again(hands, subject)
        if isinstance(answer, Rejected):
            return later, dict.fromkeys(fields, answer)
        wrote = whole(answer)
        assert {key: wrote.after.get(key) for key in fields} == {key: later.get(key) for key in fields}
        return later, wrote.refused

    def converted(self, trial: Trial) -> Value:
        """Return what is sent for a trial's value."""
        convert = trial.converter.to_office if self.to_office else trial.converter.to_store
        converted = None if is_empty(trial.value) else convert(trial.value)
        assert not isinstance(converted, Unmapped), f"{trial.sample} has no counterpart in its own type"
        return converted

    def agree(self, trial: Trial, shown: Value) -> bool:
        """Tell whether what a field shows means the value it was made of."""
        store, office = (trial.value, shown) if self.to_office else (shown, trial.value)
        return alike(trial.converter, store, office)


class StoreLaw(Law):
    """K16 of a store: what a deal's value became there still agrees with it."""

    to_office = False

    def test_what_is_written_still_agrees(self, hands: Any, kind: Kind) -> None:
        """Every awkward value of every type, at once in the answer and in a later read."""
        order = self.law_order(hands)
        self.keep_the_law(hands, order, self.law_fields(hands), kind)

    def law_order(self, hands: Any) -> OrderId:
        """Return an order to write into."""
        placed: OrderId = hands.place()
        return placed

    def law_fields(self, hands: Any) -> Sequence[Field]:
        """Return the fields to try; override it where a new store has not every type it can have."""
        fields: Sequence[Field] = hands.store.catalogue()
        return fields

    def write_fields(self, hands: Any, subject: str, fields: Mapping[str, Value]) -> Wrote | Problem:
        """Write into the order."""
        answer: Wrote | Problem = hands.store.write([OrderWrite(OrderId(subject), fields)], free)[OrderId(subject)]
        return answer

    def look_again(self, hands: Any, subject: str) -> Snapshot:
        """Read the order."""
        shown: Snapshot = whole(hands.store.read([OrderId(subject)])[OrderId(subject)])
        return shown


class OfficeLaw(Law):
    """K16 of a back office: what an order's value became there still agrees with it."""

    to_office = True

    def test_what_is_written_still_agrees(self, hands: Any, kind: Kind) -> None:
        """Every awkward value of every type, at once in the answer and in a later look."""
        fields = self.law_fields(hands)
        self.keep_the_law(hands, self._born(hands, {}).id, fields, kind)

    def test_what_a_record_is_born_with_still_agrees(self, hands: Any, kind: Kind) -> None:
        """The same at birth; nothing empty is sent then, and what is kept otherwise has been told."""
        trials = [
            trial
            for trial in self.trials(self.law_fields(hands), kind)
            if not is_empty(trial.value)
            and not {(trial.field.key, trial.sample), (str(kind), trial.sample)} & self.otherwise.keys()
        ]
        for sample in dict.fromkeys(trial.sample for trial in trials):
            mine = [trial for trial in trials if trial.sample == sample]
            after = self._born(hands, {trial.field.key: self.converted(trial) for trial in mine})
            later = self.look_again(hands, after.id)
            for trial in mine:
                key = trial.field.key
                assert after.get(key) == later.get(key), f"{key}: {sample}: the answer is not what a look shows"
                assert self.agree(trial, later.get(key)), f"{key}: {sample} is kept as {later.get(key)!r:.200}"

    @staticmethod
    def _born(hands: Any, fields: Mapping[str, Value]) -> Snapshot:
        origin = Origin("sverka-contract", OrderRef(StoreName("shop"), OrderId("law")), ProfileName("main"))
        born = RecordWrite(1, {**hands.fields, **fields}, origin=origin)
        wrote: Wrote = whole(hands.office.write([born], free)[1])
        assert not wrote.refused
        return wrote.after

    def law_fields(self, hands: Any) -> Sequence[Field]:
        """Return the fields to try; override it where a new office has not every type it can have."""
        fields: Sequence[Field] = hands.office.catalogue()
        return fields

    def write_fields(self, hands: Any, subject: str, fields: Mapping[str, Value]) -> Wrote | Problem:
        """Write into the record."""
        answer: Wrote | Problem = hands.office.write([RecordWrite(2, fields, RecordId(subject))], free)[2]
        return answer

    def look_again(self, hands: Any, subject: str) -> Snapshot:
        """Look at the record, its heavy fields too."""
        record = RecordId(subject)
        shown: Snapshot = whole(hands.office.look(Look(records=[record], heavy=[record]), free).records[record])
        return shown


def of_every_type(key: str) -> Sequence[Field]:
    """Return a field of each kind, for a side that takes any value anywhere; their keys begin with `key`."""
    kinds = dict.fromkeys((kind.target, kind.many) for kind in KINDS)
    options = {"1": "One", "2": "Two", "3": "Three"}
    return [
        Field(f"{key}{type_}{'s' if many else ''}", Text(type_, type_), type_, many, options=options)
        for type_, many in kinds
    ]
