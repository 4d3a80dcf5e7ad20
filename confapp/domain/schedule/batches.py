"""Batches: several slots moved as one step of history, held against rights and conflicts, all or nothing."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from confapp.database import db, next_numbers
from confapp.domain.errors import N_, Clash, Invalid, Message, Missing, NotAllowed, NotNow, Stale
from confapp.domain.people import Account
from confapp.domain.programme import slots
from confapp.domain.programme.conferences import Conference, Schedule, Track
from confapp.domain.programme.sessions import Session, edit_many
from confapp.domain.programme.slots import BACK_AND_FORTH, Deed, Place, Slot
from confapp.domain.schedule import checking, overrides, scheduling
from confapp.domain.schedule.conflicts import Conflict
from confapp.domain.schedule.scopes import Rights, may_move, may_retrack
from confapp.domain.texts import in_language

NAMED = 5
"""How many titles a refusal names before it counts the rest."""


@dataclass(frozen=True, eq=False)
class Step:
    """One slot's way from where it stands to where it will; `track` is the one that its session changes to."""

    slot: Slot
    before: Place | None
    after: Place | None
    changes_track: bool = False
    old_track: Track | None = None
    new_track: Track | None = None

    @staticmethod
    def to(slot: Slot, after: Place | None) -> Step:
        """Move the slot from where it stands now."""
        return Step(slot, Place.of(slot), after)

    @staticmethod
    def retrack(slot: Slot, session: Session, track: Track | None) -> Step:
        """Leave the slot where it is and give its session another track."""
        place = Place.of(slot)
        return Step(slot, place, place, True, session.track, track)

    @property
    def changes(self) -> bool:
        """Whether anything is different afterwards."""
        return self.before != self.after or (self.changes_track and self.old_track is not self.new_track)


@dataclass(frozen=True)
class Batch:
    """Steps that are one step of history; `target` is the version that they undo or do again."""

    deed: Deed
    steps: Sequence[Step]
    target: int | None = None


@dataclass(frozen=True)
class Draft:
    """The draft as a batch finds it: its version, its placed slots, and its lock unless this is only a preview."""

    conference: Conference
    version: int
    schedule: Schedule | None

    @cached_property
    def slots(self) -> Sequence[Slot]:
        """All that is placed, by time, as it stood before the batch: to be asked for before anything is moved."""
        return slots.slots(self.conference)

    @property
    def is_preview(self) -> bool:
        """Whether nothing may be stored."""
        return self.schedule is None


@dataclass(frozen=True)
class Outcome:
    """What a batch did, or would do: `conflicts` are those of the slots it moves, `fresh` those that it brings.

    `version` is the schedule's afterwards; of a preview, the one to send as `expected` when doing it.
    """

    deed: Deed
    version: int
    steps: Sequence[Step]
    conflicts: Sequence[Conflict]
    fresh: Sequence[Conflict]
    is_preview: bool = False

    @property
    def blocks(self) -> bool:
        """Whether it takes a reason, and the right to override."""
        return any(conflict.is_blocking for conflict in self.fresh)


def open_draft(conference: Conference, *, expected: int | None = None, preview: bool = False) -> Draft:
    """The draft, locked until the commit unless for a preview. Raises Stale where it is not the `expected` one."""
    schedule = None if preview else scheduling.lock(conference)
    version = schedule.version if schedule else slots.version(conference)
    if expected is not None and version != expected:
        raise Stale(N_("The schedule changed since you looked; look again, then do it."), version)
    return Draft(conference, version, schedule)


def carry_out(
    draft: Draft,
    batches: Sequence[Batch],
    *,
    rights: Rights,
    by: Account | None,
    now: dt.datetime,
    override: str | None = None,
    since: int | None = None,
) -> Outcome:
    """Do the batches one after the other, each under a version of its own, or say what they would do (a preview).

    Raises NotAllowed naming what lies outside the asker's rights, Clash naming every conflict when the end of it all
    brings one that blocks (and no reason in `override`, or no right to override: NotAllowed), Invalid for impossible
    times, NotNow where nothing would change. A conflict between the same two that stood before is no new one. What
    takes steps back says `since` which version: a conflict with what was not moved from there on only comes back.
    """
    conference = draft.conference
    steps = _net(batches)
    if batches[0].deed not in BACK_AND_FORTH and not any(step.changes for step in steps):
        raise NotNow(N_("That would change nothing."))
    _check(steps, conference, rights)
    found, fresh = _conflicts(draft, steps, since)
    outcome = Outcome(batches[0].deed, draft.version, steps, found, fresh, is_preview=draft.is_preview)
    if draft.schedule is None:
        return outcome
    if outcome.blocks:
        if not override:
            raise _clash(steps, conference, found)
        if not rights.may_override:
            raise NotAllowed(N_("You may not override a conflict that blocks."))
    _number_new(steps)
    for batch in batches:
        _write(batch, draft.schedule, conference, reason=override or "", by=by, now=now)
    if override:
        subject = f"schedule:{draft.schedule.version}"
        overrides.accept(conference, fresh, override, subject=subject, by=by, now=now)
    return Outcome(outcome.deed, draft.schedule.version, steps, found, fresh)


def new_slot(conference: Conference, session: Session | None, note: str = "") -> Slot:
    """A slot that a batch brings; it is stored, and gets its number, only when the batch is done."""
    return Slot(
        uuid=uuid.uuid4(), number=0, conference_id=conference.id, session=session, room=None, note=note, version=1
    )


def title_of(slot: Slot, conference: Conference) -> str:
    """What a slot is called in the conference's first language."""
    if slot.session is None:
        return slot.note or N_("Blocked")
    return in_language(slot.session.title, conference.languages)


def _net(batches: Sequence[Batch]) -> list[Step]:
    """Each slot's way from its first place to its last."""
    ways: dict[Slot, Step] = {}
    for batch in batches:
        for step in batch.steps:
            first = ways.get(step.slot)
            if first is None:
                ways[step.slot] = step
                continue
            ways[step.slot] = Step(
                step.slot,
                first.before,
                step.after,
                first.changes_track or step.changes_track,
                first.old_track if first.changes_track else step.old_track,
                step.new_track if step.changes_track else first.new_track,
            )
    return list(ways.values())


def _check(steps: Sequence[Step], conference: Conference, rights: Rights) -> None:
    outside = []
    for step in steps:
        entered = [step.after.room] if step.after else []
        session = step.slot.session
        moves = step.before == step.after or may_move(step.slot, rights.place, *entered)
        retracks = not step.changes_track or (session and may_retrack(session, rights.edit, step.new_track))
        if not (moves and retracks):
            outside.append(step)
        if step.after:
            scheduling.check_times(step.after.starts_at, step.after.ends_at)
            if step.after.room is not None and step.after.room.conference_id != conference.id:
                raise Missing()
    if outside:
        raise NotAllowed(N_("This lies outside your rights: %(what)s.", what=_named(outside, conference)))


def _named(steps: Sequence[Step], conference: Conference) -> tuple[str, ...]:
    titles: list[str] = [f"“{title_of(step.slot, conference)}”" for step in steps[:NAMED]]
    if len(steps) > NAMED:
        titles.append(N_("and %(count)s more", count=len(steps) - NAMED))
    return tuple(titles)


def _conflicts(draft: Draft, steps: Sequence[Step], since: int | None) -> tuple[list[Conflict], list[Conflict]]:
    """The conflicts that the moved slots would have, and those among them that are neither there now nor come back."""
    moved = {step.slot: step.after for step in steps if step.before != step.after}
    touched = {slot.uuid for slot in moved}
    now, then = checking.conflicts_if(draft.conference, moved)
    stood = {conflict.key for conflict in now}
    found = [conflict for conflict in then if any(side.slot in touched for side in conflict.sides)]
    fresh = [conflict for conflict in found if conflict.key not in stood]
    if since is not None and fresh:
        changed = slots.moved_since(draft.conference, since) - touched
        fresh = [conflict for conflict in fresh if any(side.slot in changed for side in conflict.sides)]
    return found, fresh


def _clash(steps: Sequence[Step], conference: Conference, found: Sequence[Conflict]) -> Clash:
    """The refusal: of a single slot with its ways out."""
    place = steps[0].after
    if len(steps) > 1 or place is None:
        return Clash(N_("Not all places are free."), found)
    ways_out = checking.ways_out(
        conference, steps[0].slot, room=place.room, starts_at=place.starts_at, ends_at=place.ends_at
    )
    return Clash(N_("That place is not free."), found, ways_out)


def _number_new(steps: Sequence[Step]) -> None:
    new = [step.slot for step in steps if step.slot not in db.session]
    for slot, number in zip(new, next_numbers("slot", len(new)) if new else (), strict=True):
        slot.number = number
    db.session.add_all(new)
    db.session.flush()


def _write(
    batch: Batch, schedule: Schedule, conference: Conference, *, reason: str, by: Account | None, now: dt.datetime
) -> None:
    schedule.version += 1
    rows = []
    for step in batch.steps:
        track = None
        if step.changes_track:
            track = {name: row.slug if row else None for name, row in _tracks(step).items()}
        told: dict[str, Any] = {"deed": batch.deed, "target": batch.target, "track": track, "reason": reason}
        rows.append(scheduling.step(step.slot, schedule.version, step.after, **told, by=by, now=now))
    scheduling.write_steps(rows)
    edits = [(step.slot.session, {"track": step.new_track}) for step in batch.steps if step.changes_track]
    edit_many(conference, [(session, values) for session, values in edits if session is not None], by=by, now=now)
    db.session.flush()


def _tracks(step: Step) -> dict[str, Track | None]:
    return {"before": step.old_track, "after": step.new_track}


def nothing_chosen() -> Invalid:
    """The refusal of a batch whose choice holds no slot."""
    return Invalid({"slots": [N_("Nothing is chosen that stands in the schedule.")]})


def deed_words(deed: Deed) -> Message:
    """What a step was, in a word or two."""
    return _DEEDS[deed]


_DEEDS: dict[Deed, Message] = {
    Deed.PLACE: N_("Placed"),
    Deed.UNPLACE: N_("Taken off"),
    Deed.IMPORT: N_("Imported"),
    Deed.SHIFT: N_("Shifted with what follows"),
    Deed.SWAP: N_("Swapped"),
    Deed.MOVE: N_("Moved as a block"),
    Deed.FIT: N_("Fitted to the gap"),
    Deed.COMPACT: N_("Compacted"),
    Deed.CLEAR: N_("Cleared"),
    Deed.ROOM: N_("Given a room"),
    Deed.TRACK: N_("Given a track"),
    Deed.COPY: N_("Copied to other rooms"),
    Deed.ROLL_BACK: N_("Rolled back to a release"),
    Deed.UNDO: N_("Undone"),
    Deed.REDO: N_("Done again"),
}
