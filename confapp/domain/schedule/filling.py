"""Filling: many sessions that wait in the tray get a track, or places one after the other in a room, as one step."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa

from confapp.database import db
from confapp.domain import spans
from confapp.domain.errors import N_, Invalid, NotNow
from confapp.domain.programme.conferences import Track
from confapp.domain.programme.hosts import Room
from confapp.domain.programme.sessions import Session
from confapp.domain.programme.slots import Place, Slot
from confapp.domain.schedule import drafted
from confapp.domain.schedule.batches import Draft, Step, new_slot
from confapp.domain.schedule.placements import Grounds
from confapp.domain.spans import Span
from confapp.domain.texts import in_language


def retrack(draft: Draft, sessions: Sequence[Session], track: Track | None) -> list[Step]:
    """Give sessions that wait another track. Raises NotNow for one that has a place."""
    return [Step.retrack(slot, session, track) for slot, session in _waiting(draft, sessions)]


def fill(
    draft: Draft, sessions: Sequence[Session], room: Room | None, starts_at: dt.datetime | None, pause: int
) -> list[Step]:
    """Place sessions that wait in a room (None: the whole venue), in their order, from `starts_at` on.

    Each begins at the first moment at which the room is open and its people can come and all are free, `pause` minutes
    after the one before; all that day. Raises Invalid without a beginning, NotNow where one has a place already or the
    day is too short.
    """
    if starts_at is None:
        raise Invalid({"starts_at": [N_("Say when the first of the sessions without a place begins.")]})
    if pause < 0:
        raise Invalid({"minutes": [N_("A pause cannot be negative.")]})
    steps: list[Step] = []
    conference, cursor, ground = draft.conference, starts_at, drafted.grounds(draft.conference)
    closed = spans.gaps(ground.rooms[room.code], ground.days) if room and room.code in ground.rooms else []
    day = conference.facts.day_of(starts_at)
    for slot, session in _waiting(draft, sessions):
        people = {part.speaker_id for part in session.parts}
        taken: list[Place | Span] = [*closed, *_away(session, ground)]
        taken += [place for other in draft.slots if (place := Place.of(other)) and _meets(other, room, people)]
        taken += [step.after for step in steps if step.after]
        length = dt.timedelta(minutes=session.duration_minutes)
        start = first_free(cursor, length, sorted(taken, key=lambda each: each.starts_at))
        if conference.facts.day_of(start) != day:
            title = in_language(session.title, conference.languages)
            raise NotNow(
                N_("That day has no room left from “%(title)s” on; choose fewer, or begin earlier.", title=title)
            )
        steps.append(Step.to(slot, Place(room, start, start + length)))
        cursor = start + length + dt.timedelta(minutes=pause)
    return steps


def _away(session: Session, ground: Grounds) -> list[Span]:
    """When somebody with a part in it cannot come."""
    codes = {part.speaker.code for part in session.parts} & set(ground.people)
    return [gap for code in codes for gap in spans.gaps(ground.people[code], ground.days)]


def first_free(start: dt.datetime, length: dt.timedelta, taken: Sequence[Place | Span]) -> dt.datetime:
    """The first moment from `start` on at which so long a slot meets nothing that is taken; `taken` is by time."""
    for place in taken:
        if place.starts_at < start + length and place.ends_at > start:
            start = place.ends_at
    return start


def _meets(other: Slot, room: Room | None, people: set[int]) -> bool:
    """Whether a placed slot is in the way of a session in a room: there, everywhere, or with the same people."""
    if drafted.is_gone(other.session):
        return False
    if room is None or other.room is None or other.room is room:
        return True
    return other.session is not None and any(part.speaker_id in people for part in other.session.parts)


def _waiting(draft: Draft, sessions: Sequence[Session]) -> list[tuple[Slot, Session]]:
    """Each session with a slot of its own that is not placed, a new one where it has none; one statement."""
    wanted = list(dict.fromkeys(sessions))
    placed = {slot.session_id for slot in draft.slots}
    held: dict[int | None, Slot] = {}
    ids = [session.id for session in wanted]
    query = sa.select(Slot).where(Slot.session_id.in_(ids), Slot.starts_at.is_(None)).order_by(Slot.number)
    for slot in db.session.scalars(query.execution_options(populate_existing=True)):
        held.setdefault(slot.session_id, slot)
    found = []
    for session in wanted:
        if session.id in placed:
            title = in_language(session.title, draft.conference.languages)
            raise NotNow(N_("“%(title)s” has a place meanwhile; choose again.", title=title))
        found.append((held.get(session.id) or new_slot(draft.conference, session), session))
    return found
