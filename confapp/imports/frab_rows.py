"""An event of a `schedule.xml` as it stands in the file, and when it takes place."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from confapp.domain.cleaning import clean_line
from confapp.domain.errors import N_
from confapp.imports import times
from confapp.imports.clocks import read_clock, read_late_clock
from confapp.imports.composing import Unusable
from confapp.imports.frab_header import Header
from confapp.imports.markup import Element, words_in
from confapp.imports.plan import Remarks


@dataclass(frozen=True)
class Row:
    """An event under its room and day, with its children by name."""

    element: Element
    parts: dict[str, Element]
    where: str
    day: Element | None
    room: Element | None

    def line(self, name: str) -> str:
        """The child's text as one clean line, '' if there is none."""
        part = self.parts.get(name)
        return "" if part is None else clean_line(words_in(part))


def starts_at_of(row: Row, header: Header, remarks: Remarks) -> dt.datetime | None:
    """The start in UTC; None if the event has none. Raises Unusable."""
    written, clock = row.line("date"), row.line("start")
    moment, late = times.read_moment(written), read_late_clock(clock)
    start = late or read_clock(clock)
    if moment is None and start is None and isinstance(full := times.read_moment(clock), dt.datetime):
        moment, clock = full, ""
    if clock and start is None:
        if not isinstance(moment, dt.datetime):
            raise Unusable("start", N_("This is not a time of day (HH:MM)."), clock)
        remarks.warn(row.where, "start", N_("This is not a time of day; the event's date was taken."), clock)
    if written and moment is None:
        if start is None:
            raise Unusable("date", N_("This is not a date and time (ISO 8601)."), written)
        remarks.warn(row.where, "date", N_("This is not a date and time; the day's date was taken."), written)
    if isinstance(moment, dt.datetime):
        settled = times.settle(moment, start, header.zone, zone_is_the_files=header.zone_is_the_files)
    elif start is None:
        return None
    else:
        date = moment
        if date is None:
            date = header.date_of(row.day) if row.day is not None else None
            if date is None:
                raise Unusable("date", N_("Neither the event nor its day has a date."), clock)
            # The small hours stand under the day whose evening they end.
            date += dt.timedelta(days=1 if late or start < header.day_change else 0)
        settled = times.at_clock(dt.datetime.combine(date, start), header.zone)
    if settled.quirk:
        remarks.quirk(row.where, "date", settled.quirk, f"{written} {clock}".strip())
    return settled.moment


def duration_of(row: Row, starts_at: dt.datetime | None, header: Header) -> dt.timedelta | None:
    """How long it is, by its duration or else its end; None if neither is said. Raises Unusable."""
    written, end = row.line("duration"), row.line("end")
    duration = times.read_duration(written) if written else None
    if written and duration is None:
        raise Unusable("duration", N_("This is not a duration (HH:MM)."), written)
    if duration is None and end and starts_at is not None:
        duration = times.length_until(end, starts_at, header.zone)
        if duration is not None and duration < dt.timedelta(0):
            raise Unusable("end", N_("It ends before it starts."), end)
    return duration
