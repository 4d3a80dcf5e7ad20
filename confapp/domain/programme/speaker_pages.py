"""Speakers' own pages: the secret address at which a speaker sees to her part, without an account."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from confapp.database import Key, MaybeMoment, Model, Moment, Uuid, db
from confapp.domain import audit
from confapp.domain.agenda import Agenda, Entry
from confapp.domain.errors import N_, Missing, NotNow
from confapp.domain.people import Account
from confapp.domain.programme import sessions, speakers
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.sessions import Session, SessionState
from confapp.domain.programme.speakers import Speaker
from confapp.domain.tokens import TOKEN_BYTES, digest

LIVES_ON = dt.timedelta(days=30)
"""How long after the conference's last day an address still works."""


class SpeakerPage(Model):
    """A speaker's secret address; only the SHA-256 of its token is stored."""

    __tablename__ = "speaker_page"

    id: Mapped[Key]
    uuid: Mapped[Uuid]
    speaker_id: Mapped[int] = mapped_column(sa.ForeignKey("speaker.id", ondelete="CASCADE"), index=True)
    digest: Mapped[str] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[Moment]
    revoked_at: Mapped[MaybeMoment]
    used_at: Mapped[MaybeMoment]
    """When she last changed something."""


def invite(speaker: Speaker, *, by: Account | None, now: dt.datetime) -> str:
    """A new secret for the speaker's address, told once; the address before it dies."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    open_page(speaker, lambda _page: token, by=by, now=now)
    return token


def open_page(
    speaker: Speaker, token_of: Callable[[uuid.UUID], str], *, by: Account | None, now: dt.datetime
) -> SpeakerPage:
    """A new address whose secret `token_of` makes of its id; the address before it dies."""
    revoke(speaker, by=by, now=now)
    identifier = uuid.uuid4()
    page = SpeakerPage(uuid=identifier, speaker_id=speaker.id, digest=digest(token_of(identifier)), created_at=now)
    db.session.add(page)
    db.session.flush()
    audit.record("speaker.invite", f"speaker:{speaker.code}", conference_id=speaker.conference_id, by=by, now=now)
    return page


def revoke(speaker: Speaker, *, by: Account | None, now: dt.datetime) -> None:
    """The speaker's address dies at once."""
    if standing(speaker) is None:
        return
    db.session.execute(
        sa.update(SpeakerPage)
        .where(SpeakerPage.speaker_id == speaker.id, SpeakerPage.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    audit.record("speaker.uninvite", f"speaker:{speaker.code}", conference_id=speaker.conference_id, by=by, now=now)


def standing(speaker: Speaker) -> SpeakerPage | None:
    """The speaker's address that works."""
    return db.session.scalar(
        sa.select(SpeakerPage).where(SpeakerPage.speaker_id == speaker.id, SpeakerPage.revoked_at.is_(None))
    )


def by_token(token: str, *, now: dt.datetime) -> tuple[Speaker, Conference]:
    """Whose address that is; raises Missing for one that is unknown, revoked or long past its conference."""
    found = db.session.execute(
        sa.select(Speaker, Conference)
        .join(SpeakerPage, SpeakerPage.speaker_id == Speaker.id)
        .join(Conference, Conference.id == Speaker.conference_id)
        .where(SpeakerPage.digest == digest(token), SpeakerPage.revoked_at.is_(None))
    ).one_or_none()
    if found is None or found[1].facts.day_of(now - LIVES_ON) > found[1].ends_on:
        raise Missing()
    return found[0], found[1]


def talks(speaker: Speaker, public: Agenda | None) -> list[tuple[Session, list[Entry]]]:
    """The speaker's sessions that were not turned down, each with when and where the public agenda has it."""
    return [
        (session, [entry for entry in public.shown if entry.session.code == session.code] if public else [])
        for session in sessions.sessions_of(speaker)
        if session.state not in (SessionState.REJECTED, SessionState.WITHDRAWN)
    ]


def session_of(speaker: Speaker, code: str) -> Session:
    """A session in which the speaker has a part; raises Missing for any other."""
    for session in sessions.sessions_of(speaker):
        if session.code == code:
            return session
    raise Missing()


def edit(speaker: Speaker, values: dict[str, Any], *, now: dt.datetime) -> None:
    """The speaker changes her own profile; releases keep what they froze."""
    _used(speaker, now=now)
    speakers.edit_speaker(speaker, values, by=None, now=now)


def confirm(speaker: Speaker, session: Session, *, now: dt.datetime) -> None:
    """The speaker says that a session of hers takes place. Raises Missing, or NotNow where nobody accepted it."""
    session_of(speaker, session.code)
    if session.state is SessionState.CONFIRMED:
        return
    if session.state is not SessionState.ACCEPTED:
        raise NotNow(N_("The organisers have not accepted this session, or no longer."))
    _used(speaker, now=now)
    session.state = SessionState.CONFIRMED
    session.version += 1
    audit.record(
        "session.confirm",
        f"session:{session.code}",
        conference_id=session.conference_id,
        by=None,
        now=now,
        facts={"speaker": speaker.code},
    )
    db.session.flush()


def _used(speaker: Speaker, *, now: dt.datetime) -> None:
    held = standing(speaker)
    if held is not None:
        held.used_at = now
