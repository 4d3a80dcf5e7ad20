"""The shapes of conferences, tracks, hosts, venues and rooms."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from marshmallow import ValidationError
from werkzeug.datastructures import MultiDict

from confapp.schemas.base import Schema
from confapp.schemas.conferences import (
    ConferenceEditSchema,
    ConferenceSchema,
    HostSchema,
    RoomSchema,
    TrackSchema,
    VenueSchema,
)

CONFERENCE = {
    "slug": "summit",
    "title": {"en": "Summit"},
    "timezone": "Europe/Brussels",
    "starts_on": "2026-05-18",
    "ends_on": "2026-05-19",
    "languages": ["en"],
}


def errors(schema: Schema, data: Any) -> Any:
    with pytest.raises(ValidationError) as caught:
        schema.load(data)
    return caught.value.normalized_messages()


def test_a_conference_of_little() -> None:
    assert ConferenceSchema().load(CONFERENCE) == {
        "slug": "summit",
        "title": {"en": "Summit"},
        "tagline": {},
        "description": {},
        "timezone": "Europe/Brussels",
        "starts_on": dt.date(2026, 5, 18),
        "ends_on": dt.date(2026, 5, 19),
        "day_change": dt.time(0),
        "languages": ["en"],
        "city": "",
        "country": None,
        "url": None,
        "contact": None,
        "may_approve_own": False,
        "is_public": True,
    }


def test_what_a_conference_must_have_is_named() -> None:
    filled = "Fill this in."
    assert errors(ConferenceSchema(), {}) == {
        "slug": [filled],
        "title": [filled],
        "timezone": [filled],
        "starts_on": [filled],
        "ends_on": [filled],
        "languages": [filled],
    }


def test_what_is_wrong_with_a_conference_is_named_at_once() -> None:
    wrong = {
        "slug": "No Slug",
        "country": "Belgium",
        "url": "x",
        "contact": "x",
        "day_change": "late",
        "is_public": "?",
    }
    assert errors(ConferenceSchema(), CONFERENCE | wrong | {"starts_on": "2026-02-30", "ends_on": "1066-10-14"}) == {
        "slug": ["Use small letters a to z, digits and single hyphens."],
        "country": ["At most 2 characters.", "Give the country's two capital letters, such as BE."],
        "url": ["Give a whole address such as https://example.org/page."],
        "contact": ["Give an e-mail address such as ada@example.org."],
        "day_change": ["Give a time of day such as 09:30."],
        "is_public": ["Give true or false."],
        "starts_on": ["Give a date such as 2026-05-18."],
        "ends_on": ["Give a year from 1900 to 2199."],
    }


@pytest.mark.parametrize(
    ("typed", "read"),
    [("en, fr nl", ["en", "fr", "nl"]), ("fr,fr,en", ["fr", "en"]), ("pt-BR", ["pt-BR"]), (" en ,", ["en"])],
)
def test_languages_are_typed_with_commas_and_decide_about_texts(typed: str, read: list[str]) -> None:
    form = MultiDict(CONFERENCE | {"languages": typed, f"title.{read[-1]}": "Summit"})
    form.pop("title")
    schema = ConferenceSchema(is_form=True)
    loaded = schema.load(form)
    assert (loaded["languages"], loaded["title"]) == (read, {read[-1]: "Summit"})
    assert schema.written_in == tuple(read)


@pytest.mark.parametrize(
    "languages", ["", "english", [], ["e n"], [7], "en", [f"a{letter}" for letter in "abcdefghijklm"]]
)
def test_languages_that_cannot_be_are_named(languages: Any) -> None:
    assert "languages" in errors(ConferenceSchema(), CONFERENCE | {"languages": languages})


def test_only_languages_that_can_be_get_fields() -> None:
    schema = ConferenceSchema(languages=("en",))
    schema.read_languages({"languages": '"><b, fr, EN, nl'})
    assert schema.written_in == ("fr", "nl")
    schema.read_languages({"languages": "?"})
    assert schema.written_in == ("fr", "nl")


def test_a_standing_conference_keeps_its_slug() -> None:
    assert errors(ConferenceEditSchema(), CONFERENCE) == {"slug": ["Unknown field."]}


@pytest.mark.parametrize("colour", [0, 13, "blue"])
def test_a_track_has_one_of_twelve_colours(colour: Any) -> None:
    assert "colour" in errors(TrackSchema(), {"name": {"en": "A"}, "colour": colour})
    assert TrackSchema().load({"name": {"en": "A"}, "colour": 12})["colour"] == 12


@pytest.mark.parametrize("schema", [TrackSchema, HostSchema, VenueSchema, RoomSchema])
def test_every_noun_wants_a_name(schema: type[Schema]) -> None:
    assert errors(schema(), {}) == {"name": ["Fill this in."]}
    assert errors(schema(is_form=True), MultiDict({"name.en": ""})) == {
        "name": {"en": ["Write this in at least one language."]}
    }


def test_a_venue_lies_on_the_globe() -> None:
    place = {"name": {"en": "A"}}
    assert VenueSchema().load(place | {"latitude": 50.8, "longitude": "4.4"})["longitude"] == 4.4
    assert errors(VenueSchema(), place | {"latitude": 91, "longitude": "nan"}).keys() == {"latitude", "longitude"}


def test_a_rooms_equipment_is_typed_with_commas() -> None:
    form = MultiDict({"name.en": "A", "equipment": "projector, hearing loop ,projector,"})
    assert RoomSchema(is_form=True).load(form)["equipment"] == ["projector", "hearing loop"]
    assert RoomSchema().load({"name": {"en": "A"}, "equipment": ["a, b", "c"]})["equipment"] == ["a, b", "c"]


@pytest.mark.parametrize(
    "wrong",
    [{"capacity": 0}, {"capacity": -5}, {"capacity": "2.5"}, {"position": -1}, {"code": "A B"}, {"floor": "x" * 41}],
)
def test_rooms_that_cannot_be_are_named(wrong: dict[str, Any]) -> None:
    assert errors(RoomSchema(), {"name": {"en": "A"}} | wrong).keys() == wrong.keys()
