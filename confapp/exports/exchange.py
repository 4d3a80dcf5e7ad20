"""What both forms of the voc/schedule format (XML and JSON) tell of an agenda: days, rooms, slugs, times and texts."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from confapp.domain.agenda import Agenda, ConferenceFacts, Entry, Filter, Room
from confapp.domain.errors import N_
from confapp.domain.texts import Texts
from confapp.exports.prose import lines
from confapp.exports.wording import Voice, session_url

GENERATOR = "Confapp"
TIMESLOT = "00:05"
_CODE = re.compile(r"[0-9A-Z]{6}")
_TRACK = re.compile(r"[a-z][a-z0-9-]+")
COLOURS = (
    *("#1f5fa8", "#b5401e", "#2b7a3e", "#6d3fa0", "#8a6100", "#0f7173"),
    *("#a8286e", "#52606f", "#5f6b12", "#a31f34", "#3b46a5", "#7a4a2b"),
)
"""The track palette of the pages, as apps want it: one colour each, for light grounds."""


@dataclass(frozen=True, slots=True)
class Day:
    """One conference day: from the hour when a day begins to the same hour of the next date."""

    index: int
    date: dt.date
    starts_at: dt.datetime
    ends_at: dt.datetime
    """Both aware, on the conference's clock."""
    rooms: Mapping[str, Sequence[Event]]
    """What takes place in each room, by the room's name; rooms where nothing does are left out."""


@dataclass(frozen=True, slots=True)
class Event:
    """An entry with what the format wants beside it."""

    entry: Entry
    room: str
    code: str | None
    """None for a repetition: codes must be unique in a file."""
    slug: str
    url: str
    starts_at: dt.datetime
    """On the conference's clock."""
    duration: str
    """Hours and minutes."""


class Exchange:
    """An agenda in one language, as the format sees it."""

    def __init__(self, agenda: Agenda, base_url: str, voice: Voice) -> None:
        self.agenda, self.base_url, self.voice = agenda, base_url, voice
        self.facts: ConferenceFacts = agenda.conference
        self.acronym = acronym(self.facts.slug)
        self.whole_venue = voice(N_("Whole venue"))
        self.room_names = self._room_names()

    def _room_names(self) -> dict[str, str]:
        """A name for each room by its code, none twice, since the JSON form files events under it."""
        names: dict[str, str] = {}
        for room in self.agenda.rooms:
            name = self.voice.words(room.name) or room.code
            taken = {*names.values(), self.whole_venue}
            names[room.code] = name if name not in taken else f"{name} ({room.code})"
        return names

    def rooms(self) -> Sequence[Room]:
        """The rooms where something takes place; of the whole agenda all."""
        used = {entry.room.code for entry in self.agenda.shown if entry.room}
        return [room for room in self.agenda.rooms if self.agenda.filter == Filter() or room.code in used]

    def days(self) -> Iterator[Day]:
        """The days on which something takes place; the conference's first where nothing does, as one must stand."""
        codes: set[str] = set()
        change = self.facts.day_change
        for index, date in enumerate(self.agenda.days or (self.facts.starts_on,), start=1):
            held: dict[str, list[Event]] = {}
            for entry in self.agenda.on(date):
                event = self._event(entry, codes)
                held.setdefault(event.room, []).append(event)
            order = {name: place for place, name in enumerate(self.room_names.values())}
            yield Day(
                index=index,
                date=date,
                starts_at=self._local(dt.datetime.combine(date, change, self.facts.zone)),
                ends_at=self._local(dt.datetime.combine(date + dt.timedelta(days=1), change, self.facts.zone)),
                rooms={name: held[name] for name in sorted(held, key=lambda name: order.get(name, -1))},
            )

    def _event(self, entry: Entry, codes: set[str]) -> Event:
        session = entry.session
        code = session.code if _CODE.fullmatch(session.code) and session.code not in codes else None
        codes.add(session.code)
        minutes = int(entry.duration.total_seconds()) // 60
        title = _ascii(self.voice.words(session.title)).replace("-", "_")[:40].strip("_")
        return Event(
            entry=entry,
            room=self.room_names[entry.room.code] if entry.room else self.whole_venue,
            code=code,
            slug="-".join(filter(None, (self.acronym, f"{entry.number:04d}", title))),
            url=session_url(entry, self.facts, self.base_url),
            starts_at=self._local(entry.starts_at),
            duration=f"{minutes // 60:02d}:{minutes % 60:02d}",
        )

    def _local(self, moment: dt.datetime) -> dt.datetime:
        return moment.astimezone(self.facts.zone)

    def track_slug(self, slug: str) -> str | None:
        """A track's slug where the format can take it."""
        return slug if _TRACK.fullmatch(slug) else None

    def title(self, event: Event) -> str:
        """A session's title; what kind it is where it has none."""
        return self.voice.words(event.entry.session.title) or self.voice.kind(event.entry.session.kind)

    def html(self, texts: Texts) -> str:
        """A text with its tags, without what XML 1.0 section 2.2 forbids."""
        return lines(self.voice.html(texts))


def acronym(slug: str) -> str:
    """A conference's slug as both schemas take it: small letters, digits and underscores, four or more."""
    bare = re.sub(r"[^a-z0-9]+", "_", slug.lower()).strip("_")
    return bare if len(bare) >= 4 else f"{bare}_conf".strip("_")


def _ascii(words: str) -> str:
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
