"""Organisers' pages of releases side by side, and of going back to an earlier one."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from confapp.blueprints.letters import asked_page, decided, preview, telling_choices
from confapp.domain.errors import Missing
from confapp.domain.letters import plans, tellings
from confapp.domain.permissions import Permission
from confapp.domain.programme.conferences import Conference
from confapp.domain.release import releases, releasing
from confapp.domain.release.freezing import compare
from confapp.domain.release.frozen import Release
from confapp.hall.comparing import compared
from confapp.schemas.letters import BackSchema, take_choice
from confapp.web import me, now, permits
from confapp.web.forms import Form

blueprint = Blueprint("releases", __name__, url_prefix="/organise/<conference>/releases")


@blueprint.get("/compare")
@permits(Permission.CONFERENCE_READ)
def compare_releases(conference: Conference) -> str:
    """What differs between a release and another, or the draft, on the grid and in words.

    `?day=` names the day of the grid, `?rooms=all` shows rooms in which nothing differs too.
    """
    held = releases.all_of(conference.id)
    if not held:
        raise Missing()
    before, after = _asked(held, "before") or held[0], _asked(held, "after")
    was, becomes = releasing.sides(conference, before, after, now=now())
    changes = compare(was, becomes)
    asked, all_rooms = request.args.get("day", ""), request.args.get("rooms") == "all"
    day = next((each for each in {*was.days, *becomes.days} if each.isoformat() == asked), None)
    return render_template(
        "schedule/compare.html",
        conference=conference,
        releases=held,
        before=before,
        after=after,
        changes=changes,
        grid=compared(was, becomes, changes, day, all_rooms=all_rooms),
        all_rooms=all_rooms,
    )


def _asked(held: Sequence[Release], name: str) -> Release | None:
    """The release that the address names; None: the draft."""
    asked = request.args.get(name, "")
    return next((each for each in held if str(each.number) == asked), None)


@blueprint.route("/<int:number>/roll-back", methods=["GET", "POST"])
@permits(Permission.RELEASE)
def roll_back(conference: Conference, number: int) -> Response:
    """Look at what going back to a release changes for readers, and do it."""
    wanted, latest = releases.numbered(conference.id, number), releases.current(conference.id)
    assert latest is not None, "there is at least this one"
    form = Form(BackSchema, conference, current={"expected": latest.number}, choices=telling_choices())
    if "back" in request.form:
        form.keep_typed()
    elif form.was_sent:
        with form:
            values = form.load()
            choice = take_choice(values)
            if (page := asked_page()) is not None:
                after = releasing.rolled_back(conference, wanted, latest, note=values["note"], now=now())
                plan = plans.before_release(conference, after, now=now())
                return preview(conference, plan, choice, page, label=gettext("Make it public again"))
            made = releasing.roll_back(conference, number, **values, by=me(), now=now())
            telling = tellings.tell(conference, made, choice, by=me(), now=now())
            words = gettext("Release %(number)s shows what release %(old)s showed. The draft is as it was.")
            flash(words % {"number": made.number, "old": number}, "good")
            flash(decided(telling), "info")
            return redirect(url_for("schedule.list_releases", conference=conference.slug))
    return form.page(
        "schedule/roll_back.html",
        conference=conference,
        number=number,
        latest=latest,
        changes=releasing.between(conference, latest, wanted, now=now()),
    )
