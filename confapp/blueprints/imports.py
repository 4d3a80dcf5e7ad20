"""Organisers' page of imports: a programme file is read and compared first; confirming applies those very bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.datastructures import CombinedMultiDict, FileStorage
from werkzeug.wrappers import Response

from confapp.answers import say
from confapp.database import aside, db, give_up_writing
from confapp.domain import files
from confapp.domain.conferences import Conference
from confapp.domain.errors import N_, Invalid, Missing, Stale
from confapp.domain.files import Blob
from confapp.domain.permissions import Permission
from confapp.forms import Form
from confapp.imports import read_programme
from confapp.imports.apply import apply
from confapp.imports.difference import REPORTED, Difference, prepare
from confapp.imports.plan import MAX_BYTES
from confapp.schemas.conferences import ProgrammeSchema
from confapp.web import clean, me, now, permits

blueprint = Blueprint("imports", __name__, url_prefix="/organise/<conference>/imports")

MEDIA_TYPE = "application/xml"
NAME_LENGTH = 100


@dataclass(frozen=True)
class Upload:
    """A file that was uploaded for one conference, and the zone that its times are in."""

    conference: int
    sha256: str
    name: str
    timezone: str

    @property
    def token(self) -> str:
        """What stands in the page's address: signed, since nobody shall have other uploads read."""
        return str(_signer().dumps([self.conference, self.sha256, self.name, self.timezone]))


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(cast(str, current_app.secret_key), salt="programme-import")


def _opened(conference: Conference, token: str) -> Upload:
    """The upload that a token names; raises Missing for one that is forged or another conference's."""
    try:
        upload = Upload(*_signer().loads(token))
    except BadSignature as error:
        raise Missing() from error
    if upload.conference != conference.id:
        raise Missing()
    return upload


def _difference(conference: Conference, data: bytes, name: str, timezone: str) -> Difference:
    return prepare(read_programme(data, name, timezone=timezone), conference, slug=conference.slug)


def _body(upload: Upload) -> bytes:
    blob = db.session.get(Blob, upload.sha256)
    if blob is None:
        raise Missing()
    return blob.body


@blueprint.route("", methods=["GET", "POST"])
@permits(Permission.CONFERENCE_EDIT)
def upload_programme(conference: Conference) -> Response | str:
    """Take a programme file and show what it would change; one that cannot be read is not kept."""
    form = Form(ProgrammeSchema, conference, current=conference)
    if form.was_sent:
        with form:
            values = clean(form.schema, CombinedMultiDict([request.form, request.files]))
            return _report(conference, *_kept(conference, values["file"], values["timezone"]))
    return form.page("imports/upload.html", conference=conference, max_megabytes=MAX_BYTES // 1_000_000)


def _kept(conference: Conference, sent: FileStorage, timezone: str) -> tuple[Upload, Difference]:
    """Read and compare the file while nothing is locked, then keep its bytes. Raises Invalid."""
    if not sent.filename:
        raise Invalid({"file": [N_("Choose a file.")]})
    give_up_writing()
    data, name = sent.read(MAX_BYTES + 1), sent.filename[-NAME_LENGTH:]
    difference = _difference(conference, data, name, timezone)
    with aside():
        blob = files.keep(data, MEDIA_TYPE, now=now())
        return Upload(conference.id, blob.sha256, name, timezone), difference


def _report(conference: Conference, upload: Upload, difference: Difference) -> str:
    return render_template(
        "imports/report.html",
        conference=conference,
        upload=upload,
        difference=difference,
        counts=difference.count(),
        kinds=list(REPORTED.values()),
    )


@blueprint.get("/<token>")
@permits(Permission.CONFERENCE_EDIT)
def show_report(conference: Conference, token: str) -> str:
    """What importing the file would change now, and what is odd about it; nothing is stored."""
    upload = _opened(conference, token)
    return _report(conference, upload, _difference(conference, _body(upload), upload.name, upload.timezone))


@blueprint.post("/<token>")
@permits(Permission.CONFERENCE_EDIT)
def apply_programme(conference: Conference, token: str) -> Response:
    """Import the file: all of it or nothing. What changed here meanwhile is reported anew instead."""
    upload = _opened(conference, token)
    give_up_writing()
    difference = _difference(conference, _body(upload), upload.name, upload.timezone)
    try:
        with aside():
            apply(difference, by=me(), now=now())
    except Stale as refusal:
        flash(say(refusal.message), "bad")
        return redirect(url_for(".show_report", conference=conference.slug, token=token))
    flash(gettext("Imported. Look at the conflicts, then release."), "good")
    return redirect(url_for("schedule.show_schedule", conference=conference.slug))
