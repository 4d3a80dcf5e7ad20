"""The press desk's webhooks: programs that are told of releases, their secrets, and what came of every message."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as BaseResponse

from confapp.domain.permissions import Permission
from confapp.domain.press import subscribers, webhooks
from confapp.domain.programme.conferences import Conference
from confapp.schemas.newsroom import WebhookSchema
from confapp.web import me, now, permits
from confapp.web.forms import Form

blueprint = Blueprint("press_webhooks", __name__, url_prefix="/organise/<conference>/press/webhooks")


@blueprint.route("", methods=["GET", "POST"])
@permits(Permission.PRESS_ARM)
def list_webhooks(conference: Conference) -> BaseResponse:
    """Who is told of releases, programs and people, and a form to add a program."""
    form = Form(WebhookSchema, conference)
    if form.was_sent:
        with form:
            made = webhooks.add(conference, form.load()["url"], by=me(), now=now())
            flash(gettext("It is told of every release from now on. Give its secret to whoever runs it."), "good")
            return redirect(url_for(".show_webhook", conference=conference.slug, identifier=made.uuid))
    return form.page(
        "press_desk/webhooks.html",
        conference=conference,
        webhooks=webhooks.webhooks(conference),
        subscribers=subscribers.count(conference),
    )


@blueprint.get("/<uuid:identifier>")
@permits(Permission.PRESS_ARM)
def show_webhook(conference: Conference, identifier: uuid.UUID) -> str:
    """One webhook: its secret, and the log of its messages."""
    hook = webhooks.webhook(conference, identifier)
    return render_template(
        "press_desk/webhook.html",
        conference=conference,
        webhook=hook,
        secrets=hook.secrets(now()),
        deliveries=webhooks.deliveries(hook),
    )


def _back(conference: Conference, identifier: uuid.UUID, words: str) -> BaseResponse:
    flash(words, "good")
    return redirect(url_for(".show_webhook", conference=conference.slug, identifier=identifier), 303)


@blueprint.post("/<uuid:identifier>/rotate")
@permits(Permission.PRESS_ARM)
def rotate_secret(conference: Conference, identifier: uuid.UUID) -> BaseResponse:
    """A new secret; the old one signs beside it for a day."""
    webhooks.rotate(webhooks.webhook(conference, identifier), by=me(), now=now())
    return _back(conference, identifier, gettext("A new secret; for a day the old one signs beside it."))


@blueprint.post("/<uuid:identifier>/test")
@permits(Permission.PRESS_ARM)
def test_webhook(conference: Conference, identifier: uuid.UUID) -> BaseResponse:
    """Send a message that says nothing but that it arrives."""
    webhooks.test(webhooks.webhook(conference, identifier), now=now())
    return _back(conference, identifier, gettext("A test message is on its way; look again in a moment."))


@blueprint.post("/<uuid:identifier>/deliveries/<int:delivery_id>/redeliver")
@permits(Permission.PRESS_ARM)
def redeliver(conference: Conference, identifier: uuid.UUID, delivery_id: int) -> BaseResponse:
    """Send a message again, under the same id."""
    webhooks.redeliver(webhooks.webhook(conference, identifier), delivery_id, now=now())
    return _back(conference, identifier, gettext("The message is on its way again."))


@blueprint.post("/<uuid:identifier>/remove")
@permits(Permission.PRESS_ARM)
def remove_webhook(conference: Conference, identifier: uuid.UUID) -> BaseResponse:
    """Tell it nothing any more."""
    webhooks.remove(webhooks.webhook(conference, identifier), by=me(), now=now())
    flash(gettext("It is told nothing any more."))
    return redirect(url_for(".list_webhooks", conference=conference.slug), 303)
