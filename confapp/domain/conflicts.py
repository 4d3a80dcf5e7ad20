"""What clashes: one function over frozen placements, used by placing, by releasing and by the board's hints."""

from __future__ import annotations

import datetime as dt
import enum
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from confapp.domain.agenda import ConferenceFacts
from confapp.domain.errors import N_, Message
from confapp.domain.texts import Texts, in_language


class Rule(enum.StrEnum):
    """What a conflict is about."""

    ROOM = "room"
    VENUE = "venue"
    PERSON = "person"
    DAYS = "days"
    CAPACITY = "capacity"
    NOBODY = "nobody"
    UNCONFIRMED = "unconfirmed"


class Grade(enum.StrEnum):
    """Whether a conflict stops a placement or is only said."""

    BLOCKS = "blocks"
    WARNS = "warns"


@dataclass(frozen=True, slots=True)
class PlacedRoom:
    """What the rules need to know of a room."""

    code: str
    name: Texts
    capacity: int | None


@dataclass(frozen=True, slots=True)
class Placement:
    """One slot that is placed, with all that the rules ask of its session. Times are aware, UTC."""

    slot: uuid.UUID
    title: Texts
    room: PlacedRoom | None
    """None: the whole venue."""
    starts_at: dt.datetime
    ends_at: dt.datetime
    session: str | None = None
    """The session's code; None for a blocker."""
    people: Mapping[str, str] = field(default_factory=dict)
    """Name by speaker code of everybody with a part: chairs clash like speakers."""
    audience: int | None = None
    """The larger of what is expected and what was picked."""
    is_staffed: bool = False
    """Whether this kind of session needs a speaker."""
    is_confirmed: bool = True


@dataclass(frozen=True, slots=True)
class Conflict:
    """One thing wrong with one placement, or between two."""

    rule: Rule
    grade: Grade
    one: Placement
    other: Placement | None = None
    subject: str = ""
    """The room's or the speaker's code."""
    message: Message = field(default=Message(""), compare=False)

    @property
    def key(self) -> tuple[str, str, frozenset[uuid.UUID]]:
        """What makes two findings the same: rule, subject and the slots, whichever came first."""
        slots = {self.one.slot} | ({self.other.slot} if self.other else set())
        return self.rule.value, self.subject, frozenset(slots)


def conflicts(placements: Iterable[Placement], conference: ConferenceFacts) -> list[Conflict]:
    """Every conflict of a draft, in the order of time. Costs n log n and the number of pairs that do clash."""
    ordered = sorted(placements, key=lambda placement: (placement.starts_at, placement.ends_at, placement.slot.int))
    found = [conflict for placement in ordered for conflict in _alone(placement, conference)]
    found += _in_rooms(ordered, conference)
    found += _of_people(ordered, conference)
    return sorted(found, key=lambda conflict: (conflict.one.starts_at, conflict.rule.value, conflict.subject))


def conflicts_of(placement: Placement, others: Iterable[Placement], conference: ConferenceFacts) -> list[Conflict]:
    """The conflicts that one placement has or would have among `others` (its own slot among them is left out)."""
    rivals = [other for other in others if other.slot != placement.slot]
    return [
        conflict
        for conflict in conflicts([placement, *rivals], conference)
        if placement in (conflict.one, conflict.other)
    ]


def _words(texts: Texts, conference: ConferenceFacts) -> str:
    return in_language(texts, conference.languages)


def _clock(moment: dt.datetime, conference: ConferenceFacts) -> str:
    return moment.astimezone(conference.zone).strftime("%a %H:%M")


def _alone(placement: Placement, conference: ConferenceFacts) -> Iterator[Conflict]:
    """What is wrong with a placement whatever else is placed."""
    title = _words(placement.title, conference)
    first, last = conference.day_of(placement.starts_at), conference.day_of(placement.ends_at - dt.timedelta(seconds=1))
    if first < conference.starts_on or last > conference.ends_on:
        yield Conflict(
            Rule.DAYS,
            Grade.BLOCKS,
            placement,
            message=N_(
                "“%(title)s” (%(start)s to %(end)s) lies outside the conference, %(first)s to %(last)s.",
                title=title,
                start=_clock(placement.starts_at, conference),
                end=_clock(placement.ends_at, conference),
                first=conference.starts_on.isoformat(),
                last=conference.ends_on.isoformat(),
            ),
        )
    room = placement.room
    if room and room.capacity is not None and placement.audience is not None and placement.audience > room.capacity:
        yield Conflict(
            Rule.CAPACITY,
            Grade.WARNS,
            placement,
            subject=room.code,
            message=N_(
                "%(room)s seats %(capacity)s, but “%(title)s” expects %(audience)s.",
                room=_words(room.name, conference),
                capacity=room.capacity,
                title=title,
                audience=placement.audience,
            ),
        )
    if placement.session and placement.is_staffed and not placement.people:
        yield Conflict(
            Rule.NOBODY, Grade.WARNS, placement, message=N_("Nobody speaks in “%(title)s” yet.", title=title)
        )
    if placement.session and not placement.is_confirmed:
        yield Conflict(
            Rule.UNCONFIRMED, Grade.WARNS, placement, message=N_("“%(title)s” is not confirmed.", title=title)
        )


def _in_rooms(ordered: Sequence[Placement], conference: ConferenceFacts) -> Iterator[Conflict]:
    """Two things in one room block; something in a room during a whole-venue item is only said."""
    by_room: dict[str, list[Placement]] = {}
    for placement in ordered:
        if placement.room is not None:
            by_room.setdefault(placement.room.code, []).append(placement)
    for code, held in by_room.items():
        for one, other in _overlapping(held):
            yield Conflict(Rule.ROOM, Grade.BLOCKS, one, other, code, _room_message(one, other, conference))
    everywhere = [placement for placement in ordered if placement.room is None]
    for whole in everywhere:
        for other in ordered:
            if other.room is not None and other.starts_at < whole.ends_at and whole.starts_at < other.ends_at:
                yield Conflict(Rule.VENUE, Grade.WARNS, whole, other, "", _room_message(whole, other, conference))
    for one, other in _overlapping(everywhere):
        yield Conflict(Rule.VENUE, Grade.WARNS, one, other, "", _room_message(one, other, conference))


def _of_people(ordered: Sequence[Placement], conference: ConferenceFacts) -> Iterator[Conflict]:
    by_person: dict[str, list[Placement]] = {}
    for placement in ordered:
        for code in placement.people:
            by_person.setdefault(code, []).append(placement)
    for code, held in by_person.items():
        for one, other in _overlapping(held):
            message = N_(
                "%(person)s is in “%(one)s” (%(one_start)s to %(one_end)s) and in “%(other)s” "
                "(%(other_start)s to %(other_end)s) at once.",
                person=one.people[code],
                **_both(one, other, conference),
            )
            yield Conflict(Rule.PERSON, Grade.BLOCKS, one, other, code, message)


def _room_message(one: Placement, other: Placement, conference: ConferenceFacts) -> Message:
    room = one.room or other.room
    return N_(
        "%(room)s holds “%(one)s” (%(one_start)s to %(one_end)s) and “%(other)s” (%(other_start)s to %(other_end)s).",
        room=_words(room.name, conference) if room else N_("The whole venue"),
        **_both(one, other, conference),
    )


def _both(one: Placement, other: Placement, conference: ConferenceFacts) -> dict[str, str]:
    return {
        "one": _words(one.title, conference),
        "one_start": _clock(one.starts_at, conference),
        "one_end": _clock(one.ends_at, conference),
        "other": _words(other.title, conference),
        "other_start": _clock(other.starts_at, conference),
        "other_end": _clock(other.ends_at, conference),
    }


def _overlapping(ordered: Sequence[Placement]) -> Iterator[tuple[Placement, Placement]]:
    """The pairs that share a moment, of placements sorted by start; touching ends share none."""
    running: list[Placement] = []
    for placement in ordered:
        running = [earlier for earlier in running if earlier.ends_at > placement.starts_at]
        for earlier in running:
            yield earlier, placement
        running.append(placement)
