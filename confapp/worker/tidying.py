"""Tidying: what is kept for a while and no longer: files, uploads, unconfirmed addresses, logs, ended jobs, drafts."""

from __future__ import annotations

import datetime as dt

from confapp import delivery
from confapp.database import transaction
from confapp.domain import jobs, unused
from confapp.domain.press import subscribers, webhooks, working_copies


def tidy(now: dt.datetime) -> int:
    """Forget what is kept too long; returns 0, as nothing is left to do."""
    delivery.tidy(now)
    with transaction():
        subscribers.forget_unconfirmed(now=now)
        webhooks.forget_old(now=now)
        working_copies.forget_old(now=now)
        jobs.forget(before=now - jobs.KEPT)
        unused.forget(now=now)
    return 0
