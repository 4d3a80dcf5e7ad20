"""Working copies: what somebody has typed into the editor and not saved yet, and who else is typing into it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from confapp.database import Json, Key, Model, Moment, db
from confapp.domain.people import Account
from confapp.domain.press.transcripts import Version

KEPT = dt.timedelta(days=90)
"""How long typing that nobody came back to is kept."""
PRESENT_FOR = dt.timedelta(minutes=5)
"""How long after the last key somebody counts as editing."""


class WorkingCopy(Model):
    """One person's unsaved typing in one version's editor; saving or discarding it removes it."""

    __tablename__ = "transcript_working_copy"
    __table_args__ = (sa.UniqueConstraint("version_id", "account_id"),)

    id: Mapped[Key]
    version_id: Mapped[int] = mapped_column(sa.ForeignKey("transcript_version.id", ondelete="CASCADE"))
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id", ondelete="CASCADE"), index=True)
    expected: Mapped[int]
    """The lock version that its typist saw."""
    typed: Mapped[list[list[str]]] = mapped_column(Json)
    """The form's fields, `[name, value]` each, as a browser would send them."""
    at: Mapped[Moment]
    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)


def of(version: Version, account: Account) -> WorkingCopy | None:
    """What the account typed and did not save."""
    return db.session.scalar(
        sa.select(WorkingCopy).where(WorkingCopy.version_id == version.id, WorkingCopy.account_id == account.id)
    )


def keep(
    version: Version, typed: Sequence[tuple[str, str]], *, expected: int, by: Account, now: dt.datetime
) -> WorkingCopy:
    """Keep what somebody typed, in the place of what they typed before."""
    copy = of(version, by)
    if copy is None:
        copy = WorkingCopy(version_id=version.id, account=by)
        db.session.add(copy)
    pairs: list[Any] = [[name, value] for name, value in typed]
    copy.typed, copy.expected, copy.at = pairs, expected, now
    db.session.flush()
    return copy


def drop(version: Version, account: Account) -> None:
    """Forget it: it was saved, or is not wanted any more."""
    db.session.execute(
        sa.delete(WorkingCopy).where(WorkingCopy.version_id == version.id, WorkingCopy.account_id == account.id)
    )


def others(version: Version, account: Account, *, now: dt.datetime) -> list[WorkingCopy]:
    """Whoever else is typing into the version now, the last one first."""
    return list(
        db.session.scalars(
            sa.select(WorkingCopy)
            .where(
                WorkingCopy.version_id == version.id,
                WorkingCopy.account_id != account.id,
                WorkingCopy.at > now - PRESENT_FOR,
            )
            .order_by(WorkingCopy.at.desc())
        )
    )


def forget_old(*, now: dt.datetime) -> None:
    """Forget typing that nobody came back to for KEPT."""
    db.session.execute(sa.delete(WorkingCopy).where(WorkingCopy.at < now - KEPT))
