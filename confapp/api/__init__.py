"""The JSON API under /api: the same schemas and commands as the pages, described in OpenAPI 3.1."""

from __future__ import annotations

import flask_smorest
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask, render_template

from confapp.api import (
    attendees,
    availability,
    board,
    conferences,
    conflicts,
    erasing,
    grants,
    history,
    hosts,
    imports,
    jobs,
    letters,
    pictures,
    press,
    press_poll,
    press_readers,
    press_webhooks,
    press_writing,
    printing,
    releases,
    schedule,
    sessions,
    speak,
    speakers,
    stage,
)
from confapp.api.base import spec_name
from confapp.domain.permissions import Permission
from confapp.schemas.availability import SpanField, WalkField
from confapp.schemas.base import Moment, Texts
from confapp.schemas.sessions import PartField
from confapp.web import FOREIGN, permits


class Api(flask_smorest.Api):
    """flask-smorest, leaving errors to `confapp.web`, which answers them the same everywhere."""

    def _register_error_handlers(self) -> None:
        """Nothing: one table of refusals serves pages and API alike."""


def init_app(app: Flask) -> None:
    """Register the API, its description and its readable page."""
    app.config.update(
        API_TITLE="Confapp",
        API_VERSION="1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api",
        OPENAPI_JSON_PATH="openapi.json",
    )
    api = Api(
        app, spec_kwargs={"info": {"description": DESCRIPTION}, "marshmallow_plugin": MarshmallowPlugin(spec_name)}
    )
    api.register_field(Texts, "object", None)
    api.register_field(Moment, "string", "date-time")
    for kind in (PartField, SpanField, WalkField):
        api.register_field(kind, "object", None)
    api.spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    drafting = (schedule, history, conflicts, availability, board)
    programme = (conferences, hosts, sessions, speakers, pictures, *drafting, releases, letters, imports, jobs)
    newsroom = (press, press_writing, press_readers, press_webhooks, press_poll)
    for module in (*programme, speak, attendees, grants, erasing, stage, *newsroom, printing):
        api.register_blueprint(module.blueprint)
    FOREIGN["api-docs.openapi_json"] = None

    @app.get("/api/docs")
    @permits(Permission.ANYONE, public=True)
    def show_api_docs() -> str:
        """The API's description for people."""
        return render_template("api/docs.html", spec=api.spec.to_dict())


DESCRIPTION = (
    "Everything that the pages do. Send a bearer token made on your account's page or with `flask tokens create`. "
    "Errors are problem details (RFC 9457); `errors` names each field that is wrong. "
    "Times carry an offset, or are taken on the conference's clock."
)
