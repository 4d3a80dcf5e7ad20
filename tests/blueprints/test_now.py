"""Readers' views of the agenda: as a list, searched, what is now and next; and the worker that keeps pages."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask.testing import FlaskClient

from confapp.database import Mode
from confapp.domain.release import releases
from tests.agenda_scene import Programme, make_many
from tests.conftest import SetClock, Transaction
from tests.factories import at
from tests.pages import tree, words

Counted = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def programme(write: Transaction) -> Programme:
    """The scene, released."""
    with write():
        made = Programme()
        made.release()
    return made


def titles(answer: object) -> list[str]:
    return words(answer, "//main//*[contains(@class, 'entry__title')]")  # type: ignore[arg-type]


def test_the_list_goes_by_time(client: FlaskClient, programme: Programme) -> None:
    page = client.get("/summit/agenda?view=list")
    assert titles(page) == ["Biology and treaties", "Evening reception", "Who answers for a gene?"]
    assert words(page, "//*[@class='at__time']") == ["10:00", "19:00", "11:00"]
    assert words(page, "//table") == []
    assert words(page, "//nav[@class='views']//*[@aria-current]") == ["List"]
    assert client.get("/summit/agenda?view=cube").status_code == 422


def test_a_search_stands_in_the_address_and_keeps_the_filter(client: FlaskClient, programme: Programme) -> None:
    page = client.get("/summit/agenda?q=GENE&day=2026-05-19")
    assert titles(page) == ["Who answers for a gene?"]
    assert "1 session matches “GENE”. Show everything" in words(page, "//main/div/p[@role='status']")
    held = {each.get("name"): each.get("value") for each in tree(page).xpath("//form[@class='agenda-search']//input")}
    assert held == {"day": "2026-05-19", "q": "GENE"}
    assert "Nothing in the agenda matches this." in client.get("/summit/agenda?q=zebra").text
    assert titles(client.get("/summit/agenda?q=exercise")) == []


def test_now_and_next_follow_the_clock(client: FlaskClient, programme: Programme, clock: SetClock) -> None:
    clock.now = at("10:10")
    page = client.get("/summit/now")
    assert (page.status_code, titles(page)) == (200, ["Biology and treaties", "Evening reception"])
    assert "It is Monday 18 May 2026, 10:10 in Europe/Brussels." in words(page, "//main//p")
    clock.now = at("18:00")
    page = client.get("/summit/now")
    assert titles(page) == ["Evening reception"]
    assert "Nothing takes place at this moment." in page.text
    clock.now = at("23:00", day=2)
    assert "Nothing more is planned." in client.get("/summit/now").text


def test_the_views_ask_the_database_equally_often(
    client: FlaskClient, write: Transaction, count_queries: Counted, clock: SetClock
) -> None:
    counts = []
    for slug, more in (("few", 0), ("many", 30)):
        with write():
            scene = Programme(slug)
            make_many(scene, more)
            scene.release()
        with write(Mode.READ):
            assert releases.current(scene.conference_id) is not None
        for path in ("agenda?view=list", "now"):
            with count_queries() as statements:
                assert client.get(f"/{slug}/{path}").status_code == 200
            counts.append((path, len(statements)))
    assert counts[:2] == counts[2:]


def test_the_worker_keeps_nothing_private(client: FlaskClient, programme: Programme) -> None:
    answer = client.get("/sw.js")
    assert (answer.status_code, answer.mimetype) == (200, "text/javascript")
    assert "no-cache" in answer.headers["Cache-Control"]
    page = client.get("/summit/agenda")
    (tools,) = tree(page).xpath("//*[@data-agenda]")
    assert tools.get("data-worker").startswith("/sw.js?v=")
    assert "Set-Cookie" not in page.headers


def test_every_session_can_be_starred_but_no_break(client: FlaskClient, programme: Programme) -> None:
    page = client.get("/summit/agenda?view=list")
    stars = tree(page).xpath("//button[@data-star]")
    assert len(stars) == 3
    assert all(star.get("hidden") is not None and star.get("aria-pressed") == "false" for star in stars)
