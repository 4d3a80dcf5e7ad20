"""Imports of programmes, done by the worker: read and compared outside any lock, written in one short transaction."""

from __future__ import annotations

from typing import Any

from confapp.database import Mode, db, transaction
from confapp.domain import jobs, permissions
from confapp.domain.errors import N_, Invalid, Missing, NotAllowed, Stale
from confapp.domain.files import Blob
from confapp.domain.jobs import Job, Outcome
from confapp.domain.people import Account
from confapp.domain.permissions import Permission
from confapp.domain.programme.conferences import Conference
from confapp.imports import read_programme, table_in
from confapp.imports.apply import apply
from confapp.imports.difference import Difference, prepare
from confapp.imports.plan import Plan
from confapp.imports.report import report_of, table_shown
from confapp.worker import moment

ATTEMPTS = 3
"""How often a programme is compared anew when somebody changed it meanwhile."""


def do(job: Job) -> None:
    """Compare the file that a job names with what stands; where it says so, import it, all of it or nothing.

    A comparison that comes out otherwise than the one that was confirmed is reported instead of applied. Raises
    Invalid for what cannot be read, NotAllowed where whoever asked may no longer, Stale where others keep changing it.
    """
    _say(job, "reading")
    with transaction(Mode.READ):
        blob = db.session.get(Blob, job.spec["sha256"])
        if blob is None:
            raise Missing()
        body = blob.body
    try:
        plan = read_programme(body, job.spec["name"], timezone=job.spec["timezone"], columns=job.spec["columns"])
    except Invalid as refusal:
        if (shown := _table(job, body)) is None:
            raise
        now = moment()
        with transaction():  # headings that nobody knows: whoever sent it can say what they mean
            jobs.refuse(job, refusal, now=now, result={"table": shown})
        return
    for attempt in range(1, ATTEMPTS + 1):
        try:
            _compare(job, plan, body)
        except Stale:
            if attempt == ATTEMPTS:
                raise
        else:
            return


def _compare(job: Job, plan: Plan, body: bytes) -> None:
    """Compare, and apply where that was asked for; raises Stale where somebody was quicker."""
    spec = job.spec
    _say(job, "comparing")
    with transaction(Mode.READ):
        conference = db.session.get_one(Conference, job.conference_id)
        difference = prepare(plan, conference, slug=conference.slug, cancel=set(spec["cancel"]))
    report: dict[str, Any] = report_of(difference)
    if difference.source == "csv":
        report["table"] = _table(job, body)
    is_other = spec["expected"] not in (None, report["fingerprint"])
    if not spec["is_applied"] or difference.is_empty or is_other:
        now = moment()
        with transaction():
            jobs.finish(job, Outcome.DONE, now=now, result=report | {"is_other": is_other, "import": None})
    else:
        _say(job, "writing")
        _apply(job, difference, report)


def _apply(job: Job, difference: Difference, report: dict[str, Any]) -> None:
    """Write it all and end the job, in one transaction: it is imported once, whoever dies."""
    now = moment()
    with transaction():
        account = db.session.get_one(Account, job.account_id)
        if not permissions.may(account, Permission.CONFERENCE_EDIT, job.conference_id, now=now):
            raise NotAllowed(N_("You may not import into this conference any more."))
        run = apply(difference, by=account, now=now, name=job.spec["name"])
        told = report | {"is_other": False, "import": str(run.uuid) if run else None}
        jobs.finish(job, Outcome.DONE, now=now, result=told)


def _table(job: Job, body: bytes) -> dict[str, Any] | None:
    table = table_in(body, job.spec["name"])
    return table_shown(table, job.spec["columns"]) if table else None


def _say(job: Job, step: str) -> None:
    """Let whoever looks at the job know how far it is."""
    now = moment()
    with transaction():
        jobs.go_on(job, step, now=now)
