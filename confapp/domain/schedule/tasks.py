"""Tasks: placed sessions that a later change broke. Each closes by itself once its conflict is mended or accepted."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from confapp.database import Key, Model, Moment, choice, db
from confapp.domain.people import Account
from confapp.domain.programme.conferences import Conference
from confapp.domain.schedule import checking
from confapp.domain.schedule.placements import Conflict


class Cause(enum.StrEnum):
    """Which change broke it."""

    HOURS = "hours"
    """When a room is open, or on which days the conference takes place."""
    TIMES = "times"
    """When somebody can come."""
    WALKS = "walks"
    ORDER = "order"
    ROOM = "room"
    SESSION = "session"
    """What a session is, or who has a part in it."""


class Task(Model):
    """A conflict that a change brought which placed nothing, known by its fingerprint."""

    __tablename__ = "task"
    __table_args__ = (sa.UniqueConstraint("conference_id", "fingerprint"),)

    id: Mapped[Key]
    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"))
    fingerprint: Mapped[str] = mapped_column(sa.String(32))
    cause: Mapped[Cause] = mapped_column(choice(Cause))
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id", ondelete="SET NULL"))
    """Who changed it; None: a speaker on her own page, or the app."""
    at: Mapped[Moment]
    account: Mapped[Account | None] = relationship(lazy="joined")


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A task that still wants doing, with the conflict as it stands."""

    task: Task
    conflict: Conflict


@contextmanager
def watching(conference: Conference, cause: Cause, *, by: Account | None, now: dt.datetime) -> Iterator[None]:
    """Raise a task for every conflict that a change within brings to what is placed; two looks through the draft."""
    before = {conflict.fingerprint for conflict in checking.draft_conflicts(conference)}
    yield
    db.session.flush()
    brought = {conflict.fingerprint for conflict in checking.draft_conflicts(conference)} - before
    if not brought:
        return
    # Of a conflict that was there once, was mended and is back, only the newest change counts.
    db.session.execute(
        sa.delete(Task).where(Task.conference_id == conference.id, Task.fingerprint.in_(sorted(brought)))
    )
    account_id = by.id if by else None
    db.session.add_all(
        Task(conference_id=conference.id, fingerprint=each, cause=cause, account_id=account_id, at=now)
        for each in sorted(brought)
    )
    db.session.flush()


def open_tasks(conference: Conference, found: Sequence[Conflict]) -> list[OpenTask]:
    """The tasks whose conflicts stand among those `found` in the draft, and unaccepted; the newest change first."""
    standing = {conflict.fingerprint: conflict for conflict in found if conflict.accepted is None}
    if not standing:
        return []
    raised = db.session.scalars(
        sa.select(Task).where(Task.conference_id == conference.id).order_by(Task.at.desc(), Task.id)
    )
    return [OpenTask(task, standing[task.fingerprint]) for task in raised if task.fingerprint in standing]
