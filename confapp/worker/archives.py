"""Archives of a conference's public pages, made by the worker and kept with the job that asked for them."""

from __future__ import annotations

import time
from typing import cast

from flask import current_app

from confapp.database import Mode, db, transaction
from confapp.delivery.standing_site import released, standing_site
from confapp.domain import jobs
from confapp.domain.jobs import Job, Outcome
from confapp.domain.programme.conferences import Conference
from confapp.web import ConfappFlask
from confapp.worker import moment

SAY_EVERY = 1.0
"""Seconds between two words of progress."""


def do(job: Job) -> None:
    """Make the archive of what is released now. Raises NotNow where nothing is, or where a page does not answer."""
    app = cast(ConfappFlask, current_app._get_current_object())  # type: ignore[attr-defined]
    with transaction(Mode.READ):
        agenda, number = released(db.session.get_one(Conference, job.conference_id))
    said = 0.0

    def say(done: int, total: int) -> None:
        nonlocal said
        if said and time.monotonic() - said < SAY_EVERY:
            return
        now = moment()
        with transaction():
            jobs.go_on(job, "pages", done, total, now=now)
        said = time.monotonic()

    body = standing_site(app, agenda, base_url=app.config["CONFAPP"].base_url, progress=say)
    now = moment()
    with transaction():
        jobs.finish(job, Outcome.DONE, now=now, result={"release": number, "slug": agenda.conference.slug}, body=body)
