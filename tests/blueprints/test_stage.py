"""The stage desk on its tablet, its rooms and what it may say; and the sign by the door."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from confapp.domain import permissions
from confapp.domain.live import stage
from confapp.domain.live.stage import Fact
from confapp.domain.permissions import Role
from tests import pages
from tests.factories import (
    NOW,
    at,
    make_account,
    make_conference,
    make_room,
    make_session,
    make_slot,
    make_speaker,
    sign_in,
)
from tests.newsroom import Newsroom
from tests.press import ENDS, MINUTE, STARTS

STAGE = "/organise/summit/stage"
ROOM = f"{STAGE}/room-1"


class Stage(Newsroom):
    """A keynote at 14:00 in Room 1, a talk after it, lunch for the whole venue, and another room."""

    def __init__(self, app: Any, write: Any, clock: Any) -> None:
        super().__init__(app, write, clock)
        with write():
            conference, room = self.conference, self.scene.room
            self.later = make_slot(conference, make_session(conference, "Later"), room, "15:00").uuid
            self.lunch = make_slot(conference, make_session(conference, "Lunch"), None, "12:00", 60).uuid
            elsewhere = make_session(conference, "Elsewhere", make_speaker(conference, "Bo Chair"))
            self.other = make_slot(conference, elsewhere, make_room(conference, "Room 2"), "14:00").uuid
            self.scene.release_schedule(now=NOW)


@pytest.fixture
def newsroom(app: Any, write: Any, clock: Any) -> Stage:
    """The stage, its desk and its press office."""
    return Stage(app, write, clock)


def _buttons(answer: Any) -> list[str]:
    return pages.words(answer, "//*[@class='desk__buttons' or @class='desk-page__rest']//button")


def _title(answer: Any) -> str:
    (title,) = pages.words(answer, "//h2[@id='desk-title']")
    return title


def test_the_desk_lists_its_rooms_with_what_is_on(newsroom: Stage) -> None:
    newsroom.clock.now = STARTS
    shown = newsroom.as_("stage").get(STAGE)
    assert pages.words(shown, "//ul[@class='desk-rooms']//h2") == ["Room 1", "Room 2", "Whole venue"]
    assert pages.words(shown, "//ul[@class='desk-rooms']//strong") == ["Biology and treaties", "Elsewhere", "Lunch"]


def test_a_keynote_is_started_runs_over_and_ends(newsroom: Stage) -> None:
    newsroom.clock.now = STARTS - 10 * MINUTE
    client = newsroom.as_("stage")
    shown = client.get(ROOM)
    assert _title(shown) == "Biology and treaties"
    assert pages.words(shown, "//p[@role='timer']") == ["10 minutes until it starts"]
    assert _buttons(shown) == [f"{label}: Biology and treaties" for label in ("Started", "Postponed", "Cancelled")]
    newsroom.clock.now = STARTS
    answer = newsroom.say(Fact.STARTED)
    assert (answer.status_code, answer.location) == (302, ROOM)
    newsroom.clock.now = ENDS - 12 * MINUTE
    shown = client.get(ROOM)
    assert pages.words(shown, "//p[@role='timer']") == ["12 minutes left"]
    assert [words.partition(":")[0] for words in _buttons(shown)] == [
        "Running over", "Ended", "It has not started", "Postponed", "Cancelled",
    ]  # fmt: skip
    assert "60 seconds unless it chose another" in shown.text
    newsroom.say(Fact.RUNNING_OVER)
    newsroom.clock.now = ENDS + 3 * MINUTE
    shown = client.get(ROOM)
    assert pages.words(shown, "//p[@role='timer']") == ["3 minutes over"]
    newsroom.say(Fact.ENDED)
    shown = client.get(ROOM)
    assert (_title(shown), _buttons(shown)) == ("Biology and treaties", ["Take it back: Biology and treaties"])
    assert "The end was confirmed at 14:33" in shown.text
    assert pages.words(shown, "//*[@class='desk-next__title']") == ["Later"]
    newsroom.say(Fact.REVOKED)
    assert "Ended: Biology and treaties" in _buttons(client.get(ROOM))
    newsroom.say(Fact.ENDED)
    newsroom.clock.tick(minutes=2)
    assert _title(client.get(ROOM)) == "Later"


def test_what_was_started_by_mistake_has_not_started(newsroom: Stage) -> None:
    newsroom.clock.now = STARTS
    newsroom.say(Fact.STARTED)
    newsroom.say(Fact.RUNNING_OVER)
    assert "It does not run over: Biology and treaties" in _buttons(newsroom.as_("stage").get(ROOM))
    newsroom.say(Fact.REVOKED)
    newsroom.say(Fact.REVOKED)
    shown = newsroom.as_("stage").get(ROOM)
    assert [words.partition(":")[0] for words in _buttons(shown)] == ["Started", "Postponed", "Cancelled"]
    with newsroom.write():
        assert stage.standing([newsroom.scene.slot.id])[newsroom.scene.slot.id].fact is None


def test_the_next_item_can_be_started_while_the_last_end_is_in_view(newsroom: Stage) -> None:
    newsroom.clock.now = ENDS
    newsroom.say(Fact.STARTED)
    newsroom.say(Fact.ENDED)
    client = newsroom.as_("stage")
    form = next(
        form
        for number in range(9)
        if (form := pages.open_form(client, ROOM, number)).action.endswith(str(newsroom.later))
    )
    assert form.send().status_code == 302
    assert _title(client.get(ROOM)) == "Later"


def test_what_cannot_follow_is_refused_in_words_and_stores_nothing(newsroom: Stage) -> None:
    newsroom.clock.now = STARTS
    refused = newsroom.say(Fact.ENDED)
    assert refused.status_code == 409
    assert pages.summary(refused) == ["“ended” cannot follow “not started”."]
    nonsense = newsroom.send("stage", f"{STAGE}/slots/{newsroom.slot}", {"fact": "exploded"})
    assert nonsense.status_code == 422
    with newsroom.write():
        assert stage.standing([newsroom.scene.slot.id]) == {}


def test_an_earlier_item_is_reached_through_the_day(newsroom: Stage) -> None:
    newsroom.clock.now = at("15:10")
    client = newsroom.as_("stage")
    day = client.get(ROOM)
    assert _title(day) == "Later"
    assert pages.words(day, "//tbody//th") == ["Lunch", "Biology and treaties", "Later"]
    (address,) = [url for url in pages.tree(day).xpath("//tbody//a/@href") if str(newsroom.slot) in url]
    shown = client.get(address)
    assert _title(shown) == "Biology and treaties"
    answer = pages.form_in(client, shown).send()
    assert answer.location == address
    for wrong in ("nonsense", "00000000-0000-0000-0000-000000000000", str(newsroom.other)):
        assert client.get(f"{ROOM}?slot={wrong}").status_code == 404


def test_a_desk_of_one_room_speaks_for_no_other(newsroom: Stage) -> None:
    with newsroom.write():
        account = make_account("room1@example.org")
        permissions.grant(
            account, newsroom.conference.id, Role.STAGE_DESK, by=None, now=NOW, scope_id=newsroom.scene.room.id
        )
    newsroom.people["room1"] = account
    client = sign_in(newsroom.app.test_client(), account)
    assert pages.words(client.get(STAGE), "//ul[@class='desk-rooms']//h2") == ["Room 1"]
    assert [client.get(f"{STAGE}/{code}").status_code for code in ("room-1", "room-2", "-", "room-9")] == [200] + [
        404
    ] * 3
    for slot in (newsroom.other, newsroom.lunch):
        url = f"{STAGE}/slots/{slot}"
        assert newsroom.send("room1", url, {"fact": "started"}).status_code == 404
    assert newsroom.send("room1", f"{STAGE}/slots/{newsroom.slot}", {"fact": "started"}).status_code == 302
    lunch = client.get(f"{ROOM}?slot={newsroom.lunch}")
    assert (_buttons(lunch), "the organisers speak for it" in lunch.text) == ([], True)
    api: Any = newsroom.ask("room1", "GET", "/stage").json
    assert [item["session"] for item in api["items"]][:1] == [newsroom.code]
    assert {item["room"] for item in api["items"]} == {"room-1"}
    assert newsroom.ask("room1", "POST", f"/slots/{newsroom.other}/facts", json={"fact": "started"}).status_code == 404


def test_only_a_stage_desk_speaks(newsroom: Stage) -> None:
    for person in ("officer", "approver"):
        assert newsroom.as_(person).get(ROOM).status_code == 404
        assert newsroom.say(Fact.STARTED, by=person).status_code == 404
    assert newsroom.say(Fact.STARTED, by="admin").status_code == 302


def test_nothing_is_said_of_what_is_not_released(newsroom: Stage) -> None:
    with newsroom.write():
        draft = make_slot(newsroom.conference, make_session(newsroom.conference), newsroom.scene.room, "17:00").uuid
    assert newsroom.send("stage", f"{STAGE}/slots/{draft}", {"fact": "started"}).status_code == 404


def test_before_the_first_release_the_desk_says_so(app: Any, client: FlaskClient, write: Any) -> None:
    with write():
        account = make_account(role=Role.STAGE_DESK, conference=make_conference())
    shown = sign_in(client, account).get(STAGE)
    assert "nothing is released yet" in shown.text
    assert client.get(f"{STAGE}/room-1").status_code == 404


def test_the_desk_takes_the_same_queries_for_3_and_for_30_items(newsroom: Stage, count_queries: Any) -> None:
    def queries() -> list[int]:
        client, counts = newsroom.as_("stage"), []
        for url in (STAGE, ROOM):
            client.get(url)
            with count_queries() as statements:
                client.get(url)
            counts.append(len(statements))
        return counts

    three = queries()
    with newsroom.write():
        for number in range(27):
            session = make_session(newsroom.conference, f"Talk {number}")
            make_slot(newsroom.conference, session, newsroom.scene.room, at("09:00", day=2) + number * MINUTE, 1)
        newsroom.scene.release_schedule(now=NOW + MINUTE)
    assert queries() == three


# The sign.

SIGN = "/summit/rooms/room-1/sign"


def test_the_sign_shows_what_is_on_and_what_follows(newsroom: Stage, client: FlaskClient) -> None:
    newsroom.clock.now = STARTS
    shown = client.get(SIGN)
    assert pages.words(shown, "//h1") == ["Room 1"]
    assert pages.words(shown, "//h2") == ["Biology and treaties"]
    assert pages.words(shown, "//ul[@class='sign__next']/li/span") == ["Later"]
    assert shown.headers["Cache-Control"] == "public, max-age=30"
    assert "Set-Cookie" not in shown.headers
    newsroom.clock.now = at("12:30")
    assert pages.words(client.get(SIGN), "//h2") == ["Lunch"]
    newsroom.clock.now = ENDS
    assert pages.words(client.get(SIGN), "//h2") == ["Later"]
    newsroom.clock.now = at("18:00")
    assert pages.words(client.get(SIGN), "//h2") == ["Nothing more today"]


def test_the_sign_reads_the_release_alone(newsroom: Stage, client: FlaskClient) -> None:
    newsroom.clock.now = STARTS
    before = client.get(SIGN).data
    with newsroom.write():
        newsroom.scene.move(120, now=NOW)
    newsroom.say(Fact.STARTED)
    assert client.get(SIGN).data == before


def test_an_unknown_room_has_no_sign(newsroom: Stage, client: FlaskClient) -> None:
    assert client.get("/summit/rooms/room-9/sign").status_code == 404
