"""Releases: frozen, numbered versions of the schedule. The public only ever sees the latest, and only these tables."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from confapp.database import Json, Key, Model, Moment, TextsColumn


class Release(Model):
    """One frozen version of a conference's schedule. `redaction` rises when a person is erased from it."""

    __tablename__ = "release"
    __table_args__ = (sa.UniqueConstraint("conference_id", "number"),)

    id: Mapped[Key]
    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"))
    number: Mapped[int]
    released_at: Mapped[Moment]
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
