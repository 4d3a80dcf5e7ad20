"""The clock: releases the transcripts that fell due, then delivers the outbox, one transaction a row."""

from __future__ import annotations

import datetime as dt
import logging

from confapp.database import Mode, transaction
from confapp.domain import outbox, publishing
from confapp.worker.messages import deliver

log = logging.getLogger("confapp.worker.clock")

PAUSE = 1.0
MOST = 200
"""Rows delivered in one sweep, so that due publications never wait behind a long queue."""


def sweep(now: dt.datetime) -> int:
    """Do what is due; returns how much was done."""
    return release_due(now) + deliver_due(now)


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


def deliver_due(now: dt.datetime) -> int:
    """Deliver outbox rows, each at least once: taken in one transaction, told outside, closed in another."""
    delivered = 0
    while delivered < MOST:
        with transaction():
            row = outbox.take_due(now=now)
        if row is None:
            break
        delivered += 1
        error = None
        try:
            deliver(row, now=now)
        except Exception as failure:
            log.exception("outbox row %s (%s) failed", row.uuid, row.kind)
            error = f"{type(failure).__name__}: {failure}"
        with transaction():
            outbox.settle(row.id, error, now=now)
    return delivered
