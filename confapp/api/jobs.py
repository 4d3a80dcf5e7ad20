"""Jobs that the worker does: their progress, what came of them, and the archive of the public pages."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, jsonify, url_for

from confapp.api.base import Blueprint
from confapp.delivery.standing_site import download
from confapp.domain import jobs, outbox
from confapp.domain.jobs import Job, JobKind
from confapp.domain.permissions import Permission
from confapp.domain.programme.conferences import Conference
from confapp.schemas.jobs import JobSchema
from confapp.web import me, now, permits
from confapp.web.answers import spoken

blueprint = Blueprint("jobs", "What the worker does when asked: imports, and the archive of the public pages")

RETRY_AFTER = "1"
"""Seconds after which to look at a job again."""


def accepted(job: Job) -> Response:
    """202 with the address at which its progress is told."""
    response = jsonify(described(job))
    response.status_code = 202
    response.headers["Location"] = address_of(job)
    response.headers["Retry-After"] = RETRY_AFTER
    return response


def address_of(job: Job) -> str:
    """Where a job is looked at."""
    return url_for("api_jobs.get_job", conference=job.conference.slug, identifier=job.uuid)


def described(job: Job) -> dict[str, Any]:
    """A job with what came of it, in the reader's language."""
    told: dict[str, Any] = JobSchema().dump(job)
    told["url"] = address_of(job)
    told["is_worker_there"] = outbox.is_alive("jobs", now=now())
    told["errors"] = spoken(job.refusal) if job.refusal else None
    told["report"] = spoken(job.result) if job.result and job.is_over else None
    is_made = job.kind is JobKind.SITE and job.size > 0
    told["file"] = (
        url_for("api_jobs.get_file", conference=job.conference.slug, identifier=job.uuid) if is_made else None
    )
    return told


@blueprint.route("/conferences/<conference>/jobs/<uuid:identifier>", methods=["GET"])
@permits(Permission.CONFERENCE_EDIT)
@blueprint.alt_response(200, schema=JobSchema, success=True)
def get_job(conference: Conference, identifier: uuid.UUID) -> Response:
    """How far a job is (`state`: waiting, running, done, refused, failed), and once it is over, what came of it.

    An import's `report` holds `counts`, `rows`, `warnings`, `refused`, `vanished`, and under `import` the UUID of the
    import that was applied; `errors` name what is wrong with a file that was refused.
    """
    job = jobs.job(conference, identifier)
    response = jsonify(described(job))
    if not job.is_over:
        response.headers["Retry-After"] = RETRY_AFTER
    return response


@blueprint.route("/conferences/<conference>/site", methods=["POST"])
@permits(Permission.CONFERENCE_EDIT)
@blueprint.doc(security=[{"token": []}])
@blueprint.alt_response(202, schema=JobSchema, success=True)
def create_site(conference: Conference) -> Response:
    """Have the archive of the public pages made, for any file server; `file` is its address once it is done."""
    return accepted(jobs.ask_once(JobKind.SITE, conference, by=me(), now=now()))


@blueprint.route("/conferences/<conference>/jobs/<uuid:identifier>/file", methods=["GET"])
@permits(Permission.CONFERENCE_EDIT)
def get_file(conference: Conference, identifier: uuid.UUID) -> Response:
    """The archive that a job made."""
    return download(jobs.job(conference, identifier, JobKind.SITE))
