"""The shape of an import that was applied, as programs see it."""

from __future__ import annotations

from marshmallow import fields

from confapp.schemas.base import Schema


class ImportSchema(Schema):
    """One import: of which file, when, by whom, how much it brought, and whether it was undone."""

    uuid = fields.UUID(dump_only=True)
    source = fields.String(dump_only=True)
    name = fields.String(dump_only=True)
    at = fields.AwareDateTime(dump_only=True)
    by = fields.Function(lambda run: run.account.email if run.account else None, dump_only=True)
    counts = fields.Dict(dump_only=True)
    undone_at = fields.AwareDateTime(dump_only=True, allow_none=True)
