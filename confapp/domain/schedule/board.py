"""The board's data as frozen values: what stands where, what waits in the tray, and who else looks at it."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import cast

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from confapp.database import Key, Model, Moment, db
from confapp.domain.audit import AuditHead
from confapp.domain.people import Account, Person
from confapp.domain.programme.conferences import Conference, Schedule
from confapp.domain.programme.hosts import Room
from confapp.domain.programme.sessions import Kind, Part, Session, SessionState
from confapp.domain.programme.slots import Slot
from confapp.domain.programme.speakers import Speaker
from confapp.domain.texts import Texts

FRESH = dt.timedelta(seconds=30)
"""For how long an open board counts as open after it last said so."""
WAITING = (SessionState.PROPOSED, SessionState.ACCEPTED, SessionState.CONFIRMED)
"""States in which a session without a place waits in the tray."""


class BoardPresence(Model):
    """One open board: whose it is and which slot is held there. It keeps saying so, or is forgotten."""

    __tablename__ = "board_presence"
    __table_args__ = (sa.UniqueConstraint("conference_id", "client"),)

    id: Mapped[Key]
    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"))
    client: Mapped[uuid.UUID]
    """What the page calls itself: one person may have several open."""
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id", ondelete="CASCADE"))
    slot: Mapped[uuid.UUID | None]
    """The slot that is picked up."""
    seen_at: Mapped[Moment]


@dataclass(frozen=True, slots=True)
class Card:
    """One slot that is placed. `note` says what a blocker is for; `people` are speakers' codes."""

    uuid: uuid.UUID
    version: int
    room: str | None
    starts_at: dt.datetime
    ends_at: dt.datetime
    note: str
    session: str | None
    title: Texts
    kind: Kind | None
    state: SessionState | None
    track_id: int | None
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A session in the tray."""

    session: str
    title: Texts
    kind: Kind
    state: SessionState
    minutes: int
    track_id: int | None
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Onlooker:
    """Somebody who has the board open, and the slot that is in their hand."""

    client: uuid.UUID
    account_id: int
    name: str
    slot: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class Look:
    """What every open board asks each second: whether anything is different, and who else is there."""

    version: int
    """The schedule's: rises with every step of its history."""
    edits: int
    """The number of the newest entry in the conference's audit: rises with every edit of what cards say."""
    onlookers: Sequence[Onlooker]

    @property
    def tag(self) -> str:
        """Differs where a slot moved, something was edited, or somebody came, left, picked up or put down."""
        digest = hashlib.blake2s(digest_size=6)
        for each in self.onlookers:
            digest.update(each.client.bytes + (each.slot.bytes if each.slot else b""))
        return f"{self.version}-{self.edits}-{digest.hexdigest()}"


def people(conference: Conference, among: Iterable[str] | None = None) -> dict[str, str]:
    """Names of the conference's speakers by code, all or those with a code `among` some."""
    wanted = sa.select(Speaker.code, Speaker.name).where(Speaker.conference_id == conference.id)
    if among is not None:
        wanted = wanted.where(Speaker.code.in_(sorted(among)))
    return {row.code: row.name for row in db.session.execute(wanted)}


def cards(conference: Conference, among: Iterable[int] | None = None) -> list[Card]:
    """The placed slots by time, all or those with an id `among` some, in two statements."""
    wanted = (
        sa.select(
            Slot.uuid, Slot.version, Slot.room_id, Slot.starts_at, Slot.ends_at, Slot.note,
            Session.id, Session.code, Session.title, Session.kind, Session.state, Session.track_id,
        )
        .outerjoin(Session, Session.id == Slot.session_id)
        .where(Slot.conference_id == conference.id, Slot.starts_at.is_not(None))
        .order_by(Slot.starts_at, Slot.number)
    )  # fmt: skip
    if among is not None:
        wanted = wanted.where(Slot.id.in_(list(among)))
    rows = db.session.execute(wanted).all()
    held = _parts(conference, {row[6] for row in rows} if among is not None else None)
    rooms = _room_codes(conference)
    return [
        Card(
            uuid=row[0],
            version=row[1],
            room=rooms[row[2]] if row[2] is not None else None,
            starts_at=cast(dt.datetime, row[3]),
            ends_at=cast(dt.datetime, row[4]),
            note=row[5],
            session=row[7],
            title=row[8] or {},
            kind=row[9],
            state=row[10],
            track_id=row[11],
            people=held.get(row[6], ()),
        )
        for row in rows
    ]


def tray(conference: Conference, among: Iterable[int] | None = None) -> list[Waiting]:
    """The sessions that wait for a place, all or those with an id `among` some, in the order they were made."""
    placed = sa.select(Slot.id).where(Slot.starts_at.is_not(None), Slot.session_id == Session.id)
    wanted = (
        sa.select(
            Session.id, Session.code, Session.title, Session.kind, Session.state,
            Session.duration_minutes, Session.track_id,
        )
        .where(Session.conference_id == conference.id, Session.state.in_(WAITING), ~placed.exists())
        .order_by(Session.number)
    )  # fmt: skip
    if among is not None:
        wanted = wanted.where(Session.id.in_(list(among)))
    rows = db.session.execute(wanted).all()
    held = _parts(conference, {row[0] for row in rows}) if rows else {}
    return [
        Waiting(
            session=row[1],
            title=row[2] or {},
            kind=row[3],
            state=row[4],
            minutes=row[5],
            track_id=row[6],
            people=held.get(row[0], ()),
        )
        for row in rows
    ]


def _room_codes(conference: Conference) -> dict[int, str]:
    rows = db.session.execute(sa.select(Room.id, Room.code).where(Room.conference_id == conference.id))
    return {row.id: row.code for row in rows}


def _parts(conference: Conference, among: Iterable[int | None] | None) -> dict[int, tuple[str, ...]]:
    """Speakers' codes by session id, each once, in their order."""
    wanted = (
        sa.select(Part.session_id, Speaker.code)
        .join(Speaker, Speaker.id == Part.speaker_id)
        .where(Speaker.conference_id == conference.id)
        .order_by(Part.session_id, Part.position)
    )
    if among is not None:
        wanted = wanted.where(Part.session_id.in_([each for each in among if each is not None]))
    held: dict[int, dict[str, None]] = {}
    for session_id, code in db.session.execute(wanted):
        held.setdefault(session_id, {})[code] = None
    return {session_id: tuple(codes) for session_id, codes in held.items()}


# Who else looks.


def look(conference: Conference, *, now: dt.datetime) -> Look:
    """The versions of what a board shows and who has one open, in one statement."""
    is_fresh = sa.and_(
        BoardPresence.conference_id == Schedule.conference_id,
        BoardPresence.seen_at > now - FRESH,
    )
    rows = db.session.execute(
        sa.select(
            Schedule.version, AuditHead.number,
            BoardPresence.client, BoardPresence.account_id, Person.name, BoardPresence.slot,
        )
        .outerjoin(AuditHead, AuditHead.conference_id == Schedule.conference_id)
        .outerjoin(BoardPresence, is_fresh)
        .outerjoin(Account, Account.id == BoardPresence.account_id)
        .outerjoin(Person, Person.id == Account.person_id)
        .where(Schedule.conference_id == conference.id)
        .order_by(BoardPresence.id)
    ).all()  # fmt: skip
    return Look(rows[0].version, rows[0].number or 0, [Onlooker(*row[2:]) for row in rows if row.client])


def be_present(
    conference: Conference, client: uuid.UUID, account: Account, *, slot: uuid.UUID | None, now: dt.datetime
) -> None:
    """Say that a page has the board open, and which slot it holds; forgets those who have not said so for long."""
    stale = now - 4 * FRESH
    db.session.execute(
        sa.delete(BoardPresence).where(BoardPresence.conference_id == conference.id, BoardPresence.seen_at < stale)
    )
    mine = sa.update(BoardPresence).where(*_mine(conference, client, account)).values(slot=slot, seen_at=now)
    if db.session.execute(mine.returning(BoardPresence.id)).first() is None:
        db.session.add(
            BoardPresence(conference_id=conference.id, client=client, account_id=account.id, slot=slot, seen_at=now)
        )
        db.session.flush()


def leave(conference: Conference, client: uuid.UUID, account: Account) -> None:
    """Say that a page of one's own was closed."""
    db.session.execute(sa.delete(BoardPresence).where(*_mine(conference, client, account)))


def _mine(conference: Conference, client: uuid.UUID, account: Account) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        BoardPresence.conference_id == conference.id,
        BoardPresence.client == client,
        BoardPresence.account_id == account.id,
    )
