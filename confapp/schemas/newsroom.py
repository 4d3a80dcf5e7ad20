"""The shapes around released words: subscribers, webhooks, polls, and readers under embargo."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from confapp.schemas.base import FormField, Moment, Schema, Texts, Words


class SubscribeSchema(Schema):
    """Whose mail the press room's letters go to."""

    email = fields.Email(required=True, validate=validate.Length(max=254))


class WebhookSchema(Schema):
    """A program that is told of releases; its secret signs what it is told."""

    uuid = fields.UUID(dump_only=True)
    url = Words(length=500, required=True, metadata={"input": "url"})
    secret = fields.String(dump_only=True)
    is_active = fields.Boolean(dump_only=True)
    created_at = Moment(dump_only=True)


class Lines(FormField):
    """A list that a form sends as lines."""

    def of_form(self, data: Any, name: str) -> list[str]:
        """The lines that hold anything."""
        return [line.strip() for line in data.get(name, "").splitlines() if line.strip()]

    def typed(self, data: Any, name: str) -> str:
        """As typed."""
        return str(data.get(name, ""))


class LineList(fields.List[Any], Lines):
    """A list of texts."""


class PollSchema(Schema):
    """A question to readers, with its answers."""

    question = Words(length=300, required=True)
    options = LineList(Words(length=200), required=True, metadata={"input": "textarea"})


class VoteSchema(Schema):
    """One answer, by its place from 0."""

    option = fields.Integer(required=True)


class ReaderSchema(Schema):
    """Somebody who may read words under embargo, until a moment."""

    email = fields.Email(required=True, validate=validate.Length(max=254))
    expires_at = Moment(required=True)


class TermsSchema(Schema):
    """What journalists accept before they read under embargo."""

    words = Texts(length=5_000, load_default=dict)
