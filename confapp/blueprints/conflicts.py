"""Organisers' pages of conflicts: the list, and one with its ways out and the reason why it may stand."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from confapp.blueprints.paging import Paged
from confapp.domain.permissions import Permission
from confapp.domain.programme import sessions
from confapp.domain.programme.conferences import Conference
from confapp.domain.schedule import checking, overrides, tasks
from confapp.domain.schedule.placements import ANYWHERE, Conflict, Grade, Rule
from confapp.hall.named import Reach, check_conflict, scope
from confapp.schemas.conflicts import OverrideSchema
from confapp.web import allowed, me, now, permits
from confapp.web.forms import Form

blueprint = Blueprint("conflicts", __name__, url_prefix="/organise/<conference>")


@blueprint.get("/conflicts")
@permits(Permission.CONFERENCE_READ)
def list_conflicts(conference: Conference) -> str:
    """The draft's conflicts, those that block first; `?grade=` and `?rule=` narrow them."""
    found = checking.draft_conflicts(conference)
    grade, rule = request.args.get("grade", ""), request.args.get("rule", "")
    shown = [each for each in found if grade in ("", _state(each)) and rule in ("", each.rule.value)]
    return render_template(
        "conflicts/list.html",
        conference=conference,
        paged=Paged(sorted(shown, key=lambda each: (each.accepted is not None, each.grade is Grade.WARNS))),
        open_count=sum(each.accepted is None for each in found),
        accepted_count=sum(each.accepted is not None for each in found),
        reach=Reach(conference),
        rules=[("", gettext("All")), *((each.value, gettext(each.value.capitalize())) for each in Rule)],
        chosen={"grade": grade, "rule": rule},
    )


@blueprint.get("/tasks")
@permits(Permission.CONFERENCE_READ)
def list_tasks(conference: Conference) -> str:
    """What later changes broke, until it is mended."""
    found = checking.draft_conflicts(conference)
    return render_template(
        "conflicts/tasks.html",
        conference=conference,
        tasks=tasks.open_tasks(conference, found),
        reach=Reach(conference),
    )


def _state(conflict: Conflict) -> str:
    return "accepted" if conflict.accepted else conflict.grade.value


@blueprint.route("/conflicts/<fingerprint>", methods=["GET", "POST"])
@permits(Permission.SCHEDULE_EDIT)
def show_conflict(conference: Conference, fingerprint: str) -> Response:
    """One conflict of the draft; posting a reason lets it stand."""
    conflict = checking.conflict(conference, fingerprint)
    check_conflict(conference, conflict)
    may_override = allowed(Permission.SCHEDULE_OVERRIDE, conference)
    reach = Reach(conference)
    form = Form(OverrideSchema, conference)
    if form.was_sent:
        with form:
            reason = form.load()["reason"]
            checking.accept(conference, conflict, reason, may_override=may_override, by=me(), now=now())
            flash(gettext("It may stand; the reason is shown beside it."), "good")
            return redirect(url_for(".list_conflicts", conference=conference.slug))
    return form.page(
        "conflicts/conflict.html",
        conference=conference,
        conflict=conflict,
        sides=[(side, reach.ways(side, places)) for side, places in checking.ways_out_of_sides(conference, conflict)],
        mine=reach.sides(conflict),
        editable=_editable(conference, conflict),
        is_mended_by_moving=conflict.rule not in ANYWHERE,
        may_accept=may_override or conflict.grade is Grade.WARNS,
    )


def _editable(conference: Conference, conflict: Conflict) -> set[str | None]:
    """The codes of the sessions on its sides that the asker may edit."""
    mine = scope(Permission.SESSIONS_EDIT, conference, "track")
    held = sessions.by_code(conference, [side.session for side in conflict.sides if side.session])
    return {code for code, session in held.items() if mine is None or session.track_id in mine}


@blueprint.post("/conflicts/<fingerprint>/take-back")
@permits(Permission.SCHEDULE_EDIT)
def take_back(conference: Conference, fingerprint: str) -> Response:
    """Let a conflict no longer stand."""
    check_conflict(conference, checking.conflict(conference, fingerprint))
    overrides.take_back(conference, fingerprint, by=me(), now=now())
    flash(gettext("It counts as a conflict again."), "good")
    return redirect(url_for(".show_conflict", conference=conference.slug, fingerprint=fingerprint))
