"""Accredited journalists: who may read words under embargo, on which terms, until when, and every reading of them."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from confapp.database import Key, Model, Moment, TextsColumn, db
from confapp.domain import audit, inviting, permissions
from confapp.domain.errors import N_, Invalid, Missing, NotNow
from confapp.domain.people import Account
from confapp.domain.permissions import Grant, Role
from confapp.domain.press.transcripts import Version, VersionState
from confapp.domain.programme.conferences import Conference

READABLE = (VersionState.APPROVED, VersionState.ARMED)
"""The states in which words may be read under embargo: release, hold and every edit end it."""
LONGEST = dt.timedelta(days=60)
"""For how long a grant may be given at most."""


class EmbargoTerms(Model):
    """What journalists accept before they read, where a conference says it in its own words."""

    __tablename__ = "embargo_terms"

    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"), primary_key=True)
    words: Mapped[TextsColumn]
    changed_at: Mapped[Moment]


class EmbargoAcceptance(Model):
    """Somebody accepted exactly these terms for a version."""

    __tablename__ = "embargo_acceptance"
    __table_args__ = (sa.UniqueConstraint("version_id", "account_id", "terms"),)

    id: Mapped[Key]
    version_id: Mapped[int] = mapped_column(sa.ForeignKey("transcript_version.id", ondelete="CASCADE"))
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id", ondelete="CASCADE"), index=True)
    terms: Mapped[str] = mapped_column(sa.String(64))
    """SHA-256 of the terms."""
    at: Mapped[Moment]


class EmbargoReading(Model):
    """Somebody read a version under embargo: append-only."""

    __tablename__ = "embargo_reading"

    id: Mapped[Key]
    version_id: Mapped[int] = mapped_column(sa.ForeignKey("transcript_version.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id", ondelete="SET NULL"))
    hash: Mapped[str] = mapped_column(sa.String(64))
    """Of the words that were shown."""
    mark: Mapped[str] = mapped_column(sa.String(12))
    """The watermark on that copy."""
    at: Mapped[Moment]
    account: Mapped[Account | None] = relationship(lazy="joined")


MOST_TOLD = 10_000
"""How many readings the whole log tells."""


@dataclass(frozen=True, slots=True)
class Access:
    """Somebody who was let in, and how it stands."""

    grant: Grant
    is_expired: bool
    readings: int


def conference_of(version: Version) -> Conference:
    """The conference whose words they are."""
    return db.session.get_one(Conference, version.transcript.conference_id)


def terms(conference: Conference) -> dict[str, str]:
    """The conference's own terms by language; empty: the app's."""
    held = db.session.get(EmbargoTerms, conference.id)
    return dict(held.words) if held else {}


def set_terms(conference: Conference, words: dict[str, str], *, by: Account, now: dt.datetime) -> None:
    """Say what journalists accept from now on; who accepted others has to accept these."""
    held = db.session.get(EmbargoTerms, conference.id)
    if held is None:
        held = EmbargoTerms(conference_id=conference.id)
        db.session.add(held)
    held.words, held.changed_at = words, now
    db.session.flush()
    audit.record("embargo.terms", f"conference:{conference.slug}", conference_id=conference.id, by=by, now=now)


def let_in(
    version: Version, email: str, *, expires_at: dt.datetime, by: Account, now: dt.datetime, name: str = ""
) -> Grant:
    """Let the account with this address read a version until then; an address without one is invited, as `name`.

    Raises Invalid, and NotNow once it is public.
    """
    if version.state in (
        VersionState.RELEASED,
        VersionState.SUPERSEDED,
        VersionState.WITHDRAWN,
        VersionState.DISCARDED,
    ):
        raise NotNow(N_("These words are public, or were; there is nothing to read ahead."))
    if expires_at > now + LONGEST:
        raise Invalid({"expires_at": [N_("At most %(days)s days from now.", days=LONGEST.days)]})
    account = inviting.account_for(email, name, by=by, now=now)
    given = permissions.grant(
        account,
        version.transcript.conference_id,
        Role.JOURNALIST,
        by=by,
        now=now,
        scope_id=version.id,
        expires_at=expires_at,
    )
    _record("embargo.let_in", version, account.id, by=by, now=now)
    return given


def shut_out(version: Version, grant_id: int, *, by: Account, now: dt.datetime) -> None:
    """Take the permission back at once. Raises Missing."""
    found = db.session.get(Grant, grant_id)
    if found is None or found.role is not Role.JOURNALIST or found.scope_id != version.id:
        raise Missing()
    _record("embargo.shut_out", version, found.account_id, by=by, now=now)
    db.session.delete(found)
    db.session.flush()


def accesses(version: Version, *, now: dt.datetime) -> list[Access]:
    """Everybody who was let in to a version, with how often they read it."""
    counted = sa.select(EmbargoReading.account_id, sa.func.count()).where(EmbargoReading.version_id == version.id)
    readings = {row[0]: row[1] for row in db.session.execute(counted.group_by(EmbargoReading.account_id))}
    grants = db.session.scalars(_grants().where(Grant.scope_id == version.id).order_by(Grant.id))
    return [
        Access(each, each.expires_at is not None and each.expires_at <= now, readings.get(each.account_id, 0))
        for each in grants
    ]


def readings(version: Version, *, most: int = 100) -> Sequence[EmbargoReading]:
    """Who read a version ahead, the last first."""
    return db.session.scalars(
        sa.select(EmbargoReading)
        .where(EmbargoReading.version_id == version.id)
        .order_by(EmbargoReading.id.desc())
        .limit(most)
    ).all()


def readable(account: Account, *, now: dt.datetime) -> Sequence[Version]:
    """What the account may read under embargo now, the last changed first."""
    mine = _grants().where(Grant.account_id == account.id, Grant.expires_at > now).with_only_columns(Grant.scope_id)
    return db.session.scalars(
        sa.select(Version)
        .where(Version.id.in_(mine), Version.state.in_(READABLE))
        .order_by(Version.changed_at.desc(), Version.id)
    ).all()


def expiries(account: Account, *, now: dt.datetime) -> dict[int, dt.datetime]:
    """Until when the account may read each version, by the version's id."""
    held = db.session.scalars(_grants().where(Grant.account_id == account.id, Grant.expires_at > now))
    return {each.scope_id: each.expires_at for each in held}


def version_for(account: Account, identifier: uuid.UUID, *, now: dt.datetime) -> Version:
    """A version that the account may read now; raises Missing for any other, whatever the reason."""
    found = next((each for each in readable(account, now=now) if each.uuid == identifier), None)
    if found is None:
        raise Missing()
    return found


def has_accepted(version: Version, account: Account, words: str) -> bool:
    """Whether the account accepted exactly these terms for the version."""
    return (
        db.session.scalar(
            sa.select(EmbargoAcceptance.id).where(
                EmbargoAcceptance.version_id == version.id,
                EmbargoAcceptance.account_id == account.id,
                EmbargoAcceptance.terms == _digest(words),
            )
        )
        is not None
    )


def accept(version: Version, account: Account, words: str, *, now: dt.datetime) -> None:
    """The account accepts these terms for the version."""
    if not has_accepted(version, account, words):
        made = EmbargoAcceptance(version_id=version.id, account_id=account.id, terms=_digest(words), at=now)
        db.session.add(made)
        db.session.flush()
        _record("embargo.accept", version, account.id, by=account, now=now)


def read(version: Version, account: Account, *, now: dt.datetime) -> EmbargoReading:
    """Write a reading down and give the copy its mark: 12 hexadecimal digits that lead to this row."""
    mark = hashlib.sha256(f"{version.uuid} {account.id} {now.isoformat()}".encode()).hexdigest()[:12]
    made = EmbargoReading(version_id=version.id, account=account, hash=version.hash, mark=mark, at=now)
    db.session.add(made)
    db.session.flush()
    return made


def _grants() -> sa.Select[Any]:
    return sa.select(Grant).where(Grant.role == Role.JOURNALIST, Grant.scope_id.is_not(None))


def _digest(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()


def _record(action: str, version: Version, account_id: int, *, by: Account, now: dt.datetime) -> None:
    audit.record(
        action,
        f"transcript_version:{version.uuid}",
        conference_id=version.transcript.conference_id,
        by=by,
        now=now,
        facts={"account": account_id},
    )
