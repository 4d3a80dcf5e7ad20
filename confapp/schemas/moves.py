"""The shapes of bulk moves, of undoing, and of the history that both write."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from confapp.domain.errors import N_
from confapp.domain.programme.slots import Deed
from confapp.domain.schedule.moves import MOVES
from confapp.schemas.base import Moment, Ref, Schema, Words
from confapp.schemas.base import day as calendar_day
from confapp.schemas.sessions import LONGEST_MINUTES

MOST_SLOTS = 2_000


def _names(**options: Any) -> fields.List[Any]:
    """Codes of rooms or sessions."""
    return fields.List(Words(length=60), load_default=list, **options)


class ChoiceSchema(Schema):
    """Which placed slots: by UUID, or all that a filter leaves, or what both share; `sessions` that wait, by code."""

    slots = fields.List(
        fields.UUID(error_messages={"invalid_uuid": N_("Name slots by their UUIDs.")}),
        load_default=list,
        validate=validate.Length(max=MOST_SLOTS, error=N_("At most 2000 slots.")),
    )
    sessions = _names(validate=validate.Length(max=MOST_SLOTS, error=N_("At most 2000 sessions.")))
    of_day = calendar_day(allow_none=True, load_default=None)
    of_rooms = _names()
    of_track = Ref()
    since = fields.Time(allow_none=True, load_default=None)
    until = fields.Time(allow_none=True, load_default=None)


class MoveSchema(ChoiceSchema):
    """A bulk move; `expected` is the schedule's version of the preview, without which nothing is done."""

    move = fields.Enum(
        Deed,
        by_value=True,
        required=True,
        validate=validate.OneOf(MOVES, error=N_("This is no bulk move.")),
    )
    preview = fields.Boolean(load_default=False)
    minutes = fields.Integer(
        load_default=0,
        validate=validate.Range(-LONGEST_MINUTES, LONGEST_MINUTES, error=N_("At most 24 hours (1440 minutes).")),
    )
    day = calendar_day(allow_none=True, load_default=None)
    starts_at = Moment(allow_none=True, load_default=None)
    room = Ref(by="code")
    rooms = _names()
    track = Ref()
    expected = fields.Integer(allow_none=True, load_default=None, metadata={"input": "hidden"})
    override = Words(length=500, allow_none=True, load_default=None)


class UndoSchema(Schema):
    """Which step to take back or do again: none names the asker's own last one."""

    version = fields.Integer(allow_none=True, load_default=None, metadata={"input": "hidden"})
    with_later = fields.Boolean(load_default=False, metadata={"input": "hidden"})
    preview = fields.Boolean(load_default=False)
    expected = fields.Integer(allow_none=True, load_default=None, metadata={"input": "hidden"})
    override = Words(length=500, allow_none=True, load_default=None)
