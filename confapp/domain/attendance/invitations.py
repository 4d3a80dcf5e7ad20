"""Invitations by mail: which entries of an agenda each attendee who wants them was told of, and what to tell them next.

Calendars keep invitations apart from subscriptions and show them at once, so they are opt-in. Each entry has one row
per attendee, whose sequence rises with every letter (RFC 5546 section 2.1.4), whatever became of the session meanwhile.
"""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from confapp.database import Key, Model, Moment, db
from confapp.domain import outbox, people
from confapp.domain.agenda import Entry
from confapp.domain.attendance import feeds
from confapp.domain.attendance.registrations import INVITING, Registration
from confapp.domain.errors import N_, NotNow
from confapp.domain.release import frozen, releases

LETTER = "mail.invitation"


class Invitation(Model):
    """What an attendee's calendar was last told of an entry."""

    __tablename__ = "invitation"
    __table_args__ = (sa.UniqueConstraint("registration_id", "entry"),)

    id: Mapped[Key]
    registration_id: Mapped[int] = mapped_column(sa.ForeignKey("registration.id", ondelete="CASCADE"))
    entry: Mapped[uuid.UUID] = mapped_column(sa.Uuid())
    sequence: Mapped[int] = mapped_column(default=0)
    digest: Mapped[str] = mapped_column(sa.String(64))
    """The entry's, as it was told."""
    ends_at: Mapped[Moment]
    is_cancelled: Mapped[bool] = mapped_column(default=False)


def want(registration: Registration, wants: bool, *, now: dt.datetime) -> None:
    """The attendee wants invitations from now on, or no more: then those that stand are cancelled.

    Raises NotNow where nobody knows that their address is theirs: it would be somebody else's calendar that fills.
    """
    account = people.account_of(registration.person)
    if wants and (account is None or account.confirmed_at is None):
        raise NotNow(N_("Confirm your address first: your account page sends the letter."))
    if registration.wants_invitations != wants:
        registration.wants_invitations = wants
        outbox.send(
            INVITING, {"registration": str(registration.uuid)}, conference_id=registration.conference_id, now=now
        )


def after_release(conference_id: int, *, now: dt.datetime) -> None:
    """Have everybody who wants invitations told what a release changed for them."""
    wanting = sa.select(Registration.uuid).where(
        Registration.conference_id == conference_id, Registration.wants_invitations.is_(True)
    )
    for each in db.session.scalars(wanting):
        outbox.send(INVITING, {"registration": str(each)}, conference_id=conference_id, now=now)


def expand(registration: Registration, *, now: dt.datetime) -> int:
    """Send the letters after which an attendee's calendar agrees with their picks; returns how many."""
    release = releases.current(registration.conference_id)
    standing = feeds.of(registration)
    wanted: dict[uuid.UUID, Entry] = {}
    if release is not None and standing is not None and registration.wants_invitations:
        shown = frozen.agenda(release).shown
        wanted = {each.uuid: each for each in shown if each.session.uuid in standing.sessions and each.ends_at > now}
    told = {
        row.entry: row
        for row in db.session.scalars(
            sa.select(Invitation).where(Invitation.registration_id == registration.id).with_for_update()
        )
    }
    letters = 0
    for entry in wanted.values():
        row = told.get(entry.uuid)
        if row is not None and not row.is_cancelled and row.digest == entry.digest:
            continue
        if row is None:
            row = Invitation(registration_id=registration.id, entry=entry.uuid, sequence=0)
            db.session.add(row)
        else:
            row.sequence += 1
        row.digest, row.ends_at, row.is_cancelled = entry.digest, entry.ends_at, False
        letters += _send(registration, row, now=now)
    for row in told.values():
        if row.entry not in wanted and not row.is_cancelled and row.ends_at > now:
            row.sequence, row.is_cancelled = row.sequence + 1, True
            letters += _send(registration, row, now=now)
    return letters


def _send(registration: Registration, row: Invitation, *, now: dt.datetime) -> int:
    payload = {"registration": str(registration.uuid), "entry": str(row.entry), "sequence": row.sequence}
    outbox.send(LETTER, payload, conference_id=registration.conference_id, now=now)
    return 1


def standing(registration: Registration, entry: uuid.UUID, sequence: int) -> Invitation | None:
    """The invitation that a letter is about; None where a later letter has overtaken it."""
    return db.session.scalar(
        sa.select(Invitation).where(
            Invitation.registration_id == registration.id, Invitation.entry == entry, Invitation.sequence == sequence
        )
    )
