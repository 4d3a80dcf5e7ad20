"""Every zone's block says, at every moment of twenty years, the offset which that zone has."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from bisect import bisect_right
from typing import Any

import icalendar
import pytest
from dateutil.rrule import rrulestr

from confapp.exports.vtimezone import vtimezone

FIRST, LAST = 2020, 2040
NEW_YEAR = dt.datetime(FIRST, 1, 1, tzinfo=dt.UTC).replace(tzinfo=None)
ZONES = sorted(zoneinfo.available_timezones() - {"localtime", "Factory"})


def onsets(block: bytes, until: int = LAST) -> list[tuple[dt.datetime, dt.timedelta]]:
    """When (naive, UTC) a block's observances begin, and the offset each brings: RFC 5545 section 3.6.5."""
    found = []
    part: Any
    for part in icalendar.Timezone.from_ical(block).subcomponents:
        start, before = part["DTSTART"].dt, part["TZOFFSETFROM"].td
        times = [start]
        if "RRULE" in part:
            rule = part["RRULE"].to_ical().decode()
            end = start.replace(year=until + 1)
            times = list(rrulestr(rule, dtstart=start).between(start, end, inc=True))
            assert times[0] == start, "DTSTART is the rule's first instance"
        found += [(time - before, part["TZOFFSETTO"].td) for time in times]
    return sorted(found)


@pytest.mark.parametrize("letter", sorted({zone[0] for zone in ZONES}))
def test_every_zone_agrees_with_zoneinfo(letter):
    for name in (zone for zone in ZONES if zone.startswith(letter)):
        zone = zoneinfo.ZoneInfo(name)
        known = onsets(vtimezone(name, FIRST, LAST))
        moments = [moment for moment, _ in known]
        tried = [NEW_YEAR + dt.timedelta(days=23 * n) for n in range(365 * 21 // 23)]
        tried += [each + dt.timedelta(seconds=off) for each in moments if each.year >= FIRST for off in (-1, 0)]
        for moment in tried:
            if moment.year > LAST:
                continue
            told = known[bisect_right(moments, moment) - 1][1]
            assert told == moment.replace(tzinfo=dt.UTC).astimezone(zone).utcoffset(), (name, moment)


def test_ordinary_zones_are_two_yearly_rules():
    text = vtimezone("Europe/Brussels", 2027, 2027).decode()
    assert text.count("BEGIN:DAYLIGHT") == text.count("BEGIN:STANDARD") == 1
    assert "DTSTART:20260329T020000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r\n" in text
    assert "RDATE" not in text
    assert "COMMENT" not in text


def test_rules_past_midnight_move_to_the_next_day():
    assert "BYDAY=SA;BYMONTHDAY=24,25,26,27,28,29,30;BYMONTH=3" in vtimezone("Asia/Gaza", 2027, 2027).decode()


def test_what_no_rule_says_is_written_one_by_one():
    # A year gone by: what governments decide of years to come changes with the pinned tzdata.
    text = vtimezone("Africa/Casablanca", 2024, 2024).decode()
    assert "RRULE" not in text
    assert "DTSTART:20240310T030000" in text


def test_a_rule_begins_in_the_year_from_which_it_holds():
    text = vtimezone("America/Nuuk", 2022, 2026).decode()
    assert text.count("RRULE") == 2
    assert "DTSTART:20240330T230000\r\nRRULE" in text


@pytest.mark.parametrize(("name", "offset"), [("UTC", "+0000"), ("Asia/Kolkata", "+0530"), ("Etc/GMT+5", "-0500")])
def test_fixed_offsets_are_one_standard_part(name, offset):
    text = vtimezone(name, 2027, 2028).decode()
    assert text.count("BEGIN:STANDARD") == 1
    assert f"TZOFFSETFROM:{offset}\r\nTZOFFSETTO:{offset}\r\n" in text


def test_an_unknown_zone_is_refused():
    with pytest.raises(zoneinfo.ZoneInfoNotFoundError):
        vtimezone("Europe/Atlantis", 2027, 2027)
