"""What no calendar validator notices: five lints of our own over the bytes of a feed."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import icalendar


def lint(feed: bytes) -> list[str]:
    """Everything wrong with a feed, one sentence each; empty where nothing is."""
    return [*_line_breaks(feed), *_long_lines(feed), *_ends(feed), *_zones(feed), *_uids(feed)]


def _line_breaks(feed: bytes) -> list[str]:
    bare = len(re.findall(rb"(?<!\r)\n|\r(?!\n)", feed))
    return [f"{bare} line breaks are not CRLF"] if bare else []


def _long_lines(feed: bytes) -> list[str]:
    return [f"a line of {len(line)} octets: {line[:30]!r}" for line in re.split(rb"\r?\n", feed) if len(line) > 75]


def _events(feed: bytes) -> list[Any]:
    return list(icalendar.Calendar.from_ical(feed).walk("VEVENT"))


def _ends(feed: bytes) -> list[str]:
    return [
        f"{event['UID']} ends before it starts"
        for event in _events(feed)
        if "DTEND" in event and event["DTEND"].dt <= event["DTSTART"].dt
    ]


def _zones(feed: bytes) -> list[str]:
    unfolded = re.sub(rb"\r?\n[ \t]", b"", feed)
    declared = set(re.findall(rb"^TZID:(.+?)\r?$", unfolded, re.MULTILINE))
    used = set(re.findall(rb"^DT(?:START|END);TZID=([^:;\r\n]+)", unfolded, re.MULTILINE))
    return [f"TZID {zone.decode()} has no VTIMEZONE" for zone in sorted(used - declared)]


def _uids(feed: bytes) -> list[str]:
    counted = Counter(str(event["UID"]) for event in _events(feed))
    return [f"UID {uid} stands {times} times" for uid, times in counted.items() if times > 1]
