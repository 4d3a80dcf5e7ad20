"""What every PDF of an agenda is told, and one attendee's own on a page: PDF/UA-1, equal bytes for equal data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from babel.dates import format_interval

from confapp.domain.agenda import Agenda, ConferenceFacts, Entry, Person, Session
from confapp.domain.errors import N_
from confapp.exports.binding import ELSEWHERE
from confapp.exports.ical import calendar
from confapp.exports.printing import attachment, render
from confapp.exports.prose import has_long, line
from confapp.exports.wording import (
    Translate,
    Voice,
    conference_url,
    in_sentence,
    marks,
    place,
    session_url,
)


@dataclass(frozen=True, slots=True)
class Row:
    """An entry as a line of a day; times are the venue's, `later` counts the midnights until its end."""

    entry: Entry
    starts: str
    ends: str
    later: int
    room: str
    place: str
    is_first: bool
    """Whether it is the first of those that start together."""


@dataclass(frozen=True, slots=True)
class Day:
    """A conference day: its rows in order, and the offsets from UTC that clocks show during it."""

    date: dt.date
    number: int
    title: str
    zone: str
    rows: tuple[Row, ...]


def personal_pdf(
    agenda: Agenda,
    attendee_name: str,
    *,
    base_url: str,
    language: str,
    paper: str = "A4",
    translate: Translate = str,
) -> bytes:
    """An attendee's picks (the agenda is filtered to them already) on as few pages as they need, with the calendar."""
    voice = Voice(agenda.conference, language, translate)
    feed = calendar(agenda, base_url=base_url, language=language, translate=translate)
    described = voice(N_("These sessions as a calendar"))
    return render(
        "personal.html",
        styles=("personal.css",),
        paper=paper,
        attachments=[attachment(feed, "agenda.ics", described, agenda.released_at)],
        context=context_of(agenda, voice, base_url),
        days=days_of(agenda, voice),
        attendee=line(attendee_name),
        clashes=_clashes(agenda),
    )


def context_of(agenda: Agenda, voice: Voice, base_url: str) -> Mapping[str, object]:
    """What every template for an agenda is told."""
    facts = agenda.conference
    released = agenda.released_at.astimezone(facts.zone)
    interval = format_interval(facts.starts_on, facts.ends_on, "yMMMMd", locale=voice.locale)
    return {
        "_": voice,
        "voice": voice,
        "agenda": agenda,
        "facts": facts,
        "title": voice.words(facts.title) or facts.slug,
        "dates": interval,
        "released": f"{voice.day(released.date(), 'long')}, {released:%H:%M}",
        "released_at": agenda.released_at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "address": conference_url(facts, base_url),
        "session_url": lambda entry: session_url(entry, facts, base_url),
        "marks": marks(agenda.tracks, voice),
        "line": line,
        "elsewhere": ELSEWHERE,
        "has_long": has_long,
        "in_sentence": in_sentence,
        "people": _people,
    }


def days_of(agenda: Agenda, voice: Voice) -> list[Day]:
    facts = agenda.conference
    made = []
    for number, date in enumerate(agenda.days, 1):
        entries = agenda.on(date)
        rows = [
            _row(entry, agenda, voice, is_first=not n)
            for _, together in groupby(entries, key=lambda entry: entry.starts_at)
            for n, entry in enumerate(together)
        ]
        made.append(Day(date, number, voice.day(date), _zone(facts, entries), tuple(rows)))
    return made


def _row(entry: Entry, agenda: Agenda, voice: Voice, *, is_first: bool) -> Row:
    starts, ends = (moment.astimezone(agenda.conference.zone) for moment in (entry.starts_at, entry.ends_at))
    return Row(
        entry=entry,
        starts=f"{starts:%H:%M}",
        ends=f"{ends:%H:%M}",
        later=(ends.date() - starts.date()).days,
        room=voice.words(entry.room.name) if entry.room else "",
        place=place(entry, agenda, voice),
        is_first=is_first,
    )


def _zone(facts: ConferenceFacts, entries: Sequence[Entry]) -> str:
    """'Europe/Brussels, UTC+1', with both offsets on a day on which clocks change."""
    offsets = []
    for moment in [moment for entry in entries for moment in (entry.starts_at, entry.ends_at)]:
        minutes = int((moment.astimezone(facts.zone).utcoffset() or dt.timedelta(0)).total_seconds() // 60)
        hours, rest = divmod(abs(minutes), 60)
        sign = "−" if minutes < 0 else "+"
        offsets.append(f"UTC{sign}{hours}" + (f":{rest:02}" if rest else ""))
    return ", ".join([facts.timezone, " / ".join(dict.fromkeys(offsets))])


def _people(session: Session) -> list[tuple[str, Person]]:
    """Who takes part, chairs first, each with the role."""
    ordered = sorted(session.parts, key=lambda part: part.role != "chair")
    return [(part.role, part.person) for part in ordered]


def _clashes(agenda: Agenda) -> frozenset[int]:
    """The numbers of entries that overlap another one: nobody can sit in two rooms."""
    found = set()
    for n, entry in enumerate(agenda.shown):
        for other in agenda.shown[n + 1 :]:
            if other.starts_at >= entry.ends_at:
                break
            found |= {entry.number, other.number}
    return frozenset(found)
