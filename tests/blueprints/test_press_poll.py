"""The readers' poll: one vote each, results after voting, and nothing of a visitor on the public page."""

from __future__ import annotations

from typing import Any

import pytest

from confapp.blueprints import press_poll
from confapp.domain.press import polls, publishing
from tests import pages
from tests.factories import NOW
from tests.newsroom import DESK, Newsroom


@pytest.fixture
def newsroom(app: Any, write: Any, clock: Any) -> Newsroom:
    """A released keynote and its press office."""
    return Newsroom(app, write, clock)


def _asked(newsroom: Newsroom) -> tuple[str, str]:
    """A poll beside public words: the transcript's address, the desk's."""
    with newsroom.write():
        version = newsroom.scene.released(now=newsroom.clock.now)
    desk = f"{DESK}/polls/{version.transcript.public_id}"
    sent = newsroom.send("officer", desk, {"question": "Ready?", "options": "Yes\nNo\n"})
    assert sent.status_code == 302
    return f"/summit/press/{version.transcript.public_id}", desk


def _share(newsroom: Newsroom, client: Any, url: str) -> list[str]:
    return pages.words(client.get(f"{url}/poll"), "//li//strong")


def test_a_reader_votes_once_and_then_sees_the_result(newsroom: Newsroom) -> None:
    url, _desk = _asked(newsroom)
    reader, other = newsroom.app.test_client(), newsroom.app.test_client()
    assert f"{url}/poll" in reader.get(url).text
    assert _share(newsroom, reader, url) == []
    form = pages.open_form(reader, f"{url}/poll")
    assert form.send(option="5").status_code == 422
    assert form.send(option="0").status_code == 303
    assert _share(newsroom, reader, url) == ["100 %", "0 %"]
    assert form.send(option="1").status_code == 303
    assert _share(newsroom, reader, url) == ["100 %", "0 %"]
    assert _share(newsroom, other, url) == []
    pages.open_form(other, f"{url}/poll").send(option="1")
    assert _share(newsroom, other, url) == ["50 %", "50 %"]
    assert other.get(f"{url}/poll").headers["Cache-Control"] == "no-store"


def test_an_account_votes_once_whatever_its_browser(newsroom: Newsroom) -> None:
    url, desk = _asked(newsroom)
    for option in ("0", "1"):
        newsroom.send("stage", f"{url}/poll", {"option": option})
    page = newsroom.as_("officer").get(desk)
    assert pages.words(page, "//td") == ["1", "0"]


def test_two_votes_sent_at_once_from_one_page_count_once(newsroom: Newsroom) -> None:
    url, desk = _asked(newsroom)
    form = pages.open_form(newsroom.app.test_client(), f"{url}/poll")
    assert form.send(option="0").status_code == 303
    form.client.delete_cookie(press_poll.COOKIE)  # as when the second was sent before the first was answered
    assert form.send(option="1").status_code == 303
    assert pages.words(newsroom.as_("officer").get(desk), "//td") == ["1", "0"]


def test_the_public_page_gives_no_cookie_and_the_poll_s_own_does(newsroom: Newsroom) -> None:
    url, _desk = _asked(newsroom)
    client = newsroom.app.test_client()
    assert "Set-Cookie" not in client.get(url).headers
    form = pages.open_form(client, f"{url}/poll")
    voted = form.send(option="0")
    assert any(press_poll.COOKIE in each for each in voted.headers.getlist("Set-Cookie"))
    assert "Set-Cookie" not in client.get(url).headers


def test_one_place_votes_only_so_often_and_others_go_on(make_app: Any, write: Any, clock: Any) -> None:
    newsroom = Newsroom(make_app(is_testing=False), write, clock)
    with write():
        version = newsroom.scene.released(now=NOW)
        public_id = version.transcript.public_id
        polls.ask(newsroom.conference.id, public_id, "?", ["a", "b"], language="en", by=newsroom.scene.officer, now=NOW)

    def vote(place: str) -> int:
        client = newsroom.app.test_client()
        client.environ_base["REMOTE_ADDR"] = place
        return pages.open_form(client, f"/summit/press/{public_id}/poll").send(option="0").status_code

    assert [vote("192.0.2.1") for _ in range(60)] == [303] * 60
    assert vote("192.0.2.1") == 429
    assert vote("192.0.2.2") == 303


def test_a_closed_poll_takes_no_vote_and_shows_its_result(newsroom: Newsroom) -> None:
    url, desk = _asked(newsroom)
    reader = newsroom.app.test_client()
    form = pages.open_form(reader, f"{url}/poll")
    assert newsroom.send("officer", f"{desk}/close").status_code == 303
    assert newsroom.send("officer", f"{desk}/close").status_code == 409
    assert form.send(option="0").status_code == 409
    assert _share(newsroom, reader, url) == ["0 %", "0 %"]


def test_polls_stand_beside_public_words_alone(newsroom: Newsroom) -> None:
    url, _desk = _asked(newsroom)
    unreleased = newsroom.draft(session=None)
    secret = unreleased.transcript.public_id
    assert newsroom.send("officer", f"{DESK}/polls/{secret}", {"question": "?", "options": "a\nb"}).status_code == 404
    assert newsroom.app.test_client().get(f"/summit/press/{secret}/poll").status_code == 404
    public = newsroom.app.test_client().get(url)
    assert public.data == newsroom.as_("officer").get(url).data
    with newsroom.write():
        version = newsroom.scene.released(session=None, now=newsroom.clock.now, headline="Other", kind="notes")
        publishing.withdraw(version, "Wrong.", by=newsroom.scene.officer, now=newsroom.clock.now)
    assert newsroom.app.test_client().get(f"/summit/press/{version.transcript.public_id}/poll").status_code == 404


@pytest.mark.parametrize("options", ["Yes", "Yes\nYes", ""])
def test_a_poll_needs_two_answers(newsroom: Newsroom, options: str) -> None:
    with newsroom.write():
        version = newsroom.scene.released(now=newsroom.clock.now)
    desk = f"{DESK}/polls/{version.transcript.public_id}"
    assert newsroom.send("officer", desk, {"question": "Ready?", "options": options}).status_code == 422
    assert newsroom.send("approver", desk, {"question": "Ready?", "options": "a\nb"}).status_code == 404
