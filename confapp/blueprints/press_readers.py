"""The press desk's door for accredited journalists: who may read a version ahead, until when, on which terms."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as BaseResponse

from confapp.domain.permissions import Permission
from confapp.domain.press import readers, transcripts
from confapp.domain.programme.conferences import Conference
from confapp.schemas.newsroom import ReaderSchema, TermsSchema
from confapp.web import me, now, permits
from confapp.web.forms import Form

blueprint = Blueprint("press_readers", __name__, url_prefix="/organise/<conference>/press")


@blueprint.route("/<uuid:identifier>/readers", methods=["GET", "POST"])
@permits(Permission.PRESS_ARM)
def list_readers(conference: Conference, identifier: uuid.UUID) -> BaseResponse:
    """Who was let in to a version and who read it; a form lets in somebody more."""
    version = transcripts.version(conference, identifier)
    form = Form(ReaderSchema, conference)
    if form.was_sent:
        with form:
            given = readers.let_in(version, **form.load(), by=me(), now=now())
            if given.account.is_invited:
                flash(gettext("Let in, and invited: a letter to make an account is on its way."), "good")
            else:
                flash(gettext("Let in. They find it under their account once the words are approved."), "good")
            return redirect(url_for(".list_readers", conference=conference.slug, identifier=identifier))
    return form.page(
        "press_desk/readers.html",
        conference=conference,
        version=version,
        accesses=readers.accesses(version, now=now()),
        readings=readers.readings(version),
        readable=version.state in readers.READABLE,
    )


@blueprint.post("/<uuid:identifier>/readers/<int:grant_id>/shut-out")
@permits(Permission.PRESS_ARM)
def shut_out(conference: Conference, identifier: uuid.UUID, grant_id: int) -> BaseResponse:
    """Take a permission back at once."""
    readers.shut_out(transcripts.version(conference, identifier), grant_id, by=me(), now=now())
    flash(gettext("They can read it no more."))
    return redirect(url_for(".list_readers", conference=conference.slug, identifier=identifier), 303)


@blueprint.route("/terms", methods=["GET", "POST"])
@permits(Permission.PRESS_ARM)
def edit_terms(conference: Conference) -> BaseResponse:
    """What journalists accept before they read; nothing: the app's own words."""
    form = Form(TermsSchema, conference, current={"words": readers.terms(conference)})
    if form.was_sent:
        with form:
            readers.set_terms(conference, form.load()["words"], by=me(), now=now())
            flash(gettext("Saved. Whoever accepted other terms has to accept these."))
            return redirect(url_for("press_desk.show_queue", conference=conference.slug))
    return form.page("press_desk/terms.html", conference=conference)
