"""The shapes of what helps writing at the press desk: comments on paragraphs, and two texts compared."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from confapp.domain.press.differences import Change
from confapp.schemas.base import Moment, Schema, Words, one_of
from confapp.schemas.press import BlockSchema


class CommentSchema(Schema):
    """A remark about a paragraph (`block`, its id), or about the whole text."""

    id = fields.Integer(dump_only=True)
    block = fields.Integer(allow_none=True, load_default=None)
    text = Words(length=2_000, required=True, metadata={"input": "textarea"})
    by = fields.Function(lambda comment: comment.account.person.name if comment.account else None, dump_only=True)
    at = Moment(dump_only=True)
    resolved_at = Moment(dump_only=True)

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """A comment's paragraph is told by its id."""
        return obj.block_id if attr == "block" else super().get_attribute(obj, attr, default)


class PieceSchema(Schema):
    """Words that both texts have, or (`is_marked`) that only this one has."""

    text = fields.String(dump_only=True)
    is_marked = fields.Boolean(dump_only=True)


class PairSchema(Schema):
    """A paragraph as it was and as it is, in pieces; `change`: same, changed, added or removed."""

    change = one_of(Change, dump_only=True)
    old = fields.Nested(BlockSchema, dump_only=True, allow_none=True)
    new = fields.Nested(BlockSchema, dump_only=True, allow_none=True)
    before = fields.List(fields.Nested(PieceSchema), dump_only=True)
    after = fields.List(fields.Nested(PieceSchema), dump_only=True)


class FieldPairSchema(Schema):
    """A field beside the paragraphs that differs, in pieces."""

    name = fields.String(dump_only=True)
    before = fields.List(fields.Nested(PieceSchema), dump_only=True)
    after = fields.List(fields.Nested(PieceSchema), dump_only=True)


class ComparisonSchema(Schema):
    """Two texts of a transcript, the older one first; `choices` are the keys that `?with=` takes."""

    before = fields.Pluck("SideSchema", "key", dump_only=True)
    after = fields.Pluck("SideSchema", "key", dump_only=True)
    choices = fields.List(fields.Pluck("SideSchema", "key"), dump_only=True)
    fields_ = fields.Function(
        lambda compared: FieldPairSchema(many=True).dump(
            [{"name": name, "before": before, "after": after} for name, before, after in compared.fields]
        ),
        dump_only=True,
        data_key="fields",
    )
    pairs = fields.List(fields.Nested(PairSchema), dump_only=True)


class SideSchema(Schema):
    """A text of a transcript: a version's UUID, or `<UUID>.<number>` for an earlier edit of it."""

    key = fields.String(dump_only=True)
