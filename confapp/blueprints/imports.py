"""Organisers' pages of imports: a worker compares a file first; confirming applies its bytes; all can be undone."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.datastructures import CombinedMultiDict
from werkzeug.wrappers import Response

from confapp.database import give_up_writing
from confapp.domain import imported, jobs, outbox
from confapp.domain.errors import Invalid, NotNow, of_told
from confapp.domain.jobs import Job, JobKind, Outcome
from confapp.domain.permissions import Permission
from confapp.domain.programme.conferences import Conference
from confapp.hall import intake
from confapp.imports.difference import REPORTED
from confapp.imports.plan import MAX_BYTES
from confapp.imports.tables import FIELDS
from confapp.imports.undo import undo
from confapp.schemas.conferences import ProgrammeSchema
from confapp.web import clean, me, now, permits
from confapp.web.answers import say
from confapp.web.forms import Form

blueprint = Blueprint("imports", __name__, url_prefix="/organise/<conference>/imports")

MOST_ROWS = 3_000
"""Rows that a report shows; a programme of more is told by its counts."""
STEPS = ("reading", "comparing", "writing")


@blueprint.route("", methods=["GET", "POST"])
@permits(Permission.CONFERENCE_EDIT)
def upload_programme(conference: Conference) -> Response | str:
    """Take programme files and have the worker compare them with what stands here. Lists past imports."""
    form = Form(ProgrammeSchema, conference, current=conference)
    if form.was_sent:
        with form:
            values = clean(form.schema, CombinedMultiDict([request.form, request.files]))
            body, name = intake.received(request.files.getlist("file"))
            by = me()
            give_up_writing()
            identifier = intake.ask(conference, body, name, timezone=values["timezone"], by=by)
            return redirect(url_for(".show_report", conference=conference.slug, identifier=identifier))
    return form.page(
        "imports/upload.html",
        conference=conference,
        max_megabytes=MAX_BYTES // 1_000_000,
        runs=imported.imports(conference),
    )


@blueprint.get("/<uuid:identifier>")
@permits(Permission.CONFERENCE_EDIT)
def show_report(conference: Conference, identifier: uuid.UUID) -> Response | str:
    """How far the worker is with a file; then what importing it would change, or why it cannot be."""
    job = jobs.job(conference, identifier, JobKind.IMPORT)
    if not job.is_over:
        steps = STEPS if job.spec["is_applied"] else STEPS[:2]
        is_there = outbox.is_alive("jobs", now=now())
        return render_template("imports/progress.html", conference=conference, job=job, steps=steps, is_there=is_there)
    report = of_told(job.result) if job.result else {}
    if job.outcome is Outcome.REFUSED and report.get("table"):
        return redirect(url_for(".choose_columns", conference=conference.slug, identifier=identifier))
    if job.outcome is not Outcome.DONE:
        return render_template("imports/refused.html", conference=conference, job=job, errors=_errors(job))
    if report["import"]:
        return redirect(url_for(".show_import", conference=conference.slug, identifier=report["import"]))
    rows = [row for row in report["rows"] if row["deed"] != "unchanged"]
    return render_template(
        "imports/report.html",
        conference=conference,
        job=job,
        report=report,
        kinds=list(REPORTED.values()),
        rows=rows[:MOST_ROWS],
        more=max(0, len(rows) - MOST_ROWS),
    )


def _errors(job: Job) -> list[str]:
    return [say(message) for held in of_told(job.refusal or {}).values() for message in held]


@blueprint.post("/<uuid:identifier>")
@permits(Permission.CONFERENCE_EDIT)
def apply_programme(conference: Conference, identifier: uuid.UUID) -> Response:
    """Have the file imported, all of it or nothing: just what the report showed, else it is reported anew."""
    job = jobs.job(conference, identifier, JobKind.IMPORT)
    report = job.result or {}
    if job.outcome is Outcome.DONE and not report.get("import"):
        more = {"is_applied": True, "cancel": request.form.getlist("cancel"), "expected": report["fingerprint"]}
        _again(job, more)
    elif job.outcome is Outcome.FAILED:
        _again(job, {})
    return redirect(url_for(".show_report", conference=conference.slug, identifier=identifier))


def _again(job: Job, more: dict[str, object]) -> None:
    try:
        jobs.ask_again(job, {**job.spec, **more}, by=me(), now=now())
    except NotNow as refusal:  # the button was pressed twice
        flash(say(refusal.message), "warn")


@blueprint.route("/<uuid:identifier>/columns", methods=["GET", "POST"])
@permits(Permission.CONFERENCE_EDIT)
def choose_columns(conference: Conference, identifier: uuid.UUID) -> Response | str:
    """Say which column of a table holds what; what the headings tell is chosen already."""
    job = jobs.job(conference, identifier, JobKind.IMPORT)
    table = (job.result or {}).get("table")
    address = url_for(".show_report", conference=conference.slug, identifier=identifier)
    if not job.is_over or table is None:
        return redirect(address)
    if request.method == "POST":
        chosen = {field: request.form.get(f"column.{field}", "") for field in FIELDS}
        _again(job, {"columns": chosen, "is_applied": False, "expected": None})
        return redirect(address)
    return render_template(
        "imports/columns.html", conference=conference, job=job, table=table, fields=list(FIELDS), errors=_errors(job)
    )


@blueprint.get("/applied/<uuid:identifier>")
@permits(Permission.CONFERENCE_EDIT)
def show_import(conference: Conference, identifier: uuid.UUID) -> str:
    """What one import wrote, and the button that undoes it."""
    run = imported.imported(conference, identifier)
    return _import_page(conference, run)


def _import_page(conference: Conference, run: imported.ProgrammeImport, refusal: Invalid | None = None) -> str:
    obstacles = [say(message) for message in (refusal.errors["import"] if refusal else ())]
    return render_template(
        "imports/import.html", conference=conference, run=run, steps=run.steps[:MOST_ROWS], obstacles=obstacles,
        kinds=list(REPORTED.values()),
    )  # fmt: skip


@blueprint.post("/applied/<uuid:identifier>/undo")
@permits(Permission.CONFERENCE_EDIT)
def undo_import(conference: Conference, identifier: uuid.UUID) -> Response | tuple[str, int]:
    """Undo a whole import, or say who is in the way."""
    run = imported.imported(conference, identifier)
    try:
        undo(run, conference, by=me(), now=now())
    except Invalid as refusal:
        give_up_writing()
        return _import_page(conference, imported.imported(conference, identifier), refusal), 409
    flash(gettext("The import is undone."), "good")
    return redirect(url_for(".upload_programme", conference=conference.slug))
