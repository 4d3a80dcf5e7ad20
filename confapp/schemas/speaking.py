"""The shapes of a speaker's own part as programs read it: who she is, when she can come, her sessions."""

from __future__ import annotations

from marshmallow import fields

from confapp.domain.programme.sessions import SessionState
from confapp.schemas.availability import AvailabilitySchema
from confapp.schemas.base import Moment, Schema, Texts, one_of
from confapp.schemas.conferences import NAME
from confapp.schemas.people import SpeakerSelfSchema


class OwnEntrySchema(Schema):
    """When and where a session takes place, as released; a room of null is the whole venue."""

    starts_at = Moment(dump_only=True)
    ends_at = Moment(dump_only=True)
    room = fields.String(dump_only=True, allow_none=True)


class OwnSessionSchema(Schema):
    """A session in which the speaker has a part; `entries` only once they are public."""

    code = fields.String(dump_only=True)
    title = Texts(length=NAME, dump_only=True)
    state = one_of(SessionState, dump_only=True)
    entries = fields.List(fields.Nested(OwnEntrySchema), dump_only=True)


class OwnPartSchema(Schema):
    """Everything that a speaker sees to."""

    conference = fields.String(dump_only=True)
    profile = fields.Nested(SpeakerSelfSchema, dump_only=True)
    availability = fields.Nested(AvailabilitySchema, dump_only=True)
    has_picture = fields.Boolean(dump_only=True)
    sessions = fields.List(fields.Nested(OwnSessionSchema), dump_only=True)


class OwnCalendarSchema(Schema):
    """The secret addresses of one's own sessions, as a calendar and for print; told once."""

    address = fields.Url(dump_only=True)
    pdf = fields.Url(dump_only=True)
