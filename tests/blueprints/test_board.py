"""The board's page: what its script is given, and what it is to those who have none."""

from __future__ import annotations

import json

from flask.testing import FlaskClient

from confapp.domain.permissions import Role
from confapp.domain.programme.conferences import Conference
from tests.blueprints.conftest import As, Queries
from tests.conftest import Transaction
from tests.factories import make_room, make_session, make_slot, make_speaker, make_track
from tests.pages import tree, words

URL = "/organise/summit/board"


def test_the_page_gives_its_script_what_it_needs(organiser: FlaskClient) -> None:
    (board,) = tree(organiser.get(URL)).xpath("//*[@id='board']")
    assert board.get("data-api") == "/api/conferences/summit"
    assert (board.get("data-zone"), board.get("data-language")) == ("Europe/Brussels", "en")
    told = json.loads(board.get("data-words"))
    assert told["moved_to"] == "{name} moved “{title}” to {room}, {time}"
    assert board.get("data-token")


def test_without_a_script_every_slot_has_a_link_to_its_form(
    organiser: FlaskClient, write: Transaction, summit: Conference
) -> None:
    with write():
        slot = make_slot(summit, make_session(summit, "Spores"), make_room(summit, "Aula"), "10:00")
        make_slot(summit, None, None, "12:00")
        waiting = make_session(summit, "Yeast")
    page = organiser.get(URL)
    assert words(page, "//noscript//tbody/tr[1]/*")[:3] == ["2026-05-18 10:00–10:30", "Aula", "Spores"]
    assert words(page, "//noscript//tbody/tr[2]/*")[1:3] == ["Whole venue", "Blocked:"]
    assert f"/organise/summit/slots/{slot.uuid}" in tree(page).xpath("//noscript//@href")
    assert tree(page).xpath("//noscript//li/a/@href") == [f"/organise/summit/schedule/place/{waiting.code}"]


def test_who_may_only_read_gets_no_links_to_forms(signed_in: As, write: Transaction, summit: Conference) -> None:
    with write():
        make_slot(summit, make_session(summit), make_room(summit), "10:00")
    assert tree(signed_in(Role.READ_ONLY).get(URL)).xpath("//noscript//tbody//a") == []


def test_strangers_learn_nothing(signed_in: As, client: FlaskClient) -> None:
    assert signed_in(Role.JOURNALIST).get(URL).status_code == 404
    assert client.get(URL).status_code == 302


def test_the_page_takes_a_fixed_number_of_queries(
    organiser: FlaskClient, write: Transaction, summit: Conference, queries: Queries
) -> None:
    with write():
        make_slot(summit, make_session(summit, "First", make_speaker(summit)), make_room(summit), "10:00")
        make_session(summit, "Waiting", make_speaker(summit))
    few = queries(organiser, URL)
    with write():
        for _ in range(29):
            session = make_session(summit, None, make_speaker(summit), track=make_track(summit))
            make_slot(summit, session, make_room(summit), "12:00")
    assert queries(organiser, URL) == few
