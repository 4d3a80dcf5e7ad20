"""The speaker's own page at her secret address: she confirms, and says who she is and when she can come."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Flask, flash, g, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from confapp.blueprints.agenda import calendar_address, latest, shown_language
from confapp.blueprints.pictures import picture_answer
from confapp.blueprints.print_options import asked_paper
from confapp.blueprints.speakers import letter_languages
from confapp.delivery import printed, sheets
from confapp.delivery.personal import Secret
from confapp.domain.agenda import Filter
from confapp.domain.attendance import registrations
from confapp.domain.errors import Missing
from confapp.domain.papers import OFFICE
from confapp.domain.permissions import Permission
from confapp.domain.programme import availability, pictures, speaker_pages
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.speakers import Speaker
from confapp.domain.release import frozen, releases
from confapp.domain.schedule import tasks
from confapp.domain.schedule.tasks import Cause
from confapp.schemas.availability import AvailabilitySchema, days_of, rows_of
from confapp.schemas.people import ConfirmSchema, PictureSchema, SpeakerSelfSchema
from confapp.web import Origin, now, permits
from confapp.web.forms import Form
from confapp.web.throttling import ATTEMPTS, throttle
from confapp.web.uploads import take_picture

blueprint = Blueprint("speak", __name__, url_prefix="/speak")

PARTS = {
    "profile": SpeakerSelfSchema,
    "times": AvailabilitySchema,
    "picture": PictureSchema,
    "confirm": ConfirmSchema,
}
"""The page's forms: each says in `part` which one it is."""


@blueprint.route("/<token>", methods=["GET", "POST"])
@permits(Permission.ANYONE, origin=Origin.SAME_SITE)
def show_part(token: str) -> Response:
    """Everything that a speaker sees to; the address is all that she needs."""
    speaker, conference = speaker_pages.by_token(token, now=now())
    g.conference = conference  # whose clock and languages the page speaks
    forms = _forms(speaker, conference)
    part = request.form.get("part", "")
    if request.method == "POST":
        if part not in forms:
            raise Missing()
        with forms[part]:
            _change(part, forms[part], token, speaker)
            return redirect(url_for(".show_part", token=token, _anchor=part))
    return _page(token, speaker, conference, forms, part)


@blueprint.post("/<token>/calendar")
@permits(Permission.ANYONE, origin=Origin.SAME_SITE)
def make_calendar(token: str) -> Response:
    """A new secret address for her calendar, shown once; the one before it dies."""
    speaker, conference = speaker_pages.by_token(token, now=now())
    g.conference = conference
    registration = registrations.of_speaker(speaker, conference, now=now())
    secret = Secret(registrations.new_feed(registration, now=now()))
    return _page(token, speaker, conference, _forms(speaker, conference), secret=secret)


@blueprint.post("/<token>/calendar/revoke")
@permits(Permission.ANYONE, origin=Origin.SAME_SITE)
def drop_calendar(token: str) -> Response:
    """Let her calendar's address die."""
    speaker, conference = speaker_pages.by_token(token, now=now())
    registration = registrations.registration_of(speaker.person_id, conference)
    if registration is not None:
        registrations.revoke_feeds(registration, now=now())
    flash(gettext("Your calendar's address is dead; calendars that follow it will stop updating."))
    return redirect(url_for(".show_part", token=token, _anchor="calendar"))


def _forms(speaker: Speaker, conference: Conference) -> dict[str, Form]:
    current = {"profile": speaker, "times": {"spans": rows_of(availability.of(speaker), conference.zone)}}
    choices = letter_languages(conference)
    return {
        part: Form(schema, conference, current=current.get(part), choices=choices) for part, schema in PARTS.items()
    }


def _change(part: str, form: Form, token: str, speaker: Speaker) -> None:
    if part == "picture":
        take_picture(lambda sha256: _use(token, sha256))
        flash(gettext("Your picture is kept."), "good")
        return
    values = form.load()
    if part == "profile":
        speaker_pages.edit(speaker, values, now=now())
        flash(gettext("Saved. The public sees it with the next release."), "good")
    elif part == "times":
        with tasks.watching(g.conference, Cause.TIMES, by=None, now=now()):
            availability.set_spans(speaker, values["spans"], by=None, now=now())
        flash(gettext("Saved. The organisers plan with these times."), "good")
    else:
        speaker_pages.confirm(speaker, speaker_pages.session_of(speaker, values["session"]), now=now())
        flash(gettext("Confirmed. Thank you!"), "good")


def _use(token: str, sha256: str) -> None:
    speaker, _conference = speaker_pages.by_token(token, now=now())
    speaker_pages.edit(speaker, {"photo": sha256}, now=now())


def _page(
    token: str,
    speaker: Speaker,
    conference: Conference,
    forms: dict[str, Form],
    part: str = "",
    secret: Secret | None = None,
) -> Response:
    release = releases.current(conference.id)
    agenda = frozen.agenda(release) if release else None
    form = forms.get(part) or forms["profile"]
    registration = registrations.registration_of(speaker.person_id, conference)
    is_public = agenda is not None and speaker.code in agenda.people
    response = form.page(
        "speak/part.html",
        conference=conference,
        speaker=speaker,
        token=token,
        talks=speaker_pages.talks(speaker, agenda),
        forms_of=forms,
        has_sheet=is_public,
        calendar=calendar_address(agenda.filtered(Filter(speaker=speaker.code))) if agenda and is_public else None,
        days=days_of(conference.facts),
        secret=secret,
        is_registered=registration is not None,
        has_feed=registration is not None and registrations.has_feed(registration),
    )
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@blueprint.get("/<token>/sheet.pdf")
@permits(Permission.ANYONE)
def get_sheet(token: str) -> Response:
    """Her sheet, from the latest release: where to be when, with whom, and whom to ask; `?paper=` Letter or A4."""
    speaker, conference = speaker_pages.by_token(token, now=now())
    g.conference = conference
    release, agenda = latest(conference)
    if speaker.code not in agenda.people:
        raise Missing()
    size = asked_paper(conference.country, OFFICE)
    part = sheets.Part(speaker=speaker.code)
    order = sheets.speakers(conference, release, part, language=shown_language(agenda), size=size, is_ours=False)
    return printed.answer(order, download=f"{conference.slug}-my-sheet.pdf")


@blueprint.get("/<token>/picture")
@permits(Permission.ANYONE)
def get_picture(token: str) -> Response:
    """Her picture, as it is kept, for herself alone."""
    speaker, _conference = speaker_pages.by_token(token, now=now())
    return picture_answer(pictures.kept(speaker.photo))


def _slow_down(app: Flask) -> None:
    for view in ("show_part", "make_calendar", "drop_calendar"):
        throttle(app, f"speak.{view}", ATTEMPTS, only_failed=True, methods=("GET", "POST"))


blueprint.record_once(lambda state: _slow_down(cast(Flask, state.app)))
