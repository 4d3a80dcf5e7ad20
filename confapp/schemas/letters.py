"""The shapes of what is told of a release: when, to whom, and what a wish for letters is."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from confapp.domain.errors import N_
from confapp.domain.letters.concerns import Group
from confapp.domain.letters.tellings import Choice, When
from confapp.schemas.base import Moment, Schema, Texts, language_tag, one_of
from confapp.schemas.sessions import ReleaseSchema, RollBackSchema, SlotSchema


def _when(**options: Any) -> Any:
    return one_of(When, **options)


def _groups(**options: Any) -> Any:
    return fields.List(
        one_of(Group),
        load_default=lambda: list(Group),
        validate=validate.Length(max=len(Group), error=N_("Name each group once.")),
        **options,
    )


class TellSchema(Schema):
    """What is told of a release: `tell` says when (`at` needs `tell_at`), `tell_groups` whom."""

    tell = _when(load_default=When.LATER)
    tell_groups = _groups()
    tell_at = Moment(allow_none=True, load_default=None)


class NewReleaseSchema(ReleaseSchema, TellSchema):
    """A release of the draft, and what is told of it."""


class BackSchema(RollBackSchema, TellSchema):
    """Going back to an earlier release, and what is told of that."""


class AmendSchema(SlotSchema, TellSchema):
    """A place for a slot that may be released alone, and what is then told of it."""

    note = Texts(length=2_000, load_default=dict)


def take_choice(values: dict[str, Any]) -> Choice:
    """What is to be told, taken out of the values of one of these schemas."""
    when, at = values.pop("tell"), values.pop("tell_at")
    groups = frozenset(values.pop("tell_groups"))
    return Choice(when, groups, at if when is When.AT else None)


class TellingSchema(Schema):
    """What was chosen for a release, and how far it is: nobody, draft, scheduled, sent or overtaken."""

    state = fields.String(dump_only=True)
    groups = fields.List(fields.String(), dump_only=True)
    due_at = Moment(dump_only=True)
    begun_at = Moment(dump_only=True)
    letters = fields.Integer(dump_only=True)
    sent = fields.Integer(dump_only=True)


class ConcernSchema(Schema):
    """One change, as somebody is told of it."""

    slot = fields.UUID(dump_only=True)
    session = fields.String(dump_only=True)
    kind = fields.String(dump_only=True)
    roles = fields.List(fields.String(), dump_only=True)
    differs = fields.List(fields.String(), dump_only=True)


class LetterSchema(Schema):
    """One letter: whom it greets, and its very words."""

    names = fields.List(fields.String(), dump_only=True)
    email = fields.String(dump_only=True)
    groups = fields.List(fields.String(), dump_only=True)
    subject = fields.String(dump_only=True)
    text = fields.String(dump_only=True)
    html = fields.String(dump_only=True)
    concerns = fields.List(fields.Nested(ConcernSchema), dump_only=True)


class LettersSchema(Schema):
    """A page of the letters on a release, whom nobody can tell, and how many hear of it otherwise or do not want to."""

    items = fields.List(fields.Nested(LetterSchema), dump_only=True)
    total = fields.Integer(dump_only=True)
    page = fields.Integer(dump_only=True)
    page_size = fields.Integer(dump_only=True)
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), dump_only=True)
    unreachable = fields.List(fields.List(fields.String()), dump_only=True)
    invited = fields.Integer(dump_only=True)
    unwilling = fields.Integer(dump_only=True)
    telling = fields.Nested(TellingSchema, dump_only=True, allow_none=True)


class WishSchema(Schema):
    """An attendee's wish for letters on what they picked."""

    wanted = fields.Boolean(load_default=False)
    language = language_tag(allow_none=True, load_default=None)
