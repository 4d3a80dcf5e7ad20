"""The shapes of sessions, speakers, slots and releases."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import fields, validate

from confapp.domain.errors import N_
from confapp.domain.programme.sessions import Kind, PartRole, SessionState
from confapp.schemas.base import (
    FormField,
    Moment,
    Ref,
    Schema,
    Texts,
    Words,
    email,
    language_tag,
    one_of,
    web_address,
)
from confapp.schemas.conferences import NAME, PARAGRAPHS, country

LONGEST_MINUTES = 24 * 60


class SpeakerSchema(Schema):
    """A speaker's profile."""

    code = fields.String(dump_only=True)
    uuid = fields.UUID(dump_only=True)
    number = fields.Integer(dump_only=True)
    name = Words(length=NAME, required=True)
    affiliation = Words(length=NAME, load_default="")
    country = country(load_default=None)
    biography = Texts(length=PARAGRAPHS, is_rich=True, load_default=dict)
    email = email(allow_none=True, load_default=None)
    letter_language = language_tag(allow_none=True, load_default=None)


class PartField(fields.Field[tuple[str, PartRole]]):
    """Who does what: `{"speaker": code, "role": role}`, or `code role` as a form sends it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_options: Any) -> tuple[str, PartRole]:
        if isinstance(value, str):
            code, _, role = value.strip().partition(" ")
            value = {"speaker": code, "role": role or PartRole.SPEAKER.value}
        try:
            return str(value["speaker"]).strip(), PartRole(value.get("role", PartRole.SPEAKER.value))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise self.make_error("invalid") from error

    default_error_messages = {
        "invalid": N_("Name a speaker's code and a role: speaker, panellist or chair."),
    }

    def _serialize(self, value: Any, attr: str | None, obj: Any, **_options: Any) -> Any:
        return {"speaker": value.speaker.code, "role": value.role.value}


class PartList(fields.List[Any], FormField):
    """Who does what; of a form, rows of `<name>.who` (`Ada Lindqvist (CODE)` or the code alone) and `<name>.role`."""

    def of_form(self, data: Any, name: str) -> list[dict[str, str]]:
        """The rows in which somebody is named."""
        return [{"speaker": in_brackets(who), "role": role} for who, role in self.typed(data, name)]

    def typed(self, data: Any, name: str) -> list[tuple[str, str]]:
        """The same rows as they were typed."""
        rows = zip(data.getlist(f"{name}.who"), data.getlist(f"{name}.role"), strict=False)
        return [(who.strip(), role) for who, role in rows if who.strip()]


def part_words(name: str, code: str) -> str:
    """How a form names somebody who has a part."""
    return f"{name} ({code})"


def in_brackets(who: str) -> str:
    """The code at the end of what a form names somebody or something by, or all of it."""
    found = re.search(r"\(([^()\s]+)\)$", who)
    return found[1] if found else who


class LinkSchema(Schema):
    """Something elsewhere that belongs to a session."""

    url = web_address(required=True)
    title = Words(length=NAME, load_default="")
    is_attachment = fields.Boolean(load_default=False)


class LinkField(fields.Nested):
    """A link; a form types one a line: the address, then its title."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, partial: Any = None, **options: Any) -> Any:
        if isinstance(value, str):
            url, _, title = value.strip().partition(" ")
            value = {"url": url, "title": title.strip()}
        return super()._deserialize(value, attr, data, False, **options)  # sent whole, even in a partial edit


class LinkList(fields.List[Any]):
    """Links; of a form, one a line of a single text."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> list[Any]:
        if isinstance(value, list) and len(value) == 1 and isinstance(value[0], str):
            value = [line for line in value[0].splitlines() if line.strip()]
        return super()._deserialize(value, attr, data, **options)


class SessionSchema(Schema):
    """A programme item; `track` is a slug, `parts` name speakers by code."""

    code = fields.String(dump_only=True)
    uuid = fields.UUID(dump_only=True)
    number = fields.Integer(dump_only=True)
    kind = one_of(Kind, load_default=Kind.TALK)
    state = one_of(SessionState, load_default=SessionState.ACCEPTED)
    track = Ref()
    title = Texts(length=300, required=True)
    subtitle = Texts(length=300, load_default=dict)
    abstract = Texts(length=PARAGRAPHS, is_rich=True, load_default=dict)
    description = Texts(length=PARAGRAPHS, is_rich=True, load_default=dict)
    language = language_tag(allow_none=True, load_default=None)
    duration_minutes = fields.Integer(
        load_default=30,
        validate=validate.Range(1, LONGEST_MINUTES, error=N_("Between 1 minute and 24 hours (1440 minutes).")),
    )
    expected = fields.Integer(
        allow_none=True, load_default=None, validate=validate.Range(0, 1_000_000, error=N_("Between 0 and 1000000."))
    )
    is_recorded = fields.Boolean(allow_none=True, load_default=None)
    is_chatham_house = fields.Boolean(load_default=False)
    parts = PartList(PartField(), load_default=list, validate=validate.Length(max=100, error=N_("At most 100 people.")))
    links = LinkList(
        LinkField(LinkSchema),
        load_default=list,
        metadata={"input": "textarea"},
        validate=validate.Length(max=50, error=N_("At most 50 links.")),
    )
    online = web_address(allow_none=True, load_default=None)
    notes = Words(length=PARAGRAPHS, load_default="", metadata={"input": "textarea"})
    version = fields.Integer(allow_none=True, load_default=None, metadata={"input": "hidden"})


class SlotSchema(Schema):
    """A place for a slot. `room` is a code, null means the whole venue; `expected` is the version that was seen."""

    uuid = fields.UUID(dump_only=True)
    number = fields.Integer(dump_only=True)
    session = Ref(by="code", dump_only=True)
    version = fields.Integer(dump_only=True)
    room = Ref(by="code")
    starts_at = Moment(required=True)
    ends_at = Moment(allow_none=True, load_default=None)
    minutes = fields.Integer(
        allow_none=True,
        load_default=None,
        validate=validate.Range(1, LONGEST_MINUTES, error=N_("Between 1 minute and 24 hours (1440 minutes).")),
    )
    expected = fields.Integer(allow_none=True, load_default=None, metadata={"input": "hidden"})
    override = Words(length=500, allow_none=True, load_default=None)


class BlockerSchema(SlotSchema):
    """A slot without a session: kept free for a reason that the public never sees."""

    note = Words(length=NAME, required=True)


class SeenSchema(Schema):
    """The version that the asker saw, of a thing that a single button changes."""

    expected = fields.Integer(required=True)


class ReleaseSchema(Schema):
    """A release of the draft; `expected` is the schedule's version that was looked at."""

    number = fields.Integer(dump_only=True)
    released_at = Moment(dump_only=True)
    note = Texts(length=2_000, load_default=dict)
    expected = fields.Integer(allow_none=True, load_default=None, metadata={"input": "hidden"})
    override = Words(length=500, allow_none=True, load_default=None)


class RollBackSchema(Schema):
    """Going back to an earlier release; `expected` is the number of the latest one that was seen."""

    expected = fields.Integer(allow_none=True, load_default=None, metadata={"input": "hidden"})
    note = Texts(length=2_000, load_default=dict)
