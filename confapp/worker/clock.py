"""The clock: releases the transcripts that fell due and delivers the outbox, one transaction a row."""

from __future__ import annotations

import datetime as dt
import logging

from confapp.database import Mode, db, transaction
from confapp.domain import outbox
from confapp.domain.press import publishing
from confapp.worker.messages import deliver

log = logging.getLogger("confapp.worker.clock")


def release_due(now: dt.datetime) -> int:
    """Publish every armed version whose policy holds; the guards read everything again under lock."""
    with transaction(Mode.READ):
        due = publishing.due(now=now)
    released = 0
    for version in due:
        try:
            with transaction():
                released += bool(publishing.release_due(version, now=now))
        except Exception:
            log.exception("transcript version %s could not be released", version)
    return released


def deliver_next(now: dt.datetime) -> int:
    """Deliver the outbox row that is due first, at least once; returns whether there was one.

    It is taken in one transaction, told outside any, and closed in another: whoever dies meanwhile leaves it to be
    delivered again, under the same id, once its lease has passed.
    """
    with transaction(Mode.READ):
        is_due = outbox.is_due(now=now)
    if not is_due:
        return 0
    with transaction():
        row = outbox.take_due(now=now)
    if row is None:
        return 0
    db.session.expunge(row)  # plain values from here on, whatever the next transactions do
    error = None
    try:
        deliver(row, now=now)
    except Exception as failure:
        log.exception("outbox row %s (%s) failed", row.uuid, row.kind)
        error = f"{type(failure).__name__}: {failure}"
    with transaction():
        outbox.settle(row.id, error, now=now)
    return 1
