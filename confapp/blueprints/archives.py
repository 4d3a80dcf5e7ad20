"""Organisers' page of the archive of the public pages: asked for, watched while the worker makes it, downloaded."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, redirect, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from confapp.delivery.standing_site import download
from confapp.domain import jobs, outbox
from confapp.domain.errors import of_told
from confapp.domain.jobs import JobKind
from confapp.domain.permissions import Permission
from confapp.domain.programme.conferences import Conference
from confapp.domain.release import releases
from confapp.web import me, now, permits
from confapp.web.answers import say

blueprint = Blueprint("archives", __name__, url_prefix="/organise/<conference>/site")


@blueprint.get("")
@permits(Permission.CONFERENCE_EDIT)
def show_site(conference: Conference) -> str:
    """The latest archive, how far the next one is, and the button that asks for one."""
    job = jobs.latest(conference, JobKind.SITE)
    release = releases.current(conference.id)
    return render_template(
        "schedule/site.html",
        conference=conference,
        job=job,
        made=job.result if job and job.size else None,
        errors=[say(each) for held in of_told(job.refusal or {}).values() for each in held] if job else [],
        number=release.number if release else None,
        is_there=outbox.is_alive("jobs", now=now()),
    )


@blueprint.post("")
@permits(Permission.CONFERENCE_EDIT)
def make_site(conference: Conference) -> BaseResponse:
    """Have the archive made of what is released now."""
    jobs.ask_once(JobKind.SITE, conference, by=me(), now=now())
    return redirect(url_for(".show_site", conference=conference.slug))


@blueprint.get("/<uuid:identifier>.zip")
@permits(Permission.CONFERENCE_EDIT)
def get_site(conference: Conference, identifier: uuid.UUID) -> Response:
    """The archive that a job made."""
    return download(jobs.job(conference, identifier, JobKind.SITE))
