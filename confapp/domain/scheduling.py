"""The schedule: the private draft of slots, placed one at a time under the schedule's lock, with a history of every step."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from confapp.database import Json, Key, MaybeMoment, Model, Moment, Uuid, db, next_numbers
from confapp.domain import audit
from confapp.domain.conferences import Conference, Schedule
from confapp.domain.conflicts import Conflict, Grade, PlacedRoom, Placement, conflicts, conflicts_of
from confapp.domain.errors import N_, Clash, Invalid, Missing, NotAllowed, NotNow, Stale
from confapp.domain.hosts import Room
from confapp.domain.people import Account
from confapp.domain.sessions import UNSTAFFED, Session, SessionState

LONGEST = dt.timedelta(hours=24)


class Slot(Model):
    """A session in one room (None: the whole venue) at one time. Unplacing keeps the row: UUID and number live for ever."""

    __tablename__ = "slot"
    __table_args__ = (
        sa.CheckConstraint("(starts_at IS NULL) = (ends_at IS NULL)", name="both_ends"),
        sa.CheckConstraint("ends_at > starts_at", name="duration"),
        sa.CheckConstraint("starts_at IS NOT NULL OR room_id IS NULL", name="room_needs_time"),
        sa.Index("ix_slot_conference_time", "conference_id", "starts_at"),
    )

    id: Mapped[Key]
    uuid: Mapped[Uuid]
    number: Mapped[int] = mapped_column(sa.BigInteger, unique=True)
    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"))
    session_id: Mapped[int | None] = mapped_column(sa.ForeignKey("session.id", ondelete="RESTRICT"), index=True)
    """None: a blocker, never released."""
    room_id: Mapped[int | None] = mapped_column(sa.ForeignKey("room.id", ondelete="RESTRICT"), index=True)
    starts_at: Mapped[MaybeMoment]
    ends_at: Mapped[MaybeMoment]
    note: Mapped[str] = mapped_column(sa.String(200), default="")
    """What a blocker is for."""
    version: Mapped[int] = mapped_column(default=1)
    session: Mapped[Session | None] = relationship(lazy="joined")
    room: Mapped[Room | None] = relationship(lazy="joined")

    @property
    def is_placed(self) -> bool:
        """Whether it has a time; without one it only keeps its identity."""
        return self.starts_at is not None


class SlotChange(Model):
    """One step in the schedule's history; undoing writes another. `before` and `after` hold room code and both ends."""

    __tablename__ = "slot_change"
    __table_args__ = (sa.UniqueConstraint("conference_id", "version", "slot_id"),)

    id: Mapped[Key]
    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"))
    version: Mapped[int]
    """The schedule's version that this step made; the steps of one batch share it."""
    slot_id: Mapped[int] = mapped_column(sa.ForeignKey("slot.id", ondelete="CASCADE"), index=True)
    before: Mapped[dict[str, Any] | None] = mapped_column(Json)
    after: Mapped[dict[str, Any] | None] = mapped_column(Json)
    reason: Mapped[str] = mapped_column(sa.String(500), default="")
    """Why a conflict was overridden, or what the step was part of."""
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id", ondelete="SET NULL"))
    at: Mapped[Moment]
    slot: Mapped[Slot] = relationship(lazy="joined", innerjoin=True)
    account: Mapped[Account | None] = relationship(lazy="joined")


def lock(conference: Conference) -> Schedule:
    """The conference's schedule, locked until the commit: whoever changes slots stands in line here."""
    return db.session.scalars(
        sa.select(Schedule)
        .where(Schedule.conference_id == conference.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def version(conference: Conference) -> int:
    """How often the draft was changed."""
    return db.session.scalars(sa.select(Schedule.version).where(Schedule.conference_id == conference.id)).one()


def slots(conference: Conference) -> Sequence[Slot]:
    """The draft: all slots that are placed, by time, with room, session and parts."""
    return db.session.scalars(
        sa.select(Slot)
        .where(Slot.conference_id == conference.id, Slot.starts_at.is_not(None))
        .order_by(Slot.starts_at, Slot.number)
    ).all()


def slots_of(session: Session) -> Sequence[Slot]:
    """The session's slots, placed or not, in the order they were made."""
    return db.session.scalars(sa.select(Slot).where(Slot.session_id == session.id).order_by(Slot.number)).all()


def slot(conference: Conference, identifier: uuid.UUID) -> Slot:
    """One slot by its UUID; raises Missing."""
    found = db.session.scalar(sa.select(Slot).where(Slot.conference_id == conference.id, Slot.uuid == identifier))
    if found is None:
        raise Missing()
    return found


def unscheduled(conference: Conference) -> Sequence[Session]:
    """The tray: sessions that could be released but have no time."""
    placed = sa.select(Slot.session_id).where(Slot.starts_at.is_not(None), Slot.session_id == Session.id)
    return db.session.scalars(
        sa.select(Session)
        .where(
            Session.conference_id == conference.id,
            Session.state.in_([SessionState.PROPOSED, SessionState.ACCEPTED, SessionState.CONFIRMED]),
            ~placed.exists(),
        )
        .order_by(Session.number)
    ).all()


def placement_of(slot: Slot) -> Placement:
    """The slot as the conflict function sees it; it must be placed."""
    return placement(slot, room=slot.room, starts_at=slot.starts_at, ends_at=slot.ends_at)


def placement(
    slot: Slot, *, room: Room | None, starts_at: dt.datetime | None, ends_at: dt.datetime | None
) -> Placement:
    """The slot as it would be at that place and time."""
    assert starts_at is not None and ends_at is not None
    session = slot.session
    return Placement(
        slot=slot.uuid,
        title=session.title if session else {"": slot.note or "Blocked"},
        room=PlacedRoom(code=room.code, name=room.name, capacity=room.capacity) if room else None,
        starts_at=starts_at,
        ends_at=ends_at,
        session=session.code if session else None,
        people={part.speaker.code: part.speaker.name for part in session.parts} if session else {},
        audience=max((n for n in (session.expected, session.picked) if n), default=None) if session else None,
        is_staffed=session is not None and session.kind not in UNSTAFFED,
        is_confirmed=session is None or session.state is SessionState.CONFIRMED or session.kind in UNSTAFFED,
    )


def draft_conflicts(conference: Conference) -> list[Conflict]:
    """Every conflict of the whole draft."""
    return conflicts([placement_of(each) for each in slots(conference)], conference.facts)


def conflicts_at(
    conference: Conference, slot: Slot, *, room: Room | None, starts_at: dt.datetime, ends_at: dt.datetime
) -> list[Conflict]:
    """What would be wrong if the slot stood there; only slots near that time are read."""
    near = db.session.scalars(
        sa.select(Slot).where(
            Slot.conference_id == conference.id, Slot.starts_at < ends_at, Slot.ends_at > starts_at, Slot.id != slot.id
        )
    ).all()
    wanted = placement(slot, room=room, starts_at=starts_at, ends_at=ends_at)
    return conflicts_of(wanted, [placement_of(each) for each in near], conference.facts)


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


def slot_for(conference: Conference, session: Session) -> Slot:
    """The session's first slot; made when there is none."""
    held = slots_of(session)
    return held[0] if held else create_slot(conference, session)


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
    """Put a slot into a room (None: the whole venue) at a time; returns the warnings.

    `expected` is the slot's version that the asker saw (None: a slot nobody saw before). Raises Stale when it has
    changed since, Clash naming every conflict when one blocks, and Invalid for impossible times. With a reason in
    `override`, warnings pass silently and, if the asker `may_override`, blocking conflicts too; the reason is kept.
    """
    _check_times(starts_at, ends_at)
    if room is not None and room.conference_id != conference.id:
        raise Missing()
    schedule = lock(conference)
    _check_version(slot, expected)
    found = conflicts_at(conference, slot, room=room, starts_at=starts_at, ends_at=ends_at)
    if any(conflict.grade is Grade.BLOCKS for conflict in found):
        if not override:
            raise Clash(N_("That place is not free."), found)
        if not may_override:
            raise NotAllowed(N_("You may not override a conflict that blocks."))
    _write(slot, schedule, room, starts_at, ends_at, reason=override or "", by=by, now=now)
    if override and found:
        audit.record(
            "schedule.override",
            f"slot:{slot.uuid}",
            conference_id=conference.id,
            by=by,
            now=now,
            facts={"rules": sorted({conflict.rule.value for conflict in found}), "reason": override},
        )
    return found


def place_many(
    conference: Conference,
    wanted: Sequence[tuple[Slot, Room | None, dt.datetime, dt.datetime]],
    *,
    reason: str,
    by: Account | None,
    now: dt.datetime,
) -> None:
    """Place many slots as one step of history, conflicts and all: for imports, which report them afterwards."""
    if not wanted:
        return
    schedule = lock(conference)
    schedule.version += 1
    for slot, room, starts_at, ends_at in wanted:
        _check_times(starts_at, ends_at)
        _change(slot, schedule.version, room, starts_at, ends_at, reason=reason, by=by, now=now)
    db.session.flush()


def unplace(slot: Slot, conference: Conference, *, expected: int | None, by: Account | None, now: dt.datetime) -> None:
    """Take a slot off the schedule; the row, its UUID and its number stay. Raises Stale."""
    schedule = lock(conference)
    _check_version(slot, expected)
    if slot.is_placed:
        _write(slot, schedule, None, None, None, reason="", by=by, now=now)


def history(conference: Conference, *, since: int = 0, most: int = 200) -> Sequence[SlotChange]:
    """The steps after version `since`, the newest first."""
    return db.session.scalars(
        sa.select(SlotChange)
        .where(SlotChange.conference_id == conference.id, SlotChange.version > since)
        .order_by(SlotChange.version.desc(), SlotChange.id.desc())
        .limit(most)
    ).all()


def delete_room(room: Room, *, by: Account | None, now: dt.datetime) -> None:
    """Remove a room in which nothing is placed. Raises NotNow while something is."""
    placed = db.session.scalar(sa.select(sa.func.count()).select_from(Slot).where(Slot.room_id == room.id))
    if placed:
        raise NotNow(N_("%(count)s slots are placed in this room; move them first.", count=placed))
    audit.record("room.delete", f"room:{room.code}", conference_id=room.conference_id, by=by, now=now)
    db.session.delete(room)
    db.session.flush()


def _check_times(starts_at: dt.datetime, ends_at: dt.datetime) -> None:
    if ends_at <= starts_at:
        raise Invalid({"ends_at": [N_("The end must lie after the start.")]})
    if ends_at - starts_at > LONGEST:
        raise Invalid({"ends_at": [N_("One slot cannot last more than 24 hours.")]})


def _check_version(slot: Slot, expected: int | None) -> None:
    db.session.refresh(slot, ["version", "starts_at", "ends_at", "room_id"])
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
    _change(slot, schedule.version, room, starts_at, ends_at, reason=reason, by=by, now=now)
    db.session.flush()


def _change(
    slot: Slot,
    schedule_version: int,
    room: Room | None,
    starts_at: dt.datetime | None,
    ends_at: dt.datetime | None,
    *,
    reason: str,
    by: Account | None,
    now: dt.datetime,
) -> None:
    """Move the slot and write the history row: nothing else writes a slot's place."""
    before = _state(slot)
    slot.room, slot.starts_at, slot.ends_at = room, starts_at, ends_at
    slot.version += 1
    db.session.add(
        SlotChange(
            conference_id=slot.conference_id,
            version=schedule_version,
            slot_id=slot.id,
            before=before,
            after=_state(slot),
            reason=reason,
            account_id=by.id if by else None,
            at=now,
        )
    )


def _state(slot: Slot) -> dict[str, Any] | None:
    if slot.starts_at is None or slot.ends_at is None:
        return None
    return {
        "room": slot.room.code if slot.room else None,
        "starts_at": slot.starts_at.isoformat(),
        "ends_at": slot.ends_at.isoformat(),
    }
