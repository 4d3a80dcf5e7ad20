"""Organisers' pages of the conference itself: the list, the overview, its settings, tracks and history."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from confapp.blueprints.confirming import confirmation
from confapp.database import db
from confapp.domain import audit, permissions
from confapp.domain.permissions import Permission
from confapp.domain.programme import conferences, hosts, sessions, slots, speakers
from confapp.domain.programme.conferences import Conference
from confapp.domain.release import releases
from confapp.domain.schedule import checking, tasks
from confapp.domain.schedule.tasks import Cause
from confapp.schemas.conferences import ConferenceEditSchema, ConferenceSchema, TrackSchema
from confapp.web import me, now, permits
from confapp.web.forms import Form
from confapp.web.rendering import text

blueprint = Blueprint("conferences", __name__, url_prefix="/organise")

AUDIT_SHOWN = 200
COLOURS = [(str(number), str(number)) for number in range(1, conferences.TRACK_COLOURS + 1)]


@blueprint.get("/")
@permits(Permission.ACCOUNT)
def list_conferences() -> str:
    """The conferences that the asker helps to run."""
    return render_template(
        "conferences/list.html",
        conferences=conferences.conferences_for(me(), now=now()),
        may_create=permissions.may(me(), Permission.ADMINISTER, None, now=now()),
    )


@blueprint.route("/new", methods=["GET", "POST"])
@permits(Permission.ADMINISTER)
def create_conference() -> Response:
    """A new conference."""
    form = Form(ConferenceSchema, current={"languages": ["en"], "timezone": "Europe/Brussels"}, languages=("en",))
    if form.was_sent and not _asks_for_fields(form):
        with form:
            made = conferences.create(form.load(), by=me(), now=now())
            return redirect(url_for(".show_overview", conference=made.slug))
    return form.page("conferences/new.html")


def _asks_for_fields(form: Form) -> bool:
    """Whether the form was sent only to get fields for the languages typed into it."""
    if "languages_only" not in request.form or not isinstance(form.schema, ConferenceSchema):
        return False
    form.schema.read_languages(request.form)
    form.keep_typed()
    return True


@blueprint.get("/<conference>/")
@permits(Permission.CONFERENCE_READ)
def show_overview(conference: Conference) -> str:
    """Where the conference stands and what wants doing next."""
    latest = releases.current(conference.id)
    version = slots.version(conference)
    found = checking.draft_conflicts(conference)
    return render_template(
        "conferences/overview.html",
        conference=conference,
        tasks=tasks.open_tasks(conference, found),
        latest=latest,
        unreleased=version - (latest.schedule_version if latest else 0),
        conflicts=found,
        unscheduled=len(slots.unscheduled(conference)),
        figures={
            "sessions": _count(conference, sessions.Session),
            "speakers": _count(conference, speakers.Speaker),
            "rooms": _count(conference, hosts.Room),
        },
    )


def _count(conference: Conference, table: type[sessions.Session | speakers.Speaker | hosts.Room]) -> int:
    counted = sa.select(sa.func.count()).select_from(table).where(table.conference_id == conference.id)
    return db.session.scalar(counted) or 0


@blueprint.route("/<conference>/settings", methods=["GET", "POST"])
@permits(Permission.CONFERENCE_EDIT)
def edit_conference(conference: Conference) -> Response:
    """The conference's own facts."""
    form = Form(ConferenceEditSchema, conference, current=conference, watched=conference)
    if form.was_sent and not _asks_for_fields(form):
        with form:
            with tasks.watching(conference, Cause.HOURS, by=me(), now=now()):
                conferences.edit(conference, form.load(), by=me(), now=now())
            flash(gettext("Saved. The public sees it with the next release."), "good")
            return redirect(url_for(".edit_conference", conference=conference.slug))
    return form.page("conferences/settings.html", conference=conference)


@blueprint.get("/<conference>/tracks")
@permits(Permission.CONFERENCE_READ)
def list_tracks(conference: Conference) -> str:
    """The tracks."""
    return render_template("conferences/tracks.html", conference=conference, tracks=conferences.tracks(conference))


@blueprint.route("/<conference>/tracks/new", methods=["GET", "POST"])
@permits(Permission.CONFERENCE_EDIT)
def create_track(conference: Conference) -> Response:
    """A new track."""
    form = Form(TrackSchema, conference, choices={"colour": COLOURS})
    if form.was_sent:
        with form:
            conferences.create_track(conference, form.load(), by=me(), now=now())
            flash(gettext("Saved."), "good")
            return redirect(url_for(".list_tracks", conference=conference.slug))
    return form.page("conferences/track.html", conference=conference, track=None)


@blueprint.route("/<conference>/tracks/<slug>", methods=["GET", "POST"])
@permits(Permission.CONFERENCE_EDIT)
def edit_track(conference: Conference, slug: str) -> Response:
    """One track."""
    track = conferences.track(conference, slug)
    choices = {"colour": COLOURS}
    form = Form(TrackSchema, conference, current=track, exclude=("slug",), choices=choices, watched=track)
    if form.was_sent:
        with form:
            conferences.edit_track(track, form.load(), by=me(), now=now())
            flash(gettext("Saved."), "good")
            return redirect(url_for(".list_tracks", conference=conference.slug))
    return form.page("conferences/track.html", conference=conference, track=track)


@blueprint.route("/<conference>/tracks/<slug>/delete", methods=["GET", "POST"])
@permits(Permission.CONFERENCE_EDIT)
def delete_track(conference: Conference, slug: str) -> Response | str:
    """Remove a track, after asking; its sessions stay."""
    track = conferences.track(conference, slug)
    back = url_for(".list_tracks", conference=conference.slug)
    if request.method == "POST":
        conferences.delete_track(track, by=me(), now=now())
        flash(gettext("The track is gone; its sessions are without a track now."), "good")
        return redirect(back)
    return confirmation(
        conference,
        "tracks",
        gettext("Delete the track “%(name)s”?", name=text(track.name)),
        gettext("Its sessions stay, without a track. Releases that are public keep it."),
        label=gettext("Delete the track"),
        back=back,
    )


@blueprint.get("/<conference>/audit")
@permits(Permission.CONFERENCE_EDIT)
def show_audit(conference: Conference) -> str:
    """Who did what, the newest first, and whether the chain holds."""
    return render_template(
        "conferences/audit.html",
        conference=conference,
        entries=audit.latest(conference.id, most=AUDIT_SHOWN),
        broken_at=audit.broken_at(conference.id),
    )
