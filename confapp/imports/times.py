"""Times as programme files write them: zones, moments, clock times, durations, and whom to believe of two."""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from confapp.domain.errors import N_

MAX_DURATION = dt.timedelta(days=14)

_YEARS = range(1970, 2200)
_NO_PLACE = {"Factory", "localtime", "posixrules"}
_WELL_KNOWN = (
    "UTC",
    *("Europe/London", "Europe/Lisbon", "Europe/Brussels", "Europe/Paris", "Europe/Berlin", "Europe/Athens"),
    *("Europe/Helsinki", "Europe/Istanbul", "Europe/Moscow", "Africa/Cairo", "Africa/Lagos", "Africa/Nairobi"),
    *("Africa/Johannesburg", "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"),
    *("America/Toronto", "America/Mexico_City", "America/Bogota", "America/Sao_Paulo", "America/Buenos_Aires"),
    *("Asia/Dubai", "Asia/Karachi", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Dhaka", "Asia/Bangkok"),
    *("Asia/Singapore", "Asia/Shanghai", "Asia/Taipei", "Asia/Tokyo", "Asia/Seoul", "Australia/Perth"),
    *("Australia/Brisbane", "Australia/Sydney", "Pacific/Auckland"),
)

IN_ANOTHER_OFFSET = N_("The moment is written in another offset than the conference's; its local time was worked out.")
CLOCK_MISLABELLED = N_("The moment carries a wrong offset: its clock time equals <start>, so that was believed.")
ZONE_DOUBTED = N_("The offset does not belong to the conference's time zone; the moment was believed. Check the zone.")
DISAGREE = N_("The moment and <start> disagree; the moment was believed.")
NO_SUCH_TIME = N_("Clocks are put forward over this local time; it was read an hour later.")


@dataclass(frozen=True)
class Settled:
    """A start: the moment (UTC), and the quirk met on the way to it."""

    moment: dt.datetime
    quirk: str | None = None


def zone_named(name: str) -> zoneinfo.ZoneInfo | None:
    """The zone with this IANA name in any case, or of this city ('Berlin', as Rails writes it); None if unknown."""
    wanted = name.strip().replace(" ", "_").casefold()
    exact, by_city = _zone_names()
    found = exact.get(wanted) or by_city.get(wanted)
    return zoneinfo.ZoneInfo(found) if found else None


def zones_for(moments: Iterable[dt.datetime]) -> list[str]:
    """Up to six well-known zones whose offset is that of every one of the aware `moments`."""
    offsets = list({(moment.date(), moment.utcoffset()): moment for moment in moments}.values())[:50]
    candidates = (name for name in _WELL_KNOWN if zone_named(name) is not None)
    matching = (
        name
        for name in candidates
        if all(moment.astimezone(zoneinfo.ZoneInfo(name)).utcoffset() == moment.utcoffset() for moment in offsets)
    )
    return list(matching)[:6]


def read_moment(text: str) -> dt.datetime | dt.date | None:
    """An ISO 8601 date, or date and time with or without offset; None if it is neither, or not within 1970 to 2199."""
    text = text.strip()
    try:
        moment: dt.datetime | dt.date
        if re.fullmatch(r"\d{4}-?\d{2}-?\d{2}", text):
            moment = dt.date.fromisoformat(text)
        else:
            moment = dt.datetime.fromisoformat(re.sub(r"(?<=[0-9]) ?(?:UTC|GMT)$", "Z", text))
    except ValueError:
        return None
    return moment if moment.year in _YEARS else None


def read_date(text: str) -> dt.date | None:
    """The date of `read_moment`, as written."""
    moment = read_moment(text)
    return moment.date() if isinstance(moment, dt.datetime) else moment


def read_clock(text: str) -> dt.time | None:
    """'9:30', '09:30' or '09:30:00'; None if it is no time of day."""
    found = re.fullmatch(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?(?:\.0+)?", text.strip())
    if found is None:
        return None
    try:
        return dt.time(int(found[1]), int(found[2]), int(found[3] or 0))
    except ValueError:
        return None


_CLOCKED = re.compile(
    r"(?:([0-9]{1,2})(?: days?,? | |:(?=[0-9]+:[0-9]+:)))?([0-9]{1,3}):([0-9]{1,2})(?::([0-9]{1,2})(?:\.[0-9]{1,6})?)?"
)
_ISO = re.compile(r"P(?:([0-9]{1,2})D)?(?:T?(?:([0-9]{1,3})H)?(?:([0-9]{1,4})M)?(?:([0-9]{1,5})S)?)?")
_WORDED = re.compile(
    r"(?:([0-9]{1,3}(?:[.,][0-9]{1,2})?)\s*(?:h|hrs?|hours?|std|stunden?|heures?|horas?|ore)\b\.?,?\s*|([0-9]{1,3})h)?"
    r"(?:([0-9]{1,5})(?:\.0+)?\s*(?:(?:m|min|mins|minutes?|minuten|minutos|minuti)\.?|['’′])?)?"
)


def read_duration(text: str) -> dt.timedelta | None:
    """How long something lasts; None if unreadable or beyond MAX_DURATION.

    'HH:MM', 'HH:MM:SS', 'D:HH:MM:SS', '1 day, 0:30:00', minutes ('45', '45 min'), '1h30', '1.5 hours', ISO 8601.
    """
    text = text.strip()
    if found := _CLOCKED.fullmatch(text) or _ISO.fullmatch(text):
        days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
        length = dt.timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    elif text and (found := _WORDED.fullmatch(text.casefold())):
        worded = float((found[1] or found[2] or "0").replace(",", "."))
        length = dt.timedelta(hours=worded, minutes=int(found[3] or 0))
    else:
        return None
    return length if length <= MAX_DURATION else None


def length_until(written: str, starts_at: dt.datetime, zone: zoneinfo.ZoneInfo) -> dt.timedelta | None:
    """How long it is to an end that is a moment or a time of day, then at most a day; None if it is neither."""
    clock, moment = read_clock(written), read_moment(written)
    if isinstance(moment, dt.datetime):
        return (moment if moment.tzinfo else at_clock(moment, zone).moment) - starts_at
    if clock is None:
        return None
    date = starts_at.astimezone(zone).date()
    ends_at = at_clock(dt.datetime.combine(date, clock), zone).moment
    if ends_at < starts_at:
        ends_at = at_clock(dt.datetime.combine(date + dt.timedelta(days=1), clock), zone).moment
    return ends_at - starts_at


def settle(moment: dt.datetime, start: dt.time | None, zone: zoneinfo.ZoneInfo, *, zone_is_the_files: bool) -> Settled:
    """When a session starts whose file gives a full moment and perhaps the local clock time `start`.

    A moment with an offset is believed if it falls on `start` in the zone. If instead its bare digits are `start`, the
    offset is the odd witness: it is dropped if it says UTC (how software that knows no zones writes) or if the
    file itself names the zone. In every other case the moment stands.
    """
    if moment.tzinfo is None:
        settled = at_clock(moment, zone)
        if start is not None and not _same_minute(moment.time(), start):
            return Settled(settled.moment, DISAGREE)
        return settled
    instant = moment.astimezone(dt.UTC)
    local = instant.astimezone(zone)
    offset_is_the_zones = moment.utcoffset() == local.utcoffset()
    if start is None or _same_minute(local.time(), start):
        if offset_is_the_zones:
            return Settled(instant)
        return Settled(instant, ZONE_DOUBTED if start is None and moment.utcoffset() else IN_ANOTHER_OFFSET)
    if not offset_is_the_zones and _same_minute(moment.time(), start):
        if zone_is_the_files or not moment.utcoffset():
            return Settled(at_clock(moment.replace(tzinfo=None), zone).moment, CLOCK_MISLABELLED)
        return Settled(instant, ZONE_DOUBTED)
    return Settled(instant, DISAGREE)


def at_clock(local: dt.datetime, zone: zoneinfo.ZoneInfo) -> Settled:
    """The moment of a local time without offset; of an hour that comes twice, the first."""
    instant = local.replace(tzinfo=zone, fold=0).astimezone(dt.UTC)
    exists = instant.astimezone(zone).replace(tzinfo=None) == local
    return Settled(instant, None if exists else NO_SUCH_TIME)


def conference_day(moment: dt.datetime, zone: zoneinfo.ZoneInfo, day_change: dt.time) -> dt.date:
    """The day that a moment belongs to: its local date, or the one before until `day_change`."""
    local = moment.astimezone(zone)
    return local.date() - dt.timedelta(days=1) if local.time() < day_change else local.date()


def end_after_midnight(start: str | None, end: str | None, zone: zoneinfo.ZoneInfo) -> dt.time | None:
    """The local time at which a day ends that began on the date before; 03:59 and 03:59:59 mean 04:00."""
    first, last = read_moment(start or ""), read_moment(end or "")
    if not (isinstance(first, dt.datetime) and isinstance(last, dt.datetime) and first.tzinfo and last.tzinfo):
        return None
    first, last = first.astimezone(zone), last.astimezone(zone)
    if last.minute == 59:
        last += dt.timedelta(minutes=1)
    next_date = first.date() + dt.timedelta(days=1)
    return last.time().replace(second=0, microsecond=0) if last.date() == next_date else None


def _same_minute(one: dt.time, other: dt.time) -> bool:
    return (one.hour, one.minute) == (other.hour, other.minute)


@lru_cache(maxsize=1)
def _zone_names() -> tuple[dict[str, str], dict[str, str]]:
    names = sorted(zoneinfo.available_timezones() - _NO_PLACE)
    by_city: dict[str, str] = {}
    for name in names:
        area, _, city = name.rpartition("/")
        if area and area not in {"Etc", "US", "Brazil", "Canada", "Chile", "Mexico"}:
            by_city.setdefault(city.casefold(), name)
    return {name.casefold(): name for name in names}, by_city
