"""A calendar's times: values with their zones (RFC 5545 sections 3.2.19, 3.3), lengths, and repeated occurrences."""

from __future__ import annotations

import datetime as dt
import re
import warnings
import zoneinfo
from collections.abc import Iterable, Mapping
from typing import cast

from dateutil.rrule import rrule, rruleset, rrulestr
from icalendar import Timezone
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from confapp.domain.errors import N_
from confapp.imports import times
from confapp.imports.composing import Unusable
from confapp.imports.content_lines import Component, Property
from confapp.imports.plan import Remarks

MOST_OCCURRENCES = 200
Value = dt.datetime | dt.date
_DATE = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})")
_MOMENT = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})T(\d{2}):?(\d{2}):?(\d{2})?\s*(Z|[+-]\d{2}:?\d{2})?", re.IGNORECASE)
# Some write P1H for PT1H; what could be months stays unread.
_LENGTH = re.compile(r"([+-]?)P(?:(\d+)W)?(?:(\d+)D)?T?(?:(\d+)H)?(?:(?<!P)(\d+)M)?(?:(\d+)S)?", re.IGNORECASE)
_MOST_DIGITS = 5


class Zones:
    """The zones that a calendar's TZIDs mean: IANA's, Windows' names, or as its VTIMEZONE spells them out."""

    def __init__(self, spelt: Mapping[str, Component], remarks: Remarks) -> None:
        self._spelt, self._remarks = spelt, remarks
        self._found: dict[str, dt.tzinfo | None] = {}

    def named(self, tzid: str) -> zoneinfo.ZoneInfo | None:
        """IANA's zone of that name, as it is, at the end of a path, or by Windows' name."""
        bare = tzid.strip().strip('"')
        candidates = [bare, "/".join(bare.split("/")[-2:]), "/".join(bare.split("/")[-3:])]
        candidates.append(WINDOWS_TO_OLSON.get(bare, ""))
        # Outlook shows '(UTC+01:00) Brussels, Copenhagen, …', which names cities.
        candidates += [city.strip() for city in re.sub(r"^\((?:UTC|GMT)[^)]*\)", "", bare).split(",")]
        return next((zone for each in candidates if each and (zone := times.zone_named(each))), None)

    def of(self, tzid: str, where: str) -> dt.tzinfo | None:
        """The zone of a TZID; None, with a remark, where nothing tells it."""
        if tzid not in self._found:
            self._found[tzid] = self.named(tzid) or self._as_spelt(tzid)
            if self._found[tzid] is None:
                message = N_("There is no such time zone; the time was read on the conference's clock.")
                self._remarks.quirk(where, "TZID", message, tzid)
        return self._found[tzid]

    def _as_spelt(self, tzid: str) -> dt.tzinfo | None:
        component = self._spelt.get(tzid)
        if component is None:
            return None
        try:
            if any(not _is_of_zones(rule.value) for each in component.inner for rule in each.all("RRULE")):
                raise ValueError
            made = Timezone.from_ical("\r\n".join(_written(component)))
            zone = cast(Timezone, made).to_tz(lookup_tzid=False)
            dt.datetime(2020, 1, 1, tzinfo=zone).utcoffset()
            return zone if isinstance(zone, dt.tzinfo) else None
        except Exception:
            offsets = [each.text("TZOFFSETTO").strip() for each in component.inner if each.name == "STANDARD"]
            return next((dt.timezone(found) for each in offsets if (found := _offset(each)) is not None), None)


def _is_of_zones(rule: str) -> bool:
    """Whether a rule moves clocks once a year, as zones do: others may be endless work."""
    parts = dict(each.upper().partition("=")[::2] for each in rule.strip().split(";"))
    return (
        parts.get("FREQ") == "YEARLY"
        and parts.get("INTERVAL", "1").strip("0") == "1"
        and parts.keys()
        <= {"FREQ", "INTERVAL", "BYDAY", "BYMONTH", "BYMONTHDAY", "BYYEARDAY", "UNTIL", "COUNT", "WKST"}
    )


def _written(component: Component) -> list[str]:
    inner = [line for each in component.inner for line in _written(each)]
    own = [
        each.name + "".join(f";{name}={value}" for name, value in each.parameters.items()) + ":" + each.value
        for each in component.properties
    ]
    return [f"BEGIN:{component.name}", *own, *inner, f"END:{component.name}"]


def _offset(text: str) -> dt.timedelta | None:
    match = re.fullmatch(r"([+-])(\d{2}):?(\d{2})(?::?\d{2})?", text)
    if match is None or int(match[2]) > 14 or int(match[3]) > 59:
        return None
    length = dt.timedelta(hours=int(match[2]), minutes=int(match[3]))
    return -length if match[1] == "-" else length


def read_value(found: Property, zones: Zones, zone: dt.tzinfo, where: str, value: str | None = None) -> Value:
    """A DATE or DATE-TIME, aware. Raises Unusable."""
    written = (found.value if value is None else value).strip()
    try:
        if match := _MOMENT.fullmatch(written):
            year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
            naive = dt.datetime(year, month, day, hour % 24, minute, min(second, 59))  # noqa: DTZ001 — on its clock
            if not 1970 <= year < 2200:
                raise ValueError
            if match[7]:
                offset = dt.timedelta(0) if match[7].upper() == "Z" else _offset(match[7])
                return naive.replace(tzinfo=dt.timezone(offset or dt.timedelta(0)))
            tzid = found.parameters.get("TZID", "")
            return naive.replace(tzinfo=(zones.of(tzid, where) if tzid else None) or zone)
        if match := _DATE.fullmatch(written):
            made = dt.date(*(int(part) for part in match.groups()))
            if 1970 <= made.year < 2200:
                return made
    except ValueError:
        pass
    raise Unusable(found.name, N_("This is no date or time of a calendar (RFC 5545)."), written)


def read_length(text: str) -> dt.timedelta | None:
    """A DURATION (section 3.3.6) from nothing to 14 days; None for anything else."""
    match = _LENGTH.fullmatch(text.strip())
    if match is None or match[1] == "-" or not any(match.groups()[1:]):
        return None
    parts = [part or "0" for part in match.groups()[1:]]
    if any(len(part) > _MOST_DIGITS for part in parts):
        return None
    weeks, days, hours, minutes, seconds = (int(part) for part in parts)
    length = dt.timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return length if length <= times.MAX_DURATION else None


def occurrences(
    event: Component,
    starts_at: dt.datetime,
    until: dt.datetime,
    *,
    added: Iterable[dt.datetime],
    left_out: set[dt.datetime],
) -> list[dt.datetime]:
    """The starts of an event that repeats, at most MOST_OCCURRENCES of them and none after `until`.

    Raises Unusable for a rule that cannot be read.
    """
    rule = event.one("RRULE")
    local = starts_at.replace(tzinfo=None)
    last = until.astimezone(starts_at.tzinfo).replace(tzinfo=None)
    found = rruleset()
    found.rdate(local)
    for each in added:
        found.rdate(each.astimezone(starts_at.tzinfo).replace(tzinfo=None))
    if rule is not None:
        # What UNTIL says in UTC is on the event's clock here, where the rule itself is worked out.
        words = re.sub(
            r"UNTIL=([^;]+)", lambda ends: _until(ends[1], starts_at), rule.value.strip(), flags=re.IGNORECASE
        )
        words = re.sub(r"INTERVAL\s*=\s*0+(?=;|$)", "INTERVAL=1", words, flags=re.IGNORECASE)
        if re.search(r"FREQ=(?:SECONDLY|MINUTELY)", words, re.IGNORECASE):
            raise Unusable("RRULE", N_("It repeats within minutes, as no session does."), rule.value)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # COUNT and UNTIL together: here UNTIL only keeps an empty rule short
                read = cast(rrule, rrulestr(words, dtstart=local))
                ends = getattr(read, "_until", None)
                found.rrule(read.replace(until=min(ends, last) if ends else last))
        except (ValueError, TypeError, KeyError, OverflowError, AttributeError, IndexError) as fault:
            raise Unusable("RRULE", N_("This is no rule of repetition (RFC 5545)."), rule.value) from fault
    made: list[dt.datetime] = []
    for each in found:
        if each > last or len(made) >= MOST_OCCURRENCES:
            break
        moment = each.replace(tzinfo=starts_at.tzinfo)
        if moment.astimezone(dt.UTC) not in left_out:
            made.append(moment)
    return made


def _until(text: str, starts_at: dt.datetime) -> str:
    match = _MOMENT.fullmatch(text.strip())
    if match and match[7]:
        year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
        moment = dt.datetime(year, month, day, hour, minute, second, tzinfo=dt.UTC)
        text = moment.astimezone(starts_at.tzinfo).strftime("%Y%m%dT%H%M%S")
    return f"UNTIL={text}"
