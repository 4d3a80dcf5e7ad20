"""The shapes of the press desk and the stage desk: versions with their paragraphs, and what each deed needs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from confapp.domain.errors import N_
from confapp.domain.live.stage import Fact
from confapp.domain.press.transcripts import Correction, Policy, VersionKind, VersionState
from confapp.domain.press.wording import BlockKind
from confapp.schemas.base import FormField, Moment, Ref, Schema, Words, day, language_tag, one_of

PARAGRAPH = 20_000
MOST_BLOCKS = 5_000
REASON = 500

ELISIONS = ("omission", "inaudible", "unclassified")
"""What missing words can be."""
PAUSE = "pause"
"""An elision that turned out to stand for no missing words; in a form only."""

_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")


class ElisionSchema(Schema):
    """Words that are missing at `offset` (characters into the paragraph); `text` is the mark that says so."""

    offset = fields.Integer(required=True, validate=validate.Range(0))
    text = fields.String(required=True, validate=validate.Length(max=200))
    kind = fields.String(
        required=True,
        validate=validate.OneOf(ELISIONS, error=N_("Missing words are an omission, inaudible, or unclassified.")),
    )


class CueSchema(Schema):
    """When the words from `offset` were said, in milliseconds of the recording."""

    offset = fields.Integer(required=True, validate=validate.Range(0))
    starts_ms = fields.Integer(required=True, validate=validate.Range(0))
    ends_ms = fields.Integer(required=True, validate=validate.Range(0))


class BlockSchema(Schema):
    """One paragraph. `id` is its own for ever; a new one has none. `decided` says what held elisions stand for."""

    id = fields.Integer(allow_none=True, load_default=None, strict=True)
    kind = fields.String(
        load_default=BlockKind.SPEECH.value,
        validate=validate.OneOf([kind.value for kind in BlockKind], error=N_("This is no kind of paragraph.")),
    )
    speaker = Words(length=200, allow_none=True, load_default=None)
    text = Words(length=PARAGRAPH, required=True)
    elisions = fields.List(fields.Nested(ElisionSchema))
    cues = fields.List(fields.Nested(CueSchema))
    decided = fields.Dict(
        keys=fields.Integer(),
        values=fields.String(allow_none=True, validate=validate.OneOf(ELISIONS)),
        load_only=True,
    )

    @validates_schema(skip_on_field_errors=True)
    def check_marks(self, block: dict[str, Any], **_options: Any) -> None:
        """A mark of missing words stands where it says."""
        text = block.get("text", "")
        for place, each in enumerate(block.get("elisions") or ()):
            if not text.startswith(each["text"], each["offset"]):
                raise ValidationError({place: [N_("The paragraph has no such words at this offset.")]}, "elisions")


class Whole(fields.Nested):
    """A thing that is sent whole, even where the edit around it is partial."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, partial: Any = None, **options: Any) -> Any:
        return super()._deserialize(value, attr, data, False, **options)


class BlockList(fields.List[Any], FormField):
    """Paragraphs. A form sends them as rows under repeated keys: `blocks.id`, `.kind`, `.speaker` and `.text`.

    In a form a blank line within a row begins another paragraph, a row without words is left out, and
    `blocks.<id>.elision.<offset>` says what a mark of missing words stands for.
    """

    def __init__(self, **options: Any) -> None:
        too_many = N_("At most %(count)s paragraphs.", count=MOST_BLOCKS)
        super().__init__(Whole(BlockSchema), validate=validate.Length(max=MOST_BLOCKS, error=too_many), **options)

    def of_form(self, data: Any, name: str) -> list[dict[str, Any]]:
        """The rows of a form as paragraphs."""
        columns = [data.getlist(f"{name}.{key}") for key in ("id", "kind", "speaker", "text")]
        made: list[dict[str, Any]] = []
        for identifier, kind, speaker, text in zip(*columns, strict=False):
            cut = [part.strip() for part in _BLANK_LINES.split(text.replace("\r\n", "\n").strip())]
            for place, words in enumerate(part for part in cut if part):
                keeps = place == 0 and identifier.isdecimal()
                made.append(
                    {"id": int(identifier) if keeps else None, "kind": kind, "speaker": speaker or None, "text": words}
                )
                decided = _decided(data, f"{name}.{identifier}.elision.") if keeps else {}
                if decided:
                    made[-1]["decided"] = decided
        return made

    def typed(self, data: Any, name: str) -> list[dict[str, Any]]:
        """The same, cut at its blank lines: what is wrong is named by the place in this list."""
        return self.of_form(data, name)


def _decided(data: Mapping[str, str], prefix: str) -> dict[str, str | None]:
    return {
        name.removeprefix(prefix): None if kind == PAUSE else kind
        for name, kind in data.items()
        if name.startswith(prefix)
    }


class VersionSchema(Schema):
    """One kind of words in one language. `session` is a code; `expected` is the lock version that was seen."""

    uuid = fields.UUID(dump_only=True)
    transcript = fields.Pluck("TranscriptSchema", "uuid", dump_only=True)
    state = one_of(VersionState, dump_only=True)
    lock_version = fields.Integer(dump_only=True)
    hash = fields.String(dump_only=True)
    is_confirmed = fields.Boolean(dump_only=True)
    policy = one_of(Policy, dump_only=True)
    policy_at = Moment(dump_only=True)
    changed_at = Moment(dump_only=True)
    session = Ref(by="code")
    kind = one_of(VersionKind, required=True)
    language = language_tag(required=True)
    kicker = Words(length=100, load_default="")
    headline = Words(length=300, load_default="")
    byline = Words(length=200, load_default="")
    byline_role = Words(length=200, load_default="")
    summary = Words(length=5_000, load_default="", metadata={"input": "textarea"})
    caption = Words(length=300, load_default="")
    place = Words(length=200, allow_none=True, load_default=None)
    delivered_on = day(allow_none=True, load_default=None)
    page_date = day(allow_none=True)
    correction = one_of(Correction, allow_none=True)
    correction_note = Words(length=REASON)
    blocks = BlockList(load_default=list)
    translation_of = fields.UUID(allow_none=True, load_only=True)
    expected = fields.Integer(allow_none=True, load_only=True, metadata={"input": "hidden"})

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """A version's session is its transcript's."""
        return obj.transcript.session if attr == "session" else super().get_attribute(obj, attr, default)


class TranscriptSchema(Schema):
    """The words of a session as a work."""

    uuid = fields.UUID(dump_only=True)


class ImportSchema(Schema):
    """An uploaded transcript, and the session whose words it holds."""

    file = fields.Raw(required=True, metadata={"input": "file"})
    session = Ref(by="code")


class EmptySchema(Schema):
    """A deed that needs nothing but itself."""


class ExpectedSchema(Schema):
    """A deed on exactly what was looked at: `expected` is its lock version."""

    expected = fields.Integer(required=True, metadata={"input": "hidden"})


class ReasonSchema(Schema):
    """A deed that needs a reason."""

    reason = Words(length=REASON, required=True, metadata={"input": "textarea"})


class HoldSchema(Schema):
    """A hold is instant: a reason is welcome, and not needed."""

    reason = Words(length=REASON, load_default="", metadata={"input": "textarea"})


class ApproveSchema(Schema):
    """An approval of the words whose hash is `seen`."""

    seen = Words(length=64, required=True, metadata={"input": "hidden"})
    is_checked = fields.Boolean(load_default=False)


class ArmSchema(Schema):
    """When the words go out. No policy is preset; `at` goes with those that name a time, and with no other."""

    policy = one_of(Policy, required=True)
    at = Moment(allow_none=True, load_default=None)
    undo_seconds = fields.Integer(
        load_default=60, validate=validate.Range(0, 3600, error=N_("Between 0 and 3600 seconds."))
    )
    is_not_delivered = fields.Boolean(load_default=False)


class CorrectSchema(Schema):
    """Why released words are replaced: published with the new ones."""

    category = one_of(Correction, required=True)
    note = Words(length=REASON, required=True, metadata={"input": "textarea"})


class WithdrawSchema(Schema):
    """A withdrawal: by default of all versions and translations."""

    reason = Words(length=REASON, required=True, metadata={"input": "textarea"})
    is_everything = fields.Boolean(load_default=True)


class FactSchema(Schema):
    """What the stage desk says of a slot."""

    fact = one_of(Fact, required=True)
    at = Moment(dump_only=True)


class PublicationSchema(Schema):
    """One publication in a list; the words themselves lie at its address."""

    id = fields.String(dump_only=True, attribute="public_id")
    version = fields.Integer(dump_only=True, attribute="number")
    kind = fields.String(dump_only=True)
    language = fields.String(dump_only=True)
    session = fields.String(dump_only=True)
    headline = fields.String(dump_only=True)
    byline = fields.String(dump_only=True)
    delivered_on = fields.Date(dump_only=True)
    sha256 = fields.String(dump_only=True, attribute="hash")
    released_at = Moment(dump_only=True)
