"""What all schemas share: one reader for JSON and forms, texts by language, moments on the conference's clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import marshmallow as ma
from marshmallow import ValidationError, fields

from confapp.domain.cleaning import clean_html, printable, seen
from confapp.domain.errors import N_
from confapp.schemas.moments import IN_YEARS, YEARS, offset_of, read_moment, typed_twice

LANGUAGE_TAG = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
_SAID: dict[type[fields.Field[Any]], dict[str, str]] = {
    fields.Field: {"required": N_("Fill this in."), "null": N_("Fill this in.")},
    fields.String: {"invalid": N_("Give this as text.")},
    fields.Number: {"invalid": N_("Give a number."), "too_large": N_("This number is too large.")},
    fields.Integer: {"invalid": N_("Give a whole number.")},
    fields.Boolean: {"invalid": N_("Give true or false.")},
    fields.Date: {"invalid": N_("Give a date such as 2026-05-18.")},
    fields.Time: {"invalid": N_("Give a time of day such as 09:30.")},
    fields.Email: {"invalid": N_("Give an e-mail address such as ada@example.org.")},
    fields.Url: {"invalid": N_("Give a whole address such as https://example.org/page.")},
    fields.List: {"invalid": N_("Give a list.")},
}
for _kind, _messages in _SAID.items():
    _kind.default_error_messages = {**_kind.default_error_messages, **_messages}


class Schema(ma.Schema):
    """The shape of what comes in, JSON and forms alike.

    `zone` is the conference's, for times of day without an offset; `languages` are the conference's, for texts.
    Of a form, blank is null, repeated keys are a list, an absent checkbox is false, and fields that the schema does not
    declare (the CSRF token) are dropped; JSON with undeclared fields is refused. Control characters are dropped from
    both.
    """

    class Meta:
        """Undeclared fields are refused."""

        unknown = ma.RAISE

    def __init__(
        self,
        *,
        is_form: bool = False,
        zone: ZoneInfo | None = None,
        languages: Sequence[str] = ("en",),
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.is_form = is_form
        self.zone = zone
        self.written_in = tuple(languages)

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """No whole number is taken that no database holds."""
        if isinstance(field_obj, fields.Integer):
            limits = [each.max for each in field_obj.validators if isinstance(each, ma.validate.Range)]
            if all(each is None for each in limits):
                field_obj.validators = [*field_obj.validators, storable]

    @ma.pre_load
    def read_form(self, data: Any, **_options: Any) -> Any:
        """A form's keys as the values JSON would have, and either without control characters."""
        if not self.is_form:
            return _printable(data)
        read: dict[str, Any] = {}
        for name, field in self.load_fields.items():
            value = self._of_form(data, name, field)
            if value is not ma.missing:
                read[name] = _printable(value)
        return read

    def _of_form(self, data: Any, name: str, field: fields.Field[Any]) -> Any:
        if isinstance(field, Texts):
            return {language: data.get(f"{name}.{language}", "") for language in languages_sent(self, data, name)}
        if isinstance(field, FormField):
            return field.of_form(data, name)
        if isinstance(field, fields.List | fields.Nested):
            given = data.getlist(name) if hasattr(data, "getlist") else data.get(name, [])
            return [item for item in given if item != ""]
        if isinstance(field, fields.Boolean):
            if field.allow_none and data.get(name) in (None, ""):
                return None if name in data else ma.missing
            return data.get(name, False)
        if name not in data:
            return ma.missing
        value = data[name].strip() if isinstance(data[name], str) else data[name]
        if value != "":
            return value + _chosen_offset(self, data, name) if isinstance(field, Moment) else value
        if field.allow_none:
            return None
        return "" if isinstance(field, fields.String) and not field.required else ma.missing


def storable(number: int) -> None:
    """A validator: a whole number of 64 bits."""
    if not -(2**63) <= number < 2**63:
        raise ValidationError([N_("This number is too large.")])


def _chosen_offset(schema: Schema, data: Any, name: str) -> str:
    """The offset that a form sends beside a time which the clocks show twice; '' beside any other."""
    chosen = data.get(f"{name}.offset", "")
    return chosen if chosen in map(offset_of, typed_twice(data[name], schema.zone)) else ""


def languages_sent(schema: Schema, data: Any, name: str) -> list[str]:
    """The languages of a text in a form: the conference's, and others in which words were sent all the same."""
    sent = [key.removeprefix(f"{name}.") for key in data if key.startswith(f"{name}.") and data.get(key)]
    return list(dict.fromkeys([*schema.written_in, *sent]))


def _printable(value: Any) -> Any:
    """A value with every text in it printable."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, list):
        return [_printable(each) for each in value]
    if isinstance(value, Mapping):
        return {key: _printable(each) for key, each in value.items()}
    return value


class FormField(fields.Field[Any]):
    """A field that takes several inputs of a form."""

    def of_form(self, data: Any, name: str) -> Any:
        """The value that JSON would have."""
        raise NotImplementedError

    def typed(self, data: Any, name: str) -> Any:
        """What the page shows again after a refusal."""
        raise NotImplementedError


def at_most(length: int) -> ma.validate.Length:
    """A validator: no more characters than that."""
    return ma.validate.Length(max=length, error=N_("At most %(length)s characters.", length=length))


class Words(fields.String):
    """A line of text, stripped; `length` is the most characters, `shape` one more validator."""

    def __init__(self, *, length: int, shape: ma.validate.Validator | None = None, **options: Any) -> None:
        validators: list[ma.validate.Validator] = [at_most(length)]
        if options.get("required"):
            validators.append(ma.validate.Length(min=1, error=N_("Fill this in.")))
        super().__init__(validate=[*validators, *([shape] if shape else [])], **options)
        self.length = length

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        return seen(super()._deserialize(value, attr, data, **options).strip())


def language_tag(**options: Any) -> Words:
    """A BCP 47 tag."""
    shape = ma.validate.Regexp(LANGUAGE_TAG, error=N_("Give language tags such as en or pt-BR."))
    return Words(length=35, shape=shape, **options)


def email(**options: Any) -> fields.Email:
    """An e-mail address."""
    return fields.Email(validate=at_most(254), **options)


def web_address(**options: Any) -> fields.Url:
    """An http or https address."""
    return fields.Url(schemes={"http", "https"}, validate=at_most(500), **options)


def day(**options: Any) -> fields.Date:
    """A calendar day."""

    def check(value: dt.date) -> None:
        if value.year not in YEARS:
            raise ValidationError([IN_YEARS])

    return fields.Date(validate=check, **options)


class Ref(Words):
    """Another row of the conference, named by its slug or code; resolved by the door, shown by the same word."""

    def __init__(self, *, by: str = "slug", **options: Any) -> None:
        if not options.get("dump_only"):
            options |= {"allow_none": True, "load_default": None}
        super().__init__(length=60, **options)
        self.by = by

    def _serialize(self, value: Any, attr: str | None, obj: Any, **_options: Any) -> Any:
        return getattr(value, self.by, value)


class Texts(fields.Field[dict[str, str]]):
    """One text by language, `{"en": "..."}`; `is_rich` texts take cleaned HTML or plain paragraphs."""

    def __init__(self, *, length: int, is_rich: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.length = length
        self.is_rich = is_rich

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_options: Any) -> dict[str, str]:
        languages = self.root.written_in  # type: ignore[union-attr]
        if not isinstance(value, Mapping) or not all(isinstance(words, str) for words in value.values()):
            raise ValidationError([N_('Give an object with one text by language, such as {"en": "..."}.')])
        errors: dict[str, list[str]] = {}
        texts = {}
        for language, words in value.items():
            if language not in languages:
                errors[language] = [N_("“%(language)s” is not one of the conference's languages.", language=language)]
            elif len(words) > self.length:
                errors[language] = [N_("At most %(length)s characters.", length=self.length)]
            else:
                words = clean_html(words) if self.is_rich else seen(" ".join(words.split()))
                if words:
                    texts[language] = words
        if not errors and self.required and not texts:
            errors[languages[0]] = [N_("Write this in at least one language.")]
        if errors:
            raise ValidationError(errors)
        return texts

    def _serialize(self, value: Any, attr: str | None, obj: Any, **_options: Any) -> Any:
        return value


class Moment(fields.Field[dt.datetime]):
    """A moment: ISO 8601 with an offset, or a time of day on the conference's clock, as a form's `datetime-local`.

    Where the clocks show that time twice, a form says which one by `<name>.offset`.
    """

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_options: Any) -> dt.datetime:
        return read_moment(value, self.root.zone)  # type: ignore[union-attr]

    def _serialize(self, value: Any, attr: str | None, obj: Any, **_options: Any) -> Any:
        return value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z") if value is not None else None


def one_of(values: Any, **options: Any) -> fields.Enum[Any]:
    """A field for one value of an enumeration, by its value."""
    return fields.Enum(values, by_value=True, **options)
