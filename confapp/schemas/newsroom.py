"""The shapes around released words: subscribers, webhooks, polls, and readers under embargo."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from confapp.schemas.base import FormField, Moment, Schema, Texts, Words, language_tag


class SubscribeSchema(Schema):
    """Whose mail the press room's letters go to."""

    email = fields.Email(required=True, validate=validate.Length(max=254))


class SubscriberSchema(Schema):
    """Somebody who gets letters of a conference's releases."""

    uuid = fields.UUID(dump_only=True)
    email = fields.String(dump_only=True)
    language = language_tag(dump_only=True)
    confirmed_at = Moment(dump_only=True)


class WebhookSchema(Schema):
    """A program that is told of releases."""

    uuid = fields.UUID(dump_only=True)
    url = Words(length=500, required=True, metadata={"input": "url"})
    is_active = fields.Boolean(dump_only=True)
    created_at = Moment(dump_only=True)


class WebhookSecretsSchema(WebhookSchema):
    """The same with what signs its messages: `old_secret` signs beside `secret` until `old_until`."""

    secret = fields.String(dump_only=True)
    old_secret = fields.String(dump_only=True)
    old_until = Moment(dump_only=True)


class DeliverySchema(Schema):
    """One message to a webhook, and what came of it; `message` is the id that its receiver sees."""

    id = fields.Integer(dump_only=True)
    message = fields.UUID(dump_only=True)
    kind = fields.String(dump_only=True)
    created_at = Moment(dump_only=True)
    attempts = fields.Integer(dump_only=True)
    attempted_at = Moment(dump_only=True)
    delivered_at = Moment(dump_only=True)
    status = fields.Integer(dump_only=True)
    error = fields.String(dump_only=True)


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

    uuid = fields.UUID(dump_only=True)
    language = language_tag(dump_only=True)
    question = Words(length=300, required=True)
    options = LineList(Words(length=200), required=True, metadata={"input": "textarea"})
    opened_at = Moment(dump_only=True)
    closed_at = Moment(dump_only=True)
    results = fields.List(fields.Nested("ResultSchema"), dump_only=True)
    chosen = fields.Integer(dump_only=True)


class ResultSchema(Schema):
    """How many chose an option; `share` is that of all votes, 0 to 1."""

    option = fields.String(dump_only=True)
    votes = fields.Integer(dump_only=True)
    share = fields.Float(dump_only=True)


class VoteSchema(Schema):
    """One answer, by its place from 0."""

    option = fields.Integer(required=True)


class ReaderSchema(Schema):
    """Somebody who may read words under embargo, until a moment; whoever has no account yet is invited, as `name`."""

    id = fields.Integer(dump_only=True, attribute="grant.id")
    name = Words(length=200, load_default="")
    email = fields.Email(required=True, validate=validate.Length(max=254))
    expires_at = Moment(required=True)
    is_expired = fields.Boolean(dump_only=True)
    readings = fields.Integer(dump_only=True)

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """A reader's name, address and expiry are the grant's."""
        if attr == "name":
            return obj.grant.account.person.name
        if attr == "email":
            return obj.grant.account.email
        return obj.grant.expires_at if attr == "expires_at" else super().get_attribute(obj, attr, default)


class ReadingSchema(Schema):
    """One reading under embargo: who, when, which words (SHA-256), and the mark on that copy."""

    name = fields.Function(lambda reading: reading.account.person.name if reading.account else None, dump_only=True)
    email = fields.Function(lambda reading: reading.account.email if reading.account else None, dump_only=True)
    sha256 = fields.String(dump_only=True, attribute="hash")
    mark = fields.String(dump_only=True)
    at = Moment(dump_only=True)


class TermsSchema(Schema):
    """What journalists accept before they read under embargo."""

    words = Texts(length=5_000, load_default=dict)
