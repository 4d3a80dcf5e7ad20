"""The agenda as an iCalendar feed (RFC 5545, 7986): equal bytes for equal data, small enough for every client."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Sequence

from confapp.domain.agenda import Agenda, Entry
from confapp.exports.contentlines import duration, line, text
from confapp.exports.events import ABSTRACT, Events
from confapp.exports.prose import cut
from confapp.exports.vtimezone import vtimezone
from confapp.exports.wording import Translate, Voice, agenda_url, conference_url, part_of

MOST_BYTES = 1_000_000
"""Google Calendar cuts a feed off at about this size."""
KEPT = dt.timedelta(days=14)
"""How long after its slot a cancelled session is still told as cancelled."""
_REFRESH = duration(dt.timedelta(hours=1))
_STEP = 25
"""By how many characters abstracts are cut shorter."""


def calendar(
    agenda: Agenda,
    *,
    base_url: str,
    language: str,
    alarm: dt.timedelta | None = None,
    keep_cancelled: dt.timedelta | None = KEPT,
    is_full: bool = False,
    translate: Translate = str,
) -> bytes:
    """The agenda as a calendar with one event an entry, CRLF, lines of at most 75 octets.

    `alarm` rings that long before each event. A cancelled entry stays as a tombstone in every release made up to
    `keep_cancelled` after its end; None leaves all of them out. `is_full`: see `Events`. Abstracts are cut shorter
    where the feed would otherwise pass `MOST_BYTES`.
    """
    voice = Voice(agenda.conference, language, translate)
    events = Events(agenda, voice, base_url, alarm=alarm, is_full=is_full)
    told = [entry for entry in agenda.entries if _is_told(entry, agenda.released_at, keep_cancelled)]
    asked = {
        "language": language if language != agenda.conference.languages[0] else agenda.filter.language or "",
        "alarm": str(int(alarm.total_seconds() // 60)) if alarm is not None else "",
        "cancelled": "hide" if keep_cancelled is None else "",
        "detail": "full" if is_full else "",
    }
    head, foot = envelope(agenda, voice, agenda_url(agenda, base_url, "ics", asked), base_url), b"END:VCALENDAR\r\n"
    around = [events.around(entry) for entry in told]
    descriptions = [events.description(entry, ABSTRACT) for entry in told]
    size = len(head) + len(foot) + sum(len(before) + len(after) for before, after in around)
    excess = size + sum(map(len, descriptions)) - MOST_BYTES
    if excess > 0:
        shorter = _shorter([events.about(entry) for entry in told], excess)
        descriptions = [events.description(entry, shorter) for entry in told]
    parts = [head]
    for (before, after), description in zip(around, descriptions, strict=True):
        parts += before, description, after
    return b"".join([*parts, foot])


def _is_told(entry: Entry, released_at: dt.datetime, keep: dt.timedelta | None) -> bool:
    """Whether an entry is in the feed: it takes place, or it is a tombstone that is still of use."""
    return not entry.is_cancelled or (keep is not None and released_at <= entry.ends_at + keep)


def _shorter(abouts: Sequence[str], excess: int) -> int:
    """The most characters of each abstract that make a feed at least `excess` bytes smaller; 0 where none do."""
    full = sum(len(cut(about, ABSTRACT).encode()) for about in abouts)
    lengths = range(ABSTRACT - _STEP, 0, -_STEP)
    found = bisect_left(
        lengths, excess, key=lambda length: full - sum(len(cut(about, length).encode()) for about in abouts)
    )
    return lengths[found] if found < len(lengths) else 0


def envelope(agenda: Agenda, voice: Voice, source: str | None, base_url: str, method: str = "PUBLISH") -> bytes:
    """What stands before the events: the calendar's own properties and its time zone; `END:VCALENDAR` follows them.

    No UID: vdirsyncer would keep one event of all that share it. No LAST-MODIFIED: a release that changed nothing here
    leaves the bytes alone. The properties that say how to refresh are left out of anything but a publication.
    """
    facts = agenda.conference
    title, part = voice.words(facts.title) or facts.slug, part_of(agenda, voice)
    name = text(f"{title}: {part}" if part else title)
    made = [b"BEGIN:VCALENDAR\r\nPRODID:-//Confapp//Agenda//EN\r\nVERSION:2.0\r\n", line("METHOD", method)]
    if method == "PUBLISH":
        made += [line("NAME", name), line("X-WR-CALNAME", name), line("X-WR-TIMEZONE", text(facts.timezone))]
        made += [line("REFRESH-INTERVAL", _REFRESH, {"VALUE": "DURATION"}), line("X-PUBLISHED-TTL", _REFRESH)]
        made += [line("SOURCE", source, {"VALUE": "URI"})] if source else []
        made.append(line("URL", conference_url(facts, base_url)))
    years = [facts.starts_on.year, facts.ends_on.year]
    years += [moment.year for entry in agenda.entries for moment in (entry.starts_at, entry.ends_at)]
    return b"".join(made) + vtimezone(facts.timezone, min(years), max(years))
