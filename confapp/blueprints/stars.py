"""Stars that were kept on a device before its owner signed in, taken over as picks."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from confapp.blueprints.agenda import latest
from confapp.blueprints.attendees import mine_or_missing
from confapp.domain.attendance import registrations
from confapp.domain.permissions import Permission
from confapp.domain.programme import sessions
from confapp.domain.programme.conferences import Conference
from confapp.web import now, permits

blueprint = Blueprint("stars", __name__)

MOST = 500
"""How many stars are taken at once."""


@blueprint.post("/<conference>/me/stars")
@permits(Permission.ACCOUNT)
def take_stars(conference: Conference) -> Response:
    """Pick what `codes` names; what is picked already stays so, and what is no longer on the agenda is passed over."""
    registration = mine_or_missing(conference)
    _release, agenda = latest(conference)
    picked = {session.code for session in registrations.picks(registration)}
    wanted = {code for code in request.form.get("codes", "").split()[:MOST] if code in agenda.sessions} - picked
    for session in sessions.sessions(conference) if wanted else ():
        if session.code in wanted:
            registrations.pick(registration, session, now=now())
    if wanted:
        flash(
            ngettext("%(num)s starred session is picked.", "%(num)s starred sessions are picked.", len(wanted)), "good"
        )
    else:
        flash(gettext("There was nothing to pick."))
    return redirect(url_for("attendees.show_me", conference=conference.slug))
