"""The shapes of registrations and of those who make them."""

from __future__ import annotations

from marshmallow import fields, validate

from confapp.domain.attendance.registrations import Category
from confapp.domain.errors import N_
from confapp.schemas.base import Moment, Schema, Texts, Words, email, language_tag, one_of
from confapp.schemas.conferences import NAME, PARAGRAPHS, country

PASSWORD_LEAST, PASSWORD_MOST = 12, 128
"""Characters of a password."""


class RegistrationSchema(Schema):
    """What somebody signed in says when they register."""

    category = one_of(Category, required=True)
    organisation = Words(length=NAME, load_default="")


class GuestSchema(RegistrationSchema):
    """What somebody without an account says: it makes one on the way."""

    name = Words(length=NAME, required=True)
    email = email(required=True)
    password = fields.String(
        required=True,
        metadata={"input": "password"},
        validate=validate.Length(
            PASSWORD_LEAST,
            PASSWORD_MOST,
            error=N_("Between %(least)s and %(most)s characters.", least=PASSWORD_LEAST, most=PASSWORD_MOST),
        ),
    )


class AttendeeSchema(RegistrationSchema):
    """An attendee whom the organisers enter."""

    code = fields.String(dump_only=True)
    uuid = fields.UUID(dump_only=True)
    registered_at = Moment(dump_only=True)
    cancelled_at = Moment(dump_only=True)
    name = Words(length=NAME, required=True)
    email = email(allow_none=True, load_default=None)


class SpeakerSelfSchema(Schema):
    """What a speaker says of herself."""

    name = Words(length=NAME, required=True)
    affiliation = Words(length=NAME, load_default="")
    country = country(load_default=None)
    biography = Texts(length=PARAGRAPHS, is_rich=True, load_default=dict)
    letter_language = language_tag(allow_none=True, load_default=None)
    needs = Words(length=5_000, load_default="", metadata={"input": "textarea"})


class NeedsSchema(Schema):
    """What a speaker needs: access, technology, food, travel."""

    needs = Words(length=5_000, required=True, metadata={"input": "textarea"})


class EraseSchema(Schema):
    """The name of somebody who is erased, typed by whoever erases them."""

    name = Words(length=NAME, required=True)


class ErasureSchema(Schema):
    """What an erasure changes, in numbers, and the publications in which the name stays among the words."""

    profiles = fields.Integer(dump_only=True)
    releases = fields.Integer(dump_only=True)
    publications = fields.Integer(dump_only=True)
    versions = fields.Integer(dump_only=True)
    imports = fields.Integer(dump_only=True)
    staying = fields.List(fields.Url(), dump_only=True)
    has_account = fields.Boolean(dump_only=True)
    has_registration = fields.Boolean(dump_only=True)
    elsewhere = fields.Integer(dump_only=True)


class SpeakerPageSchema(Schema):
    """A speaker's secret address, told once."""

    address = fields.Url(dump_only=True)


class ConfirmSchema(Schema):
    """A session that its speaker confirms."""

    session = Words(length=12, required=True)


class PictureSchema(Schema):
    """A photo or a logo, as a file."""

    picture = fields.Raw(required=True, metadata={"input": "file"})
