"""The owner's page that erases a person from a conference, after showing what goes and what stays."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from confapp.database import db
from confapp.domain import erasing
from confapp.domain.people import Person
from confapp.domain.permissions import Permission
from confapp.domain.programme import speakers
from confapp.domain.programme.conferences import Conference
from confapp.schemas.people import EraseSchema
from confapp.web import me, now, permits
from confapp.web.forms import Form

blueprint = Blueprint("erasing", __name__, url_prefix="/organise/<conference>/speakers/<code>")


@blueprint.route("/erase", methods=["GET", "POST"])
@permits(Permission.GRANTS_EDIT)
def erase_speaker(conference: Conference, code: str) -> Response:
    """What erasing the person would change; typing the name does it, for good."""
    speaker = speakers.speaker(conference, code)
    person = db.session.get_one(Person, speaker.person_id)
    form = Form(EraseSchema, conference)
    if form.was_sent:
        with form:
            erasing.check_typed(speaker, form.load()["name"])
            erasing.erase(person, by=me(), now=now(), conference_id=conference.id)
            flash(gettext("Erased. Publications in which the name is spoken stay, for the press office to decide on."))
            return redirect(url_for("speakers.list_speakers", conference=conference.slug))
    erased, staying = erasing.preview(person, conference.id)
    return form.page(
        "speakers/erase.html",
        conference=conference,
        speaker=speaker,
        erased=erased,
        staying=staying,
    )
