"""The agenda inside other sites: a page without scripts for frames, and a web component with an address that stays."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, current_app, make_response, render_template

from confapp.blueprints.agenda import asked_filter, latest, shown_language
from confapp.domain.permissions import Permission
from confapp.domain.programme.conferences import Conference
from confapp.web import permits
from confapp.web.rendering import asset_name

blueprint = Blueprint("embedding", __name__)

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; form-action 'none'; base-uri 'none'; "
    "frame-ancestors *"
)
"""Any site may show it, as it asks nothing and knows nobody; it runs no script."""


@blueprint.get("/<conference>/agenda/embed")
@permits(Permission.ANYONE, public=True, kept=True)
def show_embedded(conference: Conference) -> Response:
    """The agenda as a list for a frame on another site, filtered by the address as the agenda is."""
    _release, whole = latest(conference)
    shown_language(whole)
    agenda = whole.filtered(asked_filter(whole))
    page = render_template("agenda/embed.html", conference=whole.conference, agenda=agenda)
    response = make_response(page)
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@blueprint.get("/embed.js")
@permits(Permission.ANYONE, public=True)
def get_component() -> Response:
    """The web component `<confapp-agenda>`: it reads the agenda's JSON, and every site may load it."""
    body = Path(current_app.static_folder or "", asset_name("embed.js")).read_bytes()
    response = Response(body, mimetype="text/javascript")
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
