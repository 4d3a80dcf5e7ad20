"""The stage desk: a room's items as released, what was said of each, and which of them one looks at now."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from confapp.database import db
from confapp.domain.agenda import Agenda, Entry, in_reading_order
from confapp.domain.live import stage
from confapp.domain.live.stage import FOLLOWS, STOPPED, Fact, Standing
from confapp.domain.programme.slots import Slot

LINGERS = dt.timedelta(minutes=2)
"""How long an end that was just confirmed stays in view, so that it can be taken back."""
MOST_NEXT = 3


@dataclass(frozen=True, slots=True)
class Item:
    """One released entry and what stands of it."""

    entry: Entry
    standing: Standing | None = None

    @property
    def fact(self) -> Fact | None:
        """What stands of it; None: nothing was said, or all of it was taken back."""
        return self.standing.fact if self.standing else None

    @property
    def is_running(self) -> bool:
        """Whether it started and did not end yet."""
        return self.fact in (Fact.STARTED, Fact.RUNNING_OVER)

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens to it: ended, postponed or cancelled."""
        return self.fact is Fact.ENDED or self.fact in STOPPED

    @property
    def may_follow(self) -> tuple[Fact, ...]:
        """What the desk may say of it next."""
        return tuple(fact for fact in Fact if fact in FOLLOWS[self.fact])

    def minutes_left(self, now: dt.datetime) -> int | None:
        """Whole minutes until its released end, negative once it runs over; None where it neither runs nor should."""
        if self.is_over or not (self.is_running or self.entry.starts_at <= now < self.entry.ends_at):
            return None
        left = (self.entry.ends_at - now).total_seconds() / 60
        return math.ceil(left) if left >= 0 else math.floor(left)

    def minutes_until(self, now: dt.datetime) -> int | None:
        """Whole minutes until its released start; None once that passed or anything was said."""
        if self.fact is not None or now >= self.entry.starts_at:
            return None
        return math.ceil((self.entry.starts_at - now).total_seconds() / 60)


def items(conference_id: int, agenda: Agenda) -> tuple[Item, ...]:
    """Everything that takes place in a release, in reading order, with what stands of it; two queries."""
    slots = {
        each.uuid: each.id
        for each in db.session.execute(sa.select(Slot.uuid, Slot.id).where(Slot.conference_id == conference_id))
    }
    said = stage.standing(slots.values())
    return tuple(
        Item(entry, said.get(slots[entry.uuid]) if entry.uuid in slots else None)
        for entry in in_reading_order(agenda.shown)
    )


def in_room(items: Iterable[Item], room: str | None) -> tuple[Item, ...]:
    """The items of a room by its code, with those of the whole venue; for None only the latter."""
    return tuple(item for item in items if item.entry.room is None or item.entry.room.code == room)


def on_stage(items: Sequence[Item], *, now: dt.datetime) -> Item | None:
    """The item of a room that its desk looks at: what runs, else what just ended, else what comes, else the last one.

    A room's own items go before those of the whole venue. None where the room has no items.
    """
    running = [item for item in items if item.is_running]
    if running:
        return max(running, key=lambda item: item.standing.at if item.standing else now)
    for item in items:
        if item.standing and item.standing.ended_at and now - item.standing.ended_at < LINGERS:
            return item
    own = [item for item in items if item.entry.room is not None] or list(items)
    coming = [item for item in own if not item.is_over and item.entry.ends_at > now]
    return coming[0] if coming else (own[-1] if own else None)


def following(items: Sequence[Item], after: Item, *, now: dt.datetime) -> tuple[Item, ...]:
    """The next few items of a room after the one in view that are still to come."""
    return tuple(
        item
        for item in items
        if item.entry.uuid != after.entry.uuid
        and item.fact is None
        and item.entry.ends_at > now
        and item.entry.starts_at >= after.entry.starts_at
    )[:MOST_NEXT]


def sign(agenda: Agenda, room: str, *, now: dt.datetime) -> tuple[Entry | None, tuple[Entry, ...]]:
    """What is on in a room and what follows there on the same day, by the release alone."""
    held = [entry for entry in in_reading_order(agenda.shown) if entry.room is None or entry.room.code == room]
    on = [entry for entry in held if entry.starts_at <= now < entry.ends_at]
    on.sort(key=lambda entry: entry.room is None)
    today = agenda.conference.day_of(now)
    later = [entry for entry in held if entry.starts_at > now and agenda.conference.day_of(entry.starts_at) == today]
    return (on[0] if on else None), tuple(later)
