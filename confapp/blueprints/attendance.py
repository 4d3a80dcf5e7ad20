"""Organisers' pages of attendees: who registered, registering somebody by hand, cancelling a registration."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as BaseResponse

from confapp.blueprints.attendees import categories
from confapp.blueprints.confirming import confirmation
from confapp.blueprints.paging import Paged
from confapp.domain import people
from confapp.domain.attendance import registrations
from confapp.domain.attendance.registrations import Registration
from confapp.domain.permissions import Permission
from confapp.domain.programme.conferences import Conference
from confapp.domain.texts import collate
from confapp.schemas.people import AttendeeSchema
from confapp.web import me, now, permits
from confapp.web.forms import Form

blueprint = Blueprint("attendance", __name__, url_prefix="/organise/<conference>/attendees")


@blueprint.get("")
@permits(Permission.ATTENDEES_READ)
def list_attendees(conference: Conference) -> str:
    """Everybody who registered, the newest first, narrowed by words and by what they come as."""
    held = registrations.registrations(conference)
    words, category = request.args.get("q", ""), request.args.get("category", "")
    if words:
        wanted = collate(words)[0]
        held = [each for each in held if wanted in collate(_found_by(each))[0]]
    if category:
        held = [each for each in held if each.category.value == category]
    return render_template(
        "attendees/list.html",
        conference=conference,
        paged=Paged(held),
        words=words,
        category=category,
        categories=[("", gettext("All")), *categories()[1:]],
    )


def _found_by(registration: Registration) -> str:
    person = registration.person
    return f"{person.name} {person.email or ''} {registration.organisation} {registration.code}"


@blueprint.route("/new", methods=["GET", "POST"])
@permits(Permission.ATTENDEES_EDIT)
def create_attendee(conference: Conference) -> BaseResponse:
    """Register somebody by hand: a person of their own, unless the address has an account."""
    form = Form(AttendeeSchema, conference, choices={"category": categories()})
    if form.was_sent:
        with form:
            values = form.load()
            person = people.person_for(values["name"], values["email"], now=now())
            registrations.register(
                conference,
                person,
                category=values["category"],
                organisation=values["organisation"],
                by=me(),
                now=now(),
            )
            flash(gettext("%(name)s is registered.", name=person.name), "good")
            return redirect(url_for(".list_attendees", conference=conference.slug))
    return form.page("attendees/attendee.html", conference=conference)


@blueprint.route("/<code>/cancel", methods=["GET", "POST"])
@permits(Permission.ATTENDEES_EDIT)
def cancel_attendee(conference: Conference, code: str) -> BaseResponse | str:
    """Cancel somebody's registration, after asking."""
    registration = registrations.registration(conference, code)
    back = url_for(".list_attendees", conference=conference.slug)
    if request.method == "POST":
        registrations.cancel(registration, by=me(), now=now())
        flash(gettext("The registration is cancelled."), "good")
        return redirect(back)
    return confirmation(
        conference,
        "attendees",
        gettext("Cancel the registration of %(name)s?", name=registration.person.name),
        gettext("The sessions picked are given up, and the personal calendar's address dies. They may register again."),
        label=gettext("Cancel the registration"),
        back=back,
    )
