"""Forms: what their fields show before and after a refusal, and which control each field is."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import g
from marshmallow import fields, validate

from confapp.domain.errors import Clash, Invalid, Message, Missing, NotAllowed, Refusal, Stale
from confapp.domain.schedule.conflicts import Conflict
from confapp.schemas.base import Moment, Schema, Texts, Words, day, email, one_of, web_address
from confapp.schemas.sessions import PartField, PartList
from confapp.web import ConfappFlask
from confapp.web.answers import STATUS
from confapp.web.forms import Form

pytestmark = pytest.mark.sqlite  # forms read no rows: one database is enough

CONFERENCE: Any = SimpleNamespace(zone=ZoneInfo("Europe/Brussels"), languages=["en", "fr"])


class Size(enum.StrEnum):
    """Something to choose."""

    SMALL = "small"
    VERY_LARGE = "very_large"


class Everything(Schema):
    """A field for every control."""

    name = Words(length=10, required=True)
    title = Texts(length=20, required=True)
    about = Texts(length=900, is_rich=True, load_default=dict)
    size = one_of(Size, load_default=Size.SMALL)
    sizes = fields.List(one_of(Size), load_default=list)
    letter = fields.String(validate=validate.OneOf(["a", "b"]), load_default="a")
    room = Words(length=60, allow_none=True, load_default=None)
    tags = fields.List(fields.String(), load_default=list, metadata={"input": "text"})
    at = Moment(load_default=None)
    on = day(load_default=dt.date(2026, 5, 18))
    opens = fields.Time(load_default=dt.time(9))
    seats = fields.Integer(load_default=None, allow_none=True)
    degrees = fields.Float(load_default=None, allow_none=True)
    is_open = fields.Boolean(load_default=True)
    email = email(load_default=None)
    url = web_address(load_default=None)
    notes = Words(length=99, load_default="", metadata={"input": "textarea"})
    lines = fields.List(fields.String(), load_default=list, metadata={"input": "textarea"})
    version = fields.Integer(load_default=None, metadata={"input": "hidden"})
    parts = PartList(PartField(), load_default=list)


@pytest.fixture
def asked(app: ConfappFlask) -> Any:
    """`with asked(): ...` is a GET, `with asked(name="x"): ...` a POST."""

    @contextmanager
    def ask(typed: dict[str, Any] | None = None, **more: Any) -> Iterator[None]:
        typed = {**(typed or {}), **more} if typed or more else None
        method = {} if typed is None else {"method": "POST", "data": typed}
        with app.test_request_context("/", **method):
            yield

    return ask


def form(current: Any = None, **choices: Any) -> Form:
    return Form(Everything, CONFERENCE, current=current, choices=choices)


def refused(refusal: Refusal | None = None, current: Any = None) -> Form:
    """A form whose values were refused, by its schema or otherwise."""
    made = form(current)
    with made:
        if refusal is not None:
            raise refusal
        made.load()
    assert made.refusal is not None
    return made


CONTROLS = {
    "name": "text",
    "title": "text",
    "size": "select",
    "sizes": "multiselect",
    "letter": "select",
    "tags": "text",
    "at": "datetime-local",
    "on": "date",
    "opens": "time",
    "seats": "number",
    "degrees": "number",
    "is_open": "checkbox",
    "email": "email",
    "url": "url",
    "notes": "textarea",
    "version": "hidden",
    "unknown": "text",
}


def test_each_kind_of_field_has_its_control(asked: Any) -> None:
    with asked():
        assert {name: form().input_type(name) for name in CONTROLS} == CONTROLS
        assert form(room=[("r1", "Room 1")]).input_type("room") == "select"


def test_choices_come_from_the_page_or_the_schema(asked: Any) -> None:
    with asked():
        made = form(room=[("r1", "Room 1")])
        assert made.choices("room") == [("r1", "Room 1")]
        assert made.choices("size") == [("small", "Small"), ("very_large", "Very large")]
        assert made.choices("sizes") == made.choices("size")
        assert made.choices("letter") == [("a", "a"), ("b", "b")]
        assert made.choices("name") == []


def test_what_must_be_filled_and_how_long_it_may_be(asked: Any) -> None:
    with asked():
        made = form()
        assert [made.required(name) for name in ("name", "notes", "title", "unknown")] == [True, False, True, False]
        assert [made.required(name) for name in ("title.en", "title.fr")] == [False, False]
        assert Form(Everything, languages=("nl",)).required("title.nl") is True
        assert [made.maxlength(name) for name in ("name", "title", "seats")] == [10, 20, None]


# Before anybody types.


SHOWN: dict[str, Any] = {
    "name": None,
    "title.en": "",
    "size": "small",
    "sizes": [],
    "tags": "",
    "lines": "",
    "at": None,
    "on": "2026-05-18",
    "opens": "09:00",
    "is_open": True,
    "notes": "",
    "parts": [],
}


def test_a_new_thing_shows_the_defaults(asked: Any) -> None:
    with asked():
        assert {name: form().value(name) for name in SHOWN} == SHOWN


HELD = {
    "name": "Ada",
    "title": {"en": "One", "de": "Eins"},
    "about": {"en": "<p>One &amp; two</p>", "fr": "<p>A <em>b</em></p>"},
    "size": Size.VERY_LARGE,
    "tags": ["a", "b"],
    "lines": ["a", "b"],
    "at": dt.datetime(2026, 5, 18, 7, 30, tzinfo=dt.UTC),
    "opens": dt.time(8, 5),
    "is_open": False,
    "parts": [("Ada (AB3DEF)", "chair")],
}


@pytest.mark.parametrize("current", [HELD, SimpleNamespace(**HELD)])
def test_a_standing_thing_shows_what_it_is(asked: Any, current: Any) -> None:
    with asked():
        made = form(current)
        names = (
            "name",
            "title.en",
            "title.fr",
            "about.en",
            "about.fr",
            "size",
            "tags",
            "lines",
            "at",
            "opens",
            "is_open",
            "parts",
        )
        assert [made.value(name) for name in names] == [
            "Ada",
            "One",
            "",
            "One & two",
            "<p>A <em>b</em></p>",
            "very_large",
            "a, b",
            "a\nb",
            "2026-05-18T09:30",
            "08:05",
            False,
            [("Ada (AB3DEF)", "chair")],
        ]


def test_nothing_is_wrong_before_anybody_types(asked: Any) -> None:
    with asked():
        made = form(HELD)
        assert (made.was_sent, made.all_errors(), made.errors("name"), made.conflicts, made.is_stale) == (
            False,
            [],
            [],
            (),
            False,
        )
        assert list(made.languages("title")) == ["en", "fr"]


# Values that can be taken.


def test_a_text_keeps_the_languages_that_had_no_field(asked: Any) -> None:
    with asked({"name": "Ada", "title.en": "", "title.fr": "Un", "about.en": "Hi", "about.fr": ""}):
        values = form(HELD).load()
        assert values["title"] == {"de": "Eins", "fr": "Un"}
        assert values["about"] == {"en": "<p>Hi</p>"}


# After a refusal.

TYPED = {
    "name": "Ada who is much too long",
    "title.en": "x" * 21,
    "title.fr": "Un",
    "title.de": "Eins",
    "size": "huge",
    "sizes": ["small", "huge"],
    "at": "soon",
    "seats": "many",
    "tags": "a,b",
    "notes": "<b>",
    "version": "3",
    "parts.who": ["Ada (AB3DEF)", "", "Somebody"],
    "parts.role": ["chair", "speaker", "boss"],
}


def test_what_was_typed_is_shown_again(asked: Any) -> None:
    with asked(TYPED):
        made = refused(current=HELD)
        names = [name for name in TYPED if not name.startswith("parts")]
        assert {name: made.value(name) for name in names} == {name: TYPED[name] for name in names}
        assert made.value("parts") == [("Ada (AB3DEF)", "chair"), ("Somebody", "boss")]
        assert made.value("is_open") is False


def test_what_was_not_sent_is_shown_as_it_is(asked: Any) -> None:
    with asked(TYPED):
        assert refused(current=HELD).value("opens") == "08:05"


def test_errors_stand_by_field_and_language(asked: Any) -> None:
    with asked(TYPED):
        made = refused()
        assert made.errors("name") == ["At most 10 characters."]
        assert made.errors("title") == []
        assert made.errors("title.en") == ["At most 20 characters."]
        assert made.errors("title.fr") == []
        assert made.errors("title.de") == ["“de” is not one of the conference's languages."]
        assert made.errors("seats") == ["Give a whole number."]
        assert made.errors("notes") == []
        assert list(made.languages("title")) == ["en", "fr", "de"]


def test_all_errors_lead_to_their_fields(asked: Any) -> None:
    with asked(TYPED):
        found = dict(refused().all_errors())
        assert found.keys() == {"name", "title.en", "title.de", "size", "sizes", "at", "seats", "parts"}


def test_an_error_of_a_text_as_a_whole_stands_once(asked: Any) -> None:
    with asked(name="A"):
        made = refused(Invalid({"title": ["Give the title in the conference's first language."]}))
        assert made.errors("title") == ["Give the title in the conference's first language."]
        assert (made.errors("title.en"), made.errors("title.fr")) == ([], [])


def test_messages_are_said_in_the_pages_language(asked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    french = {"At least %(least)s.": "Au moins %(least)s.", "No.": "Non."}
    monkeypatch.setattr(
        "confapp.web.answers.gettext", lambda words, **values: french[words] % values if values else french[words]
    )
    with asked(name="A"):
        made = refused(Invalid({"name": [Message("At least %(least)s.", least=2)], "_schema": ["No."]}))
        assert made.errors("name") == ["Au moins 2."]
        assert made.all_errors() == [("name", "Au moins 2."), ("", "Non.")]


@pytest.mark.parametrize(
    "refusal",
    [Invalid({"name": ["No."]}), Missing(), NotAllowed("No."), Stale("Look again.", 3), Clash("No.", [])],
)
def test_a_refusal_is_answered_with_its_status(asked: Any, refusal: Refusal) -> None:
    with asked(name="A"):
        g.conference = CONFERENCE
        made = refused(refusal)
        answer = made.page("macros/forms.html")
        assert answer.status_code == STATUS[type(refusal)]
        assert made.is_stale is isinstance(refusal, Stale)
        if not isinstance(refusal, Invalid):
            assert made.all_errors() == [("", refusal.message)]


def test_the_conflicts_of_a_clash_are_at_hand(asked: Any) -> None:
    conflict: Conflict = object()  # type: ignore[assignment]
    with asked(name="A"):
        assert refused(Clash("That place is not free.", [conflict])).conflicts == (conflict,)


def test_other_errors_go_on_their_way(asked: Any) -> None:
    with asked(name="A"), pytest.raises(ZeroDivisionError), form():
        _ = 1 / 0


def test_a_page_can_refuse_one_field_itself(asked: Any) -> None:
    with asked(name="A"):
        made = form()
        with made:
            made.refuse("name", "Taken.")
        assert made.errors("name") == ["Taken."]


def test_typed_values_can_be_shown_again_without_a_refusal(asked: Any) -> None:
    with asked({"name": "Ada who is much too long", "title.nl": "Een"}):
        made = form()
        made.keep_typed()
        assert made.value("name") == "Ada who is much too long"
        assert (made.all_errors(), made.page("macros/forms.html").status_code) == ([], 200)
        assert list(made.languages("title")) == ["en", "fr", "nl"]
