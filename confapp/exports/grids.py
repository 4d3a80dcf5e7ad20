"""A day as sheets of paper: rooms side by side, time running down, every block where it belongs and its words fitted.

Time is stretched where much is said in little time, so that a five-minute talk is read as well as a keynote; the type
is the largest at which everything fits, and rooms go on to further sheets before they become too narrow.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from confapp.domain.agenda import Agenda, Entry, Room
from confapp.exports.measuring import cut, wide_of, wrapped
from confapp.exports.prose import line
from confapp.exports.timetable import alone, lanes_of
from confapp.exports.wording import Voice

LEAST = 25.0
"""The narrowest column in mm; a lane (of what overlaps in one room) may have half of it."""
SIZES = (9.4, 8.6, 8.0, 7.4, 6.8, 6.2, 5.8, 5.4, 5.0)
"""Sizes of type in points, the most wanted first."""
UNBROKEN = 6.2
"""Type becomes as small as this before a word is broken."""
AXIS, HEAD = 11.0, 9.5
"""mm left for the hours, and above for the names of rooms."""
_LINE = 1.2 * 0.3528
"""The height of a line in mm, for a point of type."""
_PADDING = 1.0
"""mm lost above and below a block's words."""
_BESIDE = 3.4
"""mm lost beside them."""
_EVEN = 0.15
"""The part of the height that follows the clock alone; the rest goes where the words need it."""
_TALLEST = 1.1
"""mm a minute: a day of three talks does not fill the page with emptiness."""
_IDLE, _BUSY = 15.0, 90.0
"""Minutes that a stretch without and with something in it counts at most: nights are cut short."""
_SHORTEST = dt.timedelta(minutes=5)
"""What takes no time takes a little on paper."""


@dataclass(frozen=True, slots=True)
class Block:
    """An entry and its place in mm from the top and the leading edge of the grid; '' for words that have no place."""

    entry: Entry
    x: float
    y: float
    width: float
    height: float
    label: str
    title: str
    people: str
    is_tight: bool
    """Whether label and title share the only line."""


@dataclass(frozen=True, slots=True)
class Head:
    """A column: its room (None: the whole venue), the place of its name, and its blocks."""

    room: Room | None
    x: float
    width: float
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a day: sizes in mm, `points` of type. `everywhere`: what spans all rooms."""

    number: int
    of: int
    height: float
    points: float
    hours: tuple[tuple[str, float], ...]
    columns: tuple[Head, ...]
    everywhere: tuple[Block, ...]


Label = tuple[str, str]
"""In full, and for a block of a single line."""
Scale = dict[dt.datetime, float]
"""mm from the first line of the grid, by moment, for each at which something begins or ends."""
Column = tuple[Room | None, list[list[Entry]]]
"""A room and its lanes."""


@dataclass(frozen=True, slots=True)
class _Strip:
    """An entry with all its words, and the lane it stands in: from x on, so wide."""

    entry: Entry
    label: Label
    title: str
    people: str
    x: float
    width: float


def sheets(
    agenda: Agenda, day: dt.date, voice: Voice, *, width: float, height: float, labels: Mapping[int, Label]
) -> list[Sheet]:
    """A day on as few sheets as its rooms need, each `width` by at most `height` mm.

    `labels` say, by the number of an entry, what stands over its title: its time, and what leads on from it.
    """
    entries = [replace(entry, ends_at=max(entry.ends_at, entry.starts_at + _SHORTEST)) for entry in agenda.on(day)]
    in_rooms = [entry for entry in entries if entry.room is not None]
    everywhere = [entry for entry in entries if entry.room is None]
    spanning = alone(everywhere, entries) if in_rooms else []
    beside = [entry for entry in everywhere if entry not in spanning]
    rooms = {entry.room.code: entry.room for entry in in_rooms if entry.room is not None}
    order = sorted(rooms.values(), key=lambda room: (room.position, room.code))
    laid: list[Column] = [(None, lanes_of(beside))] if beside else []
    laid += [(room, lanes_of(entry for entry in in_rooms if entry.room == room)) for room in order]

    def strip(entry: Entry, x: float, wide: float) -> _Strip:
        """The entry in its lane."""
        title = voice.words(entry.session.title) or voice.kind(entry.session.kind)
        people = ", ".join(line(person.name) for person in entry.session.people())
        return _Strip(entry, labels[entry.number], title, people, x, wide)

    dealt = _dealt(laid, (width - AXIS) / LEAST)
    across = [strip(entry, AXIS, width - AXIS) for entry in spanning]
    zone = agenda.conference.zone
    made = []
    for number, columns in enumerate(dealt, 1):
        unit = (width - AXIS) / (sum(_share(lanes) for _room, lanes in columns) or 1)
        held: list[tuple[Room | None, float, float, list[_Strip]]] = []
        x = AXIS
        for room, lanes in columns:
            wide = unit * _share(lanes)
            each = wide / len(lanes)
            held.append((room, x, wide, [strip(e, x + n * each, each) for n, lane in enumerate(lanes) for e in lane]))
            x += wide
        strips = [*across, *(each for _room, _x, _wide, inner in held for each in inner)]
        scale, points = _fitted(strips, height - HEAD)
        heads = (
            Head(room, x, wide, tuple(_block(each, scale, points) for each in inner)) for room, x, wide, inner in held
        )
        made.append(
            Sheet(
                number=number,
                of=len(dealt),
                height=HEAD + max(scale.values()),
                points=points,
                hours=_hours(scale, zone),
                columns=tuple(heads),
                everywhere=tuple(_block(each, scale, points) for each in across),
            )
        )
    return made


def _dealt(laid: Sequence[Column], most: float) -> list[list[Column]]:
    """The columns on as few sheets as hold them, about equally full."""
    shares = [_share(lanes) for _room, lanes in laid]
    whole = sum(shares)
    count = max(1, -int(-whole // most))
    while True:
        dealt: list[list[Column]] = [[] for _ in range(count)]
        done = 0.0
        for column, share in zip(laid, shares, strict=True):
            dealt[int((done + share / 2) * count / whole)].append(column)
            done += share
        if all(len(each) < 2 or sum(_share(lanes) for _room, lanes in each) <= most for each in dealt):
            return [each for each in dealt if each] or [[]]
        count += 1


def _share(lanes: Sequence[object]) -> float:
    """How many columns wide a room has to be."""
    return (1 + len(lanes)) / 2


def _fitted(strips: Sequence[_Strip], height: float) -> tuple[Scale, float]:
    """The scale for the largest type at which all is said; else without people, else in small type what has room."""
    smallest = SIZES[-1]
    ways = [(_everything, points) for points in SIZES] + [(_title, points) for points in SIZES]
    ways = [
        (wish, points) for wish, points in ways if points <= UNBROKEN or not any(_breaks(s, points) for s in strips)
    ]
    for wish, points in (*ways, (_two_lines, smallest), (_one_line, smallest)):
        scale = _scale([(strip, wish(strip, points)) for strip in strips], height)
        if scale is not None:
            return scale, points
    return _scale([(strip, 0.0) for strip in strips], height) or {}, smallest


def _breaks(strip: _Strip, points: float) -> bool:
    """Whether a word of its title is longer than a line."""
    room = _room(strip, points)
    return any(wide_of(word, 700) > room for word in strip.title.split())


def _everything(strip: _Strip, points: float) -> float:
    """How tall a strip's block has to be to say all that there is."""
    return _title(strip, points) + _LINE * points * len(wrapped(strip.people, _room(strip, points), 400))


def _title(strip: _Strip, points: float) -> float:
    """How tall, to say when and what."""
    room = _room(strip, points)
    return _PADDING + _LINE * points * (len(wrapped(strip.label[0], room, 400)) + len(wrapped(strip.title, room, 700)))


def _two_lines(_strip: _Strip, points: float) -> float:
    """How tall, to say when and a line of what."""
    return _PADDING + _LINE * points * 2


def _one_line(_strip: _Strip, points: float) -> float:
    """How tall, to say anything."""
    return _PADDING + _LINE * points


def _scale(wanted: Sequence[tuple[_Strip, float]], height: float) -> Scale | None:
    """Where each moment lies, so that every strip gets the height it wants; None where that is more than `height`."""
    bounds = sorted({moment for strip, _ in wanted for moment in (strip.entry.starts_at, strip.entry.ends_at)})
    if len(bounds) < 2:
        return dict.fromkeys(bounds, 0.0)
    index = {moment: place for place, moment in enumerate(bounds)}
    spans = [(index[strip.entry.starts_at], index[strip.entry.ends_at], wish) for strip, wish in wanted]
    is_busy = [False] * len(bounds)
    for first, last, _ in spans:
        is_busy[first:last] = [True] * (last - first)
    minutes = [
        min((after - here).total_seconds() / 60, _BUSY if is_busy[place] else _IDLE)
        for place, (here, after) in enumerate(pairwise(bounds))
    ]
    whole = sum(minutes)
    tall = min(height, whole * _TALLEST)
    heights = [each * tall * _EVEN / whole for each in minutes]
    for first, last, wish in sorted(spans, key=lambda span: (span[1] - span[0], span)):
        lacking = wish - sum(heights[first:last])
        if lacking > 0:
            share = sum(minutes[first:last])
            for place in range(first, last):
                heights[place] += lacking * minutes[place] / share
    used = sum(heights)
    if used > height + 0.01:
        return None
    spare = max(0.0, tall - used)
    scale, y = {bounds[0]: 0.0}, 0.0
    for place, moment in enumerate(bounds[1:]):
        y += heights[place] + spare * minutes[place] / whole
        scale[moment] = y
    return scale


def _room(strip: _Strip, points: float) -> float:
    """The length of a line in em."""
    return (strip.width - _BESIDE) / (points * 0.3528)


def _block(strip: _Strip, scale: Scale, points: float) -> Block:
    """The block where it belongs, its words cut to what it holds."""
    entry, room = strip.entry, _room(strip, points)
    y = scale[entry.starts_at]
    height = scale[entry.ends_at] - y
    lines = max(1, int((height - _PADDING + 0.05) / (_LINE * points)))
    (label, short), title, people = strip.label, strip.title, strip.people
    over = len(wrapped(label, room, 400))
    is_tight = lines <= over
    if is_tight:
        label, people = short, ""
        title = cut(f"{label} {title}", room, 700, lines).removeprefix(label).strip()
    else:
        title = cut(title, room, 700, lines - over)
        people = cut(people, room, 400, lines - over - len(wrapped(title, room, 700)))
    return Block(entry, strip.x, HEAD + y, strip.width, height, label, title, people, is_tight)


def _hours(scale: Scale, zone: dt.tzinfo) -> tuple[tuple[str, float], ...]:
    """The full hours and where they lie, as many as have room."""
    moments = sorted(scale)
    found: list[tuple[str, float]] = []
    for here, after in pairwise(moments):
        local = here.astimezone(zone)
        full = here + (dt.timedelta(hours=1) - dt.timedelta(minutes=local.minute, seconds=local.second)) % dt.timedelta(
            hours=1
        )
        while full < after:
            y = scale[here] + (scale[after] - scale[here]) * ((full - here) / (after - here))
            if not found or HEAD + y - found[-1][1] > 3.6:
                found.append((f"{full.astimezone(zone):%H:%M}", HEAD + y))
            full += dt.timedelta(hours=1)
    return tuple(found)
