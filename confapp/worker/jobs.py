"""The jobs: does what organisers asked for, one after the other; the row says how far it is and how it ended."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Mapping

from sqlalchemy.exc import SQLAlchemyError

from confapp.database import Mode, db, transaction
from confapp.database.troubles import trouble
from confapp.domain import jobs
from confapp.domain.errors import NotNow, Refusal
from confapp.domain.jobs import Job, JobKind, Outcome
from confapp.worker import archives, programmes

log = logging.getLogger("confapp.worker.jobs")

DOERS: Mapping[JobKind, Callable[[Job], None]] = {JobKind.IMPORT: programmes.do, JobKind.SITE: archives.do}
"""Who does what; each ends its job in the transaction that did it, or raises and has stored nothing."""


def sweep(now: dt.datetime) -> int:
    """Do the job that was asked for longest ago; returns whether there was one.

    Whoever dies meanwhile leaves it to be taken up again, once its lease has passed.
    """
    with transaction(Mode.READ):
        if not jobs.is_waiting(now=now):
            return 0
    with transaction():
        job = jobs.take_next(now=now)
    if job is None:
        return 0
    db.session.expunge_all()  # plain values from here on, whatever the next transactions do
    try:
        DOERS[job.kind](job)
    except Refusal as refusal:
        reason = refusal  # outlives its clause
        _end(job, lambda: jobs.refuse(job, reason, now=now))
    except Exception as error:
        if isinstance(error, SQLAlchemyError) and trouble(error) is not None:
            raise  # the database is away or busy: taken up again once the lease has passed
        log.exception("job %s (%s) failed", job.uuid, job.kind)
        _end(job, lambda: jobs.finish(job, Outcome.FAILED, now=now))
    return 1


def _end(job: Job, end: Callable[[], None]) -> None:
    try:
        with transaction():
            end()
    except NotNow:
        log.warning("job %s was taken up by another worker meanwhile", job.uuid)
