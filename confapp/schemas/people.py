"""The shapes of registrations and of those who make them."""

from __future__ import annotations

from marshmallow import fields, validate

from confapp.domain.errors import N_
from confapp.domain.registrations import Category
from confapp.schemas.base import Moment, Schema, Words, email, one_of
from confapp.schemas.conferences import NAME

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
