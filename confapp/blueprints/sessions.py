"""Organisers' pages of sessions: the list, and one session with its people, texts and slots."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from confapp.domain import conferences, sessions, slots, speakers
from confapp.domain.conferences import Conference
from confapp.domain.permissions import Permission
from confapp.domain.sessions import PartRole, Session, SessionState
from confapp.domain.texts import collate
from confapp.forms import Choices, Form
from confapp.named import check_track, check_version, named
from confapp.rendering import text
from confapp.schemas.sessions import SessionSchema
from confapp.web import me, now, permits

blueprint = Blueprint("sessions", __name__, url_prefix="/organise/<conference>/sessions")


def _choices(conference: Conference) -> dict[str, Choices]:
    people = sorted(speakers.speakers(conference), key=lambda speaker: collate(speaker.name))
    return {
        "track": [("", gettext("None"))] + [(track.slug, text(track.name)) for track in conferences.tracks(conference)],
        "parts": [
            (f"{speaker.code} {role.value}", gettext("%(name)s (%(role)s)", name=speaker.name, role=role.value))
            for speaker in people
            for role in PartRole
        ],
        "people": [(speaker.code, speaker.name) for speaker in people],
        "language": [("", gettext("Not said"))] + [(language, language) for language in conference.languages],
        "is_recorded": [("", gettext("Not decided")), ("true", gettext("Yes")), ("false", gettext("No"))],
    }


def _current(session: Session) -> dict[str, Any]:
    held = {column.key: getattr(session, column.key) for column in session.__table__.columns}
    return held | {
        "track": session.track.slug if session.track else None,
        "parts": [f"{part.speaker.code} {part.role.value}" for part in session.parts],
        "links": "\n".join(f"{link['url']} {link['title']}".strip() for link in session.links),
        "is_recorded": {None: "", True: "true", False: "false"}[session.is_recorded],
    }


@blueprint.get("")
@permits(Permission.CONFERENCE_READ)
def list_sessions(conference: Conference) -> str:
    """All sessions, narrowed by words, track and state."""
    held: Sequence[Session] = sessions.sessions(conference)
    words, track, state = (request.args.get(name, "") for name in ("q", "track", "state"))
    if words:
        wanted = collate(words)[0]
        held = [each for each in held if wanted in collate(_searched(each))[0]]
    if track:
        held = [each for each in held if each.track and each.track.slug == track]
    if state:
        held = [each for each in held if each.state.value == state]
    return render_template(
        "sessions/list.html",
        conference=conference,
        talks=sorted(held, key=lambda each: collate(text(each.title))),
        slots=slots.by_session(conference),
        tracks=conferences.tracks(conference),
        states=list(SessionState),
        chosen={"q": words, "track": track, "state": state},
    )


def _searched(session: Session) -> str:
    return " ".join([session.code, *session.title.values(), *(part.speaker.name for part in session.parts)])


@blueprint.route("/new", methods=["GET", "POST"])
@permits(Permission.SESSIONS_EDIT)
def create_session(conference: Conference) -> Response:
    """A new session, unscheduled."""
    form = Form(SessionSchema, conference, choices=_choices(conference))
    if form.was_sent:
        with form:
            values = named(conference, form.load())
            check_track(conference, values["track"].id if values["track"] else None)
            made = sessions.create(conference, values, by=me(), now=now())
            flash(gettext("The session stands; give it a time and a room."))
            return redirect(url_for(".edit_session", conference=conference.slug, code=made.code))
    return form.page("sessions/session.html", conference=conference, talk=None, slots=[])


@blueprint.route("/<code>", methods=["GET", "POST"])
@permits(Permission.SESSIONS_EDIT)
def edit_session(conference: Conference, code: str) -> Response:
    """One session."""
    session = sessions.session(conference, code)
    check_track(conference, session.track_id)
    form = Form(SessionSchema, conference, current=_current(session), choices=_choices(conference))
    if form.was_sent:
        with form:
            typed = form.load()
            check_version(session, typed["version"])
            values = named(conference, typed)
            check_track(conference, values["track"].id if values["track"] else None)
            sessions.edit(session, conference, values, by=me(), now=now())
            flash(gettext("Saved. The public sees it with the next release."))
            return redirect(url_for(".edit_session", conference=conference.slug, code=code))
    return form.page("sessions/session.html", conference=conference, talk=session, slots=slots.slots_of(session))
