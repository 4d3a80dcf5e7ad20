"""Organisers' pages of imports: files are compared first, confirming applies those very bytes, all can be undone."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.datastructures import CombinedMultiDict
from werkzeug.wrappers import Response

from confapp import intake
from confapp.answers import say
from confapp.database import aside, give_up_writing
from confapp.domain import imported
from confapp.domain.errors import Invalid, Stale
from confapp.domain.permissions import Permission
from confapp.domain.programme.conferences import Conference
from confapp.forms import Form
from confapp.imports import table_in
from confapp.imports.apply import apply
from confapp.imports.difference import REPORTED, Difference
from confapp.imports.plan import MAX_BYTES
from confapp.imports.tables import FIELDS
from confapp.imports.undo import undo
from confapp.intake import Upload, difference_of, opened
from confapp.schemas.conferences import ProgrammeSchema
from confapp.web import clean, me, now, permits

blueprint = Blueprint("imports", __name__, url_prefix="/organise/<conference>/imports")

MOST_ROWS = 3_000
"""Rows that a report shows; a programme of more is told by its counts."""


@blueprint.route("", methods=["GET", "POST"])
@permits(Permission.CONFERENCE_EDIT)
def upload_programme(conference: Conference) -> Response | str:
    """Take programme files and show what they would change; what cannot be read is not kept. Lists past imports."""
    form = Form(ProgrammeSchema, conference, current=conference)
    if form.was_sent:
        with form:
            values = clean(form.schema, CombinedMultiDict([request.form, request.files]))
            body, name = intake.received(request.files.getlist("file"))
            give_up_writing()
            unread = Upload(conference.id, "", name, values["timezone"], {})
            try:
                difference = difference_of(conference, unread, body)
            except Invalid:
                if (table := table_in(body, name)) is None or len(table.rows) == 0:
                    raise
                # A table whose headings nobody knows: whoever sent it can say what they mean.
                upload = intake.keep(conference, body, name, values["timezone"], {})
                return redirect(url_for(".choose_columns", conference=conference.slug, token=upload.token))
            upload = intake.keep(conference, body, name, values["timezone"], {})
            return _report(conference, upload, difference)
    return form.page(
        "imports/upload.html",
        conference=conference,
        max_megabytes=MAX_BYTES // 1_000_000,
        runs=imported.imports(conference),
    )


def _report(conference: Conference, upload: Upload, difference: Difference) -> str:
    rows = [row for row in difference.rows() if row.deed != "unchanged"]
    return render_template(
        "imports/report.html",
        conference=conference,
        upload=upload,
        difference=difference,
        counts=difference.count(),
        kinds=list(REPORTED.values()),
        rows=rows[:MOST_ROWS],
        more=max(0, len(rows) - MOST_ROWS),
        is_table=difference.source == "csv",
    )


@blueprint.get("/<token>")
@permits(Permission.CONFERENCE_EDIT)
def show_report(conference: Conference, token: str) -> str:
    """What importing the file would change now, and what is odd about it; nothing is stored."""
    upload = opened(conference, token)
    return _report(conference, upload, difference_of(conference, upload, upload.body))


@blueprint.post("/<token>")
@permits(Permission.CONFERENCE_EDIT)
def apply_programme(conference: Conference, token: str) -> Response:
    """Import the file: all of it or nothing. What changed here meanwhile is reported anew instead."""
    upload = opened(conference, token)
    give_up_writing()
    difference = difference_of(conference, upload, upload.body, cancel=set(request.form.getlist("cancel")))
    try:
        with aside():
            apply(difference, by=me(), now=now(), name=upload.name)
    except Stale as refusal:
        flash(say(refusal.message), "bad")
        return redirect(url_for(".show_report", conference=conference.slug, token=token))
    flash(gettext("Imported. Look at the conflicts, then release."), "good")
    return redirect(url_for("schedule.show_schedule", conference=conference.slug))


@blueprint.route("/<token>/columns", methods=["GET", "POST"])
@permits(Permission.CONFERENCE_EDIT)
def choose_columns(conference: Conference, token: str) -> Response | tuple[str, int]:
    """Say which column of a table holds what; what the headings tell is chosen already."""
    upload = opened(conference, token)
    table = intake.table_of(upload)
    if table is None:
        return redirect(url_for(".show_report", conference=conference.slug, token=token))
    chosen = {**table.columns(FIELDS), **upload.columns}
    refusal: Invalid | None = None
    if request.method == "POST":
        chosen = {field: request.form.get(f"column.{field}", "") for field in FIELDS}
        changed = upload.with_columns(chosen)
        try:
            difference_of(conference, changed, upload.body)
        except Invalid as error:
            refusal = error
            give_up_writing()
        else:
            return redirect(url_for(".show_report", conference=conference.slug, token=changed.token))
    page = render_template(
        "imports/columns.html",
        conference=conference,
        upload=upload,
        table=table,
        fields=list(FIELDS),
        chosen=chosen,
        errors=[say(message) for held in (refusal.errors.values() if refusal else ()) for message in held],
    )
    return page, 422 if refusal else 200


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
