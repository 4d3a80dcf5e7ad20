"""VTIMEZONE blocks (RFC 5545 section 3.6.5) in the form every calendar reads: one yearly rule for each offset.

Outlook's desktop ignores lists of dates, so the rule is taken from the POSIX footer of the zone's file (RFC 8536
section 3.3) and written as RRULE, from the first year in which it agrees with the zone's real changes. Changes which
no yearly rule describes (Ramadan in Casablanca, a law of that year) are written one by one.
"""

from __future__ import annotations

import calendar
import datetime as dt
import importlib.resources
import re
import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import icalendar

_DAYS = ("SU", "MO", "TU", "WE", "TH", "FR", "SA")
_NAME = r"(<[^>]+>|[A-Za-z]+)"
_OFFSET = r"([+-]?\d+(?::\d+){0,2})"
_RULE = r",M(\d+)\.(\d)\.(\d)(?:/([+-]?\d+(?::\d+){0,2}))?"
_FOOTER = re.compile(f"{_NAME}{_OFFSET}(?:{_NAME}{_OFFSET}?{_RULE}{_RULE})?")
_STEP = dt.timedelta(days=7)  # no zone changes its offset and back within a week


@dataclass(frozen=True, slots=True)
class _Onset:
    """A moment (naive, UTC) at which clocks change: the offsets before and after, and the new offset's name."""

    at: dt.datetime
    before: dt.timedelta
    after: dt.timedelta
    label: str

    @property
    def local(self) -> dt.datetime:
        """What the clocks show just before they change."""
        return self.at + self.before


@dataclass(frozen=True, slots=True)
class _Rule:
    """A yearly change: the `week`th (5: last) `weekday` (0: Sunday) of `month`, and so long after its midnight."""

    month: int
    week: int
    weekday: int
    time: dt.timedelta
    before: dt.timedelta
    after: dt.timedelta
    label: str

    def onset(self, year: int) -> _Onset:
        """The change of that year."""
        first, length = calendar.monthrange(year, self.month)  # Monday is 0
        day = 1 + (self.weekday - 1 - first) % 7 + 7 * (self.week - 1)
        while day > length:
            day -= 7
        local = dt.datetime(year, self.month, day) + self.time  # noqa: DTZ001 - a wall clock's time
        return _Onset(local - self.before, self.before, self.after, self.label)

    @property
    def recurrence(self) -> dict[str, object] | None:
        """The rule as an RRULE, or None where it would leave its month (RFC 5545 section 3.3.10)."""
        shift = self.time // dt.timedelta(days=1)
        if not shift:
            week = -1 if self.week == 5 else self.week
            return {"FREQ": "YEARLY", "BYMONTH": self.month, "BYDAY": f"{week}{_DAYS[self.weekday]}"}
        length = calendar.monthrange(2023, self.month)[1]
        last = length if self.week == 5 else 7 * self.week
        days = [day + shift for day in range(last - 6, last + 1)]
        if (self.month == 2 and self.week == 5) or days[0] < 1 or days[-1] > length:
            return None
        weekday = _DAYS[(self.weekday + shift) % 7]
        return {"FREQ": "YEARLY", "BYMONTH": self.month, "BYMONTHDAY": days, "BYDAY": weekday}


@lru_cache(maxsize=256)
def vtimezone(name: str, first: int, last: int) -> bytes:
    """The VTIMEZONE block of an IANA zone, right from the start of year `first` to the end of year `last`.

    Raises `zoneinfo.ZoneInfoNotFoundError` where there is no such zone.
    """
    zone = zoneinfo.ZoneInfo(name)
    begin = first - 1  # its changes say which offset year `first` begins with
    changes = list(_changes(zone, begin, last))
    rules = _rules(_footer(name))
    years = range(begin, last + 1)
    follows = begin if not changes else last + 1
    if rules:
        ruled = {year: {rule.onset(year) for rule in rules} for year in years}
        real = {year: {change for change in changes if change.at.year == year} for year in years}
        follows = next(
            (year for year in years if all(ruled[each] == real[each] for each in range(year, last + 1))), last + 1
        )
    block = icalendar.Timezone()
    block.add("tzid", name)
    by_rule = bool(rules) and follows <= last
    alone = [change for change in changes if not by_rule or change.at.year < follows]
    if alone or not by_rule:
        offset, label = _at(zone, dt.datetime(begin, 1, 1))  # noqa: DTZ001
        block.add_component(_observance(_Onset(dt.datetime(begin, 1, 1) - offset, offset, offset, label)))  # noqa: DTZ001
    for change in alone:
        block.add_component(_observance(change))
    for rule in rules if by_rule else ():
        block.add_component(_observance(rule.onset(follows), rule.recurrence))
    return bytes(block.to_ical())


def _observance(onset: _Onset, recurrence: dict[str, object] | None = None) -> icalendar.Component:
    """A STANDARD or DAYLIGHT part: what holds from an onset on, each year again where there is a recurrence."""
    made = icalendar.TimezoneDaylight() if onset.after > onset.before else icalendar.TimezoneStandard()
    made.add("dtstart", onset.local)
    made.add("tzoffsetfrom", onset.before)
    made.add("tzoffsetto", onset.after)
    made.add("tzname", onset.label)
    if recurrence:
        made.add("rrule", recurrence)
    return made


def _at(zone: zoneinfo.ZoneInfo, moment: dt.datetime) -> tuple[dt.timedelta, str]:
    """The offset and its name that hold at a moment (naive, UTC)."""
    local = moment.replace(tzinfo=dt.UTC).astimezone(zone)
    return local.utcoffset() or dt.timedelta(0), local.tzname() or zone.key


def _changes(zone: zoneinfo.ZoneInfo, first: int, last: int) -> Iterator[_Onset]:
    """Every change of the zone's offset in these years, found by halving, to the second."""
    moment, end = dt.datetime(first, 1, 1), dt.datetime(last + 1, 1, 1)  # noqa: DTZ001
    before = _at(zone, moment)
    while moment < end:
        after = _at(zone, moment + _STEP)
        if after[0] != before[0]:
            low, high = moment, moment + _STEP
            while high - low > dt.timedelta(seconds=1):
                middle = low + dt.timedelta(seconds=(high - low) // dt.timedelta(seconds=2))
                low, high = (middle, high) if _at(zone, middle)[0] == before[0] else (low, middle)
            if high < end:
                yield _Onset(high, before[0], after[0], after[1])
        moment, before = moment + _STEP, after


def _rules(footer: str) -> tuple[_Rule, ...]:
    """The two yearly rules of a POSIX TZ string, or none where it has none that an RRULE can say."""
    found = _FOOTER.fullmatch(footer)
    if not found or not found[3]:
        return ()
    standard = -_duration(found[2])
    daylight = -_duration(found[4]) if found[4] else standard + dt.timedelta(hours=1)
    names = found[1].strip("<>"), found[3].strip("<>")
    rules = (
        _rule(found.groups()[4:8], standard, daylight, names[1]),
        _rule(found.groups()[8:12], daylight, standard, names[0]),
    )
    return () if any(rule.recurrence is None for rule in rules) else rules


def _rule(parts: tuple[str | None, ...], before: dt.timedelta, after: dt.timedelta, label: str) -> _Rule:
    """One rule from its month, week, weekday and time."""
    month, week, weekday = (int(part or 0) for part in parts[:3])
    return _Rule(month, week, weekday, _duration(parts[3] or "2"), before, after, label)


def _duration(words: str) -> dt.timedelta:
    """'-3:30' as a length of time."""
    hours, minutes, seconds = [*words.lstrip("+-").split(":"), "0", "0"][:3]
    length = dt.timedelta(hours=int(hours), minutes=int(minutes), seconds=int(seconds))
    return -length if words.startswith("-") else length


def _footer(name: str) -> str:
    """The last line of the zone's file, read where `zoneinfo` reads it."""
    for folder in zoneinfo.TZPATH:
        path = Path(folder, name)
        if path.is_file():
            data = path.read_bytes()
            break
    else:
        data = importlib.resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).read_bytes()
    return data.rstrip(b"\n").rsplit(b"\n", 1)[-1].decode("ascii", "replace")
