"""The shapes of what is told of a release: when, to whom, and what a wish for letters is."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from confapp.domain.errors import N_
from confapp.domain.letters.concerns import Group
from confapp.domain.letters.tellings import Choice, When
from confapp.schemas.base import Moment, Schema, Texts, one_of
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
