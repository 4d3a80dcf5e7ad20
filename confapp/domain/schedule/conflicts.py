"""What clashes: one function over frozen placements, used by placing, by releasing and by the board's hints."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

from confapp.domain import spans
from confapp.domain.agenda import ConferenceFacts
from confapp.domain.errors import N_
from confapp.domain.schedule import conflict_words
from confapp.domain.schedule.conflict_words import words
from confapp.domain.schedule.placements import Conflict, Grade, Grounds, PlacedRoom, Placement, Rule

__all__ = ["Conflict", "Grade", "Grounds", "PlacedRoom", "Placement", "Rule", "conflicts", "conflicts_of"]


def conflicts(placements: Iterable[Placement], grounds: Grounds) -> list[Conflict]:
    """Every conflict of a draft, in the order of time. Costs n log n and the number of pairs that do clash."""
    ordered = sorted(placements, key=lambda placement: (placement.starts_at, placement.ends_at, placement.slot.int))
    found = [conflict for placement in ordered for conflict in _alone(placement, grounds)]
    found += _in_rooms(ordered, grounds.conference)
    found += _of_people(ordered, grounds)
    found += _of_order(ordered, grounds)
    return sorted(found, key=lambda conflict: (conflict.one.starts_at, conflict.rule.value, conflict.subject))


def conflicts_of(placement: Placement, others: Iterable[Placement], grounds: Grounds) -> list[Conflict]:
    """The conflicts that one placement has or would have among `others` (its own slot among them is left out)."""
    rivals = [other for other in others if other.slot != placement.slot]
    return [conflict for conflict in conflicts([placement, *rivals], grounds) if placement in conflict.sides]


# What is wrong with a placement whatever else is placed.


def _alone(placement: Placement, grounds: Grounds) -> Iterator[Conflict]:
    conference = grounds.conference
    title = words(placement.title, conference)
    yield from _of_days(placement, conference)
    yield from _of_availability(placement, grounds)
    room = placement.room
    if room and room.capacity is not None and placement.audience is not None and placement.audience > room.capacity:
        yield Conflict(
            Rule.CAPACITY,
            placement,
            subject=room.code,
            # Another pick is no news; another tenth of the room is.
            facts=(str(room.capacity), str(placement.audience * 10 // room.capacity)),
            message=N_(
                "%(room)s seats %(capacity)s, but “%(title)s” expects %(audience)s.",
                room=words(room.name, conference),
                capacity=room.capacity,
                title=title,
                audience=placement.audience,
            ),
        )
    if placement.session and placement.is_staffed and not placement.people:
        yield Conflict(Rule.NOBODY, placement, message=N_("Nobody speaks in “%(title)s” yet.", title=title))
    if placement.session and not placement.is_confirmed:
        yield Conflict(Rule.UNCONFIRMED, placement, message=N_("“%(title)s” is not confirmed.", title=title))


def _of_days(placement: Placement, conference: ConferenceFacts) -> Iterator[Conflict]:
    first, last = conference.day_of(placement.starts_at), conference.day_of(placement.ends_at - dt.timedelta(seconds=1))
    if first < conference.starts_on or last > conference.ends_on:
        yield Conflict(
            Rule.DAYS,
            placement,
            facts=_times(placement),
            message=N_(
                "“%(title)s” (%(start)s to %(end)s) lies outside the conference, %(first)s to %(last)s.",
                first=conference.starts_on.isoformat(),
                last=conference.ends_on.isoformat(),
                **conflict_words.alone(placement, conference),
            ),
        )


def _of_availability(placement: Placement, grounds: Grounds) -> Iterator[Conflict]:
    room = placement.room
    if room is not None and room.code in grounds.rooms:
        open_at = grounds.rooms[room.code]
        if not spans.cover(open_at, placement.starts_at, placement.ends_at):
            message = conflict_words.is_closed(placement, open_at, grounds.conference)
            yield Conflict(Rule.CLOSED, placement, subject=room.code, facts=_times(placement), message=message)
    for code, name in placement.people.items():
        there_at = grounds.people.get(code)
        if there_at is not None and not spans.cover(there_at, placement.starts_at, placement.ends_at):
            message = conflict_words.is_away(name, placement, there_at, grounds.conference)
            yield Conflict(Rule.AWAY, placement, subject=code, facts=_times(placement), message=message)


# What is wrong between two placements.


def _in_rooms(ordered: Sequence[Placement], conference: ConferenceFacts) -> Iterator[Conflict]:
    """Two things in one room block; something in a room during a whole-venue item is only said."""
    by_room: dict[str, list[Placement]] = {}
    for placement in ordered:
        if placement.room is not None:
            by_room.setdefault(placement.room.code, []).append(placement)
    for code, held in by_room.items():
        for one, other in _overlapping(held):
            message = conflict_words.in_one_room(one, other, conference)
            yield Conflict(Rule.ROOM, one, other, code, _times(one, other), message)
        changeover = max((each.room.changeover for each in held if each.room), default=0)
        for one, other in _soon_after(held, dt.timedelta(minutes=changeover)):
            message = conflict_words.too_tight(one, other, conference)
            yield Conflict(Rule.CHANGEOVER, one, other, code, _times(one, other), message)
    for one, other in _overlapping_everywhere(ordered):
        message = conflict_words.in_one_room(one, other, conference)
        yield Conflict(Rule.VENUE, one, other, "", (*_times(one, other), *_rooms(one, other)), message)


def _of_people(ordered: Sequence[Placement], grounds: Grounds) -> Iterator[Conflict]:
    by_person: dict[str, list[Placement]] = {}
    for placement in ordered:
        for code in placement.people:
            by_person.setdefault(code, []).append(placement)
    longest = dt.timedelta(minutes=grounds.longest_walk)
    for code, held in by_person.items():
        for one, other in _overlapping(held):
            message = conflict_words.at_once(one.people[code], one, other, grounds.conference)
            yield Conflict(Rule.PERSON, one, other, code, _times(one, other), message)
        for one, other in _soon_after(held, longest):
            minutes = grounds.walk(one.room, other.room) if one.room and other.room else 0
            if other.starts_at - one.ends_at < dt.timedelta(minutes=minutes):
                message = conflict_words.too_far(one.people[code], minutes, one, other, grounds.conference)
                facts = (*_times(one, other), *_rooms(one, other), str(minutes))
                yield Conflict(Rule.WALKING, one, other, code, facts, message)


def _of_order(ordered: Sequence[Placement], grounds: Grounds) -> Iterator[Conflict]:
    """What must come after another session begins before that has ended for the first time."""
    if not grounds.after:
        return
    by_session: dict[str, list[Placement]] = {}
    for placement in ordered:
        if placement.session is not None:
            by_session.setdefault(placement.session, []).append(placement)
    for earlier, later in grounds.after:
        if earlier not in by_session:
            continue
        first = min(by_session[earlier], key=lambda placement: (placement.ends_at, placement.slot.int))
        for placement in by_session.get(later, ()):
            if placement.starts_at < first.ends_at:
                message = conflict_words.too_early(first, placement, grounds.conference)
                yield Conflict(Rule.ORDER, first, placement, "", _times(first, placement), message)


def _times(*placements: Placement) -> tuple[str, ...]:
    return tuple(f"{each.slot} {each.starts_at.timestamp()} {each.ends_at.timestamp()}" for each in placements)


def _rooms(*placements: Placement) -> tuple[str, ...]:
    return tuple(f"{each.slot} {each.room.code if each.room else ''}" for each in placements)


Pairs = Iterator[tuple[Placement, Placement]]


def _overlapping(ordered: Sequence[Placement]) -> Pairs:
    """The pairs that share a moment, of placements sorted by start; touching ends share none."""
    running: list[Placement] = []
    for placement in ordered:
        running = [earlier for earlier in running if earlier.ends_at > placement.starts_at]
        for earlier in running:
            yield earlier, placement
        running.append(placement)


def _overlapping_everywhere(ordered: Sequence[Placement]) -> Pairs:
    """The pairs that share a moment and of which one takes the whole venue."""
    # What runs in rooms is only looked through when a whole-venue item begins: rooms are many and clash with each other
    # all the time.
    everywhere: list[Placement] = []
    in_rooms: list[Placement] = []
    for placement in ordered:
        everywhere = [earlier for earlier in everywhere if earlier.ends_at > placement.starts_at]
        for earlier in everywhere:
            yield earlier, placement
        if placement.room is not None:
            in_rooms.append(placement)
            continue
        in_rooms = [earlier for earlier in in_rooms if earlier.ends_at > placement.starts_at]
        for earlier in in_rooms:
            yield earlier, placement
        everywhere.append(placement)


def _soon_after(ordered: Sequence[Placement], within: dt.timedelta) -> Pairs:
    """The pairs of which the second starts when the first has ended, but less than `within` after that."""
    if not within:
        return
    recent: list[Placement] = []
    for placement in ordered:
        recent = [earlier for earlier in recent if earlier.ends_at + within > placement.starts_at]
        for earlier in recent:
            if earlier.ends_at <= placement.starts_at:
                yield earlier, placement
        recent.append(placement)
