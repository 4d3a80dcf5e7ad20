"""What is printed for a conference: signs for everybody, sheets and badges for those who run it."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from confapp.blueprints.agenda import latest, shown_language
from confapp.blueprints.print_options import asked_paper
from confapp.delivery import printed, sheets
from confapp.delivery.sheets import Part
from confapp.domain.agenda import Agenda
from confapp.domain.attendance.registrations import Category
from confapp.domain.errors import N_, Invalid, Missing
from confapp.domain.papers import OFFICE
from confapp.domain.permissions import Permission
from confapp.domain.programme import speakers
from confapp.domain.programme.conferences import Conference
from confapp.domain.release import releases
from confapp.hall.named import check_speaker, scope
from confapp.hall.shelf import WORDS, shelf
from confapp.web import permits

blueprint = Blueprint("printing", __name__)

UNKNOWN = {
    "day": N_("Nothing takes place on the day “%(name)s”."),
    "room": N_("The agenda has no room “%(name)s”."),
    "speaker": N_("The agenda has no speaker “%(name)s”."),
    "session": N_("The agenda has no session “%(name)s”."),
}


def _part(agenda: Agenda, *names: str) -> Part:
    """The part of the release that the address asks for; raises Invalid, naming what the agenda does not know."""
    known = {
        "day": {day.isoformat() for day in agenda.days},
        "room": {room.code for room in agenda.rooms},
        "speaker": set(agenda.people),
        "session": set(agenda.sessions),
    }
    asked = {name: request.args.get(name, "") for name in names}
    wrong = {name: [N_(UNKNOWN[name], name=value)] for name, value in asked.items() if value not in {"", *known[name]}}
    if wrong:
        raise Invalid(wrong)
    return Part(**asked)


def _size(conference: Conference) -> str:
    return asked_paper(conference.country, OFFICE)


def _download(conference: Conference, *words: str) -> str:
    return "-".join(filter(None, [conference.slug, *words])) + ".pdf"


@blueprint.get("/<conference>/rooms/signs.pdf")
@permits(Permission.ANYONE, public=True)
def get_signs(conference: Conference) -> Response:
    """Signs for doors from the latest release: all rooms and days, or `?room=` and `?day=`; `?paper=` Letter or A4."""
    release, agenda = latest(conference)
    part = _part(agenda, "room", "day")
    order = sheets.signs(conference, release, part, language=shown_language(agenda), size=_size(conference))
    return printed.answer(order, download=_download(conference, "signs", part.room, part.day))


@blueprint.get("/organise/<conference>/print")
@permits(Permission.CONFERENCE_READ)
def list_sheets(conference: Conference) -> str:
    """Everything that can be printed, and when it was last made."""
    release = releases.current(conference.id)
    found = shelf(conference, release)
    return render_template("printing/list.html", conference=conference, release=release, shelf=found, words=WORDS)


@blueprint.get("/organise/<conference>/print/speakers.pdf")
@permits(Permission.SPEAKERS_EDIT)
def get_speaker_sheets(conference: Conference) -> Response:
    """Speakers' sheets, the organisers' copy: `?speaker=` of one; of all only for those who see to all."""
    release, agenda = latest(conference)
    part = _part(agenda, "speaker")
    if part.speaker:
        check_speaker(conference, speakers.speaker(conference, part.speaker))
    elif scope(Permission.SPEAKERS_EDIT, conference, "track") is not None:
        raise Missing()
    order = sheets.speakers(
        conference, release, part, language=shown_language(agenda), size=_size(conference), is_ours=True
    )
    return printed.answer(order, download=_download(conference, "speakers", part.speaker))


@blueprint.get("/organise/<conference>/print/chairs.pdf")
@permits(Permission.CONFERENCE_READ)
def get_chair_sheets(conference: Conference) -> Response:
    """Chairs' sheets: of all sessions, of a `?day=`, or of one `?session=`."""
    release, agenda = latest(conference)
    part = _part(agenda, "session", "day")
    order = sheets.chairs(conference, release, part, language=shown_language(agenda), size=_size(conference))
    return printed.answer(order, download=_download(conference, "chairs", part.session, part.day))


@blueprint.get("/organise/<conference>/print/badges.pdf")
@permits(Permission.ATTENDEES_EDIT)
def get_badges(conference: Conference) -> Response:
    """Badges of those who come, by name: of a `?category=`, or of one registration's `?code=`."""
    category, code = request.args.get("category", ""), request.args.get("code", "")
    if category not in {"", *(each.value for each in Category)}:
        raise Invalid({"category": [N_("Give one of %(choices)s.", choices=", ".join(Category))]})
    order = sheets.badges(
        conference, category=category, code=code, language=conference.languages[0], size=_size(conference)
    )
    return printed.answer(order, download=_download(conference, "badges", category))
