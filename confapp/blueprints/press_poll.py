"""The readers' poll beside a public transcript: one vote each, results after voting; and the desk's page to ask one."""

from __future__ import annotations

import hashlib

from flask import Blueprint, current_app, flash, redirect, request, session, url_for
from flask_babel import gettext
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from confapp.domain.errors import Missing
from confapp.domain.permissions import Permission
from confapp.domain.press import polls, publications
from confapp.domain.press.polls import Poll
from confapp.domain.programme.conferences import Conference
from confapp.schemas.newsroom import PollSchema, VoteSchema
from confapp.web import asker, me, now, permits
from confapp.web.forms import Form
from confapp.web.throttling import place

blueprint = Blueprint("press_poll", __name__)

COOKIE = "confapp-voter"
A_YEAR = 365 * 24 * 3600
VOTES = "60 per minute; 600 per hour"
"""Votes from one place: a whole hall votes from behind one address, a program that drops its cookies not for long."""


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="poll-voter")


def _browser() -> str | None:
    """What a browser that voted before carries; None: nothing of ours."""
    try:
        return str(_signer().loads(request.cookies.get(COOKIE, "")))
    except BadSignature:
        return None


def _newcomer() -> str:
    """A name for a browser that votes for the first time; two votes sent at once from one page get the same."""
    page = str(session.get("csrf_token", ""))  # the permit has checked it
    return hashlib.sha256(f"voter {page}".encode()).hexdigest()[:32]


def aim() -> str:
    """Whose votes are counted against VOTES beside those of a place: an account's, a browser's, or newcomers'."""
    account = asker()
    who = f"account {account.id}" if account else _browser() or f"newcomer at {place()}"
    return hashlib.sha256(f"poll {who}".encode()).hexdigest()


def _voter(poll: Poll, browser: str | None) -> str | None:
    """Who votes: an account, else a browser; None: nobody known."""
    account = asker()
    who = f"account {account.id}" if account else f"browser {browser}" if browser else None
    return polls.voter_of(poll, who, key=str(current_app.config["SECRET_KEY"])) if who else None


def _poll(conference: Conference, public_id: str) -> Poll:
    poll = polls.of(conference.id, public_id)
    if poll is None:
        raise Missing()
    return poll


@blueprint.route("/<conference>/press/<public_id>/poll", methods=["GET", "POST"])
@permits(Permission.ANYONE)
def show_poll(conference: Conference, public_id: str) -> Response:
    """A vote, and once it is cast (or the poll is closed) what everybody said. Never kept by a cache."""
    poll = _poll(conference, public_id)
    browser = _browser()
    if request.method == "POST" and browser is None and asker() is None:
        browser = _newcomer()
    voter = _voter(poll, browser)
    form = Form(VoteSchema, conference)
    if form.was_sent and voter is not None:
        with form:
            polls.vote(poll, form.load()["option"], voter=voter, now=now())
            response = redirect(request.full_path.rstrip("?"), 303)
            if browser is not None:
                response.set_cookie(
                    COOKIE,
                    str(_signer().dumps(browser)),
                    max_age=A_YEAR,
                    httponly=True,
                    samesite="Lax",
                    secure=current_app.config["SESSION_COOKIE_SECURE"],
                )
            return response
    chosen = polls.voted(poll, voter) if voter else None
    is_shown = chosen is not None or poll.closed_at is not None
    return form.page(
        "press/poll.html",
        conference=conference,
        public_id=public_id,
        poll=poll,
        chosen=chosen,
        results=polls.results(poll) if is_shown else None,
    )


@blueprint.route("/organise/<conference>/press/polls/<public_id>", methods=["GET", "POST"])
@permits(Permission.PRESS_ARM)
def ask_poll(conference: Conference, public_id: str) -> Response:
    """Ask the readers of public words something, and see what they said so far."""
    publication = publications.publication(conference.id, public_id, preferred=conference.languages)
    form = Form(PollSchema, conference)
    if form.was_sent:
        with form:
            values = form.load()
            polls.ask(conference.id, public_id, **values, language=publication.language, by=me(), now=now())
            flash(gettext("The poll is open."), "good")
            return redirect(url_for(".ask_poll", conference=conference.slug, public_id=public_id))
    poll = polls.of(conference.id, public_id)
    return form.page(
        "press_desk/poll.html",
        conference=conference,
        publication=publication,
        poll=poll,
        results=polls.results(poll) if poll else [],
    )


@blueprint.post("/organise/<conference>/press/polls/<public_id>/close")
@permits(Permission.PRESS_ARM)
def close_poll(conference: Conference, public_id: str) -> Response:
    """Take no more votes."""
    polls.close(_poll(conference, public_id), by=me(), now=now())
    flash(gettext("The poll is closed; its result stays."))
    return redirect(url_for(".ask_poll", conference=conference.slug, public_id=public_id), 303)
