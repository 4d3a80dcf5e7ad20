"""Slots: the rows of the draft schedule, their history, and how both are read."""

from __future__ import annotations

import datetime as dt
import enum
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, joinedload, lazyload, mapped_column, relationship

from confapp.database import Json, Key, MaybeMoment, Model, Moment, Uuid, choice, db
from confapp.domain.errors import Missing
from confapp.domain.people import Account
from confapp.domain.programme.conferences import Conference, Schedule
from confapp.domain.programme.hosts import Room
from confapp.domain.programme.sessions import Session, SessionState, fill_parts


class Slot(Model):
    """A session in one room (None: the whole venue) at one time. Unplaced, it keeps its UUID and number for ever."""

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


@dataclass(frozen=True, slots=True)
class Place:
    """Where and when a slot stands; a room of None is the whole venue."""

    room: Room | None
    starts_at: dt.datetime
    ends_at: dt.datetime

    @staticmethod
    def of(slot: Slot) -> Place | None:
        """Where the slot stands now; None: nowhere."""
        if slot.starts_at is None or slot.ends_at is None:
            return None
        return Place(slot.room, slot.starts_at, slot.ends_at)

    @property
    def state(self) -> dict[str, Any]:
        """The place as history holds it."""
        return {
            "room": self.room.code if self.room else None,
            "starts_at": self.starts_at.isoformat(),
            "ends_at": self.ends_at.isoformat(),
        }


class Deed(enum.StrEnum):
    """What a step of the schedule's history was."""

    PLACE = "place"
    UNPLACE = "unplace"
    IMPORT = "import"
    SHIFT = "shift"
    SWAP = "swap"
    MOVE = "move"
    FIT = "fit"
    COMPACT = "compact"
    CLEAR = "clear"
    ROOM = "room"
    TRACK = "track"
    COPY = "copy"
    ROLL_BACK = "roll_back"
    UNDO = "undo"
    REDO = "redo"


BACK_AND_FORTH = (Deed.UNDO, Deed.REDO)
"""What is done to steps, not to slots."""


class SlotChange(Model):
    """One step in the schedule's history; undoing writes another. `before` and `after` hold room code and both ends."""

    __tablename__ = "slot_change"
    __table_args__ = (
        sa.UniqueConstraint("conference_id", "version", "slot_id"),
        sa.Index("ix_slot_change_target", "conference_id", "target"),
        sa.Index("ix_slot_change_account", "conference_id", "account_id", "version"),
    )

    id: Mapped[Key]
    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"))
    version: Mapped[int]
    """The schedule's version that this step made; the steps of one batch share it."""
    slot_id: Mapped[int] = mapped_column(sa.ForeignKey("slot.id", ondelete="CASCADE"), index=True)
    deed: Mapped[Deed] = mapped_column(choice(Deed), default=Deed.PLACE)
    target: Mapped[int | None]
    """The version whose step this one undid or did again."""
    before: Mapped[dict[str, Any] | None] = mapped_column(Json)
    after: Mapped[dict[str, Any] | None] = mapped_column(Json)
    track: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """Slugs `before` and `after` where the step gave the session another track."""
    reason: Mapped[str] = mapped_column(sa.String(500), default="")
    """Why a conflict was overridden, or what the step was part of."""
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id", ondelete="SET NULL"))
    at: Mapped[Moment]
    slot: Mapped[Slot] = relationship(lazy="joined", innerjoin=True)
    account: Mapped[Account | None] = relationship(lazy="joined")


def changes(*where: sa.ColumnElement[bool]) -> Sequence[SlotChange]:
    """The steps for which that holds, in their order, with slots as they stand in the database now; two queries."""
    found = db.session.scalars(
        sa.select(SlotChange)
        .where(*where)
        .order_by(SlotChange.version, SlotChange.id)
        .options(joinedload(SlotChange.slot).joinedload(Slot.session).lazyload(Session.parts))
        .execution_options(populate_existing=True)
    ).all()
    fill_parts_of(change.slot for change in found)
    return found


def version(conference: Conference) -> int:
    """How often the draft was changed."""
    return db.session.scalars(sa.select(Schedule.version).where(Schedule.conference_id == conference.id)).one()


def slots(conference: Conference) -> Sequence[Slot]:
    """The draft: all slots that are placed, by time, with room, session and parts; two queries."""
    held = db.session.scalars(
        sa.select(Slot)
        .where(Slot.conference_id == conference.id, Slot.starts_at.is_not(None))
        .order_by(Slot.starts_at, Slot.number)
        .options(_PARTS_LATER)
        .execution_options(populate_existing=True)  # behind the schedule's lock, what was read before it is old
    ).all()
    fill_parts_of(held)
    return held


_PARTS_LATER = joinedload(Slot.session).lazyload(Session.parts)


def fill_parts_of(held: Iterable[Slot]) -> None:
    """Read the parts of the sessions in many slots at once, as `sessions.fill_parts` does."""
    fill_parts(list({slot.session_id: slot.session for slot in held if slot.session is not None}.values()))


def slots_of(session: Session) -> Sequence[Slot]:
    """The session's slots, placed or not, in the order they were made."""
    return db.session.scalars(sa.select(Slot).where(Slot.session_id == session.id).order_by(Slot.number)).all()


def by_session(conference: Conference) -> dict[int, list[Slot]]:
    """The placed slots of every session, by the session's id."""
    held: dict[int, list[Slot]] = {}
    for each in slots(conference):
        if each.session_id is not None:
            held.setdefault(each.session_id, []).append(each)
    return held


def of_sessions(conference: Conference) -> dict[int, list[Slot]]:
    """All slots of every session, placed or not, in the order they were made, by the session's id."""
    held: dict[int, list[Slot]] = {}
    wanted = sa.select(Slot).where(Slot.conference_id == conference.id, Slot.session_id.is_not(None))
    found = db.session.scalars(wanted.order_by(Slot.number).options(_PARTS_LATER)).all()
    fill_parts_of(found)
    for each in found:
        assert each.session_id is not None
        held.setdefault(each.session_id, []).append(each)
    return held


_SLOT = sa.select(Slot).where(Slot.conference_id == sa.bindparam("conference"), Slot.uuid == sa.bindparam("uuid"))


def slot(conference: Conference, identifier: uuid.UUID) -> Slot:
    """One slot by its UUID; raises Missing."""
    found = db.session.scalar(_SLOT, {"conference": conference.id, "uuid": identifier})
    if found is None:
        raise Missing()
    return found


def unscheduled(conference: Conference) -> Sequence[Session]:
    """The tray: sessions that could be released but have no time."""
    placed = sa.select(Slot.session_id).where(Slot.starts_at.is_not(None), Slot.session_id == Session.id)
    held = db.session.scalars(
        sa.select(Session)
        .where(
            Session.conference_id == conference.id,
            Session.state.in_([SessionState.PROPOSED, SessionState.ACCEPTED, SessionState.CONFIRMED]),
            ~placed.exists(),
        )
        .order_by(Session.number)
        .options(lazyload(Session.parts))
    ).all()
    fill_parts(held)
    return held


def moved_since(conference: Conference, version: int) -> set[uuid.UUID]:
    """The slots that were moved in that version of the schedule or later."""
    return set(
        db.session.scalars(
            sa.select(Slot.uuid)
            .join(SlotChange, SlotChange.slot_id == Slot.id)
            .where(SlotChange.conference_id == conference.id, SlotChange.version >= version)
        )
    )


def history(conference: Conference, *, since: int = 0, most: int = 200) -> Sequence[SlotChange]:
    """The steps after version `since`, the newest first."""
    return db.session.scalars(
        sa.select(SlotChange)
        .where(SlotChange.conference_id == conference.id, SlotChange.version > since)
        .order_by(SlotChange.version.desc(), SlotChange.id.desc())
        .limit(most)
    ).all()
