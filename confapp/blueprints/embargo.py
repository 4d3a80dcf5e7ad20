"""Reading under embargo: what accredited journalists may read ahead, on terms they accept, on copies that name them."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, make_response, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as BaseResponse

from confapp.domain.permissions import Permission
from confapp.domain.press import readers
from confapp.domain.press.transcripts import Version
from confapp.web import me, now, permits
from confapp.web.rendering import text

blueprint = Blueprint("embargo", __name__, url_prefix="/press/embargoed")


def _quiet(page: str) -> Response:
    """A page that nothing keeps, finds or tells of; `no-store` comes with every page of one person."""
    response = make_response(page)
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _terms(version: Version) -> str:
    """What has to be accepted before reading: the conference's own words, else the app's."""
    own = text(readers.terms(readers.conference_of(version)))
    return own or gettext(
        "These words are under embargo. You may read them to prepare your own report. Until they are public you "
        "publish nothing of them, quote nothing, and tell nobody what they say. Your copy carries your name "
        "and every reading is written down. They may be changed, held or never given: check them against delivery."
    )


@blueprint.get("/")
@permits(Permission.ACCOUNT)
def list_versions() -> Response:
    """What the asker may read ahead now."""
    held = readers.readable(me(), now=now())
    shown = [(each, readers.conference_of(each)) for each in held]
    return _quiet(render_template("press/embargoed.html", versions=shown, expiries=readers.expiries(me(), now=now())))


@blueprint.get("/<uuid:identifier>")
@permits(Permission.ACCOUNT, writes=True)
def show_version(identifier: uuid.UUID) -> Response:
    """The words on a copy that names its reader, each reading written down; before that, the terms to accept."""
    version = readers.version_for(me(), identifier, now=now())
    conference, words = readers.conference_of(version), _terms(version)
    if not readers.has_accepted(version, me(), words):
        return _quiet(render_template("press/embargo_terms.html", conference=conference, version=version, words=words))
    reading = readers.read(version, me(), now=now())
    page = render_template(
        "press/embargoed_words.html",
        conference=conference,
        version=version,
        mark=f"{me().person.name} · {me().email} · {reading.mark}",
        reading=reading,
    )
    return _quiet(page)


@blueprint.post("/<uuid:identifier>/accept")
@permits(Permission.ACCOUNT)
def accept_terms(identifier: uuid.UUID) -> BaseResponse:
    """The asker accepts the terms as they stand. Raises Missing where there is nothing to read (any more)."""
    version = readers.version_for(me(), identifier, now=now())
    readers.accept(version, me(), _terms(version), now=now())
    return redirect(url_for(".show_version", identifier=identifier), 303)
