"""Organisers' pages of who may do what: the roles that people hold in a conference."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from confapp.domain import grants
from confapp.domain.permissions import SCOPES, Permission, Role
from confapp.domain.programme.conferences import Conference
from confapp.schemas.conferences import GrantSchema
from confapp.web import me, now, permits
from confapp.web.forms import Choices, Form
from confapp.web.rendering import text

blueprint = Blueprint("grants", __name__, url_prefix="/organise/<conference>/people")


def _scope_choices(conference: Conference) -> Choices:
    kinds = {
        "track": gettext("Track"),
        "host": gettext("Host"),
        "room": gettext("Room"),
        "transcript_version": gettext("Transcript"),
    }
    return [
        ("", gettext("The whole conference")),
        *(
            (f"{scope.kind}:{scope.word}", f"{kinds[scope.kind]}: {text(scope.name)}")
            for scope in grants.scopes(conference)
        ),
    ]


@blueprint.get("")
@permits(Permission.GRANTS_EDIT)
def list_grants(conference: Conference) -> str:
    """Everybody who holds a role."""
    names = {(scope.kind, scope.id): scope.name for scope in grants.scopes(conference)}
    rows = [
        (grant, names.get((SCOPES[grant.role], grant.scope_id)) if grant.scope_id and grant.role in SCOPES else None)
        for grant in grants.grants(conference)
    ]
    return render_template("grants/list.html", conference=conference, rows=rows, now=now())


@blueprint.route("/new", methods=["GET", "POST"])
@permits(Permission.GRANTS_EDIT)
def give_grant(conference: Conference) -> Response:
    """Give somebody a role."""
    form = Form(
        GrantSchema, conference, current={"role": Role.READ_ONLY}, choices={"scope": _scope_choices(conference)}
    )
    if form.was_sent:
        with form:
            given = grants.give(conference, **form.load(), by=me(), now=now())
            name = given.account.person.name
            if given.account.is_invited:
                flash(gettext("%(name)s is invited: a letter is on its way.", name=name), "good")
            else:
                flash(gettext("%(name)s has the role now.", name=name), "good")
            return redirect(url_for(".list_grants", conference=conference.slug))
    return form.page("grants/give.html", conference=conference)


@blueprint.get("/<int:grant_id>/revoke")
@permits(Permission.GRANTS_EDIT)
def ask_to_revoke(conference: Conference, grant_id: int) -> str:
    """Ask before a role is taken back."""
    grant = grants.grant(conference, grant_id)
    return render_template("grants/revoke.html", conference=conference, grant=grant)


@blueprint.post("/<int:grant_id>/revoke")
@permits(Permission.GRANTS_EDIT)
def revoke_grant(conference: Conference, grant_id: int) -> Response:
    """Take a role back."""
    grants.revoke(grants.grant(conference, grant_id), conference, by=me(), now=now())
    flash(gettext("The role is revoked."), "good")
    return redirect(url_for(".list_grants", conference=conference.slug))
