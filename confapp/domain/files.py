"""Bytes kept as rows: uploads under their SHA-256, files made from releases under a name for all that made them."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence, Set
from typing import Any, cast

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
    """When they were last uploaded."""


class _Made:
    """What the tables of made files share. A row stands for a file that was made, or asked for (`body` None)."""

    name: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    """SHA-256 over everything that made it, and its suffix; the strong ETag."""
    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"), index=True)
    release: Mapped[int | None]
    """The release it is made from; None: from something else, such as a publication."""
    spec: Mapped[dict[str, Any]] = mapped_column(Json)
    """What to make, for the worker: kind, filter, language and options."""
    media_type: Mapped[str] = mapped_column(sa.String(100))
    body: Mapped[bytes | None] = mapped_column(sa.LargeBinary, deferred=True)
    asked_at: Mapped[Moment]
    made_at: Mapped[MaybeMoment]
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(sa.String(500))


class MadeFile(_Made, Model):
    """A file made from frozen values.

    It has a body of its own and is no Blob because the public fence knows tables: uploads must stay outside.
    """

    __tablename__ = "made_file"


class PrivateFile(_Made, Model):
    """A file for few eyes, such as a sheet of badges: it lies outside the public fence."""

    __tablename__ = "private_file"


Made = MadeFile | PrivateFile
TABLES: tuple[type[Made], ...] = (MadeFile, PrivateFile)


def keep(body: bytes, media_type: str, *, now: dt.datetime) -> Blob:
    """Store bytes once, whoever uploads them again."""
    sha256 = hashlib.sha256(body).hexdigest()
    held = db.session.get(Blob, sha256)
    if held is None:
        insert_or_leave(Blob, sha256=sha256, media_type=media_type, size=len(body), body=body, created_at=now)
        return db.session.get_one(Blob, sha256)
    held.created_at = now  # so that nobody forgets them just now, before something refers to them
    db.session.flush()
    return held


def ask(
    name: str,
    *,
    conference_id: int,
    release: int | None,
    spec: dict[str, Any],
    media_type: str,
    now: dt.datetime,
    among: type[Made] = MadeFile,
) -> None:
    """Ask the worker for a file; asking again changes nothing."""
    insert_or_leave(
        among,
        name=name,
        conference_id=conference_id,
        release=release,
        spec=spec,
        media_type=media_type,
        asked_at=now,
        attempts=0,
    )


def body_of(name: str, *, among: type[Made] = MadeFile) -> bytes | None:
    """The made file's bytes, or None while it is not made."""
    return db.session.scalar(sa.select(among.body).where(among.name == name))


def is_made(name: str) -> bool:
    """Whether the file's bytes are there."""
    return db.session.scalar(sa.select(MadeFile.made_at).where(MadeFile.name == name)) is not None


def made_at(names: Iterable[str]) -> dict[str, dt.datetime]:
    """When those of these files that are made were made, public and private ones."""
    wanted, found = list(names), dict[str, dt.datetime]()
    for table in TABLES:
        rows = db.session.execute(sa.select(table.name, table.made_at).where(table.name.in_(wanted)))
        found |= {name: at for name, at in rows if at is not None}
    return found


def is_given_up(name: str, *, among: type[Made] = MadeFile) -> bool:
    """Whether the worker tried in vain to make the file, and tries no more."""
    found = sa.select(among.name).where(among.name == name, among.made_at.is_(None), among.attempts >= MAKING_ATTEMPTS)
    return db.session.scalar(found) is not None


def _unmade(table: type[Made]) -> sa.ColumnElement[bool]:
    return sa.and_(table.made_at.is_(None), table.attempts < MAKING_ATTEMPTS)


def is_waiting(among: type[Made] = MadeFile, *, besides: Set[str] = frozenset()) -> bool:
    """Whether a file is still to be made, besides some by name: asked before `take_next`, which writes."""
    found = sa.select(among.name).where(_unmade(among), among.name.not_in(besides)).limit(1)
    return db.session.scalar(found) is not None


def waiting() -> int:
    """How many files are still to be made."""
    counts = [sa.select(sa.func.count()).select_from(table).where(_unmade(table)) for table in TABLES]
    return sum(db.session.scalar(count) or 0 for count in counts)


def take_next(among: type[Made] = MadeFile, *, besides: Set[str] = frozenset()) -> Made | None:
    """The unmade file that was tried least and asked for longest ago, its attempt counted from here; none of `besides`.

    It is not kept from others: equal names have equal bytes, so that a file made twice is only made in vain.
    """
    open_ = sa.select(among).where(_unmade(among), among.name.not_in(besides))
    first = open_.order_by(among.attempts, among.asked_at, among.name).limit(1)
    row = cast("Made | None", db.session.scalar(first.with_for_update(skip_locked=True)))
    if row is not None:
        row.attempts += 1
    return row


def leave(name: str, why: str, *, among: type[Made] = MadeFile) -> None:
    """A file that was taken is for another worker: the attempt does not count."""
    db.session.execute(sa.update(among).where(among.name == name).values(attempts=among.attempts - 1, error=why))


def made(name: str, body: bytes, *, now: dt.datetime, among: type[Made] = MadeFile) -> None:
    """Keep the bytes of a file that was asked for; of one that was forgotten meanwhile nothing is kept."""
    db.session.execute(sa.update(among).where(among.name == name).values(body=body, made_at=now, error=None))


def forget_unmade(*, before: dt.datetime) -> None:
    """Remove the files that were asked for before a moment and that no worker knew how to make."""
    for table in TABLES:
        db.session.execute(sa.delete(table).where(_unmade(table), table.asked_at < before))


def forget_private(*, before: dt.datetime | None = None) -> None:
    """Remove the private files that were asked for before a moment, or all."""
    gone = sa.delete(PrivateFile)
    db.session.execute(gone if before is None else gone.where(PrivateFile.asked_at < before))


def forget_paper(conference_id: int, paper: str) -> None:
    """Remove all that was made of one document, which `spec` calls `paper`: what it says is taken back."""
    db.session.execute(
        sa.delete(MadeFile).where(MadeFile.conference_id == conference_id, MadeFile.spec["paper"].as_string() == paper)
    )


def forget_releases(conference_id: int, *, before: int) -> None:
    """Remove the files of a conference's releases with a lower number."""
    db.session.execute(sa.delete(MadeFile).where(MadeFile.conference_id == conference_id, MadeFile.release < before))


def forget_release(conference_id: int, number: int) -> None:
    """Remove the files of one release: what they hold is not to be read any more."""
    db.session.execute(sa.delete(MadeFile).where(MadeFile.conference_id == conference_id, MadeFile.release == number))


def failed(name: str, error: str, *, among: type[Made] = MadeFile) -> None:
    """Making the file failed; after MAKING_ATTEMPTS it is left alone and `flask doctor` names it."""
    db.session.execute(sa.update(among).where(among.name == name).values(error=error[:500]))


def given_up() -> Sequence[Made]:
    """The files that the worker tried in vain to make, the oldest first."""
    found: list[Made] = []
    for table in TABLES:
        vain = sa.select(table).where(table.made_at.is_(None), table.attempts >= MAKING_ATTEMPTS)
        found += cast(Sequence[Made], db.session.scalars(vain).all())
    return sorted(found, key=lambda row: (row.asked_at, row.name))


def left(*, before: dt.datetime) -> Sequence[str]:
    """Why workers left files to other workers that were asked for before a moment, and that none has made since."""
    found: list[str] = []
    for table in TABLES:
        waits = sa.select(table.error).where(_unmade(table), table.error.is_not(None), table.asked_at < before)
        found += [why for why in db.session.scalars(waits) if why]
    return found


def try_again() -> int:
    """Let the worker try once more to make what it gave up; returns how many files."""
    rows = given_up()
    for row in rows:
        row.attempts = 0
    return len(rows)
