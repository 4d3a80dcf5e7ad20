"""The schedule: the private draft, its slots placed under one lock, with a history of every step."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from confapp.database import db, next_numbers
from confapp.domain import audit, permissions
from confapp.domain.errors import N_, Clash, Invalid, Missing, NotAllowed, NotNow, Stale
from confapp.domain.people import Account
from confapp.domain.programme.conferences import Conference, Schedule
from confapp.domain.programme.hosts import Room
from confapp.domain.programme.sessions import Session
from confapp.domain.programme.slots import Deed, Place, Slot, SlotChange, slots_of
from confapp.domain.schedule import checking, overrides
from confapp.domain.schedule.conflicts import Conflict

LONGEST = dt.timedelta(hours=24)


_LOCK = (
    sa.select(Schedule)
    .where(Schedule.conference_id == sa.bindparam("conference"))
    .with_for_update()
    .execution_options(populate_existing=True)
)
_VERSION = sa.select(Slot.version).where(Slot.id == sa.bindparam("slot"))


def lock(conference: Conference) -> Schedule:
    """The conference's schedule, locked until the commit: whoever changes slots stands in line here."""
    return db.session.scalars(_LOCK, {"conference": conference.id}).one()


def create_slot(conference: Conference, session: Session | None, *, note: str = "") -> Slot:
    """A new slot that is not placed yet: for a session that has none or repeats, or (None) a blocker."""
    return create_slots(conference, [session], note=note)[0]


def create_slots(conference: Conference, sessions: Sequence[Session | None], *, note: str = "") -> list[Slot]:
    """Many new slots at once, in a fixed number of statements."""
    made = [
        Slot(uuid=uuid.uuid4(), number=number, conference_id=conference.id, session=session, note=note, room=None)
        for session, number in zip(sessions, next_numbers("slot", len(sessions)), strict=True)
    ]
    db.session.add_all(made)
    db.session.flush()
    return made


def free_slot(conference: Conference, session: Session) -> Slot:
    """A slot of the session that is not placed: one that waits, else a new one."""
    waiting = [slot for slot in slots_of(session) if not slot.is_placed]
    return waiting[0] if waiting else create_slot(conference, session)


def place(
    slot: Slot,
    conference: Conference,
    *,
    room: Room | None,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    expected: int | None,
    by: Account | None,
    now: dt.datetime,
    override: str | None = None,
    may_override: bool = False,
) -> list[Conflict]:
    """Put a slot into a room (None: the whole venue) at a time; returns its conflicts there.

    `expected` is the slot's version that the asker saw (None: a slot nobody saw before). Raises Stale when it has
    changed since, Clash naming every conflict and the ways out when one blocks, and Invalid for impossible times. With
    a reason in `override`, all of them are accepted if the asker `may_override` (warnings if not); the reason is kept.
    """
    check_times(starts_at, ends_at)
    if room is not None and room.conference_id != conference.id:
        raise Missing()
    schedule = lock(conference)
    _check_version(slot, expected)
    found = checking.conflicts_at(conference, slot, room=room, starts_at=starts_at, ends_at=ends_at)
    if any(conflict.is_blocking for conflict in found):
        if not override:
            ways_out = checking.ways_out(conference, slot, room=room, starts_at=starts_at, ends_at=ends_at)
            raise Clash(N_("That place is not free."), found, ways_out)
        if not may_override:
            raise NotAllowed(N_("You may not override a conflict that blocks."))
    _write(slot, schedule, room, starts_at, ends_at, reason=override or "", by=by, now=now)
    if override:
        overrides.accept(conference, found, override, subject=f"slot:{slot.uuid}", by=by, now=now)
        return overrides.weighed(conference, found)
    return found


def place_many(
    conference: Conference,
    wanted: Sequence[tuple[Slot, Room | None, dt.datetime | None, dt.datetime | None]],
    *,
    reason: str,
    by: Account | None,
    now: dt.datetime,
) -> None:
    """Place many slots as one step of history, conflicts and all: for imports, which report them beforehand.

    Without times a slot is taken off the schedule. Raises Invalid for impossible times.
    """
    if not wanted:
        return
    schedule = lock(conference)
    schedule.version += 1
    steps = []
    for slot, room, starts_at, ends_at in wanted:
        to = None
        if starts_at is not None and ends_at is not None:
            check_times(starts_at, ends_at)
            to = Place(room, starts_at, ends_at)
        steps.append(step(slot, schedule.version, to, deed=Deed.IMPORT, reason=reason, by=by, now=now))
    write_steps(steps)


def unplace(slot: Slot, conference: Conference, *, expected: int | None, by: Account | None, now: dt.datetime) -> None:
    """Take a slot off the schedule; the row, its UUID and its number stay. Raises Stale."""
    schedule = lock(conference)
    _check_version(slot, expected)
    if slot.is_placed:
        _write(slot, schedule, None, None, None, reason="", by=by, now=now)


def delete_room(room: Room, *, by: Account | None, now: dt.datetime) -> None:
    """Remove a room in which nothing is placed. Raises NotNow while something is."""
    placed = db.session.scalar(sa.select(sa.func.count()).select_from(Slot).where(Slot.room_id == room.id))
    if placed:
        raise NotNow(N_("This room is still in use (slots: %(count)s). Move them first.", count=placed))
    audit.record("room.delete", f"room:{room.code}", conference_id=room.conference_id, by=by, now=now)
    permissions.end_scope("room", room.id)
    db.session.delete(room)
    db.session.flush()


def check_times(starts_at: dt.datetime, ends_at: dt.datetime) -> None:
    """Raise Invalid unless a slot can begin and end then."""
    if ends_at <= starts_at:
        raise Invalid({"ends_at": [N_("The end must lie after the start.")]})
    if ends_at - starts_at > LONGEST:
        raise Invalid({"ends_at": [N_("One slot cannot last more than 24 hours.")]})


def _check_version(slot: Slot, expected: int | None) -> None:
    if db.session.scalar(_VERSION, {"slot": slot.id}) != slot.version:  # moved since it was read, before the lock
        db.session.refresh(slot, ["version", "starts_at", "ends_at", "room_id", "room"])
    if expected is not None and slot.version != expected:
        raise Stale(N_("Somebody moved this since you looked; look again and repeat your change."), slot.version)


def _write(
    slot: Slot,
    schedule: Schedule,
    room: Room | None,
    starts_at: dt.datetime | None,
    ends_at: dt.datetime | None,
    *,
    reason: str,
    by: Account | None,
    now: dt.datetime,
) -> None:
    schedule.version += 1
    to = Place(room, starts_at, ends_at) if starts_at and ends_at else None
    deed = Deed.PLACE if to else Deed.UNPLACE
    write_steps([step(slot, schedule.version, to, deed=deed, reason=reason, by=by, now=now)])


def step(
    slot: Slot,
    schedule_version: int,
    to: Place | None,
    *,
    deed: Deed,
    by: Account | None,
    now: dt.datetime,
    reason: str = "",
    target: int | None = None,
    track: dict[str, str | None] | None = None,
) -> dict[str, Any]:
    """Move the slot, behind the lock: nothing else writes a slot's place. Returns the row of history to be written."""
    before = Place.of(slot)
    slot.room, slot.starts_at, slot.ends_at = (to.room, to.starts_at, to.ends_at) if to else (None, None, None)
    slot.version += 1
    return {
        "conference_id": slot.conference_id,
        "version": schedule_version,
        "slot_id": slot.id,
        "deed": deed,
        "target": target,
        "before": before.state if before else None,
        "after": to.state if to else None,
        "track": track,
        "reason": reason,
        "account_id": by.id if by else None,
        "at": now,
    }


def write_steps(steps: Sequence[dict[str, Any]]) -> None:
    """Write what `step` returned into the history, all in one statement."""
    db.session.flush()
    db.session.execute(sa.insert(SlotChange), steps)
