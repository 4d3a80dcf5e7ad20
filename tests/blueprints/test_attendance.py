"""Organisers' list of attendees: narrowed by words and category, page by page."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from confapp.domain.attendance.registrations import Category
from confapp.domain.programme.conferences import Conference
from tests.conftest import Transaction
from tests.factories import make_person, make_registration
from tests.pages import words

URL = "/organise/summit/attendees"

pytestmark = pytest.mark.sqlite


def _names(client: FlaskClient, query: str = "") -> set[str]:
    return {each.split()[0] for each in words(client.get(f"{URL}{query}"), "//tbody//th")}


def test_attendees_are_found_by_words_and_category(
    organiser: FlaskClient, write: Transaction, summit: Conference
) -> None:
    with write():
        for name, category in (("Ada", Category.PRESS), ("Bo", Category.ALLY), ("Édith", Category.PRESS)):
            make_registration(summit, make_person(name), category)
    assert _names(organiser) == {"Ada", "Bo", "Édith"}
    assert _names(organiser, "?q=edith") == {"Édith"}
    assert _names(organiser, "?category=press") == {"Ada", "Édith"}
    assert _names(organiser, "?category=press&q=bo") == set()
    assert "No registration matches." in organiser.get(f"{URL}?category=unheard+of").text


def test_many_attendees_come_page_by_page(organiser: FlaskClient, write: Transaction, summit: Conference) -> None:
    with write():
        for number in range(101):
            make_registration(summit, make_person(f"N{number}"))
    assert "101 registrations" in organiser.get(URL).text
    assert len(words(organiser.get(URL), "//tbody//th")) == 100
    assert len(words(organiser.get(f"{URL}?page=2"), "//tbody//th")) == 1
