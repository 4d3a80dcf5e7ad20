"""Organisers' pages of the letters on releases: exactly who would be told what, and sending them afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from confapp.blueprints.paging import Paged
from confapp.domain.letters import plans, tellings
from confapp.domain.letters.concerns import Group, Recipient
from confapp.domain.letters.plans import Plan
from confapp.domain.letters.tellings import Choice, When
from confapp.domain.permissions import Permission
from confapp.domain.programme.conferences import Conference
from confapp.domain.release import releases
from confapp.hall import letters
from confapp.schemas.letters import TellSchema, take_choice
from confapp.web import me, now, permits
from confapp.web.forms import Choices, Form

blueprint = Blueprint("letters", __name__, url_prefix="/organise/<conference>/releases/<int:number>/letters")

PAGE_SIZE = 50
"""So many letters stand on a page of the preview, each with its words."""


def telling_choices() -> dict[str, Choices]:
    """The options of what is told, for every form that releases."""
    return {
        "tell": [
            (When.NOW.value, gettext("Now: the letters go out at once")),
            (When.LATER.value, gettext("Later: the letters lie ready until you send them")),
            (When.AT.value, gettext("At this time:")),
            (When.NOBODY.value, gettext("Tell nobody of this release")),
        ],
        "tell_groups": group_names(),
    }


def group_names() -> list[tuple[str, str]]:
    """The groups that are told, in words."""
    return [
        (Group.SPEAKERS.value, gettext("Speakers and panellists")),
        (Group.CHAIRS.value, gettext("Chairs")),
        (Group.HOSTS.value, gettext("Hosts")),
        (Group.ATTENDEES.value, gettext("Attendees who picked the session")),
    ]


def asked_page(name: str = "preview") -> int | None:
    """Which page of a preview a button asks for; None: none does."""
    given = request.form.get(name, "")
    return max(1, int(given)) if given.isdecimal() and len(given) < 9 else None


def preview(conference: Conference, plan: Plan, choice: Choice, page: int, *, label: str, go: str = "") -> Response:
    """The page of a form that releases, once more: everybody who would be told, and the letters' very words.

    `label` is what the button says that does it, `go` the name that it sends.
    """
    wanted = plan.within(choice.groups if choice.when is not When.NOBODY else ())
    kept = [
        (name, value)
        for name, values in request.form.lists()
        for value in values
        if name not in ("csrf_token", "preview", "back")
    ]
    return make_response(
        render_template(
            "schedule/letters.html",
            conference=conference,
            plan=wanted,
            choice=choice,
            paged=Paged(wanted.letters, PAGE_SIZE, page),
            written=_writer(conference, plan),
            groups=dict(group_names()),
            kept=kept,
            label=label,
            go=go,
        )
    )


def _writer(conference: Conference, plan: Plan) -> Callable[[Recipient], letters.Written]:
    return lambda recipient: letters.write(recipient, plan.after, is_public=conference.is_public)


@blueprint.route("", methods=["GET", "POST"])
@permits(Permission.RELEASE)
def show_letters(conference: Conference, number: int) -> Response:
    """The letters on a release: who is told what; while they lie ready, choose anew who is told and when."""
    telling = tellings.telling(conference, number)
    current: Mapping[str, Any] = {
        "tell": When.AT if telling.due_at else When.NOW,
        "tell_at": telling.due_at,
        "tell_groups": telling.groups,
    }
    form = Form(TellSchema, conference, current=current, choices=telling_choices())
    if form.was_sent:
        with form:
            tellings.decide(telling, take_choice(form.load()), by=me(), now=now())
            flash(decided(telling), "good")
            return redirect(url_for("schedule.list_releases", conference=conference.slug))
    latest = releases.current(conference.id)
    plan = plans.of_telling(conference, telling, now=telling.begun_at or now())
    return form.page(
        "schedule/telling.html",
        conference=conference,
        telling=telling,
        is_latest=latest is not None and latest.id == telling.release_id,
        progress=tellings.progress(conference).get(telling.id, (0, 0)),
        plan=plan,
        paged=Paged(plan.letters, PAGE_SIZE),
        written=_writer(conference, plan),
        groups=dict(group_names()),
    )


def decided(telling: tellings.Telling) -> str:
    """What was chosen, for the notice after it."""
    words: dict[str, str] = {
        "nobody": gettext("Nobody is told of release %(number)s.", number=telling.release.number),
        "draft": gettext("The letters on release %(number)s lie ready.", number=telling.release.number),
        "scheduled": gettext("The letters on release %(number)s are on their way.", number=telling.release.number),
    }
    if telling.due_at is not None and telling.due_at > now():
        return str(gettext("The letters on release %(number)s go out at that time.", number=telling.release.number))
    return words[telling.state]
