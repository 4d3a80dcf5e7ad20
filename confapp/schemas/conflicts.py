"""The shapes of conflicts, of why one may stand, and of the places that a slot could go to."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from confapp.domain.errors import N_
from confapp.domain.schedule.placements import Grade, Rule
from confapp.domain.schedule.tasks import Cause
from confapp.schemas.base import FormField, Moment, Schema, Words, one_of
from confapp.schemas.sessions import in_brackets

MOST_BEFORE = 50


class OverrideSchema(Schema):
    """Why a conflict may stand."""

    reason = Words(length=500, required=True)


class PlaceSchema(Schema):
    """A free place: `room` null is the whole venue; the label is for people."""

    room = fields.String(dump_only=True, allow_none=True)
    starts_at = Moment(dump_only=True)
    ends_at = Moment(dump_only=True)
    label = fields.String(dump_only=True)


class AcceptanceSchema(Schema):
    """Who let a conflict stand, when and why."""

    reason = fields.String(dump_only=True)
    at = Moment(dump_only=True)
    by = fields.Email(dump_only=True, allow_none=True)


class ConflictSchema(Schema):
    """One conflict; `subject` is the room's or the speaker's code, `slots` one or two UUIDs, the earlier first.

    The fingerprint names it until something about it changes. `ways_out` are free places for its later side.
    """

    fingerprint = fields.String(dump_only=True)
    rule = one_of(Rule, dump_only=True)
    grade = one_of(Grade, dump_only=True)
    message = fields.String(dump_only=True)
    slots = fields.List(fields.UUID(), dump_only=True)
    subject = fields.String(dump_only=True)
    accepted = fields.Nested(AcceptanceSchema, dump_only=True, allow_none=True)
    ways_out = fields.List(fields.Nested(PlaceSchema), dump_only=True)


class ConflictsSchema(Schema):
    """The draft's conflicts, and the version of the schedule that has them."""

    version = fields.Integer(dump_only=True)
    items = fields.List(fields.Nested(ConflictSchema), dump_only=True)


class TaskSchema(Schema):
    """A conflict that a later change brought to what was placed; `by` null: the speaker on her own page."""

    cause = one_of(Cause, dump_only=True)
    at = Moment(dump_only=True)
    by = fields.Email(dump_only=True, allow_none=True)
    conflict = fields.Nested(ConflictSchema, dump_only=True)


class TasksSchema(Schema):
    """The open tasks."""

    items = fields.List(fields.Nested(TaskSchema), dump_only=True)


class BusySchema(Schema):
    """Time that a slot would clash with."""

    starts_at = Moment(dump_only=True)
    ends_at = Moment(dump_only=True)
    grade = one_of(Grade, dump_only=True)
    rule = one_of(Rule, dump_only=True)
    reason = fields.String(dump_only=True)


class PlacesSchema(Schema):
    """For each room by its code, the empty word being the whole venue, the times that a slot would clash with."""

    version = fields.Integer(dump_only=True)
    rooms = fields.Dict(keys=fields.String(), values=fields.List(fields.Nested(BusySchema)), dump_only=True)


class CodeList(fields.List[Any], FormField):
    """Codes of sessions; of a form, one input each that names a title and its code, or the code alone."""

    def of_form(self, data: Any, name: str) -> list[str]:
        """The codes that were typed."""
        return [in_brackets(words) for words in self.typed(data, name)]

    def typed(self, data: Any, name: str) -> list[str]:
        """What was typed."""
        return [words.strip() for words in data.getlist(name) if words.strip()]


def order_words(title: str, code: str) -> str:
    """How a form names a session."""
    return f"{title} ({code})"


class OrderSchema(Schema):
    """The codes of the sessions that must have ended before one begins."""

    after = CodeList(
        Words(length=60),
        required=True,
        validate=validate.Length(max=MOST_BEFORE, error=N_("At most %(most)s sessions.", most=MOST_BEFORE)),
    )
