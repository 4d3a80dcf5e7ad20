"""What all schemas share: forms and JSON read alike, texts by language, moments on the conference's clock."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError, fields
from werkzeug.datastructures import MultiDict

from confapp.domain.errors import Message
from confapp.schemas.base import Moment, Schema, Texts, Words, at_most, day, email, language_tag, web_address

BRUSSELS = ZoneInfo("Europe/Brussels")


class Thing(Schema):
    """One field of each kind."""

    name = Words(length=10, required=True)
    note = Words(length=10, load_default="")
    code = Words(length=10, allow_none=True, load_default=None)
    title = Texts(length=20, load_default=dict)
    about = Texts(length=40, is_rich=True, load_default=dict)
    at = Moment(load_default=None, allow_none=True)
    seats = fields.Integer(load_default=5, allow_none=True)
    is_open = fields.Boolean(load_default=True)
    is_known = fields.Boolean(load_default=None, allow_none=True)
    tags = fields.List(fields.String(), load_default=list)
    on = day(load_default=None)


def thing(*, is_form: bool = False, **options: Any) -> Thing:
    context: dict[str, Any] = {"zone": BRUSSELS, "languages": ("en", "fr")}
    return Thing(is_form=is_form, **(context | options))


def load(data: Any, **options: Any) -> Any:
    return thing(**options).load(data)


def errors(data: Any, **options: Any) -> Any:
    with pytest.raises(ValidationError) as caught:
        load(data, **options)
    return caught.value.normalized_messages()


FORM = {"is_form": True}

# Forms and JSON.


def test_a_form_and_json_with_the_same_values_read_alike() -> None:
    form = MultiDict(
        {"name": "  Ada ", "title.en": "One", "title.fr": "Un", "at": "2026-05-18T09:30", "seats": "7"}
        | {"is_open": "true", "is_known": "false", "tags": ["a", "b"], "on": "2026-05-18"}
    )
    json = {
        "name": "Ada",
        "title": {"en": "One", "fr": "Un"},
        "at": "2026-05-18T07:30:00Z",
        "seats": 7,
        "is_open": True,
        "is_known": False,
        "tags": ["a", "b"],
        "on": "2026-05-18",
        "about": {},
    }
    assert load(form, **FORM) == load(json)


def test_of_a_form_blank_is_null_where_null_may_be_and_empty_words_elsewhere() -> None:
    read = load(MultiDict([("name", "A"), ("note", " "), ("code", " "), ("seats", ""), ("is_known", "")]), **FORM)
    assert (read["note"], read["code"], read["seats"], read["is_known"]) == ("", None, None, None)


def test_of_a_form_an_absent_checkbox_is_false_and_an_absent_field_its_default() -> None:
    read = load(MultiDict([("name", "A")]), **FORM)
    assert (read["is_open"], read["is_known"], read["seats"], read["tags"]) == (False, None, 5, [])


def test_of_a_form_what_must_be_filled_and_is_blank_is_named() -> None:
    assert errors(MultiDict([("name", "  ")]), **FORM) == {"name": ["Fill this in."]}
    assert errors(MultiDict(), **FORM) == {"name": ["Fill this in."]}


def test_a_form_may_send_what_the_schema_does_not_know_and_json_may_not() -> None:
    assert load(MultiDict([("name", "A"), ("csrf_token", "x")]), **FORM)["name"] == "A"
    assert errors({"name": "A", "colour": 1}) == {"colour": ["Unknown field."]}


def test_json_must_be_of_the_right_types() -> None:
    assert errors({"name": 7, "note": None, "seats": "many", "is_open": "perhaps", "tags": "a", "on": "soon"}) == {
        "name": ["Give this as text."],
        "note": ["Fill this in."],
        "seats": ["Give a whole number."],
        "is_open": ["Give true or false."],
        "tags": ["Give a list."],
        "on": ["Give a date such as 2026-05-18."],
    }
    assert errors({}) == {"name": ["Fill this in."]}
    assert errors({"name": ""}) == {"name": ["Fill this in."]}


@pytest.mark.parametrize(
    "data", [{"name": "A\x00\x07\x7f\x85b\ud800\ufffe"}, MultiDict([("name", "A\x00\x07\x7f\x85b\ud800")])]
)
def test_control_characters_and_halves_of_characters_are_dropped(data: Any) -> None:
    assert load(data, is_form=isinstance(data, MultiDict))["name"] == "Ab"


def test_control_characters_are_dropped_wherever_they_hide() -> None:
    read = load(
        {"name": "A", "title": {"en": "O\x00ne"}, "about": {"en": "T\x0bwo"}, "tags": ["a\x00"], "note": "1\r\n2\t3"}
    )
    assert (read["title"], read["about"], read["tags"]) == ({"en": "One"}, {"en": "<p>Two</p>"}, ["a"])
    assert read["note"] == "1\n2\t3"


@given(st.text(st.characters(codec=None), max_size=10))
def test_whatever_is_typed_can_be_stored(words: str) -> None:
    read = load({"name": "A" + words[:9], "title": {"en": words}, "about": {"fr": words}})
    for text in (read["name"], *read["title"].values(), *read["about"].values()):
        assert "\x00" not in text
        text.encode()


# Words.


NOTHING_TO_SEE = ["\u200b", "\u2060\ufeff", "\u00ad\u200d", "\u202e\u202c", "\u2800 \u3164", "\U000e0041", " \u00a0"]


@pytest.mark.parametrize("words", NOTHING_TO_SEE)
def test_words_that_nobody_sees_are_none(words: str) -> None:
    for options in ({}, FORM):
        data = {"name": words, "note": words, "title.en": words} if options else {"name": words, "note": words}
        assert errors(data, **options) == {"name": ["Fill this in."]}
    held = load({"name": "x", "note": words, "title": {"en": words, "fr": "Titre"}})
    assert (held["note"], held["title"]) == ("", {"fr": "Titre"})


def test_words_cannot_turn_their_neighbours_around() -> None:
    held = load({"name": "a\u202egnp.x", "title": {"en": "\u202dTitle\u202c"}})
    assert (held["name"], held["title"]) == ("agnp.x", {"en": "Title"})
    kept = "\u05d0\u200f \u2067x\u2069"  # a right-to-left mark and an isolate have their uses
    assert load({"name": kept})["name"] == kept


def test_words_are_no_longer_than_said() -> None:
    assert load({"name": " " + "x" * 10 + " "})["name"] == "x" * 10
    assert errors({"name": "x" * 11}) == {"name": ["At most 10 characters."]}


def test_messages_of_validators_can_still_be_said_in_another_language() -> None:
    (message,) = errors({"name": "x" * 11})["name"]
    assert isinstance(message, Message)
    assert (message.template, message.values) == ("At most %(length)s characters.", {"length": 10})


@pytest.mark.parametrize(
    ("field", "good", "bad", "said"),
    [
        (language_tag(), "pt-BR", "english", "Give language tags such as en or pt-BR."),
        (language_tag(), "en", "en" + "-abcdefgh" * 5, "At most 35 characters."),
        (email(), "ada@example.org", "ada", "Give an e-mail address such as ada@example.org."),
        (email(), "ada@example.org", "a" * 250 + "@example.org", "At most 254 characters."),
        (web_address(), "https://example.org/x", "example", "Give a whole address such as https://example.org/page."),
        (
            web_address(),
            "http://example.org",
            "javascript:alert(1)",
            "Give a whole address such as https://example.org/page.",
        ),
        (web_address(), "https://example.org", "https://example.org/" + "x" * 500, "At most 500 characters."),
        (day(), "2026-02-28", "2026-02-29", "Give a date such as 2026-05-18."),
        (day(), "1900-01-01", "0001-01-01", "Give a year from 1900 to 2199."),
    ],
)
def test_shapes(field: fields.Field[Any], good: str, bad: str, said: str) -> None:
    schema = Schema.from_dict({"it": field})()
    schema.load({"it": good})
    with pytest.raises(ValidationError) as caught:
        schema.load({"it": bad})
    assert said in caught.value.normalized_messages()["it"]


def test_at_most() -> None:
    assert at_most(2)("ab") == "ab"


# Texts by language.


def test_texts_take_the_conferences_languages_only() -> None:
    assert load({"name": "A", "title": {"fr": " Un  deux\n"}})["title"] == {"fr": "Un deux"}
    assert errors({"name": "A", "title": {"de": "Eins"}}) == {
        "title": {"de": ["“de” is not one of the conference's languages."]}
    }


def test_texts_are_no_longer_than_said_in_each_language() -> None:
    assert errors({"name": "A", "title": {"en": "x" * 21, "fr": "x" * 20}}) == {
        "title": {"en": ["At most 20 characters."]}
    }


@pytest.mark.parametrize("value", ["One", 7, ["One"], {"en": 7}, {"en": None}])
def test_texts_of_the_wrong_shape_are_refused(value: Any) -> None:
    assert errors({"name": "A", "title": value}) == {
        "title": ['Give an object with one text by language, such as {"en": "..."}.']
    }


def test_required_texts_want_one_language_whichever() -> None:
    schema: Any = Schema.from_dict({"title": Texts(length=9, required=True)})
    assert schema(languages=("en", "fr")).load({"title": {"fr": "Un"}}) == {"title": {"fr": "Un"}}
    for blank in ({}, {"en": " "}):
        with pytest.raises(ValidationError) as caught:
            schema(languages=("en", "fr")).load({"title": blank})
        assert caught.value.normalized_messages() == {"title": {"en": ["Write this in at least one language."]}}


def test_rich_texts_are_cleaned() -> None:
    read = load({"name": "A", "about": {"en": "<p onclick=x>Hi <script>x</script></p>", "fr": "Un\n\nDeux"}})
    assert read["about"] == {"en": "<p>Hi </p>", "fr": "<p>Un</p>\n<p>Deux</p>"}


def test_a_form_that_sends_another_language_is_told_so() -> None:
    form = MultiDict([("name", "A"), ("title.en", "One"), ("title.de", "Eins"), ("title.nl", "")])
    assert errors(form, **FORM) == {"title": {"de": ["“de” is not one of the conference's languages."]}}


# Moments.


def moment(words: Any, zone: ZoneInfo | None = BRUSSELS) -> Any:
    return load({"name": "A", "at": words}, zone=zone)["at"]


def test_a_moment_with_an_offset_stands_for_itself() -> None:
    assert moment("2026-05-18T09:30:00+03:00") == dt.datetime(2026, 5, 18, 6, 30, tzinfo=dt.UTC)
    assert moment("2026-05-18T06:30:00Z", None) == dt.datetime(2026, 5, 18, 6, 30, tzinfo=dt.UTC)


def test_a_time_of_day_is_on_the_conferences_clock() -> None:
    assert moment("2026-05-18T09:30") == dt.datetime(2026, 5, 18, 7, 30, tzinfo=dt.UTC)
    assert moment("2026-01-18T09:30") == dt.datetime(2026, 1, 18, 8, 30, tzinfo=dt.UTC)


def test_without_a_zone_the_offset_must_be_said() -> None:
    assert errors({"name": "A", "at": "2026-05-18T09:30"}, zone=None) == {
        "at": ["Give the time with its offset, such as 2026-05-18T09:30:00+02:00."]
    }


@pytest.mark.parametrize(
    ("zone", "skipped", "before", "after"),
    [
        ("Europe/Brussels", "2026-03-29T02:30", "2026-03-29T01:59", "2026-03-29T03:00"),
        ("America/New_York", "2026-03-08T02:00", "2026-03-08T01:59", "2026-03-08T03:00"),
        ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-04T01:59", "2026-10-04T02:30"),
        ("America/Santiago", "2026-09-06T00:10", "2026-09-05T23:59", "2026-09-06T01:00"),
    ],
)
def test_a_time_that_the_clocks_skip_is_refused(zone: str, skipped: str, before: str, after: str) -> None:
    assert errors({"name": "A", "at": skipped}, zone=ZoneInfo(zone)) == {
        "at": ["The clocks skip this time on that day; choose another."]
    }
    assert moment(after, ZoneInfo(zone)) - moment(before, ZoneInfo(zone)) == dt.timedelta(minutes=1)


def test_of_a_time_that_comes_twice_somebody_has_to_say_which() -> None:
    asks = (
        "The clocks show this time twice on that day: say which is meant, the one at UTC+02:00 or the one at UTC+01:00."
    )
    assert errors({"name": "A", "at": "2026-10-25T02:30"}, zone=BRUSSELS) == {"at": [asks]}
    assert moment("2026-10-25T02:30+02:00") == dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)
    assert moment("2026-10-25T02:30+01:00") == dt.datetime(2026, 10, 25, 1, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"at": "2026-10-25T02:30", "at.offset": "+02:00"}, "2026-10-25T00:30Z"),
        ({"at": "2026-10-25T02:30", "at.offset": "+01:00"}, "2026-10-25T01:30Z"),
        ({"at": "2026-10-25T02:30+01:00", "at.offset": "+02:00"}, "2026-10-25T01:30Z"),
        ({"at": "2026-10-25T03:00", "at.offset": "+02:00"}, "2026-10-25T02:00Z"),
        ({"at": "2026-10-25T02:30", "at.offset": "+05:00"}, None),
        ({"at": "2026-10-25T02:30", "at.offset": ""}, None),
        ({"at": "soon", "at.offset": "+02:00"}, None),
        ({"at": "2026-03-29T02:30", "at.offset": "+02:00"}, None),
    ],
)
def test_a_form_says_which_one_beside_the_time(sent: dict[str, str], expected: str | None) -> None:
    form = {"name": "A"} | sent
    if expected is None:
        assert list(errors(form, zone=BRUSSELS, is_form=True)) == ["at"]
    else:
        assert load(form, zone=BRUSSELS, is_form=True)["at"] == dt.datetime.fromisoformat(expected)


@pytest.mark.parametrize(
    "words", ["soon", "2026-13-01T09:00", "2026-05-18T25:00", 7, None, [], "", "2026-05-18T09:30+99:00"]
)
def test_what_is_no_moment_is_refused(words: Any) -> None:
    if words is None:
        assert moment(words) is None
    else:
        assert errors({"name": "A", "at": words}) == {
            "at": ["Give a date and time such as 2026-05-18T09:30 or 2026-05-18T07:30:00Z."]
        }


@pytest.mark.parametrize(
    "words", ["0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00", "0001-01-01T00:00", "2200-01-01T00:00Z"]
)
def test_moments_at_the_ends_of_the_calendar_are_refused(words: str) -> None:
    assert errors({"name": "A", "at": words}) == {"at": ["Give a year from 1900 to 2199."]}


def test_moments_leave_as_utc() -> None:
    local = dt.datetime(2026, 5, 18, 9, 30, tzinfo=BRUSSELS)
    assert thing().dump({"at": local}) == {"at": "2026-05-18T07:30:00Z"}
    assert thing().dump({"at": None}) == {"at": None}
