"""The values in which the demonstration programme is handed to whoever loads it: frozen, and free of the database."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

Texts = Mapping[str, str]
"""A text by language tag; every one has the conference's first language."""

SessionKind = Literal["keynote", "talk", "panel", "workshop", "break", "social"]
PartRole = Literal["speaker", "panellist", "chair"]
TranscriptKind = Literal["as_prepared", "as_delivered", "notes"]
BlockKind = Literal["speech", "question", "answer", "remark", "omission"]
Category = Literal["ally", "partner", "industry", "academia", "press", "staff"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conference:
    """The event itself; `starts_on` and `ends_on` are dates in its own zone, both held."""

    slug: str
    title: Texts
    tagline: Texts
    description: Texts
    city: str
    country: str
    contact: str
    timezone: str
    languages: tuple[str, ...]
    starts_on: date
    ends_on: date

    @property
    def zone(self) -> ZoneInfo:
        """Return the conference's time zone."""
        return ZoneInfo(self.timezone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """An institution that hosts; `country` is an ISO 3166-1 alpha-2 code."""

    slug: str
    name: Texts
    country: str
    contact_name: str
    contact_email: str
    description: Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Venue:
    """A building that the host named by slug lends; latitude and longitude are WGS 84 degrees."""

    slug: str
    host: str
    name: Texts
    address: str
    city: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A room of the venue, lent by the host, both named by slug; floor "0" is the ground floor."""

    code: str
    venue: str
    host: str
    name: Texts
    capacity: int
    floor: str
    is_step_free: bool
    equipment: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """A track; `colour` is an index from 1 to 12 into the palette."""

    slug: str
    colour: int
    name: Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """A person's public profile; programmes and transcripts refer to it by key."""

    key: str
    name: str
    role: str
    organisation: str
    country: str
    biography: Texts

    @property
    def affiliation(self) -> str:
        """Return role and organisation as they are printed under a name."""
        return f"{self.role}, {self.organisation}"


@dataclass(frozen=True, slots=True)
class Part:
    """What the speaker with this key does in a session."""

    person: str
    role: PartRole


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """When and where: from `starts_at` up to but without `ends_at`, both UTC."""

    starts_at: datetime
    ends_at: datetime
    room: str | None = None
    """The room's code; None for the whole venue."""

    def live(self, *, now: datetime) -> bool:
        """Say whether the slot is being held at `now`."""
        return self.starts_at <= now < self.ends_at

    def over(self, *, now: datetime) -> bool:
        """Say whether the slot's time has passed at `now`."""
        return self.ends_at <= now


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A programme item; without slots it waits in the tray, with several it is held as often."""

    key: str
    kind: SessionKind
    track: str
    title: Texts
    abstract: Texts
    parts: tuple[Part, ...]
    language: str
    expected: int
    minutes: int
    slots: tuple[Slot, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A paragraph of a transcript; its key is the same in every version and language of these words."""

    key: str
    kind: BlockKind
    text: str
    speaker: str = ""
    """Who asks or answers, in words; empty where the byline says who speaks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """One version of a session's words in one language; versions of the same words share `transcript`."""

    transcript: str
    session: str
    kind: TranscriptKind
    language: str
    kicker: str
    headline: str
    byline: str
    byline_role: str
    place: str
    summary: str
    blocks: tuple[Block, ...]
    embargoed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """An attendee; `picks` are session keys, `language` is the one to write to them in."""

    name: str
    email: str
    category: Category
    organisation: str
    country: str
    language: str
    picks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Someone who signs in; at most one of `track`, `host` (slugs) and `transcript` (key) limits the role."""

    email: str
    name: str
    role: str | None = None
    admin: bool = False
    track: str | None = None
    host: str | None = None
    transcript: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """The whole demonstration, with times that stand."""

    conference: Conference
    hosts: tuple[Host, ...]
    venues: tuple[Venue, ...]
    rooms: tuple[Room, ...]
    tracks: tuple[Track, ...]
    speakers: tuple[Speaker, ...]
    sessions: tuple[Session, ...]
    transcripts: tuple[Transcript, ...]
    registrations: tuple[Registration, ...]
    accounts: tuple[Account, ...]

    def session(self, key: str) -> Session:
        """Return the session with this key; raises KeyError if there is none."""
        for session in self.sessions:
            if session.key == key:
                return session
        raise KeyError(key)

    def slots(self) -> Iterator[tuple[Session, Slot]]:
        """Yield every slot with its session, in order of time."""
        pairs = [(session, slot) for session in self.sessions for slot in session.slots]
        yield from sorted(pairs, key=lambda pair: (pair[1].starts_at, pair[1].ends_at, pair[0].key))

    def live(self, *, now: datetime) -> tuple[Session, ...]:
        """Return the sessions that are being held at `now`."""
        return tuple(session for session, slot in self.slots() if slot.live(now=now))
