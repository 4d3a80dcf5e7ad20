"""Who is told of releases: programs, with their secrets and the log of their messages, and people who get letters."""

from __future__ import annotations

import uuid

from flask import Response, jsonify

from confapp.api.base import Blueprint, body, listed
from confapp.domain.permissions import Permission
from confapp.domain.press import subscribers, webhooks
from confapp.domain.press.webhooks import Webhook
from confapp.domain.programme.conferences import Conference
from confapp.schemas.newsroom import DeliverySchema, SubscriberSchema, WebhookSchema, WebhookSecretsSchema
from confapp.web import me, now, permits

blueprint = Blueprint("press_webhooks", "Webhooks and subscribers: who is told of releases")
WEBHOOK = "/conferences/<conference>/webhooks/<uuid:identifier>"


def _shown(hook: Webhook, status: int = 200) -> Response:
    facts = WebhookSecretsSchema().dump(hook)
    if len(hook.secrets(now())) == 1:
        facts |= {"old_secret": None, "old_until": None}
    response = jsonify(facts)
    response.status_code = status
    return response


@blueprint.route("/conferences/<conference>/webhooks", methods=["GET"])
@permits(Permission.PRESS_ARM)
@blueprint.alt_response(200, schema=WebhookSchema(many=True), success=True)
def list_webhooks(conference: Conference) -> Response:
    """The programs that are told of releases."""
    return listed(WebhookSchema, webhooks.webhooks(conference))


@blueprint.route("/conferences/<conference>/webhooks", methods=["POST"])
@permits(Permission.PRESS_ARM)
@blueprint.takes(WebhookSchema)
@blueprint.alt_response(201, schema=WebhookSecretsSchema, success=True)
def create_webhook(conference: Conference) -> Response:
    """Tell a program of every release from now on (Standard Webhooks); `secret` signs what it is told."""
    made = webhooks.add(conference, body(WebhookSchema, conference)["url"], by=me(), now=now())
    return _shown(made, 201)


@blueprint.route(WEBHOOK, methods=["GET"])
@permits(Permission.PRESS_ARM)
@blueprint.alt_response(200, schema=WebhookSecretsSchema, success=True)
def get_webhook(conference: Conference, identifier: uuid.UUID) -> Response:
    """One webhook with its secrets."""
    return _shown(webhooks.webhook(conference, identifier))


@blueprint.route(WEBHOOK, methods=["DELETE"])
@permits(Permission.PRESS_ARM)
@blueprint.alt_response(204, success=True)
def remove_webhook(conference: Conference, identifier: uuid.UUID) -> Response:
    """Tell it nothing any more; its log goes with it."""
    webhooks.remove(webhooks.webhook(conference, identifier), by=me(), now=now())
    return Response(status=204)


@blueprint.route(f"{WEBHOOK}/rotate", methods=["POST"])
@permits(Permission.PRESS_ARM)
@blueprint.alt_response(200, schema=WebhookSecretsSchema, success=True)
def rotate_secret(conference: Conference, identifier: uuid.UUID) -> Response:
    """A new secret; the old one signs beside it for a day."""
    hook = webhooks.webhook(conference, identifier)
    webhooks.rotate(hook, by=me(), now=now())
    return _shown(hook)


@blueprint.route(f"{WEBHOOK}/test", methods=["POST"])
@permits(Permission.PRESS_ARM)
@blueprint.alt_response(202, schema=DeliverySchema, success=True)
def test_webhook(conference: Conference, identifier: uuid.UUID) -> tuple[Response, int]:
    """Send a message that says nothing but that it arrives; the log tells what came of it."""
    sent = webhooks.test(webhooks.webhook(conference, identifier), now=now())
    return jsonify(DeliverySchema().dump(sent)), 202


@blueprint.route(f"{WEBHOOK}/deliveries", methods=["GET"])
@permits(Permission.PRESS_ARM)
@blueprint.alt_response(200, schema=DeliverySchema(many=True), success=True)
def list_deliveries(conference: Conference, identifier: uuid.UUID) -> Response:
    """The log: the last messages, the newest first, and what came of each."""
    return listed(DeliverySchema, webhooks.deliveries(webhooks.webhook(conference, identifier)))


@blueprint.route(f"{WEBHOOK}/deliveries/<int:delivery_id>/redeliver", methods=["POST"])
@permits(Permission.PRESS_ARM)
@blueprint.alt_response(202, schema=DeliverySchema, success=True)
def redeliver(conference: Conference, identifier: uuid.UUID, delivery_id: int) -> tuple[Response, int]:
    """Send a message again, under the same id."""
    sent = webhooks.redeliver(webhooks.webhook(conference, identifier), delivery_id, now=now())
    return jsonify(DeliverySchema().dump(sent)), 202


@blueprint.route("/conferences/<conference>/subscribers", methods=["GET"])
@permits(Permission.PRESS_ARM)
@blueprint.alt_response(200, schema=SubscriberSchema(many=True), success=True)
def list_subscribers(conference: Conference) -> Response:
    """Whoever confirmed that they want this conference's letters, by address; those of all conferences are not told."""
    return listed(SubscriberSchema, subscribers.of(conference))


@blueprint.route("/conferences/<conference>/subscribers/<uuid:identifier>", methods=["DELETE"])
@permits(Permission.PRESS_ARM)
@blueprint.alt_response(204, success=True)
def end_subscription(conference: Conference, identifier: uuid.UUID) -> Response:
    """End somebody's letters, at their word; their address is forgotten."""
    subscribers.remove(conference, identifier, by=me(), now=now())
    return Response(status=204)
