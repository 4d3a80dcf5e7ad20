"""The history of the schedule as people read it: steps with all their slots, filtered, a page at a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from confapp.database import db
from confapp.domain.people import Account
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.sessions import Part, Session
from confapp.domain.programme.slots import BACK_AND_FORTH, Deed, Slot, SlotChange
from confapp.domain.programme.speakers import Speaker
from confapp.domain.texts import Texts


@dataclass(frozen=True, slots=True)
class Asked:
    """Which steps are wanted: those that moved a session, touched a room or a speaker, or were somebody's."""

    session: str | None = None
    """The session's code, as the room's and the speaker's."""
    room: str | None = None
    speaker: str | None = None
    by: str | None = None
    """The e-mail address of who did it."""


@dataclass(frozen=True, slots=True)
class Where:
    """Where a slot stood: `room` is the name of a room that may be gone (then its code); None is the whole venue."""

    room: Texts | None
    code: str | None
    starts_at: dt.datetime
    ends_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Way:
    """What one step did to one slot."""

    slot: Slot
    before: Where | None
    after: Where | None
    track: Mapping[str, str | None] | None


@dataclass(frozen=True, slots=True)
class Told:
    """One step: who did what when, to which slots, and whether it is undone by now."""

    version: int
    deed: Deed
    target: int | None
    at: dt.datetime
    account: Account | None
    reason: str
    ways: Sequence[Way]
    is_undone: bool


def count(conference: Conference, asked: Asked) -> int:
    """How many steps there are."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(_versions(conference, asked).subquery())) or 0


def steps(
    conference: Conference, asked: Asked, rooms: Mapping[str, Texts], *, first: int = 0, most: int = 50
) -> list[Told]:
    """The steps asked for, the newest first, whole: with the slots beside those that were asked for. Three selects.

    `rooms` names the rooms by code.
    """
    wanted = _versions(conference, asked).order_by(SlotChange.version.desc()).offset(first).limit(most)
    versions = db.session.scalars(wanted).all()
    rows = db.session.scalars(
        sa.select(SlotChange)
        .where(SlotChange.conference_id == conference.id, SlotChange.version.in_(versions))
        .order_by(SlotChange.version.desc(), SlotChange.id)
    ).all()
    held: dict[int, list[SlotChange]] = {version: [] for version in versions}
    for row in rows:
        held[row.version].append(row)
    undone = _undone(conference, versions)
    return [_told(batch, rooms, version in undone) for version, batch in held.items()]


def actors(conference: Conference) -> Sequence[str]:
    """The e-mail addresses of all who ever moved something."""
    return db.session.scalars(
        sa.select(Account.email)
        .where(Account.id.in_(sa.select(SlotChange.account_id).where(SlotChange.conference_id == conference.id)))
        .order_by(Account.email)
    ).all()


def _versions(conference: Conference, asked: Asked) -> sa.Select[int]:
    wanted = sa.select(SlotChange.version).where(SlotChange.conference_id == conference.id)
    if asked.room:
        rooms = [column["room"].as_string() == asked.room for column in (SlotChange.before, SlotChange.after)]
        wanted = wanted.where(sa.or_(*rooms))
    if asked.by:
        wanted = wanted.where(SlotChange.account_id.in_(sa.select(Account.id).where(Account.email == asked.by)))
    if asked.session or asked.speaker:
        of = sa.select(Slot.id).join(Session, Session.id == Slot.session_id)
        of = of.where(Session.conference_id == conference.id)
        if asked.session:
            of = of.where(Session.code == asked.session)
        if asked.speaker:
            parts = sa.select(Part.session_id).join(Speaker, Speaker.id == Part.speaker_id)
            of = of.where(Session.id.in_(parts.where(Speaker.code == asked.speaker)))
        wanted = wanted.where(SlotChange.slot_id.in_(of))
    return wanted.distinct()


def _undone(conference: Conference, versions: Sequence[int]) -> set[int]:
    """Those of the versions whose newest word is an undo."""
    words = db.session.execute(
        sa.select(SlotChange.target, SlotChange.deed)
        .where(SlotChange.conference_id == conference.id, SlotChange.target.in_(versions))
        .where(SlotChange.deed.in_(BACK_AND_FORTH))
        .order_by(SlotChange.version)
    ).all()
    undone: set[int] = set()
    for target, deed in words:
        if target is not None:
            (undone.add if deed is Deed.UNDO else undone.discard)(target)
    return undone


def _told(rows: Sequence[SlotChange], rooms: Mapping[str, Texts], is_undone: bool) -> Told:
    first = rows[0]
    ways = [Way(row.slot, _where(row.before, rooms), _where(row.after, rooms), row.track) for row in rows]
    return Told(first.version, first.deed, first.target, first.at, first.account, first.reason, ways, is_undone)


def _where(state: dict[str, Any] | None, rooms: Mapping[str, Texts]) -> Where | None:
    if state is None:
        return None
    code = state["room"]
    name = rooms.get(code, {"": code}) if code is not None else None
    return Where(name, code, dt.datetime.fromisoformat(state["starts_at"]), dt.datetime.fromisoformat(state["ends_at"]))
