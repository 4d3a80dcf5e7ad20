"""What the printed sheets share: the words and dates that every template is told, and a session as a line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from babel.dates import format_interval

from confapp.domain.agenda import Agenda, Entry, Part, Person, Room
from confapp.exports.prose import has_long, line
from confapp.exports.wording import Voice, conference_url, direction, in_sentence, marks


@dataclass(frozen=True, slots=True)
class Line:
    """An entry on the venue's clock; `later` counts the midnights until its end."""

    entry: Entry
    starts: str
    ends: str
    later: int
    title: str
    people: str


def context(agenda: Agenda, voice: Voice) -> Mapping[str, object]:
    """What every template is told of the release that it is printed from."""
    facts = agenda.conference
    released = agenda.released_at.astimezone(facts.zone)
    return {
        "_": voice,
        "voice": voice,
        "agenda": agenda,
        "facts": facts,
        "title": voice.words(facts.title) or facts.slug,
        "dates": format_interval(facts.starts_on, facts.ends_on, "yMMMMd", locale=voice.locale),
        "released": f"{voice.day(released.date(), 'long')}, {released:%H:%M}",
        "released_at": agenda.released_at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "marks": marks(agenda.tracks, voice),
        "line": line,
        "has_long": has_long,
        "direction": direction,
        "in_sentence": in_sentence,
        "people": in_order,
    }


def lines(entries: Iterable[Entry], voice: Voice, agenda: Agenda) -> list[Line]:
    """Entries as lines, in their order."""
    zone = agenda.conference.zone
    made = []
    for entry in entries:
        starts, ends = entry.starts_at.astimezone(zone), entry.ends_at.astimezone(zone)
        talk = entry.session
        made.append(
            Line(
                entry=entry,
                starts=f"{starts:%H:%M}",
                ends=f"{ends:%H:%M}",
                later=(ends.date() - starts.date()).days,
                title=voice.words(talk.title) or voice.kind(talk.kind),
                people=in_sentence(line(person.name) for _role, person in in_order(talk.parts)),
            )
        )
    return made


def in_order(parts: Sequence[Part]) -> list[tuple[str, Person]]:
    """Who takes part, chairs first, each with the role."""
    return [(part.role, part.person) for part in sorted(parts, key=lambda part: part.role != "chair")]


def where(room: Room | None, voice: Voice) -> str:
    """How one finds a room: building, floor and address; '' for the whole venue."""
    if room is None:
        return ""
    venue = room.venue
    parts = [voice.words(venue.name), line(venue.address), line(venue.city)] if venue else []
    floor = voice("Floor %(floor)s", floor=line(room.floor)) if line(room.floor) else ""
    return in_sentence([parts[0], floor, *parts[1:]] if parts else [floor])


def sign_url(agenda: Agenda, room: Room, base_url: str) -> str:
    """The live sign of a room."""
    return f"{conference_url(agenda.conference, base_url)}rooms/{quote(room.code, safe='')}/sign"
