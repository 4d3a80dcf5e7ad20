"""The shapes that only the board sends."""

from __future__ import annotations

from marshmallow import fields

from confapp.schemas.base import Schema


class PresenceSchema(Schema):
    """That a page has the board open; `slot` is what is picked up there, or null."""

    slot = fields.UUID(allow_none=True, load_default=None)
