"""Registrations: attendees, the sessions they pick, and the secret addresses at which their calendars live."""

from __future__ import annotations

import enum
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from confapp.database import Key, MaybeMoment, Model, Moment, Uuid, choice, db
from confapp.domain.people import Person


class Category(enum.StrEnum):
    """What an attendee comes as."""

    ALLY = "ally"
    PARTNER = "partner"
    INDUSTRY = "industry"
    ACADEMIA = "academia"
    PRESS = "press"
    STAFF = "staff"
    GUEST = "guest"


class Registration(Model):
    """A person attends a conference."""

    __tablename__ = "registration"
    __table_args__ = (
        sa.UniqueConstraint("conference_id", "person_id"),
        sa.UniqueConstraint("conference_id", "code"),
    )

    id: Mapped[Key]
    uuid: Mapped[Uuid]
    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    code: Mapped[str] = mapped_column(sa.String(12))
    category: Mapped[Category] = mapped_column(choice(Category))
    organisation: Mapped[str] = mapped_column(sa.String(200), default="")
    registered_at: Mapped[Moment]
    cancelled_at: Mapped[MaybeMoment]
    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)


class Pick(Model):
    """An attendee wants to go to a session."""

    __tablename__ = "pick"

    registration_id: Mapped[int] = mapped_column(sa.ForeignKey("registration.id", ondelete="CASCADE"), primary_key=True)
    session_id: Mapped[int] = mapped_column(
        sa.ForeignKey("session.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    picked_at: Mapped[Moment]


class Feed(Model):
    """A secret address of one attendee's calendar; only the SHA-256 of its token is stored."""

    __tablename__ = "feed"

    id: Mapped[Key]
    registration_id: Mapped[int] = mapped_column(sa.ForeignKey("registration.id", ondelete="CASCADE"), index=True)
    digest: Mapped[str] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[Moment]
    revoked_at: Mapped[MaybeMoment]


def registrations(conference_id: int) -> Sequence[Registration]:
    """All registrations of a conference, the newest first, cancelled ones included."""
    return db.session.scalars(
        sa.select(Registration)
        .where(Registration.conference_id == conference_id)
        .order_by(Registration.registered_at.desc(), Registration.id.desc())
    ).all()
