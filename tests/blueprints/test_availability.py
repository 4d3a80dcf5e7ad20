"""Organisers' pages of what limits the schedule: times by day, walks by venue, the order of sessions."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from confapp.domain.permissions import Role
from confapp.domain.programme import availability, ordering, walks
from confapp.domain.programme.conferences import Conference
from confapp.domain.spans import Span
from tests.blueprints.conftest import As
from tests.conftest import NOW, Transaction
from tests.factories import (
    at,
    make_host,
    make_room,
    make_session,
    make_slot,
    make_speaker,
    make_track,
    make_venue,
    token_for,
)
from tests.pages import errors, open_form, words

URL = "/organise/summit"
MONDAY, TUESDAY = "2026-05-18", "2026-05-19"


@pytest.fixture
def rows(write: Transaction, summit: Conference) -> Any:
    """A room, a speaker, two venues and two sessions."""

    class Rows:
        with write():
            host, track = make_host(summit, "Academy"), make_track(summit)
            palace, campus = make_venue(summit, "Palace", host_id=host.id), make_venue(summit, "Campus")
            room, ada = make_room(summit, "Aula", host_id=host.id), make_speaker(summit, "Ada")
            first = make_session(summit, "First", ada, track=track)
            second = make_session(summit, "Second", ada, track=track)

    return Rows


def typed(*lines: tuple[str, str, str]) -> dict[str, list[str]]:
    return {f"spans.{part}": [line[place] for line in lines] for place, part in enumerate(("day", "since", "until"))}


@pytest.mark.parametrize("page", ["rooms/aula/hours", "speakers/{ada}/availability"])
def test_times_are_typed_by_day(organiser: FlaskClient, write: Transaction, rows: Any, page: str) -> None:
    url = f"{URL}/{page.format(ada=rows.ada.code)}"
    row = rows.room if "rooms" in page else rows.ada
    form = open_form(organiser, url)
    assert form.values["spans.day"] == [MONDAY, TUESDAY]
    answer = form.send(typed((MONDAY, "09:00", "12:00"), (MONDAY, "20:00", "02:00"), (TUESDAY, "", "")))
    assert answer.status_code == 302
    with write():
        assert availability.of(row) == (Span(at("09:00"), at("12:00")), Span(at("20:00"), at("02:00", 2)))
    form = open_form(organiser, url)
    assert list(zip(form.values["spans.day"], form.values["spans.since"], form.values["spans.until"], strict=True)) == [
        (MONDAY, "09:00", "12:00"),
        (MONDAY, "20:00", "02:00"),
        (MONDAY, "", ""),
        (TUESDAY, "", ""),
    ]
    assert form.send(typed((MONDAY, "", ""), (TUESDAY, "", ""))).status_code == 302
    with write():
        assert availability.of(row) == ()


def test_times_longer_than_a_day_are_shown_day_by_day(organiser: FlaskClient, write: Transaction, rows: Any) -> None:
    whole = [Span(at("09:00"), at("17:00", 2))]
    with write():
        availability.set_spans(rows.room, whole, by=None, now=NOW)
    form = open_form(organiser, f"{URL}/rooms/aula/hours")
    assert [each for each in form.values["spans.since"] if each] == ["09:00", "00:00"]
    assert form.send().status_code == 302
    with write():
        assert list(availability.of(rows.room)) == whole


def test_broken_times_are_refused_and_kept(organiser: FlaskClient, rows: Any) -> None:
    form = open_form(organiser, f"{URL}/rooms/aula/hours")
    for line in ((MONDAY, "9 o'clock", "10:00"), ("18 May", "09:00", "10:00")):
        refused = form.send(typed(line))
        assert refused.status_code == 422
        assert "spans" in errors(refused)
    assert "9 o&#39;clock" in form.send(typed((MONDAY, "9 o'clock", "10:00"))).text


def test_walks_are_typed_by_venue(organiser: FlaskClient, write: Transaction, summit: Conference, rows: Any) -> None:
    form = open_form(organiser, f"{URL}/venues/palace/walks")
    assert form.values["walks.venue"] == ["palace", "campus"]
    assert form.send({"walks.minutes": ["3", "15"]}).status_code == 302
    with write():
        assert walks.walks(summit) == {frozenset({"palace"}): 3, frozenset({"palace", "campus"}): 15}
    form = open_form(organiser, f"{URL}/venues/campus/walks")
    assert form.values["walks.minutes"] == ["15", ""]
    refused = form.send({"walks.minutes": ["999", ""]})
    assert refused.status_code == 422
    assert form.send({"walks.minutes": ["", ""]}).status_code == 302
    with write():
        assert walks.walks(summit) == {frozenset({"palace"}): 3}


def test_a_session_is_put_after_another(organiser: FlaskClient, write: Transaction, rows: Any) -> None:
    url = f"{URL}/sessions/{rows.second.code}/order"
    form = open_form(organiser, url)
    assert form.send({"after": f"First ({rows.first.code})"}).status_code == 302
    with write():
        assert ordering.before(rows.second) == [rows.first]
    assert "First" in words(organiser.get(f"{URL}/sessions/{rows.second.code}"), "//*[@id='places']/..//a")
    back = open_form(organiser, f"{URL}/sessions/{rows.first.code}/order").send({"after": rows.second.code})
    assert back.status_code == 422
    assert errors(back)["after"].startswith(f"{rows.second.code} comes after")
    assert open_form(organiser, url).send({"after": ["", ""]}).status_code == 302
    with write():
        assert ordering.before(rows.second) == []


def test_each_keeps_to_what_is_theirs(signed_in: As, write: Transaction, summit: Conference, rows: Any) -> None:
    with write():
        make_room(summit, "Annexe")
        other = make_session(summit, "Other")
    coordinator = signed_in(Role.HOST_COORDINATOR, rows.host.id)
    manager = signed_in(Role.TRACK_MANAGER, rows.track.id)
    pages = {
        "rooms/aula/hours": coordinator,
        "venues/palace/walks": coordinator,
        f"speakers/{rows.ada.code}/availability": manager,
        f"sessions/{rows.first.code}/order": manager,
    }
    for page, client in pages.items():
        assert client.get(f"{URL}/{page}").status_code == 200, page
        elsewhere = manager if client is coordinator else coordinator
        assert elsewhere.get(f"{URL}/{page}").status_code == 404, page
    assert coordinator.get(f"{URL}/rooms/annexe/hours").status_code == 404
    assert coordinator.get(f"{URL}/venues/campus/walks").status_code == 404
    assert manager.get(f"{URL}/sessions/{other.code}/order").status_code == 404


def test_what_a_change_breaks_is_a_task_until_it_is_mended(
    organiser: FlaskClient, write: Transaction, summit: Conference, rows: Any
) -> None:
    with write():
        make_slot(summit, rows.first, rows.room, "10:00")
    assert "Nothing wants doing." in organiser.get(f"{URL}/tasks").text
    form = open_form(organiser, f"{URL}/rooms/aula/hours")
    form.send(typed((MONDAY, "18:00", "22:00")))
    (item,) = words(organiser.get(f"{URL}/tasks"), "//ul[@class='conflicts']/li")
    assert "Aula is not available for all of “First” (Mon 10:00 to Mon 10:30)" in item
    assert "Days or opening hours changed: organiser@example.org" in item
    assert "1 task is open" in organiser.get(f"{URL}/").text
    form.send(typed((MONDAY, "", "")))
    assert "Nothing wants doing." in organiser.get(f"{URL}/tasks").text


def test_days_that_move_away_and_a_speaker_who_goes_raise_tasks(
    organiser: FlaskClient, write: Transaction, summit: Conference, rows: Any
) -> None:
    with write():
        make_slot(summit, rows.first, rows.room, "10:00")
    organiser.post(f"{URL}/speakers/{rows.ada.code}/delete", data={"csrf_token": token_for(organiser)})
    (item,) = words(organiser.get(f"{URL}/tasks"), "//ul[@class='conflicts']/li")
    assert "Nobody speaks in “First” yet." in item
    assert "A session changed: organiser@example.org" in item
    days = {"starts_on": "2026-05-20", "ends_on": "2026-05-21"}
    assert open_form(organiser, f"{URL}/settings").send(**days).status_code == 302
    item = next(each for each in words(organiser.get(f"{URL}/tasks"), "//ul[@class='conflicts']/li") if "Days" in each)
    assert "“First” (Mon 10:00 to Mon 10:30) lies outside the conference, 2026-05-20 to 2026-05-21." in item
    assert "Days or opening hours changed: organiser@example.org" in item
