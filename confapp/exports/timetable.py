"""A day of the agenda laid out as rooms by time, with every cell's span: what a grid in a page or a PDF draws."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from confapp.domain.agenda import Agenda, Entry, Room

STEPS = (5, 10, 15, 20, 30, 45, 60)
"""The heights that a row may have, in minutes."""


@dataclass(frozen=True, slots=True)
class Column:
    """A room (None: the whole venue), as wide as the most entries that overlap in it."""

    room: Room | None
    lanes: int = 1


@dataclass(frozen=True, slots=True)
class Cell:
    """An entry, or a vacancy, and how many rows and lanes it fills."""

    entry: Entry | None
    rowspan: int = 1
    colspan: int = 1


@dataclass(frozen=True, slots=True)
class Row:
    """The time from one boundary to the next. `step`: its length, cut to one of STEPS; `is_start`: something begins."""

    starts_at: dt.datetime
    step: int
    is_start: bool
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Timetable:
    """One day. The cells of each row, with those that reach down from above, fill every lane exactly once."""

    day: dt.date
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    @property
    def width(self) -> int:
        """How many lanes stand side by side."""
        return sum(column.lanes for column in self.columns)


def timetable(agenda: Agenda, day: dt.date) -> Timetable:
    """What takes place on `day` as a grid.

    Whole-venue entries span all rooms where nothing else happens at their time; where something does, they stand in a
    column of their own, before the rooms. Entries that overlap in one room (imported programmes have them) share
    its column as lanes.
    """
    entries = agenda.on(day)
    in_rooms = [entry for entry in entries if entry.room is not None]
    everywhere = [entry for entry in entries if entry.room is None]
    spanning = alone(everywhere, entries) if in_rooms else []
    beside = [entry for entry in everywhere if entry not in spanning]

    rooms = {entry.room.code: entry.room for entry in in_rooms if entry.room is not None}
    order = sorted(rooms.values(), key=lambda room: (room.position, room.code))
    laid = [lanes_of(beside)] if beside else []
    laid += [lanes_of(entry for entry in in_rooms if entry.room == room) for room in order]
    heads: list[Room | None] = [None] if beside else []
    heads += order
    columns = tuple(Column(room, len(lanes)) for room, lanes in zip(heads, laid, strict=True))
    lanes = [lane for group in laid for lane in group]

    bounds = sorted({moment for entry in entries for moment in (entry.starts_at, entry.ends_at)})
    index = {moment: number for number, moment in enumerate(bounds)}
    cells: list[dict[int, Cell]] = [{} for _ in bounds[:-1]]
    filled: list[list[tuple[int, int]]] = [[] for _ in lanes]

    def fill(entry: Entry, lane: int, width: int) -> None:
        """Give an entry its cell, and mark what it covers."""
        first, last = index[entry.starts_at], index[entry.ends_at]
        cells[first][lane] = Cell(entry, last - first, width)
        for covered in filled[lane : lane + width]:
            covered.append((first, last))

    for entry in spanning:
        fill(entry, 0, len(lanes))
    leftmost = 0
    for group in laid:
        for number, lane in enumerate(group):
            for entry in lane:
                fill(entry, leftmost + number, _room_to_the_right(entry, group[number + 1 :]) + 1)
        leftmost += len(group)
    begins = {index[entry.starts_at] for entry in entries}
    for number, covered in enumerate(filled):
        _leave_vacant(cells, number, sorted(covered), begins)

    starts = {entry.starts_at for entry in entries}
    rows = tuple(
        Row(here, _step(after - here), here in starts, tuple(cells[number][lane] for lane in sorted(cells[number])))
        for number, (here, after) in enumerate(pairwise(bounds))
    )
    return Timetable(day, columns, rows)


def alone(everywhere: Sequence[Entry], entries: Sequence[Entry]) -> list[Entry]:
    """The whole-venue entries at whose time nothing else happens."""
    return [
        entry for entry in everywhere if not any(other is not entry and overlaps(entry, other) for other in entries)
    ]


def lanes_of(entries: Iterable[Entry]) -> list[list[Entry]]:
    """The entries in as few lanes as keep overlapping ones apart."""
    lanes: list[list[Entry]] = []
    for entry in sorted(entries, key=lambda entry: (entry.starts_at, entry.number)):
        for lane in lanes:
            if lane[-1].ends_at <= entry.starts_at:
                lane.append(entry)
                break
        else:
            lanes.append([entry])
    return lanes


def _room_to_the_right(entry: Entry, lanes: list[list[Entry]]) -> int:
    """How many of the next lanes of its room an entry may fill too, as nothing in them overlaps it."""
    for number, lane in enumerate(lanes):
        if any(overlaps(entry, other) for other in lane):
            return number
    return len(lanes)


def _leave_vacant(cells: list[dict[int, Cell]], lane: int, blocked: list[tuple[int, int]], starts: set[int]) -> None:
    """Put vacant cells into the gaps of a lane, cut where something begins elsewhere so that lines are drawn there."""
    here = 0
    for first, last in [*blocked, (len(cells), len(cells))]:
        while here < first:
            until = min((start for start in starts if here < start < first), default=first)
            cells[here][lane] = Cell(None, until - here)
            here = until
        here = max(here, last)


def _step(length: dt.timedelta) -> int:
    """The largest of STEPS within `length`, at least the smallest."""
    minutes = length.total_seconds() / 60
    return max((step for step in STEPS if step <= minutes), default=STEPS[0])


def overlaps(one: Entry, other: Entry) -> bool:
    """Whether two entries share a moment; touching ends do not."""
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at
