"""Forms: a schema seen by a page, with the typed values kept and every refusal beside the field it names."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from flask import Response, make_response, render_template, request
from flask_babel import gettext
from marshmallow import fields, missing, validate

from confapp.database import Model, give_up_writing
from confapp.domain.cleaning import editable
from confapp.domain.errors import N_, Clash, Invalid, Refusal, Stale
from confapp.domain.holding import hold
from confapp.domain.programme.conferences import Conference
from confapp.schemas.base import FormField, Moment, Schema, Texts, Words, languages_sent
from confapp.schemas.moments import offset_of, typed_twice
from confapp.web import clean
from confapp.web.answers import STATUS, said, say
from confapp.web.labelling import Labels
from confapp.web.rendering import countries

Choices = Sequence[tuple[str, str]]


class Form(Labels):
    """One form on one page. Inside `with form:` a refusal is kept for the page instead of raised.

    `current` holds what the fields show before anybody typed: a mapping or a row. `choices` name the options of a field
    as (value, label); those of enumerations come from the schema. `watched` is a row: what is sent holds it until the
    commit, and loading raises Stale where `current` (which may be a function of the row) is no longer what the page
    showed, unless it is what was typed anyway.

        form = Form(RoomSchema, conference, current=room)
        with form:
            hosts.edit(room, form.load(), by=me(), now=now())
            return redirect(...)
        return form.page("organise/room.html", conference=conference)
    """

    def __init__(
        self,
        schema: type[Schema],
        conference: Conference | None = None,
        *,
        current: Any = None,
        choices: Mapping[str, Choices] | None = None,
        watched: Model | None = None,
        **options: Any,
    ) -> None:
        context: dict[str, Any] = {"zone": conference.zone, "languages": conference.languages} if conference else {}
        super().__init__()
        self.schema = schema(is_form=True, **context | options)
        if watched is not None and self.was_sent:
            hold(watched)
        current = current(watched) if callable(current) else current
        self.current = current if current is not None else {}
        self.refusal: Refusal | None = None
        self._choices = choices or {}
        self._keeps_typed = False
        self._is_watched = watched is not None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> bool:
        """Keep a refusal, undo what was written, and go on to show the page."""
        if not isinstance(error, Refusal):
            return False
        self.refusal = error
        self._keeps_typed = True
        give_up_writing()
        return True

    def load(self) -> dict[str, Any]:
        """The typed values, cleaned; raises Invalid. Texts keep the languages that nobody was shown a field for."""
        values = clean(self.schema, request.form)
        for name, typed in values.items():
            if isinstance(self._field(name), Texts):
                held = self._held(name) or {}
                unseen = {language: held[language] for language in held if f"{name}.{language}" not in request.form}
                values[name] = unseen | typed
        is_changed = self._is_watched and request.form.get("seen", self._state()) != self._state()
        if is_changed and not self._is_typed_already():
            raise Stale(N_("Somebody changed this since you opened it. Copy what you typed, reload, try again."), 0)
        return values

    @property
    def seen(self) -> str:
        """What the page shows, as one word to send back; '' where nobody watches."""
        told = request.form.get("seen") if self._keeps_typed else None
        return (told or self._state()) if self._is_watched else ""

    def _is_typed_already(self) -> bool:
        """Whether the page shows just what was typed: the same form sent twice is no quarrel."""
        boxes = [name for name in self.schema.load_fields if self.input_type(name) == "checkbox"]
        others = [key for key in request.form if key not in boxes and self._field(key) is not None]
        shown = {key: "" if self.value(key) is None else str(self.value(key)) for key in others}
        is_ticked_alike = all((name in request.form) == bool(self.value(name)) for name in boxes)
        return is_ticked_alike and all(request.form[key].split() == words.split() for key, words in shown.items())

    def _state(self) -> str:
        held = {name: self._held(name) for name in self.schema.load_fields}
        return hashlib.sha256(json.dumps(held, default=str, sort_keys=True).encode()).hexdigest()[:32]

    def keep_typed(self) -> None:
        """Show what was typed again though nothing is wrong with it: the page needs other fields."""
        self._keeps_typed = True

    def refuse(self, name: str, message: str) -> None:
        """Raise Invalid for one field: for what only the page knows."""
        raise Invalid({name: [message]})

    def page(self, template: str, **context: Any) -> Response:
        """The page with this form: typed values, errors beside their fields, and the refusal's status."""
        status = STATUS[type(self.refusal)] if self.refusal else 200
        return make_response(self.fill(render_template(template, form=self, **context)), status)

    @property
    def was_sent(self) -> bool:
        """Whether this request carries typed values."""
        return request.method == "POST"

    def value(self, name: str) -> Any:
        """What the field shows: as typed, else as it is."""
        base, _, language = name.partition(".")
        field = self._field(name)
        if self._keeps_typed:
            if isinstance(field, FormField):
                return field.typed(request.form, name)
            if self.input_type(name) == "multiselect":
                return request.form.getlist(name)
            if self.input_type(name) == "checkbox":
                return name in request.form
            if name in request.form:
                return request.form[name]
        held = self._held(base)
        if isinstance(field, Moment) and language:
            return offset_of(held.astimezone(self.schema.zone)) if isinstance(held, dt.datetime) else ""
        if held is None and field is not None:
            default = field.load_default
            held = None if default is missing else default() if callable(default) else default
        if language:
            words = (held or {}).get(language, "")
            return editable(words) if isinstance(field, Texts) and field.is_rich else words
        if isinstance(held, list) and self.input_type(name) in _JOINED:
            return _JOINED[self.input_type(name)].join(held)
        return self._shown(held)

    def _held(self, name: str) -> Any:
        """What is there before anybody types."""
        return self.current.get(name) if isinstance(self.current, Mapping) else getattr(self.current, name, None)

    def _shown(self, held: Any) -> Any:
        """A value as its control wants it."""
        if isinstance(held, dt.datetime) and self.schema.zone:
            return held.astimezone(self.schema.zone).strftime("%Y-%m-%dT%H:%M")
        if isinstance(held, dt.time):
            return held.strftime("%H:%M")
        if isinstance(held, dt.date):
            return held.isoformat()
        return getattr(held, "value", held)

    def languages(self, name: str) -> Sequence[str]:
        """The languages in which the page asks for a text: the conference's, and those typed all the same."""
        return languages_sent(self.schema, request.form, name) if self._keeps_typed else self.schema.written_in

    def errors(self, name: str) -> list[str]:
        """What is wrong with the field, in the reader's language; of a text, with it as a whole or in one language."""
        if not isinstance(self.refusal, Invalid):
            return []
        base, _, language = name.partition(".")
        found: Any = self.refusal.errors.get(base, [])
        if isinstance(self._field(base), Texts):
            by_language = found if isinstance(found, Mapping) else {"": found}
            found = by_language.get(language, [])
        elif isinstance(found, Mapping):
            found = _leaves(found)
        return [say(message) for message in found]

    def all_errors(self) -> list[tuple[str, str]]:
        """(field, message) for everything that is wrong, in the page's order; '' for the form as a whole."""
        if self.refusal is None:
            return []
        if not isinstance(self.refusal, Invalid):
            return [("", say(self.refusal.message))]
        found: list[tuple[str, str]] = []
        for name, errors in self.refusal.errors.items():
            if isinstance(errors, Mapping):
                for key, messages in errors.items():
                    field = f"{name}.{key}" if isinstance(self._field(name), Texts) else name
                    found += [(field, message) for message in _leaves(said(messages))]
            else:
                found += [("" if name == "_schema" else name, say(message)) for message in errors]
        return found

    @property
    def conflicts(self) -> Sequence[Any]:
        """The conflicts of a placement that was refused."""
        return self.refusal.conflicts if isinstance(self.refusal, Clash) else ()

    @property
    def ways_out(self) -> Sequence[Any]:
        """The nearest free places instead of one that was refused."""
        return self.refusal.ways_out if isinstance(self.refusal, Clash) else ()

    @property
    def is_stale(self) -> bool:
        """Whether somebody changed the thing meanwhile."""
        return isinstance(self.refusal, Stale)

    def required(self, name: str) -> bool:
        """Whether the field must be filled; of a text, one language is enough."""
        _base, _, language = name.partition(".")
        field = self._field(name)
        return bool(field and field.required) and (not language or [language] == list(self.schema.written_in))

    def offsets(self, name: str) -> Choices:
        """The offsets of a time that the clocks show twice, as (value, label), the earlier first; none of any other."""
        if not isinstance(self._field(name), Moment):
            return []
        words = gettext("The first %(time)s (UTC%(offset)s)"), gettext("The second %(time)s (UTC%(offset)s)")
        return [
            (offset_of(moment), label % {"time": f"{moment:%H:%M}", "offset": offset_of(moment)})
            for moment, label in zip(typed_twice(self.value(name), self.schema.zone), words, strict=False)
        ]

    def maxlength(self, name: str) -> int | None:
        """The most characters, or None."""
        field = self._field(name)
        return field.length if isinstance(field, Words | Texts) else None

    def choices(self, name: str) -> Choices:
        """The options of a field as (value, label)."""
        if name in self._choices:
            return self._choices[name]
        field = self._field(name)
        if field is not None and field.metadata.get("options") == "countries":
            known, held = countries(), request.form.get(name, self._held(name))
            own = [(held, held)] if held and held not in dict(known) else []
            return [("", gettext("Not said")), *known, *own]
        if isinstance(field, fields.List):
            field = field.inner
        if isinstance(field, fields.Enum):
            return [(member.value, gettext(member.value.replace("_", " ").capitalize())) for member in field.enum]
        return [
            (choice, gettext(str(choice)))
            for validator in getattr(field, "validators", ())
            if isinstance(validator, validate.OneOf)
            for choice in validator.choices
        ]

    def input_type(self, name: str) -> str:
        """Which control the field needs."""
        field = self._field(name)
        told = field.metadata.get("input") if field is not None else None
        if told:
            return str(told)
        if isinstance(field, fields.List):
            return "multiselect"
        if self.choices(name):
            return "select"
        for kind, control in _CONTROLS:
            if isinstance(field, kind):
                return control
        return "text"

    def _field(self, name: str) -> Any:
        return self.schema.load_fields.get(name.partition(".")[0])


_JOINED = {"text": ", ", "textarea": "\n"}
"""How a list is typed into one input."""

_CONTROLS: tuple[tuple[type[fields.Field[Any]], str], ...] = (
    (fields.Boolean, "checkbox"),
    (Moment, "datetime-local"),
    (fields.Date, "date"),
    (fields.Time, "time"),
    (fields.Number, "number"),
    (fields.Email, "email"),
    (fields.Url, "url"),
)


def _leaves(tree: Any) -> list[str]:
    branches = tree.values() if isinstance(tree, Mapping) else tree if isinstance(tree, list | tuple) else None
    return [tree] if branches is None else [leaf for branch in branches for leaf in _leaves(branch)]
