"""Undoes a whole import: what it changed stands as before, what it made is gone, unless somebody worked on it since."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from confapp.domain import audit, imported
from confapp.domain.errors import N_, Invalid, Message, NotNow
from confapp.domain.imported import ProgrammeImport
from confapp.domain.people import Account
from confapp.domain.programme import conferences, origins
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.sessions import SessionState
from confapp.domain.schedule import scheduling
from confapp.imports import values
from confapp.imports.changes import Change
from confapp.imports.matching import Known
from confapp.imports.standing import KINDS, standing
from confapp.imports.writing import Writer

MOST_NAMED = 20
DEPENDED_ON = N_("something else came to depend on it")
NAMES = {
    "conference": N_("conference"),
    "venue": N_("venue"),
    "room": N_("room"),
    "track": N_("track"),
    "speaker": N_("speaker"),
    "session": N_("session"),
}


@dataclass(frozen=True)
class _Step:
    kind: str
    target: uuid.UUID
    name: str
    is_new: bool
    before: Mapping[str, Any]
    after: Mapping[str, str]
    version: int | None

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> _Step:
        before = {name: values.of_plain(name, value) for name, value in kept["before"].items()}
        return cls(**{**kept, "target": uuid.UUID(kept["target"]), "before": before})


def undo(run: ProgrammeImport, conference: Conference, *, by: Account | None, now: dt.datetime) -> None:
    """Undo one import, all of it or nothing. Sessions that were released since are cancelled instead of removed.

    A conference that the import made stays. Raises NotNow for one that was undone already, and Invalid naming `import`
    with each thing that somebody changed, removed or built upon since.
    """
    if run.undone_at is not None:
        raise NotNow(N_("This import was undone already."))
    scheduling.lock(conference)
    steps = [_Step.of(kept) for kept in run.steps]
    known = {kind: {each.target: each for each in held} for kind, held in standing(conference, run.source).items()}
    made = {kind: {step.target: step for step in steps if step.kind == kind and step.is_new} for kind in imported.KINDS}
    shown = imported.released(made["session"])
    obstacles = [message for step in steps if (message := _changed(step, known[step.kind].get(step.target)))]
    going = set(made["session"]) - shown
    obstacles += [_told(made["session"][target], DEPENDED_ON) for target in sorted(imported.in_use("session", going))]
    _refuse(obstacles)
    _write_back(conference, run, steps, known, shown, by=by, now=now)
    for kind in imported.KINDS:
        going = set(made[kind]) - shown if kind == "session" else set(made[kind])
        needed = imported.in_use(kind, going) if kind != "session" else set()
        if needed and not shown:  # what a released session needs stays with it
            obstacles += [_told(made[kind][target], DEPENDED_ON) for target in sorted(needed)]
        imported.take_away(conference, kind, going - needed, by=by, now=now)
    _refuse(obstacles)
    kept = {str(target) for target in shown}
    origins.restore(conference, run.source, [each for each in run.origins if each[1] not in kept])
    run.undone_at = now
    audit.record("programme.undo", f"import:{run.uuid}", conference_id=conference.id, by=by, now=now)


def _refuse(obstacles: Sequence[Message]) -> None:
    """Raise Invalid naming what is in the way, if anything is: with the transaction all that was written goes."""
    if obstacles:
        more = len(obstacles) - MOST_NAMED
        rest = [N_("… and %(count)d more.", count=more)] if more > 0 else []
        raise Invalid({"import": [*obstacles[:MOST_NAMED], *rest]}, N_("This import cannot be undone any more."))


def _changed(step: _Step, here: Known | None) -> Message | None:
    """What somebody did to a thing since, in words; None for nothing."""
    if here is None or here.current is None:
        return _told(step, N_("it was removed since"))
    current = here.current
    after = {name: digest for name, digest in step.after.items() if name in current}
    fields = sorted(name for name, digest in after.items() if values.digest(current[name]) != digest)
    if fields:
        return _told(step, N_("it was changed since (%(fields)s)", fields=", ".join(fields)))
    if step.version is not None and here.version != step.version:
        return _told(step, N_("it was changed since"))
    return None


def _told(step: _Step, what: Message) -> Message:
    return N_("%(kind)s “%(name)s”: %(what)s", kind=NAMES[step.kind], name=step.name, what=what)


def _write_back(
    conference: Conference,
    run: ProgrammeImport,
    steps: Sequence[_Step],
    known: Mapping[str, Mapping[uuid.UUID, Known]],
    shown: set[uuid.UUID],
    *,
    by: Account | None,
    now: dt.datetime,
) -> None:
    """Write what stood before, and cancel what readers have seen."""
    changes: dict[str, list[Change]] = {kind: [] for kind in KINDS}
    for step in steps:
        back = dict(step.before)
        if step.kind == "conference" and back:
            conferences.edit(conference, back, by=by, now=now)
        if step.kind == "session" and step.is_new:
            back = {"state": SessionState.CANCELLED, "place": None} if step.target in shown else {}
        if back:
            version = known[step.kind][step.target].version
            changes[step.kind].append(Change(step.target, (), {}, back, version=version))
    Writer(changes, conference, by, now).write()
