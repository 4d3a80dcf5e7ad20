"""Letters from the press room: asking for them, confirming by letter, and ending them with one click."""

from __future__ import annotations

from flask import Blueprint, Response, render_template
from flask_babel import gettext

from confapp.domain.permissions import Permission
from confapp.domain.press import subscribers
from confapp.domain.programme.conferences import Conference
from confapp.hall import subscriptions
from confapp.schemas.newsroom import SubscribeSchema
from confapp.web import now, permits
from confapp.web.forms import Form
from confapp.web.permits import Origin
from confapp.web.rendering import ui_language

blueprint = Blueprint("press_letters", __name__)

THROTTLED = ("subscribe", "subscribe_everywhere")
"""Views that send letters to whatever address somebody types."""


def _subscribe(conference: Conference | None) -> Response:
    form = Form(SubscribeSchema, conference)
    if form.was_sent:
        with form:
            email = form.load()["email"]
            subscribers.subscribe(conference, email, language=ui_language(), now=now())
            words = gettext(
                "Open the letter that we sent you and confirm. Whoever gets these letters already gets no other."
            )
            return _said(gettext("Look into your mail"), words, conference)
    return form.page("press/subscribe.html", conference=conference)


def _said(title: str, words: str, conference: Conference | None = None) -> Response:
    return Response(render_template("press/said.html", title=title, words=words, conference=conference))


@blueprint.route("/press/subscribe", methods=["GET", "POST"])
@permits(Permission.ANYONE)
def subscribe_everywhere() -> Response:
    """Ask for a letter whenever words of any public conference are published."""
    return _subscribe(None)


@blueprint.route("/<conference>/press/subscribe", methods=["GET", "POST"])
@permits(Permission.ANYONE)
def subscribe(conference: Conference) -> Response:
    """Ask for a letter whenever words of a conference are published."""
    return _subscribe(conference)


@blueprint.get("/press/subscriptions/<token>")
@permits(Permission.ANYONE)
def show_subscription(token: str) -> Response:
    """The page from the letter: opening it changes nothing, since mail programs open addresses by themselves."""
    subscriber = subscriptions.of_token(token)
    return Response(render_template("press/subscription.html", subscriber=subscriber, token=token, is_end=False))


@blueprint.post("/press/subscriptions/<token>")
@permits(Permission.ANYONE, origin=Origin.ADDRESS)
def confirm_subscription(token: str) -> Response:
    """The owner of the address wants the letters."""
    subscribers.confirm(subscriptions.of_token(token), now=now())
    return _said(gettext("You get the letters"), gettext("Each of them says how to end them with one click."))


@blueprint.get("/press/subscriptions/<token>/end")
@permits(Permission.ANYONE)
def show_end_of_subscription(token: str) -> Response:
    """Where one ends the letters by hand."""
    subscriber = subscriptions.of_token(token)
    return Response(render_template("press/subscription.html", subscriber=subscriber, token=token, is_end=True))


@blueprint.post("/press/subscriptions/<token>/end")
@permits(Permission.ANYONE, origin=Origin.ADDRESS)
def end_subscription(token: str) -> Response:
    """No more letters: sent by a person's button or by a mail program (RFC 8058 section 3.1)."""
    subscribers.end(subscriptions.of_token(token))
    return _said(gettext("No more letters"), gettext("Your address is forgotten here."))
