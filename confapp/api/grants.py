"""Grants: who holds which role in a conference, narrowed to what, until when."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from confapp.api.base import Blueprint, body
from confapp.domain import grants
from confapp.domain.permissions import SCOPES, Grant, Permission
from confapp.domain.programme.conferences import Conference
from confapp.schemas.base import Moment
from confapp.schemas.conferences import GrantSchema
from confapp.web import me, now, permits

blueprint = Blueprint("grants", "Roles, and who holds them")


def _shown(grant: Grant, words: dict[tuple[str, int], str]) -> dict[str, Any]:
    narrowed = (SCOPES[grant.role], grant.scope_id) if grant.scope_id is not None else None
    return {
        "id": grant.id,
        "email": grant.account.email,
        "role": grant.role.value,
        "scope": words.get(narrowed) if narrowed else None,
        "expires_at": Moment().serialize("expires_at", grant),
    }


def _words(conference: Conference) -> dict[tuple[str, int], str]:
    return {(scope.kind, scope.id): f"{scope.kind}:{scope.word}" for scope in grants.scopes(conference)}


@blueprint.route("/conferences/<conference>/grants", methods=["GET"])
@permits(Permission.GRANTS_EDIT)
@blueprint.alt_response(200, schema=GrantSchema(many=True), success=True)
def list_grants(conference: Conference) -> Response:
    """Everybody who holds a role, expired ones included."""
    words = _words(conference)
    held = grants.grants(conference)
    return jsonify({"items": [_shown(grant, words) for grant in held], "total": len(held)})


@blueprint.route("/conferences/<conference>/grants", methods=["POST"])
@permits(Permission.GRANTS_EDIT)
@blueprint.takes(GrantSchema)
@blueprint.alt_response(201, schema=GrantSchema, success=True)
def give_grant(conference: Conference) -> tuple[Response, int]:
    """Give an account a role; giving it again moves the expiry."""
    given = grants.give(conference, **body(GrantSchema, conference), by=me(), now=now())
    return jsonify(_shown(given, _words(conference))), 201


@blueprint.route("/conferences/<conference>/grants/<int:grant_id>", methods=["DELETE"])
@permits(Permission.GRANTS_EDIT)
@blueprint.alt_response(204, success=True)
def revoke_grant(conference: Conference, grant_id: int) -> Response:
    """Take a role back, at once; the last owner stays (409)."""
    grants.revoke(grants.grant(conference, grant_id), conference, by=me(), now=now())
    return Response(status=204)
