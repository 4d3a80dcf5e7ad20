"""The plan: what a programme file says, as frozen values that every reader makes and only `apply` acts upon."""

from __future__ import annotations

import datetime as dt
import hashlib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from confapp.domain.errors import N_, TooLarge
from confapp.domain.texts import Texts

MAX_BYTES = 20_000_000
MAX_SESSIONS = 20_000
UNDETERMINED = "und"
"""BCP 47's tag for a language that the file does not state; `apply` reads it as the conference's first language."""

_KEY_LENGTH = 200
_VALUE_LENGTH = 200


@dataclass(frozen=True)
class Remark:
    """Something the reader noticed; `count` says how often, `where` and `value` are of the first time."""

    where: str
    """As in 'event 9025, line 123'."""
    field: str
    message: str
    value: str = ""
    count: int = 1


@dataclass(frozen=True)
class PlannedConference:
    """The whole event. The dates are its sessions' where there are any, whatever the header says (None: none)."""

    title: Texts
    slug: str
    """A candidate (a-z, 0-9, hyphens); '' if the file names neither an acronym nor a title."""
    timezone: str
    """IANA name."""
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None
    day_change: dt.time = dt.time(0)
    """Local; what starts earlier belongs to the day before."""
    languages: tuple[str, ...] = ()
    """Stated by sessions, the most frequent first; empty if none is."""
    url: str | None = None
    venue: str = ""
    city: str = ""


@dataclass(frozen=True)
class Planned:
    """A thing with identity: `keys` name it, strongest first, and none is shared within its kind in one plan."""

    keys: tuple[str, ...]

    @property
    def ref(self) -> str:
        """How other parts of the plan point to this."""
        return self.keys[0]


@dataclass(frozen=True)
class PlannedTrack(Planned):
    """A strand of the programme; `colour` is '#rrggbb'."""

    name: Texts
    colour: str | None = None


@dataclass(frozen=True)
class PlannedRoom(Planned):
    """A room; empty ones are kept."""

    name: Texts
    capacity: int | None = None


@dataclass(frozen=True)
class PlannedSpeaker(Planned):
    """A speaker. Keys never hold a number or a name alone, so equal names stay two people."""

    name: str
    biography: Texts = field(default_factory=dict)
    """Cleaned HTML."""
    affiliation: str = ""
    country: str | None = None
    email: str | None = None


@dataclass(frozen=True)
class PlannedSession(Planned):
    """One programme item, with its place in the schedule if it has one (`starts_at` with `duration`)."""

    title: Texts
    kind: str
    """A value of `confapp.domain.programme.sessions.Kind`."""
    source_type: str = ""
    """The kind in the file's own words."""
    state: str = "confirmed"
    """A value of `confapp.domain.programme.sessions.SessionState`; a published programme's sessions are confirmed."""
    subtitle: Texts = field(default_factory=dict)
    abstract_html: Texts = field(default_factory=dict)
    description_html: Texts = field(default_factory=dict)
    language: str | None = None
    track: str | None = None
    """The track's `ref`."""
    people: tuple[tuple[str, str], ...] = ()
    """The speaker's `ref` and a value of `confapp.domain.programme.sessions.PartRole` each."""
    room: str | None = None
    """The room's `ref`."""
    starts_at: dt.datetime | None = None
    """Aware, UTC."""
    duration: dt.timedelta | None = None
    day: dt.date | None = None
    """The conference day: after midnight still the evening's, until the day changes."""
    links: tuple[tuple[str, str], ...] = ()
    """Address and title each."""
    attachments: tuple[tuple[str, str], ...] = ()
    recording_licence: str = ""
    recording_optout: bool | None = None
    url: str | None = None


@dataclass(frozen=True)
class Plan:
    """All that one file says: what can be taken, what was odd about it, and what cannot be taken and why."""

    source: str
    conference: PlannedConference
    tracks: tuple[PlannedTrack, ...] = ()
    rooms: tuple[PlannedRoom, ...] = ()
    speakers: tuple[PlannedSpeaker, ...] = ()
    sessions: tuple[PlannedSession, ...] = ()
    warnings: tuple[Remark, ...] = ()
    refused: tuple[Remark, ...] = ()

    @property
    def days(self) -> tuple[dt.date, ...]:
        """The conference days that have sessions, in order."""
        return tuple(sorted({session.day for session in self.sessions if session.day is not None}))


class Remarks:
    """Collects remarks while reading: faults row by row, and each kind of quirk once with its count."""

    def __init__(self) -> None:
        self._warnings: dict[object, Remark] = {}
        self._refused: list[Remark] = []

    def warn(self, where: str, field: str, message: str, value: str = "") -> None:
        """One thing that was repaired or left out."""
        self._warnings[len(self._warnings)] = Remark(where, field, message, value[:_VALUE_LENGTH])

    def quirk(self, where: str, field: str, message: str, value: str = "") -> None:
        """A habit of the file: counted, not repeated."""
        seen = self._warnings.get((field, message))
        if seen is None:
            seen = Remark(where, field, message, value[:_VALUE_LENGTH], count=0)
        self._warnings[field, message] = replace(seen, count=seen.count + 1)

    def refuse(self, where: str, field: str, message: str, value: str = "") -> None:
        """One row that cannot be taken."""
        self._refused.append(Remark(where, field, message, value[:_VALUE_LENGTH]))

    @property
    def warnings(self) -> tuple[Remark, ...]:
        """In the order of their first appearance."""
        return tuple(self._warnings.values())

    @property
    def refused(self) -> tuple[Remark, ...]:
        """In the order of the file."""
        return tuple(self._refused)


def check_size(data: bytes) -> None:
    """Raise TooLarge for a file beyond MAX_BYTES."""
    if len(data) > MAX_BYTES:
        raise TooLarge(
            N_(
                "The file has %(size)d bytes; at most %(limit)d can be imported.",
                size=len(data),
                limit=MAX_BYTES,
            )
        )


def key(kind: str, *parts: str) -> str:
    """An identity key such as 'id:9025': case, spacing and Unicode form do not count; long ones are hashed."""
    words = "|".join(" ".join(unicodedata.normalize("NFC", part).split()) for part in parts).casefold()
    if len(words) > _KEY_LENGTH:
        words = "sha256-" + hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{kind}:{words}"


def unshared(rows: Iterable[Sequence[str]]) -> list[tuple[str, ...]]:
    """Of each row's keys those that no other row has: a key that names two things identifies neither."""
    listed = [tuple(dict.fromkeys(row)) for row in rows]
    uses = Counter(each for row in listed for each in row)
    return [tuple(each for each in row if uses[each] == 1) for row in listed]
