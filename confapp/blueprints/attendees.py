"""Attendees: registering, picking sessions, the personal calendar and PDF; and the organisers' list of them."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Flask, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as BaseResponse

from confapp.blueprints.agenda import shown_language
from confapp.blueprints.calendar_options import calendar_options
from confapp.blueprints.print_options import asked_paper
from confapp.delivery import Wanted, answer, personal
from confapp.delivery.personal import Secret
from confapp.domain.agenda import Agenda, Filter
from confapp.domain.attendance import feeds, invitations, registrations
from confapp.domain.attendance.registrations import Category, Registration
from confapp.domain.errors import Missing
from confapp.domain.letters import wishes
from confapp.domain.permissions import Permission
from confapp.domain.programme import sessions
from confapp.domain.programme.conferences import Conference
from confapp.domain.release import frozen, releases
from confapp.hall import guests
from confapp.schemas.letters import WishSchema
from confapp.schemas.people import GuestSchema, RegistrationSchema
from confapp.web import ConfappFlask, Origin, asker, load, me, now, permits
from confapp.web.forms import Form
from confapp.web.throttling import ATTEMPTS, named, throttle

blueprint = Blueprint("attendees", __name__)


def categories() -> list[tuple[str, str]]:
    """What one may come as, to choose from: nobody is an ally by oversight."""
    return [("", gettext("Choose")), *((each.value, gettext(each.value.capitalize())) for each in Category)]


def mine(conference: Conference) -> Registration | None:
    """The asker's own registration."""
    return registrations.registration_of(me().person_id, conference)


def mine_or_missing(conference: Conference) -> Registration:
    """The asker's own registration; raises Missing for who has none."""
    registration = mine(conference)
    if registration is None:
        raise Missing()
    return registration


@blueprint.route("/<conference>/register", methods=["GET", "POST"])
@permits(Permission.ANYONE)
def register(conference: Conference) -> BaseResponse:
    """Take part: signed in, or with an account made on the way; `?pick=` names a session to pick at once."""
    account = asker()
    if account is not None and mine(conference) is not None:
        return redirect(url_for(".show_me", conference=conference.slug))
    wanted = request.args.get("pick", "")
    form = Form(GuestSchema if account is None else RegistrationSchema, conference, choices={"category": categories()})
    if form.was_sent:
        with form:
            values = form.load()
            who = account or guests.sign_up(values["email"], values["name"], values["password"], now=now())
            registration = registrations.register(
                conference,
                who.person,
                category=values["category"],
                organisation=values["organisation"],
                by=who,
                now=now(),
            )
            if account is None:
                guests.sign_in(who)
            if (session := _released_session(conference, wanted)) is not None:
                registrations.pick(registration, session, now=now())
            flash(gettext("You are registered. Pick the sessions that you want to see."))
            return redirect(url_for(".show_me", conference=conference.slug))
    return form.page("attendees/register.html", conference=conference, account=account, wanted=wanted)


@blueprint.get("/<conference>/me")
@permits(Permission.ACCOUNT)
def show_me(conference: Conference) -> BaseResponse | str:
    """My conference: what I picked, what there is, my calendar's address."""
    registration = mine(conference)
    if registration is None:
        return redirect(url_for(".register", conference=conference.slug))
    return _my_page(conference, registration)


def _my_page(conference: Conference, registration: Registration, secret: Secret | None = None) -> str:
    release = releases.current(conference.id)
    agenda = frozen.agenda(release) if release else None
    picked = {session.code for session in registrations.picks(registration)}
    wanted = [entry for entry in agenda.entries if entry.session.code in picked] if agenda else []
    standing = feeds.of(registration)
    spoken = standing.spoken if standing else frozenset()
    return render_template(
        "attendees/me.html",
        conference=conference,
        registration=registration,
        agenda=agenda,
        picked=picked,
        own=[entry for entry in agenda.shown if entry.session.uuid in spoken] if agenda else [],
        mine=[entry for entry in wanted if not entry.is_cancelled],
        gone=[entry for entry in wanted if entry.is_cancelled],
        first={entry.session.code: entry.uuid for entry in reversed(agenda.shown)} if agenda else {},
        secret=secret,
        may_invite=me().confirmed_at is not None,
        has_feed=registrations.has_feed(registration),
    )


@blueprint.post("/<conference>/me/picks/<code>")
@permits(Permission.ANYONE, origin=Origin.SAME_SITE)
def pick_session(conference: Conference, code: str) -> BaseResponse:
    """Pick a session, from its public page or from mine; `remove` in the form takes it back.

    Who has not registered yet is asked to, and the pick is kept for when they have.
    """
    session = _released_session(conference, code)
    registration = mine(conference) if asker() is not None else None
    if registration is None:
        if session is None:
            raise Missing()
        flash(gettext("Register, or sign in, to pick your sessions."))
        return redirect(url_for(".register", conference=conference.slug, pick=code))
    if "remove" in request.form:
        gone = session or _picked_session(conference, registration, code)
        registrations.unpick(registration, gone, now=now())
    elif session is None:
        raise Missing()
    else:
        registrations.pick(registration, session, now=now())
    return redirect(url_for(".show_me", conference=conference.slug, _anchor=f"session-{code}"))


def _released_session(conference: Conference, code: str) -> sessions.Session | None:
    """The session, where the public may know of it: no draft, and not cancelled."""
    release = releases.current(conference.id)
    if release is None or code not in frozen.agenda(release).sessions:
        return None
    return sessions.session(conference, code)


def _picked_session(conference: Conference, registration: Registration, code: str) -> sessions.Session:
    """A session that was picked and is gone from the agenda since; raises Missing for any other."""
    session = sessions.session(conference, code)
    if not registrations.is_picked(registration, session):
        raise Missing()
    return session


@blueprint.post("/<conference>/me/feed")
@permits(Permission.ACCOUNT)
def create_feed(conference: Conference) -> str:
    """A new secret address for my calendar, shown once; the one before it dies."""
    registration = mine_or_missing(conference)
    return _my_page(conference, registration, Secret(registrations.new_feed(registration, now=now())))


@blueprint.post("/<conference>/me/feed/revoke")
@permits(Permission.ACCOUNT)
def revoke_feed(conference: Conference) -> BaseResponse:
    """Let my calendar's address die."""
    registration = mine_or_missing(conference)
    registrations.revoke_feeds(registration, now=now())
    flash(gettext("Your calendar's address is dead; calendars that follow it will stop updating."))
    return redirect(url_for(".show_me", conference=conference.slug))


@blueprint.post("/<conference>/me/invitations")
@permits(Permission.ACCOUNT)
def want_invitations(conference: Conference) -> BaseResponse:
    """Have each pick sent to my calendar by mail, or no more; `wanted` in the form says which."""
    registration = mine_or_missing(conference)
    wants = request.form.get("wanted") == "1"
    invitations.want(registration, wants, now=now())
    flash(gettext("Invitations are on their way.") if wants else gettext("You get no more invitations."))
    return redirect(url_for(".show_me", conference=conference.slug, _anchor="invitations"))


@blueprint.post("/<conference>/me/letters")
@permits(Permission.ACCOUNT)
def want_letters(conference: Conference) -> BaseResponse:
    """Have a letter sent to me when what I picked changes, or no more; `wanted` in the form says which."""
    wish = load(WishSchema)
    registration = mine_or_missing(conference)
    wishes.want_letters(registration, wish["wanted"], language=wish["language"], conference=conference)
    words = gettext("You get a letter when what you picked changes.")
    flash(words if wish["wanted"] else gettext("You get no more letters."))
    return redirect(url_for(".show_me", conference=conference.slug, _anchor="letters"))


@blueprint.post("/<conference>/me/cancel")
@permits(Permission.ACCOUNT)
def cancel_registration(conference: Conference) -> BaseResponse:
    """I cannot come."""
    registration = mine_or_missing(conference)
    registrations.cancel(registration, by=me(), now=now())
    flash(gettext("Your registration is cancelled."))
    return redirect(url_for(".register", conference=conference.slug))


@blueprint.get("/<conference>/me/agenda.pdf")
@permits(Permission.ACCOUNT)
def get_my_pdf(conference: Conference) -> Response:
    """My sessions on paper."""
    registration = mine(conference)
    standing = feeds.of(registration) if registration else None
    if standing is None:
        raise Missing()
    return _personal(standing, "pdf")


@blueprint.get("/feeds/<token>/agenda.<kind>")
@permits(Permission.ANYONE)
def get_feed(token: str, kind: str) -> Response:
    """An attendee's sessions at their secret address."""
    return _personal(personal.standing(token, is_kept=kind == "ics"), kind)


def _personal(standing: feeds.Standing, kind: str) -> Response:
    if standing.release is None or standing.redaction is None or kind not in ("ics", "pdf"):
        raise Missing()
    release = releases.known(standing.release, standing.redaction, standing.conference)
    agenda: Agenda = frozen.agenda(release)
    part, language, attendee = Filter(sessions=standing.sessions), shown_language(agenda), ""
    if kind == "ics":
        wanted = Wanted("ics", part, language, calendar_options())
    else:
        registration = registrations.by_id(standing.registration)
        options, attendee = {"paper": asked_paper(agenda.conference.country)}, registration.person.name
        wanted = Wanted("picks", part, language, options, str(registration.uuid))
    name = f"{agenda.conference.slug}-my-agenda.{kind}"
    return answer(release, wanted, download=name, is_private=True, attendee=attendee)


blueprint.record_once(
    lambda state: throttle(cast(Flask, state.app), "attendees.register", ATTEMPTS, only_failed=True, aim=named)
)
blueprint.record_once(lambda state: personal.watch(cast(ConfappFlask, state.app)))
