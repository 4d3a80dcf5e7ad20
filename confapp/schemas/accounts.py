"""The shapes of what people say about their accounts."""

from __future__ import annotations

from confapp.schemas.base import Moment, Schema, Words, email


class AccountSchema(Schema):
    """Who signs in."""

    email = email(required=True)
    name = Words(length=200, required=True)


class NameSchema(Schema):
    """What somebody wants to be called."""

    name = Words(length=200, required=True)


class TokenSchema(Schema):
    """An API token: what it is for, and until when it opens anything."""

    label = Words(length=100, required=True)
    expires_at = Moment(allow_none=True, load_default=None)
