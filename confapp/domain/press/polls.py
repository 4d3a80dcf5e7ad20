"""Polls: one question to the readers of released words, one vote each, results for those who voted."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from confapp.database import Json, Key, MaybeMoment, Model, Moment, Uuid, db, insert_or_leave
from confapp.domain import audit
from confapp.domain.errors import N_, Invalid, Missing, NotNow
from confapp.domain.people import Account
from confapp.domain.press.publications import Publication, PublicationState


class Poll(Model):
    """A question beside a public transcript, one at a time. It is public: nothing in it names anything unreleased."""

    __tablename__ = "poll"
    __table_args__ = (
        sa.Index(
            "uq_poll_open",
            "public_id",
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        ),
    )

    id: Mapped[Key]
    uuid: Mapped[Uuid]
    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"), index=True)
    public_id: Mapped[str] = mapped_column(sa.String(32))
    """The transcript's."""
    language: Mapped[str] = mapped_column(sa.String(35))
    question: Mapped[str] = mapped_column(sa.String(300))
    options: Mapped[list[str]] = mapped_column(Json)
    opened_at: Mapped[Moment]
    closed_at: Mapped[MaybeMoment]


class PollVote(Model):
    """One answer; `voter` is a keyed hash of an account or a browser, and names nobody."""

    __tablename__ = "poll_vote"

    poll_id: Mapped[int] = mapped_column(sa.ForeignKey("poll.id", ondelete="CASCADE"), primary_key=True)
    voter: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    option: Mapped[int]
    at: Mapped[Moment]


@dataclass(frozen=True, slots=True)
class Result:
    """How many chose an option."""

    option: str
    votes: int
    share: float
    """Of all votes, 0 to 1; 0 where there are none."""


def _is_public(conference_id: int, public_id: str) -> bool:
    return (
        db.session.scalar(
            sa.select(Publication.id)
            .where(
                Publication.conference_id == conference_id,
                Publication.public_id == public_id,
                Publication.state == PublicationState.RELEASED,
            )
            .limit(1)
        )
        is not None
    )


def of(conference_id: int, public_id: str) -> Poll | None:
    """The last poll of a transcript that is public; None: there is none. Reads within the public fence."""
    if not _is_public(conference_id, public_id):
        return None
    return db.session.scalar(
        sa.select(Poll)
        .where(Poll.conference_id == conference_id, Poll.public_id == public_id)
        .order_by(Poll.id.desc())
        .limit(1)
    )


def ask(
    conference_id: int,
    public_id: str,
    question: str,
    options: Sequence[str],
    *,
    language: str,
    by: Account,
    now: dt.datetime,
) -> Poll:
    """Ask the readers of public words. Raises Invalid for fewer than two different options, NotNow, Missing."""
    if not _is_public(conference_id, public_id):
        raise Missing()
    if len(set(options)) < 2 or len(set(options)) != len(options):
        raise Invalid({"options": [N_("Give at least two answers, each of them once.")]})
    held = of(conference_id, public_id)
    if held is not None and held.closed_at is None:
        raise NotNow(N_("There is an open poll already; close it first."))
    poll = Poll(
        conference_id=conference_id,
        public_id=public_id,
        language=language,
        question=question,
        options=list(options),
        opened_at=now,
    )
    db.session.add(poll)
    db.session.flush()
    audit.record("poll.ask", f"poll:{poll.uuid}", conference_id=conference_id, by=by, now=now)
    return poll


def close(poll: Poll, *, by: Account, now: dt.datetime) -> None:
    """Take no more votes; the result stays. Raises NotNow."""
    if poll.closed_at is not None:
        raise NotNow(N_("This poll is closed already."))
    poll.closed_at = now
    db.session.flush()
    audit.record("poll.close", f"poll:{poll.uuid}", conference_id=poll.conference_id, by=by, now=now)


def voter_of(poll: Poll, who: str, *, key: str) -> str:
    """Somebody (`account 7`, `browser 3f…`) as a vote knows them: a hash that differs from poll to poll."""
    return hmac.new(key.encode(), f"{poll.uuid} {who}".encode(), hashlib.sha256).hexdigest()


def vote(poll: Poll, option: int, *, voter: str, now: dt.datetime) -> bool:
    """Take a vote; returns whether it counted: a second one does not. Raises Invalid, and NotNow once it is closed."""
    if poll.closed_at is not None:
        raise NotNow(N_("This poll is closed."))
    if not 0 <= option < len(poll.options):
        raise Invalid({"option": [N_("Choose one of the answers.")]})
    return insert_or_leave(PollVote, poll_id=poll.id, voter=voter, option=option, at=now)


def voted(poll: Poll, voter: str) -> int | None:
    """The option that this voter chose; None: no vote yet."""
    return db.session.scalar(sa.select(PollVote.option).where(PollVote.poll_id == poll.id, PollVote.voter == voter))


def results(poll: Poll) -> list[Result]:
    """What was answered, in the order of the options."""
    votes = sa.select(PollVote.option, sa.func.count()).where(PollVote.poll_id == poll.id)
    counted = {row[0]: row[1] for row in db.session.execute(votes.group_by(PollVote.option))}
    total = sum(counted.values())
    return [
        Result(option, counted.get(place, 0), counted.get(place, 0) / total if total else 0.0)
        for place, option in enumerate(poll.options)
    ]
