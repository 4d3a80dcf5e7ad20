"""The rows of a release: frozen values stored and read back; only an erased person's row is ever overwritten."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from confapp.database import Json, Key, Model, Moment, TextsColumn, db
from confapp.domain import agenda as values
from confapp.domain.release.freezing import digest

SECOND = dt.timedelta(seconds=1)


class Release(Model):
    """One frozen version of a conference's schedule. `redaction` rises when a person is erased from it."""

    __tablename__ = "release"
    __table_args__ = (sa.UniqueConstraint("conference_id", "number"),)

    id: Mapped[Key]
    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"))
    number: Mapped[int]
    released_at: Mapped[Moment]
    changed_at: Mapped[Moment]
    """When what readers see of it changed last, to the second after anything before: it never goes back."""
    redaction: Mapped[int] = mapped_column(default=0)
    schedule_version: Mapped[int]
    note: Mapped[TextsColumn]
    facts: Mapped[dict[str, Any]] = mapped_column(Json)
    """The conference's own facts as they were."""


class _Frozen:
    """What the frozen rows share: the release they belong to and their order in it."""

    release_id: Mapped[int] = mapped_column(sa.ForeignKey("release.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class ReleaseHost(_Frozen, Model):
    """A host as it was released."""

    __tablename__ = "release_host"

    slug: Mapped[str] = mapped_column(sa.String(60))
    facts: Mapped[dict[str, Any]] = mapped_column(Json)


class ReleaseRoom(_Frozen, Model):
    """A room as it was released, with its venue."""

    __tablename__ = "release_room"

    code: Mapped[str] = mapped_column(sa.String(60))
    facts: Mapped[dict[str, Any]] = mapped_column(Json)


class ReleaseTrack(_Frozen, Model):
    """A track as it was released."""

    __tablename__ = "release_track"

    slug: Mapped[str] = mapped_column(sa.String(60))
    facts: Mapped[dict[str, Any]] = mapped_column(Json)


class ReleaseSession(_Frozen, Model):
    """A session as it was released; it names its track by slug."""

    __tablename__ = "release_session"

    code: Mapped[str] = mapped_column(sa.String(12))
    facts: Mapped[dict[str, Any]] = mapped_column(Json)


class ReleasePerson(_Frozen, Model):
    """A public profile as it was released: the only frozen row that is ever overwritten, when its person is erased."""

    __tablename__ = "release_person"

    code: Mapped[str] = mapped_column(sa.String(12), index=True)
    uuid: Mapped[uuid.UUID] = mapped_column(sa.Uuid())
    number: Mapped[int] = mapped_column(sa.BigInteger)
    name: Mapped[str] = mapped_column(sa.String(200))
    facts: Mapped[dict[str, Any]] = mapped_column(Json)


class ReleasePart(_Frozen, Model):
    """Who had which part in a released session."""

    __tablename__ = "release_part"

    session: Mapped[str] = mapped_column(sa.String(12))
    person: Mapped[str] = mapped_column(sa.String(12))
    role: Mapped[str] = mapped_column(sa.String(32))


class ReleaseEntry(_Frozen, Model):
    """A session in a room at a time, as released; cancelled ones stay as tombstones."""

    __tablename__ = "release_entry"

    uuid: Mapped[uuid.UUID] = mapped_column(sa.Uuid(), index=True)
    number: Mapped[int] = mapped_column(sa.BigInteger)
    session: Mapped[str] = mapped_column(sa.String(12))
    room: Mapped[str | None] = mapped_column(sa.String(60))
    starts_at: Mapped[Moment]
    ends_at: Mapped[Moment]
    sequence: Mapped[int]
    changed_at: Mapped[Moment]
    digest: Mapped[str] = mapped_column(sa.String(64))
    """SHA-256 over what a reader of the calendar sees; another one raises the sequence."""
    is_cancelled: Mapped[bool] = mapped_column(default=False)


def _plain(value: Any) -> Any:
    """A frozen value as JSON: UUIDs and dates as strings, another value as what its fields hold."""
    if is_dataclass(value):
        value = {each.name: getattr(value, each.name) for each in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value) if isinstance(value, uuid.UUID) else value


def store(
    conference_id: int, frozen: values.Agenda, schedule_version: int, *, after: dt.datetime | None = None
) -> Release:
    """Write the values as a new release, in a fixed number of statements, changed later than `after`, to the second."""
    made = Release(
        conference_id=conference_id,
        number=frozen.release,
        released_at=frozen.released_at,
        changed_at=frozen.released_at if after is None else max(frozen.released_at, after + SECOND),
        redaction=0,
        schedule_version=schedule_version,
        note=dict(frozen.note),
        facts=_plain(frozen.conference),
    )
    db.session.add(made)
    db.session.flush()
    held = {entry.session.code: entry.session for entry in frozen.entries}
    people = {part.person.code: part.person for session in held.values() for part in session.parts}
    rows: dict[type[Model], list[dict[str, Any]]] = {
        ReleaseHost: [{"slug": host.slug, "facts": _plain(host)} for host in frozen.hosts],
        ReleaseRoom: [{"code": room.code, "facts": _plain(room)} for room in frozen.rooms],
        ReleaseTrack: [{"slug": track.slug, "facts": _plain(track)} for track in frozen.tracks],
        ReleaseSession: [{"code": session.code, "facts": _session_facts(session)} for session in held.values()],
        ReleasePerson: [_person_row(person) for person in people.values()],
        ReleasePart: [
            {"session": session.code, "person": part.person.code, "role": part.role}
            for session in held.values()
            for part in session.parts
        ],
        ReleaseEntry: [_entry_row(entry) for entry in frozen.entries],
    }
    for table, batch in rows.items():
        if batch:
            numbered = [{"release_id": made.id, "position": place} | row for place, row in enumerate(batch)]
            db.session.execute(sa.insert(table), numbered)
    return made


def _session_facts(session: values.Session) -> dict[str, Any]:
    named = {"track": session.track.slug if session.track else None}
    return {each.name: _plain(getattr(session, each.name)) for each in fields(session) if each.name != "parts"} | named


def _person_row(person: values.Person) -> dict[str, Any]:
    facts = {name: _plain(getattr(person, name)) for name in ("affiliation", "country", "biography", "photo")}
    return {"code": person.code, "uuid": person.uuid, "number": person.number, "name": person.name, "facts": facts}


def _entry_row(entry: values.Entry) -> dict[str, Any]:
    return {
        "uuid": entry.uuid,
        "number": entry.number,
        "session": entry.session.code,
        "room": entry.room.code if entry.room else None,
        "starts_at": entry.starts_at,
        "ends_at": entry.ends_at,
        "sequence": entry.sequence,
        "changed_at": entry.changed_at,
        "digest": digest(entry),
        "is_cancelled": entry.is_cancelled,
    }


def agenda(release: Release) -> values.Agenda:
    """The release as frozen values; kept in memory, since nothing but a redaction ever changes it."""
    return _agenda(_Key(release))


def facts(release: Release) -> values.ConferenceFacts:
    """The conference's own facts as released, without reading anything else."""
    return _facts(release.facts)


class _Key:
    """What a release's values hang on; carries the row for the one who has to load it."""

    def __init__(self, release: Release) -> None:
        self.release = release
        self.identity = (id(db.engine), release.id, release.redaction, release.facts["uuid"])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self.identity == other.identity

    def __hash__(self) -> int:
        return hash(self.identity)


@lru_cache(maxsize=32)
def _agenda(key: _Key) -> values.Agenda:
    release = key.release

    def rows(table: Any) -> Sequence[Any]:
        held = table.__table__.c
        return db.session.execute(sa.select(*held).where(held.release_id == release.id).order_by(held.position)).all()

    hosts = tuple(values.Host(**row.facts) for row in rows(ReleaseHost))
    rooms = {row.code: _room(row.facts) for row in rows(ReleaseRoom)}
    tracks = {row.slug: values.Track(**row.facts) for row in rows(ReleaseTrack)}
    people = {
        row.code: values.Person(code=row.code, uuid=row.uuid, number=row.number, name=row.name, **row.facts)
        for row in rows(ReleasePerson)
    }
    parts: dict[str, list[values.Part]] = {}
    for row in rows(ReleasePart):
        parts.setdefault(row.session, []).append(values.Part(people[row.person], row.role))
    sessions = {row.code: _session(row.facts, tracks, tuple(parts.get(row.code, ()))) for row in rows(ReleaseSession)}
    entries = tuple(
        values.Entry(
            uuid=row.uuid,
            number=row.number,
            session=sessions[row.session],
            room=rooms[row.room] if row.room else None,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            sequence=row.sequence,
            changed_at=row.changed_at,
            is_cancelled=row.is_cancelled,
            digest=row.digest,
        )
        for row in rows(ReleaseEntry)
    )
    return values.Agenda(
        conference=_facts(release.facts),
        release=release.number,
        released_at=release.released_at,
        redaction=release.redaction,
        entries=entries,
        hosts=hosts,
        rooms=tuple(rooms.values()),
        tracks=tuple(tracks.values()),
        note=release.note,
    )


def _facts(facts: dict[str, Any]) -> values.ConferenceFacts:
    return values.ConferenceFacts(
        **facts
        | {
            "uuid": uuid.UUID(facts["uuid"]),
            "starts_on": dt.date.fromisoformat(facts["starts_on"]),
            "ends_on": dt.date.fromisoformat(facts["ends_on"]),
            "day_change": dt.time.fromisoformat(facts["day_change"]),
            "languages": tuple(facts["languages"]),
        }
    )


def _room(facts: dict[str, Any]) -> values.Room:
    venue = values.Venue(**facts["venue"]) if facts["venue"] else None
    return values.Room(**facts | {"uuid": uuid.UUID(facts["uuid"]), "venue": venue})


def _session(
    facts: dict[str, Any], tracks: Mapping[str, values.Track], parts: tuple[values.Part, ...]
) -> values.Session:
    return values.Session(
        **facts
        | {
            "uuid": uuid.UUID(facts["uuid"]),
            "track": tracks.get(facts["track"]) if facts["track"] else None,
            "links": tuple(values.Link(**link) for link in facts["links"]),
            "parts": parts,
        }
    )
