"""The rules switched off, one at a time: each mutant is an edit of the product's own text, made in a copy of it."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).parents[3] / "src"


@dataclass(frozen=True)
class Mutant:
    """One rule without its bite: `old` stands once in `file` and becomes `new`."""

    rule: str
    says: str
    file: str
    old: str
    new: str

    def make(self, folder: Path) -> Path:
        """Copy the source into a folder with this one edit, and return where it is to be imported from.

        Raises:
            LookupError: the text is not there once: the code has moved on, and this mutant must follow.

        """
        target = folder / "src"
        shutil.copytree(SOURCE, target)  # with what is compiled, which stays true of the files that stay the same
        (target / "sverka" / self.file).write_text(self.edited(), encoding="utf-8")
        return target

    def edited(self) -> str:
        """Return the file with this one edit; raises as `make` does."""
        text = (SOURCE / "sverka" / self.file).read_text(encoding="utf-8")
        if text.count(self.old) != 1:
            raise LookupError(f"{self.rule}: {self.old!r} stands {text.count(self.old)} times in {self.file}")
        return text.replace(self.old, self.new)


MUTANTS: Sequence[Mutant] = (
    Mutant("K1", "a record is not looked for by its origin before it is made", "engine/survey/whole.py",
           "found = seen.origins.get(task.origin(hub.id), ())", "found: Sequence[Snapshot] | Problem = ()"),
    Mutant("K2", "an order in doubt is visited as if nothing could still land", "storage/visits.py",
           "            ~_in_doubt(),\n            or_(", "            or_("),
    Mutant("K3", "a wave sends on though another process has taken over", "engine/wave_state.py",
           "elif now >= self.deadline or not self.hub.storage.still_mine(self.claim):\n            raise Superseded",
           "elif now < self.deadline:\n            return"),
    Mutant("K3", "a wave commits though another process has taken over", "storage/visits.py",
           "    if connection.execute(update(offices).where(mine).values(values)).rowcount != 1:\n"
           "        raise Superseded",
           "    connection.execute(update(offices).where(mine).values(values))"),
    Mutant("K4", "what was not done is told from what was moved since, without the stamp", "engine/survey/recover.py",
           "elif target.stamp != intent.stamp:", "elif intent.stamp == target.stamp + intent.stamp:"),
    Mutant("K4", "what a doubtful write may have overtaken is remembered all the same", "engine/survey/recover.py",
           "        if sight.has_moved(source,", "        if sight.pair is None and sight.has_moved(source,"),
    Mutant("K5", "a forgotten field counts as first seen", "domain/merge/reconcile.py",
           "return _first_sight(sight) if sight.base is None else _conflict(sight, _FORGOTTEN)",
           "return _first_sight(sight)"),
    Mutant("K5", "what was agreed on with one client counts for another", "engine/parties/given.py",
           "                task.remember(mapping.key, Entry(None, mapping.fingerprint()))", "                pass"),
    Mutant("K6", "an adopted record is taken as it stands for what was agreed on", "engine/survey/recover.py",
           "pair = part.pair_with(shown) if known and part else None",
           "pair = part.pair_with(shown) if part else None"),
    Mutant("K7", "an intent is closed before what it led to is kept", "engine/wave.py",
           "    if task.binding and task.entries:\n"
           "        wave.outcome.baselines[task.binding.id] = dict(task.entries)\n"
           "    for intent", "    for intent"),
    Mutant("K8", "a deal is made though its contact may have failed", "engine/act/add_customers.py",
           "if task.is_birth and (buyer.waits or (buyer.contact is None and buyer.may_be_made)):",
           "if task.is_birth and buyer.waits and buyer.contact is not None:"),
    Mutant("K9", "two orders of one buyer in one wave make two contacts", "engine/parties/match.py",
           "for key in keys if key in by_key}.values():", "for key in keys if key in by_key and not keys}.values():"),
    Mutant("K9", "a contact in the making does not keep the buyer's next order waiting", "engine/parties/match.py",
           "buyer.waits = buyer.waits or failed or key in known.open", "buyer.waits = buyer.waits or failed"),
    Mutant("K9", "the hub does not remember whose contact is whose", "storage/outcomes.py",
           "    bindings.keep_contacts(connection, claim.office, outcome.contacts)\n", ""),
    Mutant("K10", "a write on an order does not ring for its binding in another office", "storage/outcomes.py",
           "rings = [*outcome.rings, *_rings_for_others(connection, claim, intents, now)]",
           "rings = [*outcome.rings]"),
    Mutant("K10", "a write on an order does not ring for its other binding in the same office", "engine/wave.py",
           "            offices.append(wave.office)\n", "            pass\n"),
    Mutant("K10", "a write on an order does not ring where its record was held back", "engine/wave.py",
           "offices = [one for one in wave.hub.offices_of(order.store) if one not in bound]", "offices = []"),
    Mutant("K11", "two bindings write one field of an order in one wave", "engine/act/write.py",
           "free = [change for change in store if (task.order, change.field) not in taken]", "free = list(store)"),
    Mutant("K12", "what a dead process left behind is not freed", "storage/visits.py",
           "    _free_orphans(connection, office, now)\n", ""),
    Mutant("K12", "an order that another office visits is claimed too", "storage/visits.py",
           "            ~_runs(),\n            ~_in_doubt(),\n            or_(",
           "            ~_in_doubt(),\n            or_("),
    Mutant("K13", "what a record was born with beyond what was sent is not remembered", "engine/act/settle.py",
           "if mapping.key not in sent and is_read and not is_first:",
           "if mapping.key in sent and mapping.office_field in office.unread:"),
    Mutant("K13", "two different values at first sight are not asked about", "domain/merge/reconcile.py",
           "    return _conflict(sight, _FIRST_SIGHT)", "    return _carry(sight, Side.STORE, \"first-sight\")"),
    Mutant("K13", "a memory taken under another mapping counts", "domain/merge/reconcile.py",
           "    if entry.pair is None or entry.fingerprint == mapping.fingerprint():\n        return entry.pair",
           "    if entry.pair is None or entry.fingerprint:\n        return entry.pair"),
    Mutant("K14", "an order leaves the profile it was given when the route changes", "engine/survey/whole.py",
           "if b.state is BindingState.BOUND and b.profile in profiles",
           "if b.state is BindingState.BOUND and b.profile in profiles and "
           "profiles[b.profile].route.takes(shown.fields)"),
    Mutant("K14", "of several profiles an order goes to, those without a record are forgotten",
           "engine/survey/whole.py",
           "= len(tasks) > 1 or KNOWN in shown.fields", "= False"),
    Mutant("K15", "a reason once shown stays", "storage/conflicts.py",
           "    _forget(connection, differences, [name for name in old if name[0] in looked and "
           "name not in rows])\n", ""),
    Mutant("K15", "why a field differs is said once and not worked out again", "domain/merge/reconcile.py",
           "        return _standing(sight)", "        return None"),
    Mutant("K16", "a robot's answer counts as how the side keeps the value", "engine/act/settle.py",
           "if kept and mapping.type_on(change.side).is_chosen:", "if kept and mapping.ignore_unmapped:"),
    Mutant("K16", "a text that is kept shorter counts as somebody's edit", "engine/act/settle.py",
           "if kept and mapping.type_on(change.side).is_chosen:", "if kept:"),
    Mutant("K17", "appending sends again what a person has deleted", "domain/merge/reconcile.py",
           "if not stands(value, {*before, *here}))", "if not stands(value, set(here)))"),
    Mutant("K18", "a refused command of several fields is not repeated field by field", "engine/act/write.py",
           "if len(job.changes) > 1 and len(refused) > 1 and job.intent.kind is not IntentKind.CREATE_RECORD:",
           "if len(job.changes) > 1 and not refused:"),
    Mutant("K18", "a refused value is sent again and again", "engine/act/settle.py",
           "        refusal = Refusal(value)\n", "        refusal = None\n"),
    Mutant("K19", "an order whose record was deleted gets a new one", "engine/act/missing.py",
           "if task.profile.brakes.on_record_deleted == \"recreate\":", "if task.profile.brakes.on_record_deleted:"),
    Mutant("K20", "after a restore the memory of the backup still counts", "storage/restore.py",
           "    connection.execute(update(baselines).values(entry=_forgotten(connection)))\n", ""),
    Mutant("K20", "after a restore old orders without a record get one", "engine/survey/create.py",
           "    if _is_older(task, side):", "    if _is_older(task, side) and task.is_resting:"),
    Mutant("K20", "after a restore what the backup was about to write still proves something", "storage/restore.py",
           "    connection.execute(delete(intents).where(intents.c.kind.in_(_PATCHES)))\n"
           "    # What a birth has sent proves nothing either: its record may have been moved on and back since.\n"
           "    connection.execute(update(intents).values(doubt_until=until, sent=[]))",
           "    connection.execute(update(intents).values(doubt_until=until))"),
    Mutant("K21", "a value is written for ever though somebody moves it back each time", "engine/act/brake.py",
           "            if times + 1 < task.profile.brakes.same_value_writes:", "            if times < 10**9:"),
    Mutant("K22", "a decision holds though both sides have moved since", "domain/merge/reconcile.py",
           "if sight.decision and sight.decision.pair == sight.now:", "if sight.decision:"),
    Mutant("K23", "an order is not looked for by its mark before it is made", "engine/act/new_order.py",
           "    free = _free(wave, task, found)\n", "    found = ()\n    free = None\n"),
    Mutant("K23", "a new order that may get its mark yet does not wait", "engine/survey/newborn.py",
           "for order in new if named[order] is None and order.store in waits}",
           "for order in new if named[order] is None and order in waits}"),
    Mutant("K23", "a deal the hub has made itself becomes an order", "engine/act/new_order.py",
           "free = not shown.origin and not _is_of_an_order(wave, shown)",
           "free = not _is_of_an_order(wave, shown)"),
    Mutant("K24", "a note is added again without looking for it", "connectors/woocommerce/writer.py",
           "            if plain(job.body.note) not in {plain(str(row.get(\"note\") or \"\")) for row in present}:",
           "            if present is not None:"),
    Mutant("K24", "comments in doubt are judged by the stamp and not by their marks", "engine/survey/recover.py",
           "    return mapping is not None and mapping.is_marked", "    return False"),
    Mutant("K24", "what a customer was told of is written again", "engine/survey/notify.py",
           "if (change.field, value_key(change.value)) in task.told:", "if not change.field:"),
    Mutant("K24", "a copy of a comment is taken for a new one", "domain/commerce/comment.py",
           "    if found:\n", "    if found and not connection:\n"),
    Mutant("K15", "a question that another mapping's write has settled is asked all the same",
           "engine/act/settle.py",
           "        if not any(mapping.field_on(change.side) == change.field for change in landed):\n",
           "        if not any(mapping.field_on(change.side) == change.field for change in landed) or landed:\n"),
    Mutant("milestones", "a milestone brings back a deal that is further on", "domain/mapping/milestone.py",
           "return office in self.stages or office in self.beyond", "return office in self.stages"),
    Mutant("milestones", "a milestone moves a deal that was called off", "domain/mapping/milestone.py",
           "concerned = office not in self.cancel and self._concerns(office)", "concerned = self._concerns(office)"),
    Mutant("guards", "a guarded map moves things back", "domain/merge/reconcile.py",
           'held = rule != "decision" and leads_back(mapping, target, old, converted)',
           'held = rule == "decision" and leads_back(mapping, target, old, converted)'),
    Mutant("handovers", "a deal is moved to a stage of whatever funnel", "domain/mapping/course.py",
           "return at(mapping.converter, pipeline_of(here)).to_office(value)",
           "return mapping.converter.to_office(value)"),
    Mutant("files", "files that stay are sent again with those that change", "domain/merge/laid.py",
           "files.append(twin if isinstance(twin, FileRef) and twin in held and twin not in files else file)",
           "files.append(file if twin != file else twin)"),
    Mutant("files", "the files of a deal do not follow to the order made of it", "engine/act/settle.py",
           "or (follows and (filled or differ))", "or (follows and not filled and differ)"),
    Mutant("switches", "what a profile does not write is written", "engine/survey/switched.py",
           "if switches.update_records if change.side is Side.OFFICE else switches.update_orders:",
           "if changes is not None:"),
    Mutant("switches", "what a held write has overtaken is not shown", "engine/survey/switched.py",
           "for changes in (plan.changes, plan.passed):", "for changes in (plan.changes,):"),
    Mutant("facets", "a deal that a person made of a lead is not followed", "engine/survey/facets.py",
           "deal.into = next((one for one in made if not self._taken.get(RecordId(one.id))), None)",
           "deal.into = next((one for one in made if self._taken.get(RecordId(one.id))), None)"),
    Mutant("facets", "an order is a lead and a deal", "engine/survey/facets.py",
           "return [deal] if is_lead else [lead]", "return [] if is_lead else [lead]"),
    Mutant("facets", "an invoice is made with its deal", "engine/survey/facets.py",
           "if task.is_birth and task.profile.facet is Facet.INVOICE and is_held:",
           "if task.is_birth and task.profile.facet is Facet.LEAD and is_held:"),
    Mutant("facets", "an invoice that a person has deleted is made again", "engine/survey/facets.py",
           "if profile and deal and invoice is None and profile.name not in had and profile.route",
           "if profile and deal and invoice is None and profile.route"),
    Mutant("K17", "what a side has gained itself counts as carried when the other's gain comes", "engine/act/settle.py",
           "return tuple(item for item in many(shown) if item not in own) if own & set(many(shown)) else shown",
           "return shown"),
)  # fmt: skip

FIRST: Sequence[Mutant] = tuple({mutant.rule: mutant for mutant in reversed(MUTANTS)}.values())
"""One mutant a rule: what every change is judged by; the others are switched off by `make prove MUTANTS=1`."""
