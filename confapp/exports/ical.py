"""The agenda as an iCalendar feed (RFC 5545, 7986): equal bytes for equal data, small enough for every client."""

from __future__ import annotations

import datetime as dt
import sys
from bisect import bisect_left
from collections.abc import Hashable

from confapp.domain.agenda import Agenda, Entry, Venue
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
MOST_EVENTS = 30_000
"""How many events a process keeps as bytes: some forty megabytes."""
_LENGTHS = range(ABSTRACT - 25, 0, -25)
"""To how many characters abstracts are cut where a feed would be too large."""


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
    context = sys.intern(
        repr((agenda.conference, agenda.redaction, _venues(agenda), base_url, language, alarm, is_full))
    )
    made = [_made(entry, events, (context, translate)) for entry in told]
    blocks = [each.block for each in made]
    excess = len(head) + len(foot) + sum(map(len, blocks)) - MOST_BYTES
    if excess > 0:
        savings = [each.savings(entry, events) for each, entry in zip(made, told, strict=True)]
        step = bisect_left(range(len(_LENGTHS)), excess, key=lambda n: sum(saved[n] for saved in savings))
        length = _LENGTHS[step] if step < len(_LENGTHS) else 0
        blocks = [each.shorter(length, entry, events) for each, entry in zip(made, told, strict=True)]
    return b"".join([head, *blocks, foot])


def _is_told(entry: Entry, released_at: dt.datetime, keep: dt.timedelta | None) -> bool:
    """Whether an entry is in the feed: it takes place, or it is a tombstone that is still of use."""
    return not entry.is_cancelled or (keep is not None and released_at <= entry.ends_at + keep)


def _venues(agenda: Agenda) -> list[Venue]:
    return list({room.venue.slug: room.venue for room in agenda.rooms if room.venue}.values())


# Events once made are kept, so that a release which changed one of a thousand writes one.


class _Made:
    """An event as bytes, and what it would save to cut its abstract shorter."""

    __slots__ = ("_saved", "_shorter", "block")

    def __init__(self, entry: Entry, events: Events) -> None:
        self.block = events.block(entry, ABSTRACT)
        self._saved: tuple[int, ...] | None = None
        self._shorter: dict[int, bytes] = {}

    def savings(self, entry: Entry, events: Events) -> tuple[int, ...]:
        """The bytes that each of `_LENGTHS` saves."""
        if self._saved is None:
            about = events.about(entry)
            full = len(cut(about, ABSTRACT).encode())
            self._saved = tuple(full - len(cut(about, length).encode()) for length in _LENGTHS)
        return self._saved

    def shorter(self, length: int, entry: Entry, events: Events) -> bytes:
        """The event with so many characters of its abstract; only the last length is kept."""
        if length not in self._shorter:
            self._shorter = {length: events.block(entry, length)}
        return self._shorter[length]


_kept: dict[Hashable, _Made] = {}


def _made(entry: Entry, events: Events, context: Hashable) -> _Made:
    """The event, made once for each revision of its entry (its digest) under the same context."""
    if not entry.digest:  # built by hand and never released
        return _Made(entry, events)
    key = (entry.uuid.int, entry.digest, entry.sequence, entry.changed_at, context)
    held = _kept.get(key)
    if held is None:
        if len(_kept) >= MOST_EVENTS:
            _kept.clear()
        held = _kept[key] = _Made(entry, events)
    return held


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
