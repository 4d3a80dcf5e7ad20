"""Jobs: what organisers ask for and no request waits for; each is a row that the worker sweeps, with its progress."""

from __future__ import annotations

import datetime as dt
import enum
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from confapp.database import Json, Key, MaybeMoment, Model, Moment, Uuid, choice, db
from confapp.domain.errors import N_, Invalid, Missing, NotNow, Refusal, told
from confapp.domain.people import Account
from confapp.domain.programme.conferences import Conference

LEASE = dt.timedelta(seconds=60)
"""How long a worker that took a job has it to itself, counted from its last word of progress."""
MOST_ATTEMPTS = 3
"""How often a job is begun before it is given up: doing it may have killed the worker each time."""
KEPT = dt.timedelta(days=30)
"""How long a job's row, its report and its file are kept."""
_OPEN = sa.text("ended_at IS NULL")


class JobKind(enum.StrEnum):
    """What is to be done."""

    IMPORT = "import"
    """Compare a programme file, and import it where that was asked for too."""
    SITE = "site"
    """Make the archive of the public pages."""


class Outcome(enum.StrEnum):
    """How a job ended."""

    DONE = "done"
    REFUSED = "refused"
    """What was asked cannot be: `refusal` says why, by field."""
    FAILED = "failed"
    """Something is wrong with the app: its log says what."""


class Job(Model):
    """One job of one account in one conference."""

    __tablename__ = "job"
    __table_args__ = (sa.Index("ix_job_waiting", "asked_at", sqlite_where=_OPEN, postgresql_where=_OPEN),)

    id: Mapped[Key]
    uuid: Mapped[Uuid]
    conference_id: Mapped[int] = mapped_column(sa.ForeignKey("conference.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id", ondelete="CASCADE"))
    kind: Mapped[JobKind] = mapped_column(choice(JobKind))
    spec: Mapped[dict[str, Any]] = mapped_column(Json)
    """What to do, in JSON's types: the worker reads them."""
    asked_at: Mapped[Moment]
    attempts: Mapped[int] = mapped_column(default=0)
    taken_until: Mapped[MaybeMoment]
    """Until when a worker has it to itself; later, another one may take it up."""
    step: Mapped[str] = mapped_column(sa.String(20), default="")
    """What is being done: a word of its kind, for the page to say."""
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    """How much of the step is done, of how much; 0 of 0 where nobody can tell."""
    ended_at: Mapped[MaybeMoment]
    outcome: Mapped[Outcome | None] = mapped_column(choice(Outcome))
    result: Mapped[dict[str, Any] | None] = mapped_column(Json, deferred=True)
    """What came of it, in JSON's types."""
    refusal: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """Messages by field, as `errors.told` writes them."""
    body: Mapped[bytes | None] = mapped_column(sa.LargeBinary, deferred=True)
    """The file that was made."""
    size: Mapped[int] = mapped_column(default=0)
    """Of `body`, in bytes."""
    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)
    conference: Mapped[Conference] = relationship(lazy="joined", innerjoin=True)

    @property
    def is_over(self) -> bool:
        """Whether nothing happens to it any more, unless it is asked for again."""
        return self.ended_at is not None


def ask(kind: JobKind, conference: Conference, spec: dict[str, Any], *, by: Account, now: dt.datetime) -> Job:
    """Put a job before the worker, which begins once this transaction has committed."""
    made = Job(
        uuid=uuid.uuid4(),
        conference_id=conference.id,
        account_id=by.id,
        kind=kind,
        spec=told(spec),
        asked_at=now,
        attempts=0,
    )
    db.session.add(made)
    db.session.flush()
    return made


def ask_once(kind: JobKind, conference: Conference, *, by: Account, now: dt.datetime) -> Job:
    """Ask for what needs no more words, unless that is under way already."""
    held = latest(conference, kind)
    return held if held is not None and not held.is_over else ask(kind, conference, {}, by=by, now=now)


def ask_again(job: Job, spec: dict[str, Any], *, by: Account, now: dt.datetime) -> None:
    """Have a job that is over done once more, otherwise; what came of it stays until something new does.

    Raises NotNow while it is under way.
    """
    again = {"spec": told(spec), "account_id": by.id, "asked_at": now, "attempts": 0, "taken_until": None, "step": "",
             "done": 0, "total": 0, "ended_at": None, "outcome": None, "refusal": None}  # fmt: skip
    over = sa.update(Job).where(Job.id == job.id, Job.ended_at.is_not(None)).values(again).returning(Job.id)
    if db.session.execute(over).first() is None:
        raise NotNow(N_("This is being worked on already."))
    db.session.expire(job)


def job(conference: Conference, identifier: uuid.UUID, kind: JobKind | None = None) -> Job:
    """One job of a conference; raises Missing for another's, or another kind's."""
    wanted = sa.select(Job).where(Job.conference_id == conference.id, Job.uuid == identifier)
    found = db.session.scalar(wanted if kind is None else wanted.where(Job.kind == kind))
    if found is None:
        raise Missing()
    return found


def latest(conference: Conference, kind: JobKind) -> Job | None:
    """The job of a kind that was asked for last."""
    wanted = sa.select(Job).where(Job.conference_id == conference.id, Job.kind == kind)
    return db.session.scalar(wanted.order_by(Job.asked_at.desc(), Job.id.desc()).limit(1))


def failed() -> Sequence[Job]:
    """The jobs that ended by no fault of whoever asked, the oldest first; forgotten with all that are over."""
    return db.session.scalars(sa.select(Job).where(Job.outcome == Outcome.FAILED).order_by(Job.ended_at, Job.id)).all()


# The worker's side.


def _free(now: dt.datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return Job.ended_at.is_(None), sa.or_(Job.taken_until.is_(None), Job.taken_until <= now)


def is_waiting(*, now: dt.datetime) -> bool:
    """Whether a job is to be taken: asked before `take_next`, which writes."""
    return db.session.scalar(sa.select(Job.id).where(*_free(now)).limit(1)) is not None


def take_next(*, now: dt.datetime) -> Job | None:
    """The free job that was asked for longest ago, taken for LEASE; its attempt counts from here.

    One whose worker died MOST_ATTEMPTS times is given up.
    """
    free = sa.select(Job).where(*_free(now)).order_by(Job.asked_at, Job.id).limit(1)
    found = db.session.scalar(free.with_for_update(skip_locked=True, of=Job))
    if found is None:
        return None
    if found.attempts >= MOST_ATTEMPTS:
        found.ended_at, found.outcome = now, Outcome.FAILED
        db.session.flush()
        return take_next(now=now)
    found.attempts += 1
    found.taken_until = now + LEASE
    return found


def go_on(taken: Job, step: str, done: int = 0, total: int = 0, *, now: dt.datetime) -> None:
    """Say how far a job is, which keeps it LEASE longer. Raises NotNow where another worker has taken it meanwhile."""
    _set(taken, {"step": step, "done": done, "total": total, "taken_until": now + LEASE})


def finish(
    taken: Job,
    outcome: Outcome,
    *,
    now: dt.datetime,
    result: Mapping[str, Any] | None = None,
    refusal: Mapping[str, Any] | None = None,
    body: bytes | None = None,
) -> None:
    """End a job, in the transaction that did it. Raises NotNow where another worker has taken it meanwhile."""
    ended: dict[str, Any] = {"ended_at": now, "outcome": outcome, "refusal": refusal}
    if result is not None:
        ended["result"] = told(result)
    if body is not None:
        ended |= {"body": body, "size": len(body)}
    _set(taken, ended)


def refuse(taken: Job, refusal: Refusal, *, now: dt.datetime, result: Mapping[str, Any] | None = None) -> None:
    """End a job that cannot be done, with the reasons. Raises as `finish` does."""
    errors = refusal.errors if isinstance(refusal, Invalid) else {"": [refusal.message]}
    finish(taken, Outcome.REFUSED, now=now, result=result, refusal=told(errors))


def _set(taken: Job, values: Mapping[str, Any]) -> None:
    """Write, if it is still this attempt's: a worker that was thought dead does nothing more."""
    mine = sa.update(Job).where(Job.id == taken.id, Job.attempts == taken.attempts, Job.ended_at.is_(None))
    if db.session.execute(mine.values(values).returning(Job.id)).first() is None:
        raise NotNow(N_("Another worker has taken this up."))


def forget(*, before: dt.datetime) -> None:
    """Remove the jobs that ended before a moment."""
    db.session.execute(sa.delete(Job).where(Job.ended_at < before))
