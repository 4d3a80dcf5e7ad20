"""Registrations: attendees, the sessions they pick, and the secret addresses at which their calendars live."""

from __future__ import annotations

import datetime as dt
import enum
import secrets
import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from confapp.database import Key, MaybeMoment, Model, Moment, Uuid, choice, db, insert_or_leave
from confapp.domain import audit, outbox
from confapp.domain.errors import N_, Invalid, Missing
from confapp.domain.people import Account, Person
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.sessions import Session
from confapp.domain.programme.speakers import Speaker, new_codes
from confapp.domain.tokens import TOKEN_BYTES, digest

INVITING = "invitations.changed"
"""The kind of outbox row by which an attendee's invitations are looked through; handled by the worker."""
CALM = dt.timedelta(seconds=30)


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
    wants_invitations: Mapped[bool] = mapped_column(default=False)
    """Whether each pick is sent to their calendar by mail too."""
    wants_letters: Mapped[bool] = mapped_column(default=False)
    """Whether they are written to when what they picked changes; who has invitations hears of it by these."""
    letter_language: Mapped[str | None] = mapped_column(sa.String(35))
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


def registrations(conference: Conference) -> Sequence[Registration]:
    """All registrations of a conference, the newest first, cancelled ones included."""
    return db.session.scalars(
        sa.select(Registration)
        .where(Registration.conference_id == conference.id)
        .order_by(Registration.registered_at.desc(), Registration.id.desc())
    ).all()


def registration_of(person_id: int, conference: Conference) -> Registration | None:
    """The person's registration that stands."""
    return db.session.scalar(
        sa.select(Registration).where(
            Registration.conference_id == conference.id,
            Registration.person_id == person_id,
            Registration.cancelled_at.is_(None),
        )
    )


def registration(conference: Conference, code: str) -> Registration:
    """One registration by its code; raises Missing."""
    found = db.session.scalar(
        sa.select(Registration).where(Registration.conference_id == conference.id, Registration.code == code)
    )
    if found is None:
        raise Missing()
    return found


def by_id(row: int) -> Registration:
    """One registration by its row's id."""
    return db.session.get_one(Registration, row)


def by_uuid(identifier: uuid.UUID) -> Registration:
    """One registration by its UUID, for the worker; raises Missing."""
    found = db.session.scalar(sa.select(Registration).where(Registration.uuid == identifier))
    if found is None:
        raise Missing()
    return found


def register(
    conference: Conference,
    person: Person,
    *,
    category: Category,
    organisation: str,
    by: Account | None,
    now: dt.datetime,
) -> Registration:
    """The person comes; one who cancelled before comes again. Raises Invalid where the registration stands already."""
    held = db.session.scalar(
        sa.select(Registration).where(Registration.conference_id == conference.id, Registration.person_id == person.id)
    )
    if held is not None and held.cancelled_at is None:
        raise Invalid({"email": [N_("This person is registered already.")]})
    if held is None:
        taken = db.session.scalars(sa.select(Registration.code).where(Registration.conference_id == conference.id))
        held = Registration(conference_id=conference.id, person=person, code=new_codes(1, taken)[0])
        db.session.add(held)
    held.category, held.organisation = category, organisation
    held.registered_at, held.cancelled_at = now, None
    db.session.flush()
    audit.record(
        "registration.create",
        f"registration:{held.code}",
        conference_id=conference.id,
        by=by,
        now=now,
        facts={"category": category.value},
    )
    return held


def of_speaker(speaker: Speaker, conference: Conference, *, now: dt.datetime) -> Registration:
    """The speaker's registration; made now where there is none, since she comes anyway."""
    found = registration_of(speaker.person_id, conference)
    if found is not None:
        return found
    person, affiliation = db.session.get_one(Person, speaker.person_id), speaker.affiliation
    return register(conference, person, category=Category.GUEST, organisation=affiliation, by=None, now=now)


def cancel(registration: Registration, *, by: Account | None, now: dt.datetime) -> None:
    """The person does not come: picks are given up and the calendar's addresses die."""
    if registration.cancelled_at is not None:
        return
    for session in picks(registration):
        unpick(registration, session, now=now)
    revoke_feeds(registration, now=now)
    _invite(registration, now=now)
    registration.cancelled_at = now
    audit.record(
        "registration.cancel",
        f"registration:{registration.code}",
        conference_id=registration.conference_id,
        by=by,
        now=now,
    )


def picks(registration: Registration) -> Sequence[Session]:
    """The sessions that the attendee picked."""
    return db.session.scalars(
        sa.select(Session)
        .join(Pick, Pick.session_id == Session.id)
        .where(Pick.registration_id == registration.id)
        .order_by(Session.number)
    ).all()


def is_picked(registration: Registration, session: Session) -> bool:
    """Whether the attendee wants to go there."""
    return db.session.get(Pick, (registration.id, session.id)) is not None


def pick(registration: Registration, session: Session, *, now: dt.datetime) -> None:
    """The attendee wants to go there; picking again changes nothing. The session's count of picks follows."""
    if insert_or_leave(Pick, registration_id=registration.id, session_id=session.id, picked_at=now):
        _count(session, +1)
        _invite(registration, now=now)


def unpick(registration: Registration, session: Session, *, now: dt.datetime) -> None:
    """The attendee changed their mind; unpicking again changes nothing."""
    gone = sa.delete(Pick).where(Pick.registration_id == registration.id, Pick.session_id == session.id)
    if db.session.execute(gone.returning(Pick.session_id)).first() is not None:
        _count(session, -1)
        _invite(registration, now=now)


def _invite(registration: Registration, *, now: dt.datetime) -> None:
    """Have the attendee's calendar told by mail, if they want that, once they have stopped clicking for a moment."""
    if registration.wants_invitations:
        payload, due = {"registration": str(registration.uuid)}, now + CALM
        outbox.send(INVITING, payload, conference_id=registration.conference_id, now=now, due_at=due)


def _count(session: Session, more: int) -> None:
    """Added in the database, so that two attendees at once both count."""
    db.session.execute(sa.update(Session).where(Session.id == session.id).values(picked=Session.picked + more))


def new_feed(registration: Registration, *, now: dt.datetime) -> str:
    """A new secret for the attendee's calendar, told once; the addresses before it die."""
    revoke_feeds(registration, now=now)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    db.session.add(Feed(registration_id=registration.id, digest=digest(token), created_at=now))
    db.session.flush()
    return token


def revoke_feeds(registration: Registration, *, now: dt.datetime) -> None:
    """Every address of the attendee's calendar dies at once."""
    db.session.execute(
        sa.update(Feed).where(Feed.registration_id == registration.id, Feed.revoked_at.is_(None)).values(revoked_at=now)
    )


def has_feed(registration: Registration) -> bool:
    """Whether an address of the attendee's calendar is alive."""
    return bool(
        db.session.scalar(
            sa.select(sa.func.count())
            .select_from(Feed)
            .where(Feed.registration_id == registration.id, Feed.revoked_at.is_(None))
        )
    )


def attended(person_id: int) -> Sequence[Conference]:
    """The conferences for which a person is registered, the latest first."""
    return db.session.scalars(
        sa.select(Conference)
        .join(Registration, Registration.conference_id == Conference.id)
        .where(Registration.person_id == person_id, Registration.cancelled_at.is_(None))
        .order_by(Conference.starts_on.desc(), Conference.slug)
    ).all()
