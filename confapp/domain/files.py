"""Bytes kept as rows: uploads under their SHA-256, files made from releases under a name for all that made them."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from confapp.database import Json, MaybeMoment, Model, Moment, db, insert_or_leave

MAKING_ATTEMPTS = 5
"""How often a file is begun before it is left alone: making it may have killed the worker each time."""


class Blob(Model):
    """Uploaded bytes: logos, photos, the raw sources of imports. Private: it lies outside the public fence."""

    __tablename__ = "blob"

    sha256: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    media_type: Mapped[str] = mapped_column(sa.String(100))
    size: Mapped[int] = mapped_column(sa.BigInteger)
    body: Mapped[bytes] = mapped_column(sa.LargeBinary)
    created_at: Mapped[Moment]


class MadeFile(Model):
    """A file made from frozen values, or asked for and still to be made (`body` None).

    It has a body of its own and is no Blob because the public fence knows tables: uploads must stay outside.
    """

    __tablename__ = "made_file"

    name: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    """SHA-256 over everything that made it, and its suffix; the strong ETag."""
    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"), index=True)
    release: Mapped[int]
    spec: Mapped[dict[str, Any]] = mapped_column(Json)
    """What to make, for the worker: kind, filter, language and options."""
    media_type: Mapped[str] = mapped_column(sa.String(100))
    body: Mapped[bytes | None] = mapped_column(sa.LargeBinary, deferred=True)
    asked_at: Mapped[Moment]
    made_at: Mapped[MaybeMoment]
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(sa.String(500))


def keep(body: bytes, media_type: str, *, now: dt.datetime) -> Blob:
    """Store bytes once, whoever uploads them again."""
    sha256 = hashlib.sha256(body).hexdigest()
    if db.session.get(Blob, sha256) is None:
        insert_or_leave(Blob, sha256=sha256, media_type=media_type, size=len(body), body=body, created_at=now)
    return db.session.get_one(Blob, sha256)


def ask(
    name: str, *, conference_id: int, release: int, spec: dict[str, Any], media_type: str, now: dt.datetime
) -> None:
    """Ask the worker for a file; asking again changes nothing."""
    insert_or_leave(
        MadeFile,
        name=name,
        conference_id=conference_id,
        release=release,
        spec=spec,
        media_type=media_type,
        asked_at=now,
        attempts=0,
    )


def body_of(name: str) -> bytes | None:
    """The made file's bytes, or None while it is not made."""
    return db.session.scalar(sa.select(MadeFile.body).where(MadeFile.name == name))


def is_made(name: str) -> bool:
    """Whether the file's bytes are there."""
    return db.session.scalar(sa.select(MadeFile.made_at).where(MadeFile.name == name)) is not None


def is_given_up(name: str) -> bool:
    """Whether the worker tried in vain to make the file, and tries no more."""
    found = sa.select(MadeFile.name).where(
        MadeFile.name == name, MadeFile.made_at.is_(None), MadeFile.attempts >= MAKING_ATTEMPTS
    )
    return db.session.scalar(found) is not None


def is_waiting() -> bool:
    """Whether a file is still to be made: asked before `take_next`, which writes."""
    unmade = sa.select(MadeFile.name).where(MadeFile.made_at.is_(None), MadeFile.attempts < MAKING_ATTEMPTS)
    return db.session.scalar(unmade.limit(1)) is not None


def waiting() -> int:
    """How many files are still to be made."""
    unmade = sa.select(sa.func.count()).where(MadeFile.made_at.is_(None), MadeFile.attempts < MAKING_ATTEMPTS)
    return db.session.scalar(unmade) or 0


def take_next() -> MadeFile | None:
    """The unmade file that was tried least and asked for longest ago, its attempt counted from here.

    It is not kept from others: equal names have equal bytes, so that a file made twice is only made in vain.
    """
    row = db.session.scalar(
        sa.select(MadeFile)
        .where(MadeFile.made_at.is_(None), MadeFile.attempts < MAKING_ATTEMPTS)
        .order_by(MadeFile.attempts, MadeFile.asked_at, MadeFile.name)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if row is not None:
        row.attempts += 1
    return row


def made(name: str, body: bytes, *, now: dt.datetime) -> None:
    """Keep the bytes of a file that was asked for."""
    db.session.execute(sa.update(MadeFile).where(MadeFile.name == name).values(body=body, made_at=now, error=None))


def forget(kinds: Sequence[str], *, before: dt.datetime) -> None:
    """Remove the files of these kinds that were asked for before a moment."""
    db.session.execute(
        sa.delete(MadeFile).where(MadeFile.spec["kind"].as_string().in_(kinds), MadeFile.asked_at < before)
    )


def forget_releases(conference_id: int, *, before: int) -> None:
    """Remove the files of a conference's releases with a lower number."""
    db.session.execute(sa.delete(MadeFile).where(MadeFile.conference_id == conference_id, MadeFile.release < before))


def failed(name: str, error: str) -> None:
    """Making the file failed; after MAKING_ATTEMPTS it is left alone and `flask doctor` names it."""
    db.session.execute(sa.update(MadeFile).where(MadeFile.name == name).values(error=error[:500]))


def given_up() -> Sequence[MadeFile]:
    """The files that the worker tried in vain to make, the oldest first."""
    return db.session.scalars(
        sa.select(MadeFile)
        .where(MadeFile.made_at.is_(None), MadeFile.attempts >= MAKING_ATTEMPTS)
        .order_by(MadeFile.asked_at, MadeFile.name)
    ).all()


def try_again() -> int:
    """Let the worker try once more to make what it gave up; returns how many files."""
    rows = given_up()
    for row in rows:
        row.attempts = 0
    return len(rows)
