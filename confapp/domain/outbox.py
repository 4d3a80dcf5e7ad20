"""The outbox: what others must be told, written in the transaction that made it true and delivered after its commit."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from confapp.database import Json, Key, MaybeMoment, Model, Moment, Uuid, db, insert_or_leave

RETRIES = (5, 30, 120, 600, 3600, 6 * 3600, 24 * 3600)
"""Seconds to wait after each failed attempt; then the row is given up and stays visible."""


class OutboxRow(Model):
    """One message: `kind` says who expands it, `payload` holds ids and never words (press.md, invariant 12)."""

    __tablename__ = "outbox"
    __table_args__ = (
        sa.Index(
            "ix_outbox_open",
            "due_at",
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        ),
    )

    id: Mapped[Key]
    uuid: Mapped[Uuid]
    """The message id that receivers see again when a delivery is repeated."""
    conference_id: Mapped[int | None] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(60))
    payload: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    created_at: Mapped[Moment]
    due_at: Mapped[Moment]
    attempts: Mapped[int] = mapped_column(default=0)
    closed_at: Mapped[MaybeMoment]
    is_delivered: Mapped[bool] = mapped_column(default=False)
    error: Mapped[str | None] = mapped_column(sa.String(500))


class Beat(Model):
    """When a part of the worker last swept: how `doctor` and the metrics know that it lives."""

    __tablename__ = "beat"

    part: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    at: Mapped[Moment]


def send(
    kind: str,
    payload: dict[str, Any],
    *,
    conference_id: int | None,
    now: dt.datetime,
    due_at: dt.datetime | None = None,
    identifier: uuid.UUID | None = None,
) -> OutboxRow:
    """Put a message into the outbox, to be delivered once this transaction has committed and `due_at` has come."""
    row = OutboxRow(
        uuid=identifier or uuid.uuid4(),
        conference_id=conference_id,
        kind=kind,
        payload=payload,
        created_at=now,
        due_at=due_at or now,
    )
    db.session.add(row)
    return row


def is_known(identifier: uuid.UUID) -> bool:
    """Whether a message with this id was put into the outbox before, delivered or not."""
    return db.session.scalar(sa.select(OutboxRow.id).where(OutboxRow.uuid == identifier)) is not None


LEASE = dt.timedelta(minutes=2)
"""How long a worker that took a row has it to itself; one that dies loses only that time."""


def is_due(*, now: dt.datetime) -> bool:
    """Whether a row is to be delivered: asked before `take_due`, which writes."""
    row = sa.select(OutboxRow.id).where(OutboxRow.closed_at.is_(None), OutboxRow.due_at <= now).limit(1)
    return db.session.scalar(row) is not None


def take_due(*, now: dt.datetime) -> OutboxRow | None:
    """The oldest open row that is due, taken for LEASE so that it can be delivered outside this transaction.

    Rows that another worker is taking at this moment are skipped (PostgreSQL: SKIP LOCKED). The attempt counts from
    here, so that a row whose delivery kills its worker each time is given up too.
    """
    row = db.session.scalar(
        sa.select(OutboxRow)
        .where(OutboxRow.closed_at.is_(None), OutboxRow.due_at <= now)
        .order_by(OutboxRow.due_at, OutboxRow.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if row is None:
        return None
    if row.attempts > len(RETRIES):
        row.closed_at, row.error = now, row.error or "Each attempt ended with the worker itself."
        db.session.flush()
        return take_due(now=now)
    row.attempts += 1
    row.due_at = now + LEASE
    return row


def beat(part: str, *, now: dt.datetime) -> None:
    """Say that a part of the worker lives."""
    insert_or_leave(Beat, part=part, at=now)
    db.session.execute(sa.update(Beat).where(Beat.part == part).values(at=now))


def beats() -> dict[str, dt.datetime]:
    """When each part of the worker last swept."""
    return {beat.part: beat.at for beat in db.session.scalars(sa.select(Beat))}


ALIVE = dt.timedelta(seconds=30)
"""A part of the worker that swept within this time is there."""


def is_alive(part: str, *, now: dt.datetime) -> bool:
    """Whether a part of the worker is there to do what is asked for."""
    beat = db.session.scalar(sa.select(Beat.at).where(Beat.part == part))
    return beat is not None and now - beat < ALIVE


def settle(row_id: int, error: str | None, *, now: dt.datetime) -> None:
    """Close a row that was delivered (`error` None); else try again later, or give up after the last of RETRIES."""
    row = db.session.get_one(OutboxRow, row_id)
    if error is None:
        row.closed_at, row.is_delivered, row.error = now, True, None
        return
    row.error = error[:500]
    if row.attempts > len(RETRIES):
        row.closed_at = now
    else:
        row.due_at = now + dt.timedelta(seconds=RETRIES[row.attempts - 1])


def given_up() -> Sequence[OutboxRow]:
    """The rows that nobody tries to deliver any more, the oldest first: for whoever runs the app to look at."""
    return db.session.scalars(
        sa.select(OutboxRow)
        .where(OutboxRow.closed_at.is_not(None), OutboxRow.is_delivered.is_(False))
        .order_by(OutboxRow.id)
    ).all()


def lateness(*, now: dt.datetime) -> tuple[int, float]:
    """How many open rows are due, and for how many seconds the oldest of them has been."""
    is_due = sa.and_(OutboxRow.closed_at.is_(None), OutboxRow.due_at <= now)
    count, oldest = db.session.execute(sa.select(sa.func.count(), sa.func.min(OutboxRow.due_at)).where(is_due)).one()
    return count, (now - oldest).total_seconds() if count else 0.0


def try_again(*, now: dt.datetime) -> int:
    """Open every row that was given up once more; returns how many."""
    rows = given_up()
    for row in rows:
        row.closed_at, row.attempts, row.due_at = None, 0, now
    return len(rows)
