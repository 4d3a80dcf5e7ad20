"""The agenda as an iCalendar feed (RFC 5545, 7986): equal bytes for equal data, small enough for every client."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from urllib.parse import quote

import icalendar
from icalendar.prop import vCalAddress, vDuration, vInline, vText

from confapp.domain.agenda import Agenda, ConferenceFacts, Entry
from confapp.domain.errors import N_
from confapp.exports.prose import cut, line, plain
from confapp.exports.vtimezone import vtimezone
from confapp.exports.wording import Translate, Voice, agenda_url, conference_url, part_of, place, session_url

MOST_BYTES = 1_000_000
"""Google Calendar cuts a feed off at about this size."""
ABSTRACT = 300
"""Characters of an abstract in an event, before its link."""
KEPT = dt.timedelta(days=14)
"""How long after its slot a cancelled session is still told as cancelled."""
_REFRESH = dt.timedelta(hours=1)


class _Text(vText):
    """A TEXT value (RFC 5545 section 3.3.11); in the library's own, a backslash before a capital N is a line break."""

    def to_ical(self) -> bytes:
        escaped = self.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
        return escaped.encode()


def calendar(
    agenda: Agenda,
    *,
    base_url: str,
    language: str,
    alarm: dt.timedelta | None = None,
    keep_cancelled: dt.timedelta | None = KEPT,
    translate: Translate = str,
) -> bytes:
    """The agenda as a calendar with one event an entry, CRLF, lines of at most 75 octets.

    `alarm` rings that long before each event. A cancelled entry stays as a tombstone in every release made up to
    `keep_cancelled` after its end; None leaves all of them out. Abstracts are cut shorter where the feed would
    otherwise pass `MOST_BYTES`.
    """
    voice = Voice(agenda.conference, language, translate)
    told = [entry for entry in agenda.entries if _is_told(entry, agenda.released_at, keep_cancelled)]
    head, foot = _envelope(agenda, voice, base_url)
    events = [_event(entry, agenda, voice, base_url, alarm, ABSTRACT) for entry in told]
    excess = len(head) + sum(map(len, events)) + len(foot) - MOST_BYTES
    if excess > 0:
        shorter = _shorter(told, voice, excess)
        events = [_event(entry, agenda, voice, base_url, alarm, shorter) for entry in told]
    return head + b"".join(events) + foot


def event(
    entry: Entry,
    agenda: Agenda,
    *,
    base_url: str,
    language: str,
    alarm: dt.timedelta | None = None,
    abstract: int = ABSTRACT,
    translate: Translate = str,
) -> bytes:
    """One entry as a VEVENT block, ready to be joined with others.

    Its bytes follow from the entry (uuid and sequence), the agenda's redaction, the conference's facts and the
    arguments alone, so they may be kept under these. `abstract` is the most characters of the abstract to tell.
    """
    return _event(entry, agenda, Voice(agenda.conference, language, translate), base_url, alarm, abstract)


def _is_told(entry: Entry, released_at: dt.datetime, keep: dt.timedelta | None) -> bool:
    """Whether an entry is in the feed: it takes place, or it is a tombstone that is still of use."""
    return not entry.is_cancelled or (keep is not None and released_at <= entry.ends_at + keep)


def _shorter(told: Sequence[Entry], voice: Voice, excess: int) -> int:
    """The most characters of each abstract that make a feed at least `excess` bytes smaller; 0 where none do."""
    abouts = [_about(entry, voice) for entry in told]
    full = sum(len(cut(about, ABSTRACT).encode()) for about in abouts)
    lengths = range(ABSTRACT - 25, 0, -25)
    return next((n for n in lengths if full - sum(len(cut(about, n).encode()) for about in abouts) >= excess), 0)


def _about(entry: Entry, voice: Voice) -> str:
    """What the session is about, as plain text."""
    return plain(voice.html(entry.session.abstract) or voice.html(entry.session.description))


def _event(
    entry: Entry, agenda: Agenda, voice: Voice, base_url: str, alarm: dt.timedelta | None, abstract: int
) -> bytes:
    facts, session = agenda.conference, entry.session
    title = voice.words(session.title) or voice.kind(session.kind)
    changed = entry.changed_at or agenda.released_at
    made = icalendar.Event()
    made["UID"] = _Text(str(entry.uuid))
    made.add("dtstamp", changed.replace(microsecond=0))
    made.add("last-modified", changed.replace(microsecond=0))
    made.add("sequence", entry.sequence)
    made["STATUS"] = _Text("CANCELLED" if entry.is_cancelled else "CONFIRMED")
    made["TRANSP"] = _Text("TRANSPARENT" if entry.is_cancelled else "OPAQUE")
    _add_times(made, entry, facts)
    made["SUMMARY"] = _Text(voice(N_("Cancelled: %(title)s"), title=title) if entry.is_cancelled else title)
    link = session_url(entry, facts, base_url)
    made["DESCRIPTION"] = _Text(_description(entry, voice, link, abstract))
    made.add("url", link)
    if where := place(entry, agenda, voice):
        made["LOCATION"] = _Text(where)
    venue = entry.room.venue if entry.room else None
    if venue and venue.latitude is not None and venue.longitude is not None:
        made["GEO"] = vInline(f"{venue.latitude:.6f};{venue.longitude:.6f}")
    if session.track and (track := voice.words(session.track.name)):
        made["CATEGORIES"] = _Text(track)
    made["ORGANIZER"] = _organizer(facts, voice, base_url)
    if alarm is not None and not entry.is_cancelled:
        rings = icalendar.Alarm()
        rings["ACTION"] = _Text("DISPLAY")
        rings["DESCRIPTION"] = _Text(title)
        rings.add("trigger", -alarm)
        made.add_component(rings)
    return bytes(made.to_ical())


def _add_times(made: icalendar.Event, entry: Entry, facts: ConferenceFacts) -> None:
    """DTSTART and DTEND on the venue's clock, or in UTC where that clock shows the hour twice and means the second.

    RFC 5545 section 3.3.5: a local time that occurs twice is its first occurrence. An end at the start is left out
    (section 3.8.2.2 wants it later).
    """
    moments = {"dtstart": entry.starts_at.replace(microsecond=0), "dtend": entry.ends_at.replace(microsecond=0)}
    if moments["dtend"] <= moments["dtstart"]:
        del moments["dtend"]
    is_ambiguous = any(moment.astimezone(facts.zone).fold for moment in moments.values())
    for name, moment in moments.items():
        if is_ambiguous:
            made.add(name, moment.astimezone(dt.UTC))
        else:
            made.add(name, moment.astimezone(facts.zone).replace(tzinfo=None), parameters={"TZID": facts.timezone})


def _description(entry: Entry, voice: Voice, link: str, abstract: int) -> str:
    """Plain text: who, the abstract's beginning, and where to read on."""
    people = [
        f"{voice.role(part.role)}: {part.person.name}"
        + (f" ({part.person.affiliation})" if part.person.affiliation else "")
        for part in sorted(entry.session.parts, key=lambda part: part.role != "chair")
    ]
    subtitle = voice.words(entry.session.subtitle)
    parts = [subtitle, "\n".join(line(each) for each in people), cut(_about(entry, voice), abstract), link]
    return "\n\n".join(part for part in parts if part)


def _organizer(facts: ConferenceFacts, voice: Voice, base_url: str) -> vCalAddress:
    """Who publishes: METHOD:PUBLISH asks for an ORGANIZER in every event (RFC 5546 section 3.2.1)."""
    contact = "".join(facts.contact.split()) if facts.contact else ""
    address = f"mailto:{quote(contact, safe='@+*=')}" if contact else conference_url(facts, base_url)
    made = vCalAddress(address)
    made.params["CN"] = voice.words(facts.title) or facts.slug
    return made


def _envelope(agenda: Agenda, voice: Voice, base_url: str) -> tuple[bytes, bytes]:
    """What stands before the events and after them: the calendar's own properties and its time zone.

    No UID: vdirsyncer would keep one event of all that share it. No LAST-MODIFIED: a release that changed nothing here
    leaves the bytes alone.
    """
    facts = agenda.conference
    title, part = voice.words(facts.title) or facts.slug, part_of(agenda, voice)
    name = _Text(f"{title}: {part}" if part else title)
    made = icalendar.Calendar()
    made.add("prodid", "-//Confapp//Agenda//EN")
    made.add("version", "2.0")
    made["METHOD"] = _Text("PUBLISH")
    made["NAME"] = name
    made["X-WR-CALNAME"] = name
    made["X-WR-TIMEZONE"] = _Text(facts.timezone)
    made["REFRESH-INTERVAL"] = vDuration(_REFRESH, params={"VALUE": "DURATION"})
    made["X-PUBLISHED-TTL"] = vDuration(_REFRESH)
    if address := agenda_url(agenda, base_url, "ics"):
        made.add("source", address, parameters={"VALUE": "URI"})
    made.add("url", conference_url(facts, base_url))
    moments = [facts.starts_on.year, facts.ends_on.year]
    moments += [moment.year for entry in agenda.entries for moment in (entry.starts_at, entry.ends_at)]
    foot = b"END:VCALENDAR\r\n"
    return made.to_ical().removesuffix(foot) + vtimezone(facts.timezone, min(moments), max(moments)), foot
