"""Bulk moves: shift, swap, move a block, fit, compact, clear, assign, copy; each planned over the draft, then done.

A move's choice is slots by name, or all that a filter leaves (day, room, track, from, until), or what both share.
Every move is one step of history, refused as a whole or done as a whole, and can be looked at first.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from confapp.database import db
from confapp.domain.errors import N_, Invalid, Missing, NotNow
from confapp.domain.people import Account
from confapp.domain.programme.conferences import Conference, Track
from confapp.domain.programme.hosts import Room
from confapp.domain.programme.sessions import UNSTAFFED, Session
from confapp.domain.programme.slots import Deed, Place, Slot
from confapp.domain.schedule import filling
from confapp.domain.schedule.batches import (
    Batch,
    Draft,
    Outcome,
    Step,
    carry_out,
    new_slot,
    nothing_chosen,
    open_draft,
    title_of,
)
from confapp.domain.schedule.scopes import Rights


@dataclass(frozen=True)
class Choice:
    """Which placed slots a move is about; every field that is given narrows it."""

    slots: Sequence[uuid.UUID] = ()
    sessions: Sequence[Session] = ()
    """Sessions that wait for a place, in their order: a room or a track takes them along, or alone."""
    day: dt.date | None = None
    rooms: Sequence[Room] = ()
    track: Track | None = None
    since: dt.time | None = None
    """On the conference's clock: slots that begin no earlier."""
    until: dt.time | None = None
    """Slots that begin earlier."""

    def of(self, draft: Draft) -> list[Slot]:
        """The chosen slots by time. Raises Missing for a slot that is not placed, Invalid where none is left."""
        named = set(self.slots)
        if named - {slot.uuid for slot in draft.slots}:
            raise Missing(N_("One of the chosen slots does not stand in the schedule any more; choose again."))
        if not (named or self.day or self.rooms or self.track or self.since or self.until):
            raise nothing_chosen()
        chosen = [
            slot for slot in draft.slots if (not named or slot.uuid in named) and self.holds(slot, draft.conference)
        ]
        if not chosen:
            raise nothing_chosen()
        return chosen

    def placed(self, draft: Draft) -> list[Slot]:
        """The chosen slots; none where sessions of the tray are named, and no slots beside them."""
        return [] if self.sessions and not self.slots else self.of(draft)

    def holds(self, slot: Slot, conference: Conference) -> bool:
        """Whether the filter leaves a placed slot."""
        facts = conference.facts
        assert slot.starts_at is not None
        clock = slot.starts_at.astimezone(facts.zone).time()
        return (
            (self.day is None or facts.day_of(slot.starts_at) == self.day)
            and (not self.rooms or slot.room in self.rooms)
            and (self.track is None or (slot.session is not None and slot.session.track_id == self.track.id))
            and (self.since is None or clock >= self.since)
            and (self.until is None or clock < self.until)
        )


@dataclass(frozen=True)
class Move:
    """One bulk move as it was asked for; which fields count depends on the deed."""

    deed: Deed
    choice: Choice = field(default_factory=Choice)
    minutes: int = 0
    """Shift: by how many, earlier when negative. Compact, and room for what waits: the pause between two sessions."""
    day: dt.date | None = None
    """Move: the day to which the first of the block goes."""
    starts_at: dt.datetime | None = None
    """Move: when the first of the block begins; the others keep their distance. Room: where what waits begins."""
    room: Room | None = None
    """Move: the room for all of them (None: each stays in its own). Room: the same, None being the whole venue."""
    rooms: Sequence[Room] = ()
    """Copy: where to."""
    track: Track | None = None
    """Track: the new one, or none."""


def run(
    conference: Conference,
    move: Move,
    *,
    expected: int | None,
    rights: Rights,
    by: Account | None,
    now: dt.datetime,
    override: str | None = None,
    preview: bool = False,
) -> Outcome:
    """Do the move, or say what it would do. `expected` is the schedule's version of the preview (Stale otherwise).

    Raises Invalid and NotNow in words where the move cannot be made of what was chosen; else as `batches.carry_out`.
    """
    draft = open_draft(conference, expected=expected, preview=preview)
    steps = PLANS[move.deed](draft, move)
    return carry_out(draft, [Batch(move.deed, steps)], rights=rights, by=by, now=now, override=override)


def _place(slot: Slot) -> Place:
    place = Place.of(slot)
    assert place is not None, "only placed slots are chosen"
    return place


def _later(place: Place, by: dt.timedelta) -> Place:
    return Place(place.room, place.starts_at + by, place.ends_at + by)


def _shift(draft: Draft, move: Move) -> list[Step]:
    """A slot and all that follow it in its room on the same day."""
    if not move.minutes:
        raise Invalid({"minutes": [N_("Say by how many minutes; earlier is negative.")]})
    (first,) = _so_many(move.choice.of(draft), 1, N_("Choose the one slot from which on all are shifted."))
    start, day_of = _place(first).starts_at, draft.conference.facts.day_of
    by = dt.timedelta(minutes=move.minutes)
    return [
        Step.to(slot, _later(_place(slot), by))
        for slot in draft.slots
        if slot.room is first.room
        and _place(slot).starts_at >= start
        and day_of(_place(slot).starts_at) == day_of(start)
    ]


def _swap(draft: Draft, move: Move) -> list[Step]:
    """Two slots exchange room and start; each keeps its length."""
    one, other = _so_many(move.choice.of(draft), 2, N_("Choose the two slots that change places."))
    here, there = _place(one), _place(other)
    return [
        Step.to(one, Place(there.room, there.starts_at, there.starts_at + (here.ends_at - here.starts_at))),
        Step.to(other, Place(here.room, here.starts_at, here.starts_at + (there.ends_at - there.starts_at))),
    ]


def _move(draft: Draft, move: Move) -> list[Step]:
    """A block to another day at the same time of day, to another start, to another room, or all of these."""
    chosen = move.choice.of(draft)
    if move.day is None and move.starts_at is None and move.room is None:
        raise Invalid({"day": [N_("Say to which day, start or room.")]})
    facts, first = draft.conference.facts, _place(chosen[0]).starts_at
    days = (move.day - facts.day_of(first)).days if move.day else 0

    def on_day(moment: dt.datetime) -> dt.datetime:
        local = moment.astimezone(facts.zone).replace(tzinfo=None) + dt.timedelta(days=days)
        return local.replace(tzinfo=facts.zone).astimezone(dt.UTC)

    by = move.starts_at - on_day(first) if move.starts_at else dt.timedelta(0)
    steps = []
    for slot in chosen:
        place = _place(slot)
        start = on_day(place.starts_at) + by
        room = move.room or place.room
        steps.append(Step.to(slot, Place(room, start, start + (place.ends_at - place.starts_at))))
    return steps


def _fit(draft: Draft, move: Move) -> list[Step]:
    """Each slot fills its room from the end of what comes before it to the start of what comes next, that day."""
    steps = []
    for slot in move.choice.of(draft):
        place, day_of = _place(slot), draft.conference.facts.day_of
        others = [
            _place(other)
            for other in draft.slots
            if other is not slot
            and (other.room is slot.room or other.room is None or slot.room is None)
            and day_of(_place(other).starts_at) == day_of(place.starts_at)
        ]
        start = max((each.ends_at for each in others if each.starts_at < place.starts_at), default=place.starts_at)
        end = min((each.starts_at for each in others if each.starts_at > place.starts_at), default=place.ends_at)
        if end <= start:
            raise NotNow(N_("There is no gap around “%(title)s”.", title=title_of(slot, draft.conference)))
        steps.append(Step.to(slot, Place(place.room, start, end)))
    return steps


def _compact(draft: Draft, move: Move) -> list[Step]:
    """Sessions close up in their room and day; breaks, blockers and what was not chosen stay where they are."""
    if move.minutes < 0:
        raise Invalid({"minutes": [N_("A pause cannot be negative.")]})
    pause, day_of = dt.timedelta(minutes=move.minutes), draft.conference.facts.day_of
    groups: dict[tuple[Room | None, dt.date], list[Slot]] = {}
    for slot in move.choice.of(draft):
        if slot.session is not None and slot.session.kind not in UNSTAFFED:
            groups.setdefault((slot.room, day_of(_place(slot).starts_at)), []).append(slot)
    steps = []
    for (room, _day), held in groups.items():
        fixed = [_place(each) for each in draft.slots if each not in held and each.room in (room, None)]
        cursor = _place(held[0]).starts_at
        for slot in held:
            place = _place(slot)
            start = filling.first_free(cursor, place.ends_at - place.starts_at, fixed)
            steps.append(Step.to(slot, _later(place, start - place.starts_at)))
            cursor = start + (place.ends_at - place.starts_at) + pause
    return [step for step in steps if step.changes] or steps


def _clear(draft: Draft, move: Move) -> list[Step]:
    return [Step.to(slot, None) for slot in move.choice.of(draft)]


def _room(draft: Draft, move: Move) -> list[Step]:
    """What is placed keeps its time; what waits goes in one after the other."""
    steps = []
    for slot in move.choice.placed(draft):
        place = _place(slot)
        steps.append(Step.to(slot, Place(move.room, place.starts_at, place.ends_at)))
    if move.choice.sessions:
        steps += filling.fill(draft, move.choice.sessions, move.room, move.starts_at, move.minutes)
    return steps


def _track(draft: Draft, move: Move) -> list[Step]:
    """The chosen slots' sessions, each once, wherever else they stand, and those that wait."""
    slots: dict[int, Step] = {}
    for slot in move.choice.placed(draft):
        if slot.session is not None:
            slots.setdefault(slot.session.id, Step.retrack(slot, slot.session, move.track))
    steps = [*slots.values(), *filling.retrack(draft, move.choice.sessions, move.track)]
    if not steps:
        raise Invalid({"slots": [N_("Blockers have no track; choose sessions.")]})
    return [step for step in steps if step.changes] or steps


def _copy(draft: Draft, move: Move) -> list[Step]:
    """A break or a blocker, in other rooms at the same time; a session takes its slots that wait first."""
    (source,) = _so_many(move.choice.of(draft), 1, N_("Choose the one slot that is copied."))
    place = _place(source)
    if source.session is not None and source.session.kind not in UNSTAFFED:
        raise NotNow(N_("Only breaks, social events and blockers are copied; a talk takes place once."))
    rooms = [room for room in dict.fromkeys(move.rooms) if room is not place.room]
    if not rooms:
        raise Invalid({"rooms": [N_("Say to which other rooms.")]})
    waiting: list[Slot] = []
    if source.session is not None:
        waiting = list(
            db.session.scalars(
                sa.select(Slot)
                .where(Slot.session_id == source.session.id, Slot.starts_at.is_(None))
                .order_by(Slot.number)
                .execution_options(populate_existing=True)
            )
        )
    steps = []
    for room in rooms:
        slot = waiting.pop(0) if waiting else new_slot(draft.conference, source.session, source.note)
        steps.append(Step.to(slot, Place(room, place.starts_at, place.ends_at)))
    return steps


def _so_many(chosen: list[Slot], count: int, words: str) -> list[Slot]:
    if len(chosen) != count:
        raise Invalid({"slots": [words]})
    return chosen


PLANS: dict[Deed, Callable[[Draft, Move], list[Step]]] = {
    Deed.SHIFT: _shift,
    Deed.SWAP: _swap,
    Deed.MOVE: _move,
    Deed.FIT: _fit,
    Deed.COMPACT: _compact,
    Deed.CLEAR: _clear,
    Deed.ROOM: _room,
    Deed.TRACK: _track,
    Deed.COPY: _copy,
}
"""How each bulk move is planned."""

MOVES = tuple(PLANS)
