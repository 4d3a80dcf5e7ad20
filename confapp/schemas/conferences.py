"""The shapes of conferences, tracks, hosts, venues and rooms."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from marshmallow import fields, validate

from confapp.domain.errors import N_
from confapp.domain.permissions import Role
from confapp.domain.programme.conferences import TRACK_COLOURS
from confapp.schemas.base import (
    LANGUAGE_TAG,
    SLUG,
    Moment,
    Ref,
    Schema,
    Texts,
    Words,
    day,
    email,
    language_tag,
    one_of,
    web_address,
)

NAME = 200
PARAGRAPHS = 20_000
MOST_LANGUAGES = 12


def slug(**options: Any) -> Words:
    """A word of an address: a-z, 0-9 and hyphens."""
    shape = validate.Regexp(SLUG, error=N_("Use small letters a to z, digits and single hyphens."))
    return Words(length=60, shape=shape, **options)


def country(**options: Any) -> Words:
    """An ISO 3166-1 alpha-2 code."""
    shape = validate.Regexp("^[A-Z]{2}$", error=N_("Give the country's two capital letters, such as BE."))
    return Words(length=2, shape=shape, allow_none=True, metadata={"options": "countries"}, **options)


class WordList(fields.List[Any]):
    """Words; a form types them with commas."""

    comma = re.compile(",")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> list[Any]:
        if isinstance(value, list) and len(value) == 1 and isinstance(value[0], str):
            value = [word for word in map(str.strip, self.comma.split(value[0])) if word]
        return list(dict.fromkeys(super()._deserialize(value, attr, data, **options)))


class TagList(WordList):
    """BCP 47 tags, the first language first; a form types them with commas or blanks."""

    comma = re.compile(r"[,\s]")


class ConferenceSchema(Schema):
    """A conference. `languages` decide which texts it takes."""

    uuid = fields.UUID(dump_only=True)
    slug = slug(required=True)
    title = Texts(length=NAME, required=True)
    tagline = Texts(length=300, load_default=dict)
    description = Texts(length=PARAGRAPHS, is_rich=True, load_default=dict)
    timezone = Words(length=64, required=True)
    starts_on = day(required=True)
    ends_on = day(required=True)
    day_change = fields.Time(load_default=dt.time(0))
    languages = TagList(
        language_tag(),
        required=True,
        metadata={"input": "text"},
        validate=validate.Length(min=1, max=MOST_LANGUAGES, error=N_("Name 1 to 12 languages, such as en, fr.")),
    )
    city = Words(length=100, load_default="")
    country = country(load_default=None)
    url = web_address(allow_none=True, load_default=None)
    contact = email(allow_none=True, load_default=None)
    is_public = fields.Boolean(load_default=True)
    may_approve_own = fields.Boolean(load_default=False)

    def load(self, data: Any, **options: Any) -> Any:
        """Read the languages first: they decide in which ones texts may be written."""
        self.read_languages(data)
        return super().load(data, **options)

    def read_languages(self, data: Any) -> None:
        """Take the languages from the values, as far as they can be read."""
        given = data.get("languages") if hasattr(data, "get") else None
        tags = TagList.comma.split(given) if isinstance(given, str) else given if isinstance(given, list) else []
        stripped = [tag.strip() for tag in tags if isinstance(tag, str)]
        readable = [tag for tag in stripped if re.match(LANGUAGE_TAG, tag)]
        if readable:
            self.written_in = tuple(dict.fromkeys(readable))[:MOST_LANGUAGES]


class ConferenceEditSchema(ConferenceSchema):
    """A conference that stands: its slug is for ever."""

    class Meta(ConferenceSchema.Meta):
        """Without the slug."""

        exclude = ("slug",)


class TrackSchema(Schema):
    """A track."""

    uuid = fields.UUID(dump_only=True)
    slug = slug(allow_none=True, load_default=None)
    name = Texts(length=NAME, required=True)
    colour = fields.Integer(
        allow_none=True,
        load_default=None,
        validate=validate.Range(1, TRACK_COLOURS, error=N_("Choose a colour from 1 to %(most)s.", most=TRACK_COLOURS)),
    )


class HostSchema(Schema):
    """An institution that hosts."""

    uuid = fields.UUID(dump_only=True)
    slug = slug(allow_none=True, load_default=None)
    name = Texts(length=NAME, required=True)
    description = Texts(length=PARAGRAPHS, is_rich=True, load_default=dict)
    country = country(load_default=None)
    url = web_address(allow_none=True, load_default=None)
    contact_name = Words(length=NAME, load_default="")
    contact_email = email(allow_none=True, load_default=None)


class VenueSchema(Schema):
    """A building; `host` is a host's slug."""

    uuid = fields.UUID(dump_only=True)
    slug = slug(allow_none=True, load_default=None)
    name = Texts(length=NAME, required=True)
    host = Ref()
    address = Words(length=300, load_default="")
    city = Words(length=100, load_default="")
    latitude = fields.Float(
        allow_none=True, load_default=None, validate=validate.Range(-90, 90, error=N_("Between -90 and 90 degrees."))
    )
    longitude = fields.Float(
        allow_none=True,
        load_default=None,
        validate=validate.Range(-180, 180, error=N_("Between -180 and 180 degrees.")),
    )


class RoomSchema(Schema):
    """A room; `venue` and `host` are slugs."""

    uuid = fields.UUID(dump_only=True)
    code = slug(allow_none=True, load_default=None)
    name = Texts(length=NAME, required=True)
    venue = Ref()
    host = Ref()
    capacity = fields.Integer(
        allow_none=True,
        load_default=None,
        validate=validate.Range(1, 1_000_000, error=N_("Between 1 and 1000000 seats.")),
    )
    floor = Words(length=40, load_default="")
    is_step_free = fields.Boolean(allow_none=True, load_default=None)
    equipment = WordList(
        Words(length=60),
        load_default=list,
        metadata={"input": "text"},
        validate=validate.Length(max=50, error=N_("At most 50 things.")),
    )
    changeover_minutes = fields.Integer(
        load_default=0, validate=validate.Range(0, 1440, error=N_("Between 0 minutes and 24 hours (1440 minutes)."))
    )
    position = fields.Integer(
        load_default=None, allow_none=True, validate=validate.Range(0, 100_000, error=N_("Between 0 and 100000."))
    )


class GrantSchema(Schema):
    """A role for an account; `scope` is the slug, code or UUID of what it is narrowed to, perhaps after its kind.

    `name` is whose it is, for an address that has no account yet: it is invited.
    """

    email = email(required=True)
    name = Words(length=200, load_default="", load_only=True)
    role = one_of(Role, required=True)
    scope = Words(length=90, allow_none=True, load_default=None)
    expires_at = Moment(allow_none=True, load_default=None)


class ProgrammeSchema(Schema):
    """A programme file to import, and the zone that its times are in."""

    file = fields.Raw(required=True, metadata={"input": "file"})
    timezone = Words(length=64, required=True)
