"""The shapes of what people say about their accounts."""

from __future__ import annotations

from marshmallow import fields

from confapp.schemas.base import Moment, Schema, Words


class EmailSchema(Schema):
    """An e-mail address."""

    email = fields.Email(required=True)


class TokenSchema(Schema):
    """An API token: what it is for, and until when it opens anything."""

    label = Words(length=100, required=True)
    expires_at = Moment(allow_none=True, load_default=None)
