"""Organisers' pages of sessions: the list, and one session with its people, texts and slots."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from confapp.blueprints.paging import Paged
from confapp.domain.permissions import Permission
from confapp.domain.programme import conferences, ordering, sessions, slots, speakers
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.sessions import Session, SessionState
from confapp.domain.schedule import tasks
from confapp.domain.schedule.tasks import Cause
from confapp.domain.texts import collate
from confapp.hall.named import check_track, named, scope
from confapp.schemas.sessions import SessionSchema, part_words
from confapp.web import me, now, permits
from confapp.web.forms import Choices, Form
from confapp.web.rendering import text

blueprint = Blueprint("sessions", __name__, url_prefix="/organise/<conference>/sessions")


def _choices(conference: Conference, session: Session | None = None) -> dict[str, Choices]:
    """A track manager has her own tracks only. A session may have a language that its conference has not."""
    mine = scope(Permission.SESSIONS_EDIT, conference, "track")
    held = conferences.tracks(conference)
    tracks = [(track.slug, text(track.name)) for track in held if mine is None or track.id in mine]
    own = [session.language] if session and session.language else []
    languages = dict.fromkeys([*conference.languages, *own])
    return {
        "track": tracks if mine is not None else [("", gettext("None")), *tracks],
        "language": [("", gettext("Not said"))] + [(language, language) for language in languages],
        "is_recorded": [("", gettext("Not decided")), ("true", gettext("Yes")), ("false", gettext("No"))],
    }


def _people(conference: Conference) -> list[str]:
    """What the fields for people suggest."""
    held = sorted(speakers.speakers(conference), key=lambda speaker: collate(speaker.name))
    return [part_words(speaker.name, speaker.code) for speaker in held]


def _current(session: Session) -> dict[str, Any]:
    held = {column.key: getattr(session, column.key) for column in session.__table__.columns}
    return held | {
        "track": session.track.slug if session.track else None,
        "parts": [(part_words(part.speaker.name, part.speaker.code), part.role.value) for part in session.parts],
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
        paged=Paged(sorted(held, key=lambda each: collate(text(each.title)))),
        slots=slots.by_session(conference),
        tracks=conferences.tracks(conference),
        states=list(SessionState),
        chosen={"q": words, "track": track, "state": state},
        mine=scope(Permission.SESSIONS_EDIT, conference, "track"),
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
            flash(gettext("The session stands; give it a time and a room."), "good")
            return redirect(url_for(".edit_session", conference=conference.slug, code=made.code))
    return form.page("sessions/session.html", conference=conference, talk=None, slots=[], people=_people(conference))


@blueprint.route("/<code>", methods=["GET", "POST"])
@permits(Permission.SESSIONS_EDIT)
def edit_session(conference: Conference, code: str) -> Response:
    """One session."""
    session = sessions.session(conference, code)
    check_track(conference, session.track_id)
    form = Form(SessionSchema, conference, current=_current(session), choices=_choices(conference, session))
    if form.was_sent:
        with form:
            typed = form.load()
            sessions.check_version(session, typed["version"])
            values = named(conference, typed)
            check_track(conference, values["track"].id if values["track"] else None)
            _keep_attachments(session, values["links"])
            with tasks.watching(conference, Cause.SESSION, by=me(), now=now()):
                sessions.edit(session, conference, values, by=me(), now=now())
            flash(gettext("Saved. The public sees it with the next release."), "good")
            return redirect(url_for(".edit_session", conference=conference.slug, code=code))
    return form.page(
        "sessions/session.html",
        conference=conference,
        talk=session,
        slots=slots.slots_of(session),
        after=ordering.before(session),
        people=_people(conference),
    )


def _keep_attachments(session: Session, links: list[dict[str, Any]]) -> None:
    """The form's lines do not say which links are attachments: those that were stay so."""
    attached = {link["url"] for link in session.links if link["is_attachment"]}
    for link in links:
        link["is_attachment"] = link["url"] in attached
