"""The secret addresses in letters to subscribers: a signed name of one subscriber, which only its letters hold."""

from __future__ import annotations

import uuid

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from confapp.domain.errors import Missing
from confapp.domain.press import subscribers
from confapp.domain.press.subscribers import Subscriber


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="press-subscriber")


def token(subscriber: Subscriber) -> str:
    """What stands in the addresses of this subscriber's letters."""
    return str(_signer().dumps(subscriber.uuid.hex))


def of_token(words: str) -> Subscriber:
    """The subscriber whose letters hold the token; raises Missing."""
    try:
        return subscribers.subscriber(uuid.UUID(hex=_signer().loads(words)))
    except (BadSignature, ValueError, AttributeError, TypeError) as error:
        raise Missing() from error


def confirm_address(subscriber: Subscriber) -> str:
    """Where the owner of the address says that the letters are wanted."""
    return f"{current_app.config['CONFAPP'].base_url.rstrip('/')}/press/subscriptions/{token(subscriber)}"


def end_address(subscriber: Subscriber) -> str:
    """Where one click ends the letters (RFC 8058)."""
    return f"{confirm_address(subscriber)}/end"
