"""Transcripts: the words of a session in versions, their events and approvals, and how all these are read."""

from __future__ import annotations

import datetime as dt
import enum
import secrets
import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from confapp.database import Json, Key, MaybeMoment, Model, Moment, Uuid, choice, db
from confapp.domain.errors import Missing
from confapp.domain.people import Account
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.sessions import Session


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


OPEN = frozenset(
    {
        VersionState.DRAFT,
        VersionState.IN_REVIEW,
        VersionState.CHANGES_REQUESTED,
        VersionState.APPROVED,
        VersionState.ARMED,
        VersionState.HELD,
    }
)
"""The states of a version that may still be released; a transcript has one such version a kind and language."""
_IS_OPEN = sa.text(f"state IN ({', '.join(repr(state.value) for state in sorted(OPEN))})")


class Event(enum.StrEnum):
    """What can happen to a version; `confapp.domain.press.transcript_states` says when."""

    CREATE = "create"
    IMPORT = "import"
    CONFIRM_IMPORT = "confirm_import"
    EDIT = "edit"
    SUBMIT = "submit"
    REQUEST_CHANGES = "request_changes"
    APPROVE = "approve"
    ARM = "arm"
    DISARM = "disarm"
    GO_AHEAD = "go_ahead"
    """A press officer starts the release of a version that is armed by hand."""
    HOLD = "hold"
    ASK_UNHOLD = "ask_unhold"
    UNHOLD = "unhold"
    FOLLOW_SOURCE = "follow_source"
    """A translator has brought a translation up to date with what it translates, as that now stands."""
    VOID = "void"
    """What was approved is no longer what the public would read, or may no longer be approved by who did."""
    RELEASE = "release"
    INCIDENT = "incident"
    """The stage desk took back the end after which these words went out."""
    SETTLE = "settle"
    """A press officer decided that words may stay public in spite of an incident."""
    CORRECT = "correct"
    SUPERSEDE = "supersede"
    WITHDRAW = "withdraw"
    CONFIRM_WITHDRAWAL = "confirm_withdrawal"
    REINSTATE = "reinstate"
    DISCARD = "discard"


EDITING = frozenset({Event.CREATE, Event.IMPORT, Event.EDIT})
"""Whoever did one of these to a version, or to one from which it grew, may not approve it."""


class Policy(enum.StrEnum):
    """What releases an armed version; none is preset."""

    ON_SESSION_END = "on_session_end"
    """When the stage desk confirmed the end and the undo delay is over."""
    AT_SCHEDULED_END = "at_scheduled_end"
    """At the end in the latest release; once the session runs over, at its confirmed end."""
    AT_TIME = "at_time"
    BOTH = "both"
    """The confirmed end and the time, whichever comes later."""
    MANUAL = "manual"


class Correction(enum.StrEnum):
    """Why a released version was replaced."""

    TYPO = "typo"
    TRANSCRIPTION = "transcription"
    ATTRIBUTION = "attribution"
    TRANSLATION = "translation"
    RETRACTION = "retraction"


class Transcript(Model):
    """The words of one session as a work; its versions hold them."""

    __tablename__ = "transcript"

    id: Mapped[Key]
    uuid: Mapped[Uuid]
    public_id: Mapped[str] = mapped_column(sa.String(32), unique=True, default=lambda: secrets.token_hex(16))
    """128 random bits; the address at which it appears once released."""
    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"), index=True)
    session_id: Mapped[int | None] = mapped_column(sa.ForeignKey("session.id", ondelete="RESTRICT"), index=True)
    next_block: Mapped[int] = mapped_column(default=1)
    """The next paragraph's id: never given twice, whatever the version."""
    public_blocks: Mapped[dict[str, int]] = mapped_column(Json, default=dict)
    """By paragraph id the number under which the public knows it, for all that was ever released: numbers follow from
    publications alone, so that no gap in them tells of paragraphs that nobody released."""
    created_at: Mapped[Moment]
    session: Mapped[Session | None] = relationship(lazy="joined")


class Version(Model):
    """One kind of words in one language."""

    __tablename__ = "transcript_version"
    __table_args__ = (
        sa.CheckConstraint("(state = 'armed') = (policy IS NOT NULL)", name="armed"),
        sa.CheckConstraint("(policy IN ('at_time', 'both')) = (policy_at IS NOT NULL)", name="policy_at"),
        sa.CheckConstraint("undo_seconds BETWEEN 0 AND 3600", name="undo"),
        sa.Index(
            "uq_transcript_version_open",
            "transcript_id",
            "kind",
            "language",
            unique=True,
            sqlite_where=_IS_OPEN,
            postgresql_where=_IS_OPEN,
        ),
    )

    id: Mapped[Key]
    uuid: Mapped[Uuid]
    transcript_id: Mapped[int] = mapped_column(sa.ForeignKey("transcript.id", ondelete="CASCADE"), index=True)
    kind: Mapped[VersionKind] = mapped_column(choice(VersionKind))
    language: Mapped[str] = mapped_column(sa.String(35))
    state: Mapped[VersionState] = mapped_column(choice(VersionState), default=VersionState.DRAFT, index=True)
    kicker: Mapped[str] = mapped_column(sa.String(100), default="")
    headline: Mapped[str] = mapped_column(sa.String(300), default="")
    byline: Mapped[str] = mapped_column(sa.String(200), default="")
    byline_role: Mapped[str] = mapped_column(sa.String(200), default="")
    summary: Mapped[str] = mapped_column(sa.Text, default="")
    caption: Mapped[str] = mapped_column(sa.String(300), default="")
    place: Mapped[str | None] = mapped_column(sa.String(200))
    delivered_on: Mapped[dt.date | None]
    page_date: Mapped[dt.date | None]
    """The date printed on the page it was imported from; never published."""
    blocks: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    """`{"id", "kind", "speaker", "text"}` each, in order, with `elisions` and `cues` where a reader found some."""
    correction: Mapped[Correction | None] = mapped_column(choice(Correction))
    correction_note: Mapped[str] = mapped_column(sa.String(500), default="")
    """What the correction changes and why: published with it."""
    hash: Mapped[str] = mapped_column(sa.String(64), default="")
    """SHA-256 over every word that the public would see, as submitted; empty while it can be edited freely."""
    lock_version: Mapped[int] = mapped_column(default=1)
    """Rises with each edit: what an editor saw."""
    is_confirmed: Mapped[bool] = mapped_column(default=True)
    """False after an import until a person has confirmed what the reader made of it."""
    import_report: Mapped[dict[str, Any] | None] = mapped_column(Json)
    source: Mapped[str | None] = mapped_column(sa.ForeignKey("blob.sha256"))
    base_id: Mapped[int | None] = mapped_column(sa.ForeignKey("transcript_version.id"), index=True)
    """The version from which this one grew: the one it corrects or brings back."""
    translation_of_id: Mapped[int | None] = mapped_column(sa.ForeignKey("transcript_version.id"), index=True)
    """Exactly this version's words were translated."""
    source_revision: Mapped[int | None]
    """The lock version of what it translates, as the translator saw it."""
    policy: Mapped[Policy | None] = mapped_column(choice(Policy))
    policy_at: Mapped[MaybeMoment]
    undo_seconds: Mapped[int] = mapped_column(default=60)
    is_not_delivered: Mapped[bool] = mapped_column(default=False)
    """To be released by hand, so labelled, although the session does not take place."""
    armed_at: Mapped[MaybeMoment]
    armed_start: Mapped[MaybeMoment]
    armed_end: Mapped[MaybeMoment]
    """The session's times in the release that was latest when it was armed."""
    go_ahead_at: Mapped[MaybeMoment]
    created_at: Mapped[Moment]
    changed_at: Mapped[Moment]
    transcript: Mapped[Transcript] = relationship(lazy="joined", innerjoin=True)
    approvals: Mapped[list[Approval]] = relationship(lazy="selectin", order_by="Approval.id")

    @property
    def approval(self) -> Approval | None:
        """The approval that stands."""
        return next((each for each in self.approvals if each.voided_at is None), None)


class VersionEvent(Model):
    """What happened to a version and by whom: editors are read from here, so it is append-only."""

    __tablename__ = "transcript_event"

    id: Mapped[Key]
    version_id: Mapped[int] = mapped_column(sa.ForeignKey("transcript_version.id", ondelete="CASCADE"), index=True)
    event: Mapped[Event] = mapped_column(choice(Event))
    before: Mapped[str] = mapped_column(sa.String(32))
    after: Mapped[str] = mapped_column(sa.String(32))
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id", ondelete="SET NULL"))
    """None: the worker."""
    policy: Mapped[Policy | None] = mapped_column(choice(Policy))
    """By which policy it was, or became, armed."""
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
    is_checked: Mapped[bool] = mapped_column(default=False)
    """The approver declared to have checked the words against a recording."""
    is_own: Mapped[bool] = mapped_column(default=False)
    """The approver wrote some of the words, as the conference allowed."""
    at: Mapped[Moment]
    voided_at: Mapped[MaybeMoment]
    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)


def versions(conference: Conference, *, states: Sequence[VersionState] = tuple(OPEN)) -> Sequence[Version]:
    """The conference's versions in these states, the last changed first; the words of each come with it."""
    return db.session.scalars(
        sa.select(Version)
        .join(Version.transcript)
        .where(Transcript.conference_id == conference.id, Version.state.in_(states))
        .order_by(Version.changed_at.desc(), Version.id.desc())
    ).all()


def version(conference: Conference, identifier: uuid.UUID) -> Version:
    """One version by its UUID; raises Missing."""
    found = db.session.scalar(
        sa.select(Version)
        .join(Version.transcript)
        .where(Transcript.conference_id == conference.id, Version.uuid == identifier)
    )
    if found is None:
        raise Missing()
    return found


def transcripts_of(session: Session) -> Sequence[Transcript]:
    """The session's transcripts in the order they were made."""
    return db.session.scalars(
        sa.select(Transcript).where(Transcript.session_id == session.id).order_by(Transcript.id)
    ).all()


def versions_of(transcript: Transcript) -> Sequence[Version]:
    """All versions of a transcript as they now stand, in the order they were made, discarded ones included."""
    return db.session.scalars(
        sa.select(Version)
        .where(Version.transcript_id == transcript.id)
        .order_by(Version.id)
        .execution_options(populate_existing=True)
    ).all()


def history(version: Version) -> Sequence[VersionEvent]:
    """What happened to a version, in order."""
    return db.session.scalars(
        sa.select(VersionEvent).where(VersionEvent.version_id == version.id).order_by(VersionEvent.id)
    ).all()
