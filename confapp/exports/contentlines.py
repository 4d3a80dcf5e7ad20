"""Content lines of iCalendar (RFC 5545 section 3.1): values escaped, parameters encoded, lines folded at 75 octets.

The icalendar library spends 25 times as long on an event, which would force a cache of events that can go stale; so
lines are written here, and the tests read every one of them back with that library.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from urllib.parse import quote

LONGEST = 75
"""Octets of a line, without its line break."""
_PLAIN = re.compile(r"[A-Za-z0-9_-]+")
_UTC = "%Y%m%dT%H%M%SZ"


def text(words: str) -> str:
    """A TEXT value (RFC 5545 section 3.3.11); the words hold no control character but newlines."""
    return words.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def uri(address: str) -> str:
    """A URI value: what an address cannot hold is percent-encoded, so that it never ends a line."""
    return quote(address, safe=":/?#[]@!$&'()*+,;=%~")


def parameter(words: str) -> str:
    """A parameter's value, in quotes where it needs them, encoded as RFC 6868 says."""
    if _PLAIN.fullmatch(words):
        return words
    return '"' + words.replace("^", "^^").replace("\n", "^n").replace('"', "^'") + '"'


def line(name: str, value: str, parameters: Mapping[str, str] | None = None) -> bytes:
    """One content line, folded, with its line break. `value` is written as it is: escape texts with `text`.

    Parameters `VALUE` and `TZID` are written bare, as some calendars look for exactly that.
    """
    head = name
    for key, words in (parameters or {}).items():
        head += f";{key}={words if key in ('VALUE', 'TZID') else parameter(words)}"
    return fold(f"{head}:{value}")


def fold(words: str) -> bytes:
    """The line in octets, broken after at most 75 and never within a character."""
    octets = words.encode()
    if len(octets) <= LONGEST:
        return octets + b"\r\n"
    parts, here, room = [], 0, LONGEST
    while len(octets) - here > room:
        until = here + room
        while octets[until] & 0xC0 == 0x80:  # within a character of UTF-8
            until -= 1
        parts.append(octets[here:until])
        here, room = until, LONGEST - 1  # the space that begins each further line counts
    parts.append(octets[here:])
    return b"\r\n ".join(parts) + b"\r\n"


def moment(at: dt.datetime) -> str:
    """A moment in UTC to the second, as in 20270308T090000Z."""
    return at.astimezone(dt.UTC).strftime(_UTC)


def duration(length: dt.timedelta) -> str:
    """A length of time of whole minutes (RFC 5545 section 3.3.6), as in PT10M or -PT1H30M."""
    minutes = int(length.total_seconds() // 60)
    hours, rest = divmod(abs(minutes), 60)
    return (
        ("-" if minutes < 0 else "") + "PT" + (f"{hours}H" if hours else "") + (f"{rest}M" if rest or not hours else "")
    )
