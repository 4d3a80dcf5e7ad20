"""Where a slot could go: the times in each room that it would clash with, and the nearest places that are free."""

from __future__ import annotations

import datetime as dt
import heapq
import math
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from confapp.domain import spans
from confapp.domain.errors import N_, Message
from confapp.domain.schedule.conflict_words import words
from confapp.domain.schedule.placements import Busy, Grade, Grounds, PlacedRoom, Placement, Rule, WayOut
from confapp.domain.spans import Span

MOST_TIMES, MOST_ROOMS = 2, 3
"""How many ways out are named: other times in the same room, other rooms at the same time."""
WORKING_DAY = (dt.time(9), dt.time(18))
"""When every day is looked through, on the conference's clock, and longer where something is placed."""


class Surroundings:
    """The rest of a draft around one slot, which is asked about as if it stood nowhere; costs n once."""

    def __init__(
        self, mover: Placement, placements: Iterable[Placement], rooms: Sequence[PlacedRoom], grounds: Grounds
    ) -> None:
        self.mover = mover
        self.rooms = rooms
        self.grounds = grounds
        self.others = [placement for placement in placements if placement.slot != mover.slot]
        self._by_room: dict[str, list[Placement]] = {}
        self._everywhere: list[Placement] = []
        self._of_people: list[tuple[str, Placement]] = []
        for other in self.others:
            if other.room is None:
                self._everywhere.append(other)
            else:
                self._by_room.setdefault(other.room.code, []).append(other)
            self._of_people += [(name, other) for code, name in mover.people.items() if code in other.people]

    def places(self) -> dict[str, list[Busy]]:
        """The busy times of every room by its code, and of the whole venue by the empty word, in order."""
        return {room.code if room else "": sorted(self.busy(room), key=_by_time) for room in (None, *self.rooms)}

    def busy(self, room: PlacedRoom | None) -> Iterator[Busy]:
        """What the slot would overlap in a room; some of it may overlap each other."""
        yield from self._taken(room)
        yield from self._wherever
        if room is None:
            return
        for name, other in self._of_people:
            if other.room is not None:
                minutes = self.grounds.walk(room, other.room)
                reason = N_("%(minutes)s minutes from “%(title)s” for %(person)s", **self._said(other, name, minutes))
                yield from _around(other, minutes, Rule.WALKING, reason)
        if room.code in self.grounds.rooms:
            for gap in spans.gaps(self.grounds.rooms[room.code], self.grounds.days):
                yield Busy(gap.starts_at, gap.ends_at, Rule.CLOSED, N_("The room is not available"))
        audience = self.mover.audience
        if room.capacity is not None and audience is not None and audience > room.capacity:
            days = self.grounds.days
            reason = N_("%(seats)s seats for an audience of %(audience)s", seats=room.capacity, audience=audience)
            yield Busy(days.starts_at, days.ends_at, Rule.CAPACITY, reason)

    def _taken(self, room: PlacedRoom | None) -> Iterator[Busy]:
        for other in self._everywhere:
            yield _during(other, Rule.VENUE, N_("“%(title)s” in the whole venue", **self._said(other)))
        if room is None:
            yield from self._in_any_room
            return
        for other in self._by_room.get(room.code, ()):
            yield _during(other, Rule.ROOM, N_("“%(title)s”", **self._said(other)))
            reason = N_("Changeover after or before “%(title)s”", **self._said(other))
            yield from _around(other, room.changeover, Rule.CHANGEOVER, reason)

    @cached_property
    def _in_any_room(self) -> list[Busy]:
        """When something takes place in some room: one busy time for all that hangs together."""
        held = spans.merged(Span(each.starts_at, each.ends_at) for room in self._by_room.values() for each in room)
        return [Busy(span.starts_at, span.ends_at, Rule.VENUE, N_("Rooms are in use")) for span in held]

    @cached_property
    def _wherever(self) -> list[Busy]:
        """What the slot would overlap in every room: its people elsewhere or away, and what it must follow."""
        found = [
            _during(other, Rule.PERSON, N_("%(person)s is in “%(title)s”", **self._said(other, name)))
            for name, other in self._of_people
        ]
        for code, name in self.mover.people.items():
            if code in self.grounds.people:
                for gap in spans.gaps(self.grounds.people[code], self.grounds.days):
                    away = N_("%(person)s cannot come", person=name)
                    found.append(Busy(gap.starts_at, gap.ends_at, Rule.AWAY, away))
        return found + list(self._of_order())

    def _of_order(self) -> Iterator[Busy]:
        days = self.grounds.days
        mine = self.mover.session
        for earlier, later in self.grounds.after:
            if mine == later:
                first = min((other for other in self.others if other.session == earlier), key=_by_end, default=None)
                if first is not None and first.ends_at > days.starts_at:
                    reason = N_("Must come after “%(title)s”", **self._said(first))
                    yield Busy(days.starts_at, first.ends_at, Rule.ORDER, reason)
            elif mine == earlier:
                repeats = [other for other in self.others if other.session == mine]
                followers = [other for other in self.others if other.session == later]
                next_one = min(followers, key=lambda other: other.starts_at, default=None)
                # Of a session that repeats, only the first end counts.
                if next_one is not None and not any(other.ends_at <= next_one.starts_at for other in repeats):
                    reason = N_("“%(title)s” must come after this", **self._said(next_one))
                    yield Busy(next_one.starts_at, max(days.ends_at, next_one.ends_at), Rule.ORDER, reason)

    def _said(self, other: Placement, person: str = "", minutes: int = 0) -> dict[str, str]:
        title = words(other.title, self.grounds.conference)
        return {"title": title, "person": person, "minutes": str(minutes)}

    # Ways out.

    def ways_out(self) -> list[WayOut]:
        """The nearest free places: other times in the same room, then other rooms that fit at the same time."""
        return [*self._other_times(), *self._other_rooms()]

    def _other_times(self) -> list[WayOut]:
        mover, length = self.mover, self.mover.ends_at - self.mover.starts_at
        taken = [Span(each.starts_at, each.ends_at) for each in self.busy(mover.room)]
        starts = []
        open_at, whole = self.grounds.rooms.get(mover.room.code) if mover.room else None, self.grounds.days
        for hours in self._days if open_at is None else open_at:
            day = Span(max(hours.starts_at, whole.starts_at), min(hours.ends_at, whole.ends_at))
            for gap in spans.gaps(taken, day):
                latest = gap.ends_at - length
                if latest >= gap.starts_at:
                    starts.append(min(max(gap.starts_at, mover.starts_at), latest))
        near = heapq.nsmallest(MOST_TIMES, starts, key=lambda start: (abs(start - mover.starts_at), start))
        return [WayOut(mover.room, start, start + length) for start in sorted(near) if start != mover.starts_at]

    def _other_rooms(self) -> list[WayOut]:
        mover = self.mover
        held, whole = mover.room.code if mover.room else None, self.grounds.days
        if mover.starts_at < whole.starts_at or mover.ends_at > whole.ends_at:
            return []  # no room helps a slot that lies outside the conference
        free = [
            room
            for room in self.rooms
            if room.code != held and is_free(self.busy(room), mover.starts_at, mover.ends_at)
        ]
        return [WayOut(room, mover.starts_at, mover.ends_at) for room in heapq.nsmallest(MOST_ROOMS, free, key=_seats)]

    @cached_property
    def _days(self) -> list[Span]:
        """Each conference day as far as people are about: a working day, and from its first start to its last end."""
        facts = self.grounds.conference
        used: dict[dt.date, Span] = {}
        for other in (*self.others, self.mover):
            day = facts.day_of(other.starts_at)
            held = used.get(day, Span(other.starts_at, other.ends_at))
            used[day] = Span(min(held.starts_at, other.starts_at), max(held.ends_at, other.ends_at))
        days = []
        for number in range((facts.ends_on - facts.starts_on).days + 1):
            day = facts.starts_on + dt.timedelta(days=number)
            first, last = (dt.datetime.combine(day, time, facts.zone).astimezone(dt.UTC) for time in WORKING_DAY)
            held, whole = used.get(day, Span(first, last)), self.grounds.days
            first, last = min(first, held.starts_at), max(last, held.ends_at)
            days.append(Span(max(first, whole.starts_at), min(last, whole.ends_at)))
        return days


def is_free(busy: Iterable[Busy], starts_at: dt.datetime, ends_at: dt.datetime, grade: Grade | None = None) -> bool:
    """Whether nothing busy (of a grade, if one is given) shares a moment with that time."""
    return not any(
        each.starts_at < ends_at and starts_at < each.ends_at and grade in (None, each.grade) for each in busy
    )


def _during(other: Placement, rule: Rule, reason: Message) -> Busy:
    return Busy(other.starts_at, other.ends_at, rule, reason)


def _around(other: Placement, minutes: int, rule: Rule, reason: Message) -> Iterator[Busy]:
    if minutes:
        margin = dt.timedelta(minutes=minutes)
        yield Busy(other.starts_at - margin, other.starts_at, rule, reason)
        yield Busy(other.ends_at, other.ends_at + margin, rule, reason)


def _by_time(busy: Busy) -> tuple[dt.datetime, dt.datetime, str]:
    return busy.starts_at, busy.ends_at, busy.rule.value


def _by_end(placement: Placement) -> tuple[dt.datetime, int]:
    return placement.ends_at, placement.slot.int


def _seats(room: PlacedRoom) -> float:
    """Small rooms first, of those that are large enough."""
    return room.capacity if room.capacity is not None else math.inf
