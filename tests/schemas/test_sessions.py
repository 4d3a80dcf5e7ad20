"""The shapes of sessions, speakers, slots and releases."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from marshmallow import ValidationError
from werkzeug.datastructures import MultiDict

from confapp.domain.programme.sessions import Kind, PartRole, SessionState
from confapp.schemas.base import Schema
from confapp.schemas.sessions import BlockerSchema, ReleaseSchema, SessionSchema, SlotSchema, SpeakerSchema, part_words

TITLED = {"title": {"en": "Cold chains"}}


def errors(schema: Schema, data: Any) -> Any:
    with pytest.raises(ValidationError) as caught:
        schema.load(data)
    return caught.value.normalized_messages()


def form(**values: Any) -> MultiDict[str, str]:
    return MultiDict({"title.en": "Cold chains"} | {name.replace("__", "."): value for name, value in values.items()})


def test_a_session_of_little() -> None:
    read = SessionSchema().load(TITLED)
    assert (read["kind"], read["state"], read["duration_minutes"]) == (Kind.TALK, SessionState.ACCEPTED, 30)
    assert (read["track"], read["parts"], read["links"], read["version"]) == (None, [], [], None)


def test_what_is_wrong_with_a_session_is_named_at_once() -> None:
    wrong = {
        "kind": "lecture",
        "state": "?",
        "duration_minutes": 0,
        "expected": -1,
        "language": "english",
        "title": {"en": ""},
    }
    assert errors(SessionSchema(), TITLED | wrong).keys() == wrong.keys()
    assert errors(SessionSchema(), {"duration_minutes": 1441})["duration_minutes"] == [
        "Between 1 minute and 24 hours (1440 minutes)."
    ]


# Parts.


def test_rows_of_a_form_name_people_by_suggestion_or_code() -> None:
    who = [part_words("Ada (the elder) Lindqvist", "AB3DEF"), "", " XY7ZZZ ", "Nobody"]
    sent = form(parts__who=who, parts__role=["chair", "speaker", "panellist", "speaker"])
    assert SessionSchema(is_form=True).load(sent)["parts"] == [
        ("AB3DEF", PartRole.CHAIR),
        ("XY7ZZZ", PartRole.PANELLIST),
        ("Nobody", PartRole.SPEAKER),
    ]


def test_a_row_with_a_role_that_is_none_is_named() -> None:
    sent = form(parts__who=["XY7ZZZ"], parts__role=["boss"])
    assert errors(SessionSchema(is_form=True), sent) == {
        "parts": {0: ["Name a speaker's code and a role: speaker, panellist or chair."]}
    }


@pytest.mark.parametrize("part", [{"speaker": "XY7ZZZ", "role": "chair"}, "XY7ZZZ chair"])
def test_json_names_people_by_code(part: Any) -> None:
    assert SessionSchema().load(TITLED | {"parts": [part]})["parts"] == [("XY7ZZZ", PartRole.CHAIR)]


@pytest.mark.parametrize(
    "part", [{}, {"role": "chair"}, 7, None, ["XY7ZZZ"], {"speaker": "X", "role": "boss"}, "X boss"]
)
def test_parts_of_the_wrong_shape_are_named(part: Any) -> None:
    assert "parts" in errors(SessionSchema(), TITLED | {"parts": [part]})


@pytest.mark.parametrize("parts", [None, 7, "XY7ZZZ chair", {"speaker": "XY7ZZZ"}, [{"speaker": "XY7ZZZ"}] * 101])
def test_parts_that_are_no_list_are_named(parts: Any) -> None:
    assert "parts" in errors(SessionSchema(), TITLED | {"parts": parts})


# Links.


def test_links_are_typed_one_a_line() -> None:
    sent = form(links="https://example.org/a  Slides, part 1\r\n\r\nhttp://example.org\r\n")
    assert SessionSchema(is_form=True).load(sent)["links"] == [
        {"url": "https://example.org/a", "title": "Slides, part 1", "is_attachment": False},
        {"url": "http://example.org", "title": "", "is_attachment": False},
    ]


@pytest.mark.parametrize("line", ["Slides", "javascript:alert(1)", "ftp://example.org/a"])
def test_a_line_that_is_no_link_is_named(line: str) -> None:
    found = errors(SessionSchema(is_form=True), form(links=f"https://example.org\n{line}"))
    assert found == {"links": {1: {"url": ["Give a whole address such as https://example.org/page."]}}}


def test_links_in_json_know_no_other_facts() -> None:
    found = errors(SessionSchema(), TITLED | {"links": [{"url": "https://example.org", "colour": 1}]})
    assert found == {"links": {0: {"colour": ["Unknown field."]}}}


# Slots.


def test_a_link_is_whole_even_where_the_edit_is_partial() -> None:
    read = SessionSchema(partial=True).load({"links": [{"url": "https://example.org"}]})
    assert read == {"links": [{"url": "https://example.org", "title": "", "is_attachment": False}]}
    assert errors(SessionSchema(partial=True), {"links": [{"title": "Slides"}]})["links"][0].keys() == {"url"}


def test_a_slot_of_a_form() -> None:
    sent = MultiDict(
        {"room": "", "starts_at": "2026-05-18T09:30", "ends_at": "", "minutes": "45", "expected": "3", "override": " "}
    )
    read = SlotSchema(is_form=True, zone=ZoneInfo("Europe/Brussels")).load(sent)
    assert read["starts_at"].isoformat() == "2026-05-18T07:30:00+00:00"
    assert {name: read[name] for name in ("room", "ends_at", "minutes", "expected", "override")} == {
        "room": None,
        "ends_at": None,
        "minutes": 45,
        "expected": 3,
        "override": None,
    }


def test_what_is_wrong_with_a_slot_is_named_at_once() -> None:
    sent = MultiDict({"starts_at": "", "ends_at": "later", "minutes": "0", "expected": "x", "override": "x" * 501})
    found = errors(BlockerSchema(is_form=True), sent)
    assert found.keys() == {"starts_at", "ends_at", "minutes", "expected", "override", "note"}


def test_a_release() -> None:
    assert ReleaseSchema().load({}) == {"note": {}, "expected": None, "override": None}


def test_a_speaker() -> None:
    assert SpeakerSchema().load({"name": "Ada"})["country"] is None
    assert errors(SpeakerSchema(), {"name": "x" * 201, "country": "be", "email": "ada"}).keys() == {
        "name",
        "country",
        "email",
    }
