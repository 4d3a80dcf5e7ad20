"""The agenda: the frozen values of one release, filtered and grouped as people read it. Exports see nothing else."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeVar
from zoneinfo import ZoneInfo

from confapp.domain.texts import Texts

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Link:
    """Something elsewhere that belongs to a session: slides, a paper, a recording."""

    url: str
    title: str
    is_attachment: bool = False


@dataclass(frozen=True, slots=True)
class Host:
    """An institution that hosts the conference and lends venues and rooms."""

    slug: str
    name: Texts
    description: Texts = field(default_factory=dict)
    country: str | None = None
    """ISO 3166-1 alpha-2, upper case."""
    url: str | None = None
    logo: str | None = None
    """SHA-256 of the blob, hexadecimal."""


@dataclass(frozen=True, slots=True)
class Venue:
    """A building; `latitude` and `longitude` are WGS 84 degrees, both or neither; `plan` the SHA-256 of a picture."""

    slug: str
    name: Texts
    address: str = ""
    city: str = ""
    latitude: float | None = None
    longitude: float | None = None
    plan: str | None = None


@dataclass(frozen=True, slots=True)
class Room:
    """A room in a venue; `host` is the slug of the institution that lends it."""

    code: str
    uuid: uuid.UUID
    name: Texts
    venue: Venue | None = None
    host: str | None = None
    capacity: int | None = None
    floor: str = ""
    is_step_free: bool | None = None
    position: int = 0


@dataclass(frozen=True, slots=True)
class Track:
    """A strand of the programme; `colour` is 1 to 12, an index into the palette of the pages and PDFs."""

    slug: str
    name: Texts
    colour: int = 1


@dataclass(frozen=True, slots=True)
class Person:
    """A speaker's public profile in this conference."""

    code: str
    uuid: uuid.UUID
    number: int
    name: str
    affiliation: str = ""
    """Role and organisation in one line, as printed under the name."""
    country: str | None = None
    biography: Texts = field(default_factory=dict)
    """Cleaned HTML by language."""
    photo: str | None = None
    """SHA-256 of the picture, hexadecimal."""


@dataclass(frozen=True, slots=True)
class Part:
    """What a person does in a session: `role` is 'speaker', 'panellist' or 'chair'."""

    person: Person
    role: str = "speaker"


@dataclass(frozen=True, slots=True)
class Session:
    """One programme item; `abstract` and `description` are cleaned HTML by language."""

    code: str
    uuid: uuid.UUID
    number: int
    kind: str
    """keynote, talk, panel, workshop, lightning, break, social or other."""
    title: Texts
    subtitle: Texts = field(default_factory=dict)
    abstract: Texts = field(default_factory=dict)
    description: Texts = field(default_factory=dict)
    language: str | None = None
    track: Track | None = None
    parts: tuple[Part, ...] = ()
    links: tuple[Link, ...] = ()
    is_recorded: bool | None = None
    """None where nobody said."""
    is_chatham_house: bool = False
    online: str | None = None
    """The address at which one joins from elsewhere."""

    def people(self, *roles: str) -> tuple[Person, ...]:
        """Those with one of `roles` in this session (all where none is named), in billing order."""
        return tuple(part.person for part in self.parts if not roles or part.role in roles)


@dataclass(frozen=True, slots=True)
class Entry:
    """A session in one room (None: the whole venue) at one time, as released. Times are aware, UTC.

    `uuid` and `number` are the slot's, for ever: the iCalendar UID and the frab guid and id. `sequence` rises
    whenever a release changed the entry (RFC 5545 section 3.8.7.4); `changed_at` is that release's moment.
    """

    uuid: uuid.UUID
    number: int
    session: Session
    room: Room | None
    starts_at: dt.datetime
    ends_at: dt.datetime
    sequence: int = 0
    changed_at: dt.datetime | None = None
    is_cancelled: bool = False
    digest: str = field(default="", compare=False)  # over all that readers see of it; '' before its release

    @property
    def duration(self) -> dt.timedelta:
        """How long it lasts."""
        return self.ends_at - self.starts_at


@dataclass(frozen=True, slots=True)
class ConferenceFacts:
    """What everyone may know of the conference itself."""

    slug: str
    uuid: uuid.UUID
    title: Texts
    timezone: str
    """IANA name."""
    starts_on: dt.date
    ends_on: dt.date
    languages: tuple[str, ...]
    """BCP 47 tags, the conference's first language first."""
    tagline: Texts = field(default_factory=dict)
    description: Texts = field(default_factory=dict)
    city: str = ""
    country: str | None = None
    url: str | None = None
    contact: str | None = None
    """The e-mail address of the organisers."""
    day_change: dt.time = dt.time(0)
    """Local time at which a conference day begins: a party at 02:00 belongs to the day before."""

    @property
    def zone(self) -> ZoneInfo:
        """The conference's time zone."""
        return ZoneInfo(self.timezone)

    def day_of(self, moment: dt.datetime) -> dt.date:
        """The conference day to which a moment belongs."""
        local = moment.astimezone(self.zone)
        return local.date() if local.time() >= self.day_change else local.date() - dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which part of an agenda is wanted; every field that is not None narrows it further."""

    day: dt.date | None = None
    track: str | None = None
    room: str | None = None
    host: str | None = None
    speaker: str | None = None
    language: str | None = None
    """Spoken in it, or in one that nobody named."""
    session: str | None = None
    """The code of the only session that is wanted."""
    sessions: frozenset[uuid.UUID] | None = None
    """Only these sessions: an attendee's picks."""

    def matches(self, entry: Entry, conference: ConferenceFacts) -> bool:
        """Whether the entry belongs to what is wanted; whole-venue entries belong to every room and host."""
        session, room = entry.session, entry.room
        return (
            (self.sessions is None or session.uuid in self.sessions)
            and (self.day is None or conference.day_of(entry.starts_at) == self.day)
            and (self.track is None or (session.track is not None and session.track.slug == self.track))
            and (self.room is None or room is None or room.code == self.room)
            and (self.host is None or room is None or room.host == self.host)
            and (self.speaker is None or any(part.person.code == self.speaker for part in session.parts))
            and (self.language is None or session.language in (None, self.language))
            and (self.session is None or session.code == self.session)
        )


@dataclass(frozen=True)
class Agenda:
    """One release, or the filtered part of it. `entries` are sorted by start, room position and title.

    `redaction` rises when a person is erased from the release: together with the release's number and the filter it
    names every file made from it.
    """

    conference: ConferenceFacts
    release: int
    released_at: dt.datetime
    redaction: int = 0
    entries: tuple[Entry, ...] = ()
    hosts: tuple[Host, ...] = ()
    rooms: tuple[Room, ...] = ()
    tracks: tuple[Track, ...] = ()
    note: Texts = field(default_factory=dict)
    filter: Filter = Filter()

    @cached_property
    def shown(self) -> tuple[Entry, ...]:
        """The entries that take place; cancelled ones live on only in calendars, as tombstones."""
        return tuple(entry for entry in self.entries if not entry.is_cancelled)

    @cached_property
    def days(self) -> tuple[dt.date, ...]:
        """The conference days on which something takes place, in order."""
        return tuple(sorted({self.conference.day_of(entry.starts_at) for entry in self.shown}))

    @cached_property
    def sessions(self) -> Mapping[str, Session]:
        """The sessions that take place, by code, in the order of their first entry."""
        return {entry.session.code: entry.session for entry in self.shown}

    @cached_property
    def people(self) -> Mapping[str, Person]:
        """Everybody who has a part in a session that takes place, by code."""
        return {part.person.code: part.person for entry in self.shown for part in entry.session.parts}

    def on(self, day: dt.date) -> tuple[Entry, ...]:
        """What takes place on that conference day."""
        return tuple(entry for entry in self.shown if self.conference.day_of(entry.starts_at) == day)

    @cached_property
    def _by_session(self) -> Mapping[uuid.UUID, tuple[Entry, ...]]:
        return _grouped((entry.session.uuid, entry) for entry in self.shown)

    @cached_property
    def _by_person(self) -> Mapping[str, tuple[Entry, ...]]:
        return _grouped((code, entry) for entry in self.shown for code in {p.person.code for p in entry.session.parts})

    def of(self, session: Session) -> tuple[Entry, ...]:
        """When and where that session takes place."""
        return self._by_session.get(session.uuid, ())

    def by(self, person: Person) -> tuple[Entry, ...]:
        """Where that person has a part."""
        return self._by_person.get(person.code, ())

    def filtered(self, wanted: Filter) -> Agenda:
        """The part of this agenda that is wanted; the conference's hosts, rooms and tracks stay whole."""
        only = wanted.sessions  # a few of thousands, found without asking each in full
        near = self.entries if only is None else [entry for entry in self.entries if entry.session.uuid in only]
        kept = tuple(entry for entry in near if wanted.matches(entry, self.conference))
        return replace(self, entries=kept, filter=wanted)


def _grouped(pairs: Iterable[tuple[Key, Entry]]) -> Mapping[Key, tuple[Entry, ...]]:
    grouped: dict[Key, list[Entry]] = {}
    for key, entry in pairs:
        grouped.setdefault(key, []).append(entry)
    return {key: tuple(entries) for key, entries in grouped.items()}


def in_reading_order(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Entries by start, then whole-venue ones first, then by room position, then by number."""
    found = sorted(entries, key=lambda each: (each.starts_at, each.room.position if each.room else -1, each.number))
    return tuple(found)
