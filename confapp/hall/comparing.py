"""Two agendas on one grid: rooms by time as they are now, with all that differs marked, and where it stood before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from confapp.domain.agenda import Agenda, Entry, in_reading_order
from confapp.domain.release.freezing import Change
from confapp.exports.timetable import Timetable, timetable

NAMED = ("time", "room", "duration", "title", "people")
"""The differences that have a name of their own on the grid, in the order in which they are said."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What became of an entry on the grid."""

    kind: str
    """same, new, cancelled, changed; left: it stood here, and stands elsewhere now."""
    change: Change | None = None
    names: tuple[str, ...] = ()
    """What differs, of NAMED; `text` for anything else."""


@dataclass(frozen=True)
class Comparison:
    """One day of two agendas on one grid."""

    days: tuple[tuple[dt.date, int], ...]
    """Every day of either, with how many changes it shows."""
    day: dt.date | None
    table: Timetable | None
    """None where nothing stands on that day."""
    agenda: Agenda
    """What the table shows: what is, and what was."""
    marks: dict[int, Mark]

    def mark(self, entry: Entry) -> Mark:
        """What became of an entry in the table."""
        return self.marks[id(entry)]


def compared(
    before: Agenda, after: Agenda, changes: Sequence[Change], day: dt.date | None, *, all_rooms: bool
) -> Comparison:
    """`day` of both agendas (else the first on which something differs) with every difference where it is, and was.

    Without `all_rooms` only the rooms in which something differs are shown.
    """
    marks: dict[int, Mark] = {}
    changed = {change.after.uuid: change for change in changes if change.after is not None}
    entries = []
    for entry in after.shown:
        change = changed.get(entry.uuid)
        marks[id(entry)] = _mark(change) if change else Mark("same")
        entries.append(entry)
    rooms = {room.code: room for room in after.rooms}
    for change in changes:
        was = change.before
        if was is None or (change.after is not None and _place(was) == _place(change.after)):
            continue
        room = rooms.get(was.room.code, was.room) if was.room else None
        ghost = replace(was, room=room)
        marks[id(ghost)] = Mark("cancelled" if change.after is None else "left", change, _names(change))
        entries.append(ghost)
    whole = replace(after, entries=in_reading_order(entries))
    counts = dict.fromkeys(whole.days, 0)
    for entry in entries:
        if marks[id(entry)].kind not in ("same", "left"):
            counts[whole.conference.day_of(entry.starts_at)] += 1
    days = tuple(counts.items())
    if day not in counts:
        day = next((each for each, count in days if count), days[0][0] if days else None)
    shown = whole if all_rooms or day is None else _only_changed_rooms(whole, marks, day)
    table = timetable(shown, day) if day is not None and shown.on(day) else None
    return Comparison(days, day, table, shown, marks)


def _place(entry: Entry) -> tuple[dt.datetime, str | None]:
    """Where it begins on the grid: a longer one, or a room's new name, leaves nothing behind."""
    return entry.starts_at, entry.room.code if entry.room else None


def _mark(change: Change) -> Mark:
    return Mark("new", change) if change.before is None else Mark("changed", change, _names(change))


def _names(change: Change) -> tuple[str, ...]:
    return tuple(name for name in NAMED if name in change.fields) or ("text",)


def _only_changed_rooms(whole: Agenda, marks: dict[int, Mark], day: dt.date) -> Agenda:
    here = whole.on(day)
    wanted = {entry.room.code if entry.room else None for entry in here if marks[id(entry)].kind != "same"}
    kept = tuple(entry for entry in here if (entry.room.code if entry.room else None) in wanted)
    return replace(whole, entries=kept)
