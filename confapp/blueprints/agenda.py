"""Public pages and files of the agenda: all read the latest release, behind the public fence, the same for everyone."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from confapp.blueprints.calendar_options import calendar_options
from confapp.blueprints.linked import linked_script
from confapp.blueprints.print_options import print_options
from confapp.delivery import Wanted, answer
from confapp.domain.agenda import Agenda, Filter, in_reading_order
from confapp.domain.errors import N_, Invalid, Missing
from confapp.domain.finding import matching
from confapp.domain.permissions import Permission
from confapp.domain.press import publications
from confapp.domain.programme import conferences
from confapp.domain.programme.conferences import Conference
from confapp.domain.release import frozen, releases
from confapp.domain.release.frozen import Release
from confapp.exports import KINDS
from confapp.exports.linked_data import conference_data, session_data
from confapp.exports.timetable import timetable
from confapp.exports.wording import agenda_url
from confapp.web import permits
from confapp.web.rendering import UI_LANGUAGES, text

blueprint = Blueprint("agenda", __name__)


def latest(conference: Conference) -> tuple[Release, Agenda]:
    """The latest release and its agenda; raises Missing before the first."""
    release = releases.current(conference.id)
    if release is None:
        raise Missing()
    return release, frozen.agenda(release)


UNKNOWN = {
    "track": N_("The agenda has no track “%(name)s”."),
    "room": N_("The agenda has no room “%(name)s”."),
    "host": N_("The agenda has no host “%(name)s”."),
    "speaker": N_("The agenda has no speaker “%(name)s”."),
}


def _known(agenda: Agenda, name: str) -> set[str]:
    """The values that a field of the filter may have.

    What only cancelled entries have is known too: a calendar that follows it must still be told of them.
    """
    if name == "speaker":
        return {part.person.code for entry in agenda.entries for part in entry.session.parts}
    if name == "language":
        return {entry.session.language for entry in agenda.entries if entry.session.language}
    if name == "track":
        return {track.slug for track in agenda.tracks}
    return {room.code for room in agenda.rooms} if name == "room" else {host.slug for host in agenda.hosts}


def calendar_address(agenda: Agenda) -> str | None:
    """The public address of the calendar that holds this part of the agenda, to subscribe to."""
    return agenda_url(agenda, current_app.config["CONFAPP"].base_url, "ics")


def asked_filter(agenda: Agenda) -> Filter:
    """The filter in the address; raises Invalid, naming each value that the agenda does not know."""
    given: dict[str, Any] = {name: request.args.get(name) or None for name in UNKNOWN}
    errors = {
        name: [N_(UNKNOWN[name], name=value)]
        for name, value in given.items()
        if value is not None and value not in _known(agenda, name)
    }
    day = None
    if request.args.get("day"):
        try:
            day = dt.date.fromisoformat(request.args["day"])
        except ValueError:
            errors["day"] = [N_("Give the day as in %(day)s.", day=agenda.conference.starts_on.isoformat())]
        else:
            days = {agenda.conference.starts_on, agenda.conference.ends_on}
            days |= {agenda.conference.day_of(entry.starts_at) for entry in agenda.entries}
            if not min(days) <= day <= max(days):
                errors["day"] = [N_("The agenda has no day %(day)s.", day=day.isoformat())]
    if errors:
        raise Invalid(errors)
    return Filter(day=day, language=_spoken(agenda), **given)


def _spoken(agenda: Agenda) -> str | None:
    """The language that sessions must be in; None where the conference's first is asked for and spoken throughout."""
    asked = request.args.get("language") or None
    if asked is None:
        return None
    shown_language(agenda)
    if asked == agenda.conference.languages[0] and _known(agenda, "language") <= {asked}:
        return None
    return asked


def shown_language(agenda: Agenda) -> str:
    """The language of texts in files: the address's, else the conference's first. Raises Invalid for an unknown one.

    The address's is the language spoken in sessions too (`Filter.language`); the words of an agenda that is not written
    in it are those of the conference's first.
    """
    asked = request.args.get("language")
    if not asked or asked in (*agenda.conference.languages, *UI_LANGUAGES):
        return asked or agenda.conference.languages[0]
    if asked not in _known(agenda, "language"):
        raise Invalid({"language": [N_("The agenda is not there in the language “%(name)s”.", name=asked)]})
    return agenda.conference.languages[0]


VIEWS = ("grid", "list")
MOST_WORDS = 100
"""Characters that are searched for."""


@blueprint.get("/")
@permits(Permission.ANYONE, public=True)
def list_conferences() -> str:
    """The public conferences of this instance."""
    return render_template("agenda/home.html", conferences=conferences.public_conferences())


@blueprint.get("/<conference>")
@permits(Permission.ANYONE, public=True)
def redirect_conference(conference: Conference) -> BaseResponse:
    """The front page has a slash."""
    return redirect(url_for(".show_conference", conference=conference.slug), 308)


@blueprint.get("/<conference>/")
@permits(Permission.ANYONE, public=True)
def show_conference(conference: Conference) -> str:
    """The front page of a conference."""
    release = releases.current(conference.id)
    agenda = frozen.agenda(release) if release else None
    return render_template(
        "agenda/conference.html",
        conference=agenda.conference if agenda else conference.facts,
        agenda=agenda,
        hosted_by=[text(host.name) for host in agenda.hosts] if agenda else [],
        releases=publications.latest(conference.id),
        linked=linked_script(conference_data, agenda) if agenda else "",
    )


@blueprint.get("/<conference>/agenda")
@permits(Permission.ANYONE, public=True, kept=True)
def show_agenda(conference: Conference) -> str:
    """The agenda by day and room, filtered by the address."""
    _release, whole = latest(conference)
    shown_language(whole)
    agenda = whole.filtered(asked_filter(whole))
    words, view = " ".join(request.args.get("q", "").split())[:MOST_WORDS], request.args.get("view") or "grid"
    if view not in VIEWS:
        raise Invalid({"view": [N_("Give %(one)s or %(other)s.", one=VIEWS[0], other=VIEWS[1])]})
    if words:
        agenda = matching(agenda, words)
    is_grid = view == "grid" and not words
    return render_template(
        "agenda/agenda.html",
        conference=whole.conference,
        agenda=agenda,
        whole=whole,
        calendar=calendar_address(agenda),
        view=view,
        words=words,
        timetables=[timetable(agenda, day) for day in agenda.days] if is_grid else [],
        is_grid=is_grid,
    )


@blueprint.get("/<conference>/agenda.<kind>")
@permits(Permission.ANYONE, public=True, kept=True)
def get_agenda_file(conference: Conference, kind: str) -> Response:
    """The agenda as a file, filtered by the address."""
    release, whole = latest(conference)
    return _file(conference, release, whole, kind, asked_filter(whole))


@blueprint.get("/<conference>/releases/<int:number>/agenda.<kind>")
@permits(Permission.ANYONE, public=True)
def get_old_file(conference: Conference, number: int, kind: str) -> Response:
    """A slow file of the release before the latest, under an address that says so, for those who wait for the new one.

    Older releases are gone from the public's sight, and a calendar never goes back.
    """
    current, _whole = latest(conference)
    if number not in (current.number, current.number - 1) or kind not in KINDS or not KINDS[kind].is_heavy:
        raise Missing()
    release = releases.numbered(conference.id, number)
    whole = frozen.agenda(release)
    return _file(conference, release, whole, kind, asked_filter(whole))


def _file(conference: Conference, release: Release, whole: Agenda, suffix: str, part: Filter) -> Response:
    if suffix not in KINDS or KINDS[suffix].suffix != suffix:
        raise Missing()
    kind, options = (
        print_options(whole.conference.country)
        if suffix == "pdf"
        else (suffix, calendar_options() if suffix == "ics" else {})
    )
    previous = releases.before(release) if KINDS[kind].is_heavy else None
    wanted = Wanted(kind, part, shown_language(whole), options)
    name = f"{conference.slug}.{suffix}" if kind == suffix else f"{conference.slug}-{kind}.{suffix}"
    response = answer(release, wanted, download=name, previous=previous)
    if not KINDS[kind].is_heavy:  # the same for everyone, and asked for by other sites' pages
        response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@blueprint.get("/<conference>/sessions/<code>")
@permits(Permission.ANYONE, public=True)
def show_session(conference: Conference, code: str) -> tuple[str, int]:
    """One session; of one that was cancelled, that it was: calendars still link here."""
    _release, agenda = latest(conference)
    talk = agenda.sessions.get(code)
    is_cancelled = talk is None
    if talk is None:
        talk = next((entry.session for entry in agenda.entries if entry.session.code == code), None)
    if talk is None:
        raise Missing()
    page = render_template(
        "agenda/session.html",
        conference=agenda.conference,
        agenda=agenda,
        talk=talk,
        is_cancelled=is_cancelled,
        releases=publications.of_session(conference.id, code),
        linked=linked_script(
            session_data, tuple(entry for entry in agenda.entries if entry.session.code == code), agenda
        ),
    )
    return page, 410 if is_cancelled else 200


@blueprint.get("/<conference>/sessions/<code>.ics")
@permits(Permission.ANYONE, public=True, kept=True)
def get_session_file(conference: Conference, code: str) -> Response:
    """One session for a calendar; a cancelled one stays as a tombstone."""
    release, agenda = latest(conference)
    if not any(entry.session.code == code for entry in agenda.entries):
        raise Missing()
    wanted = Wanted("ics", Filter(session=code), shown_language(agenda), calendar_options())
    return answer(release, wanted, download=f"{conference.slug}-{code}.ics", is_attachment=True)


@blueprint.get("/<conference>/speakers/<code>")
@permits(Permission.ANYONE, public=True)
def show_speaker(conference: Conference, code: str) -> str:
    """One speaker."""
    _release, agenda = latest(conference)
    person = agenda.people.get(code)
    if person is None:
        raise Missing()
    return render_template(
        "agenda/speaker.html",
        conference=agenda.conference,
        agenda=agenda,
        person=person,
        calendar=calendar_address(agenda.filtered(Filter(speaker=code))),
    )


@blueprint.get("/<conference>/speakers/<code>.ics")
@permits(Permission.ANYONE, public=True, kept=True)
def get_speaker_file(conference: Conference, code: str) -> Response:
    """Where one speaker takes part, for a calendar."""
    release, agenda = latest(conference)
    if not any(part.person.code == code for entry in agenda.entries for part in entry.session.parts):
        raise Missing()
    wanted = Wanted("ics", Filter(speaker=code), shown_language(agenda), calendar_options())
    return answer(release, wanted, download=f"{conference.slug}-{code}.ics")


@blueprint.get("/<conference>/hosts/<slug>")
@permits(Permission.ANYONE, public=True)
def show_host(conference: Conference, slug: str) -> str:
    """One hosting institution and what takes place in the rooms it lends."""
    _release, agenda = latest(conference)
    host = next((host for host in agenda.hosts if host.slug == slug), None)
    if host is None:
        raise Missing()
    lent = [entry for entry in agenda.shown if entry.room is not None and entry.room.host == slug]
    return render_template(
        "agenda/host.html",
        conference=agenda.conference,
        agenda=agenda,
        host=host,
        entries=in_reading_order(lent),
        calendar=calendar_address(agenda.filtered(Filter(host=slug))),
    )
