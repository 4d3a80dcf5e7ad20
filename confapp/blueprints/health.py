"""For whoever runs the app: is it alive, is it ready."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Blueprint, Response

from confapp.database import db
from confapp.domain.permissions import Permission
from confapp.migrations import is_migrated
from confapp.web import permits

blueprint = Blueprint("health", __name__)


def _said(words: str, status: int = 200) -> Response:
    response = Response(f"{words}\n", status, mimetype="text/plain")
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/healthz")
@permits(Permission.ANYONE, public=True)
def show_alive() -> Response:
    """The process answers, and its connection to the database does."""
    db.session.execute(sa.text("SELECT 1"))
    return _said("alive")


@blueprint.get("/readyz")
@permits(Permission.ANYONE)
def show_ready() -> Response:
    """The database is reachable, and stands at the newest revision."""
    return _said("ready") if is_migrated() else _said("not migrated", 503)
