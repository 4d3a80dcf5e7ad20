"""Bytes kept as rows: uploads under their SHA-256, files made from releases under a name for all that made them."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from confapp.database import Json, MaybeMoment, Model, Moment, db, insert_or_leave

MAKING_ATTEMPTS = 3


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
    blob = db.session.get(Blob, sha256)
    if blob is None:
        blob = Blob(sha256=sha256, media_type=media_type, size=len(body), body=body, created_at=now)
        db.session.add(blob)
        db.session.flush()
    return blob


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


def next_to_make() -> MadeFile | None:
    """The unmade file that was asked for longest ago; without a lock, since equal names have equal bytes."""
    return db.session.scalar(
        sa.select(MadeFile)
        .where(MadeFile.made_at.is_(None), MadeFile.attempts < MAKING_ATTEMPTS)
        .order_by(MadeFile.attempts, MadeFile.asked_at, MadeFile.name)
        .limit(1)
    )


def made(name: str, body: bytes, *, now: dt.datetime) -> None:
    """Keep the bytes of a file that was asked for."""
    db.session.execute(sa.update(MadeFile).where(MadeFile.name == name).values(body=body, made_at=now, error=None))


def failed(name: str, error: str) -> None:
    """Making the file failed; after MAKING_ATTEMPTS it is left alone and `flask doctor` names it."""
    db.session.execute(
        sa.update(MadeFile).where(MadeFile.name == name).values(attempts=MadeFile.attempts + 1, error=error[:500])
    )
