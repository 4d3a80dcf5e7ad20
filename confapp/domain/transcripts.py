"""Transcripts: the words of a session in versions, and the one table of what may happen to a version."""

from __future__ import annotations

import datetime as dt
import enum
import secrets
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from confapp.database import Json, Key, MaybeMoment, Model, Moment, Uuid, choice
from confapp.domain.people import Account
from confapp.domain.sessions import Session


class VersionKind(enum.StrEnum):
    """What the words are."""

    AS_PREPARED = "as_prepared"
    AS_DELIVERED = "as_delivered"
    NOTES = "notes"
    UNSPECIFIED = "unspecified"
    """Imported from a page that does not say; must be decided before submitting."""


class VersionState(enum.StrEnum):
    """Where a version stands; the public knows nothing of those before `released`."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    CHANGES_REQUESTED = "changes_requested"
    APPROVED = "approved"
    ARMED = "armed"
    HELD = "held"
    RELEASED = "released"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    DISCARDED = "discarded"


class Policy(enum.StrEnum):
    """What releases an armed version; none is preset."""

    ON_SESSION_END = "on_session_end"
    """When the stage desk confirmed the end and the undo delay is over."""
    AT_SCHEDULED_END = "at_scheduled_end"
    AT_TIME = "at_time"
    BOTH = "both"
    MANUAL = "manual"


class Transcript(Model):
    """The words of one session as a work; its versions hold them."""

    __tablename__ = "transcript"

    id: Mapped[Key]
    uuid: Mapped[Uuid]
    public_id: Mapped[str] = mapped_column(sa.String(32), unique=True, default=lambda: secrets.token_hex(16))
    """128 random bits; the address at which it appears once released."""
    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"), index=True)
    session_id: Mapped[int | None] = mapped_column(sa.ForeignKey("session.id", ondelete="RESTRICT"), index=True)
    created_at: Mapped[Moment]
    session: Mapped[Session | None] = relationship(lazy="joined")


class Version(Model):
    """One kind of words in one language. `hash` covers every word that the public would see."""

    __tablename__ = "transcript_version"

    id: Mapped[Key]
    uuid: Mapped[Uuid]
    transcript_id: Mapped[int] = mapped_column(sa.ForeignKey("transcript.id", ondelete="CASCADE"), index=True)
    kind: Mapped[VersionKind] = mapped_column(choice(VersionKind))
    language: Mapped[str] = mapped_column(sa.String(35))
    state: Mapped[VersionState] = mapped_column(choice(VersionState), default=VersionState.DRAFT)
    kicker: Mapped[str] = mapped_column(sa.String(100), default="")
    headline: Mapped[str] = mapped_column(sa.String(300))
    byline: Mapped[str] = mapped_column(sa.String(200), default="")
    byline_role: Mapped[str] = mapped_column(sa.String(200), default="")
    summary: Mapped[str] = mapped_column(sa.Text, default="")
    caption: Mapped[str] = mapped_column(sa.String(300), default="")
    place: Mapped[str | None] = mapped_column(sa.String(200))
    delivered_on: Mapped[dt.date | None]
    page_date: Mapped[dt.date | None]
    """The date printed on the page it was imported from."""
    blocks: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    """`{"id", "kind", "speaker", "text"}` each, in order; ids are never reused."""
    next_block: Mapped[int] = mapped_column(default=1)
    hash: Mapped[str] = mapped_column(sa.String(64), default="")
    lock_version: Mapped[int] = mapped_column(default=1)
    """Rises with each edit: what an editor saw."""
    is_confirmed: Mapped[bool] = mapped_column(default=True)
    """False after an import until a person has confirmed what the reader made of it."""
    import_report: Mapped[dict[str, Any] | None] = mapped_column(Json)
    source: Mapped[str | None] = mapped_column(sa.ForeignKey("blob.sha256"))
    policy: Mapped[Policy | None] = mapped_column(choice(Policy))
    policy_at: Mapped[MaybeMoment]
    undo_seconds: Mapped[int] = mapped_column(default=60)
    submitted_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id", ondelete="SET NULL"))
    created_at: Mapped[Moment]
    changed_at: Mapped[Moment]
    transcript: Mapped[Transcript] = relationship(lazy="joined", innerjoin=True)


class VersionEvent(Model):
    """What happened to a version and by whom: editors are read from here, so it is append-only."""

    __tablename__ = "transcript_event"

    id: Mapped[Key]
    version_id: Mapped[int] = mapped_column(sa.ForeignKey("transcript_version.id", ondelete="CASCADE"), index=True)
    event: Mapped[str] = mapped_column(sa.String(32))
    before: Mapped[str] = mapped_column(sa.String(32))
    after: Mapped[str] = mapped_column(sa.String(32))
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id", ondelete="SET NULL"))
    """None: the worker."""
    reason: Mapped[str] = mapped_column(sa.String(500), default="")
    at: Mapped[Moment]
    account: Mapped[Account | None] = relationship(lazy="joined")


class Approval(Model):
    """Somebody who edited none of it stands for exactly these words."""

    __tablename__ = "approval"

    id: Mapped[Key]
    version_id: Mapped[int] = mapped_column(sa.ForeignKey("transcript_version.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    hash: Mapped[str] = mapped_column(sa.String(64))
    at: Mapped[Moment]
    voided_at: Mapped[MaybeMoment]
