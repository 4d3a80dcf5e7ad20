"""Subscribers: people who asked for a letter when words are released, confirmed by them and ended with one click."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from confapp.database import Key, MaybeMoment, Model, Moment, Uuid, db
from confapp.domain import audit, outbox
from confapp.domain.errors import Missing
from confapp.domain.people import Account
from confapp.domain.programme.conferences import Conference

CONFIRM_WITHIN = dt.timedelta(days=7)
"""How long an address that nobody confirmed is kept."""
ASK_AGAIN_AFTER = dt.timedelta(minutes=10)
"""How soon the same address gets another letter that asks to confirm: nobody can be flooded through the form."""


class Subscriber(Model):
    """An address that wants to hear of releases: of one conference, or (None) of all public ones."""

    __tablename__ = "press_subscriber"
    __table_args__ = (
        sa.UniqueConstraint("email", "conference_id"),
        sa.Index(
            "uq_press_subscriber_everywhere",
            "email",
            unique=True,
            sqlite_where=sa.text("conference_id IS NULL"),
            postgresql_where=sa.text("conference_id IS NULL"),
        ),
    )

    id: Mapped[Key]
    uuid: Mapped[Uuid]
    conference_id: Mapped[int | None] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"), index=True)
    email: Mapped[str] = mapped_column(sa.String(254))
    language: Mapped[str] = mapped_column(sa.String(35))
    """In which the app writes."""
    asked_at: Mapped[Moment]
    confirmed_at: Mapped[MaybeMoment]


def subscribe(conference: Conference | None, email: str, *, language: str, now: dt.datetime) -> None:
    """Ask the owner of an address to confirm by letter. Says nothing about addresses that are known already."""
    email = email.strip().lower()
    conference_id = conference.id if conference else None
    held = db.session.scalar(
        sa.select(Subscriber).where(Subscriber.email == email, _of(conference_id)).with_for_update()
    )
    if held is not None and (held.confirmed_at is not None or now - held.asked_at < ASK_AGAIN_AFTER):
        return
    if held is None:
        held = Subscriber(conference_id=conference_id, email=email, language=language)
        db.session.add(held)
    held.asked_at = now
    db.session.flush()
    outbox.send("subscriber.confirm", {"subscriber": str(held.uuid)}, conference_id=conference_id, now=now)


def _of(conference_id: int | None) -> sa.ColumnElement[bool]:
    return Subscriber.conference_id.is_(None) if conference_id is None else Subscriber.conference_id == conference_id


def subscriber(identifier: uuid.UUID) -> Subscriber:
    """One by the UUID that letters carry under a signature; raises Missing."""
    found = db.session.scalar(sa.select(Subscriber).where(Subscriber.uuid == identifier))
    if found is None:
        raise Missing()
    return found


def confirm(subscriber: Subscriber, *, now: dt.datetime) -> None:
    """The owner of the address wants the letters."""
    subscriber.confirmed_at = subscriber.confirmed_at or now
    db.session.flush()


def end(subscriber: Subscriber) -> None:
    """No more letters; nothing of the address is kept."""
    db.session.delete(subscriber)
    db.session.flush()


def confirmed(conference_id: int) -> Sequence[Subscriber]:
    """Everybody to be told of a conference's releases, one row an address, in order."""
    found = db.session.scalars(
        sa.select(Subscriber)
        .where(
            sa.or_(Subscriber.conference_id == conference_id, Subscriber.conference_id.is_(None)),
            Subscriber.confirmed_at.is_not(None),
        )
        .order_by(Subscriber.conference_id.is_(None), Subscriber.id)
    )
    return list({each.email: each for each in reversed(list(found))}.values())[::-1]


def of(conference: Conference) -> Sequence[Subscriber]:
    """Whoever confirmed that they want a conference's letters, by address; not those who follow all conferences."""
    return db.session.scalars(
        sa.select(Subscriber)
        .where(Subscriber.conference_id == conference.id, Subscriber.confirmed_at.is_not(None))
        .order_by(Subscriber.email)
    ).all()


def remove(conference: Conference, identifier: uuid.UUID, *, by: Account, now: dt.datetime) -> None:
    """End somebody's letters at the press desk, at their word. Raises Missing for one of no or another conference."""
    found = db.session.scalar(
        sa.select(Subscriber).where(
            Subscriber.conference_id == conference.id,
            Subscriber.uuid == identifier,
            Subscriber.confirmed_at.is_not(None),
        )
    )
    if found is None:
        raise Missing()
    end(found)
    audit.record("subscriber.remove", f"subscriber:{identifier}", conference_id=conference.id, by=by, now=now)


def count(conference: Conference) -> int:
    """How many addresses follow a conference."""
    return len(confirmed(conference.id))


def forget_unconfirmed(*, now: dt.datetime) -> int:
    """Forget addresses that nobody confirmed in time; returns how many."""
    gone = db.session.execute(
        sa.delete(Subscriber).where(Subscriber.confirmed_at.is_(None), Subscriber.asked_at < now - CONFIRM_WITHIN)
    )
    return int(getattr(gone, "rowcount", 0))
