"""Two organisers at one thing: who saves last learns that it changed, and loses nothing of what was typed."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from confapp.domain.programme import hosts
from confapp.domain.programme.conferences import Conference
from tests import pages
from tests.conftest import Transaction
from tests.factories import make_host, make_room, make_speaker, make_track, make_venue

pytestmark = pytest.mark.sqlite
URL = "/organise/summit"


@pytest.fixture(params=["settings", "track", "host", "venue", "room", "speaker"])
def opened(
    request: pytest.FixtureRequest, organiser: FlaskClient, write: Transaction, summit: Conference
) -> tuple[pages.PageForm, str, str]:
    """A form that somebody opened, one of its texts, and the page's address."""
    with write():
        addresses = {
            "settings": "settings",
            "track": f"tracks/{make_track(summit).slug}",
            "host": f"hosts/{make_host(summit).slug}",
            "venue": f"venues/{make_venue(summit).slug}",
            "room": f"rooms/{make_room(summit).code}",
            "speaker": f"speakers/{make_speaker(summit).code}",
        }
    text = {"settings": "title.en", "speaker": "name"}.get(request.param, "name.en")
    url = f"{URL}/{addresses[request.param]}"
    return pages.open_form(organiser, url), text, url


def test_what_somebody_else_changed_is_not_written_over(
    organiser: FlaskClient, opened: tuple[pages.PageForm, str, str]
) -> None:
    form, text, url = opened
    assert pages.open_form(organiser, url).send({text: "Theirs"}).status_code == 302
    refused = form.send({text: "Mine"})
    assert refused.status_code == 412
    assert pages.summary(refused) == [
        "Somebody changed this since you opened it. Copy what you typed, reload, try again."
    ]
    assert pages.tree(refused).xpath("//a[text()='Look at it as it is now']/@href") == [url]
    again = pages.form_in(organiser, refused)
    assert again[text] == "Mine"
    assert again.send().status_code == 412
    assert pages.open_form(organiser, url)[text] == "Theirs"
    assert pages.open_form(organiser, url).send({text: "Mine"}).status_code == 302


def test_sending_the_same_twice_is_no_quarrel(opened: tuple[pages.PageForm, str, str]) -> None:
    form, text, _url = opened
    assert [form.send({text: "Mine"}).status_code for _ in range(2)] == [302, 302]


def test_a_form_that_was_refused_can_be_sent_again(
    organiser: FlaskClient, opened: tuple[pages.PageForm, str, str]
) -> None:
    form, text, _url = opened
    refused = form.send({text: ""})
    assert refused.status_code == 422
    assert pages.form_in(organiser, refused).send({text: "Mine"}).status_code == 302


def test_what_happens_elsewhere_does_not_matter(organiser: FlaskClient, write: Transaction, summit: Conference) -> None:
    with write():
        room = make_room(summit, "Hall")
    form = pages.open_form(organiser, f"{URL}/rooms/{room.code}")
    with write():
        make_room(summit, "Lab")
    assert form.send({"name.en": "Great hall"}).status_code == 302
    with write():
        assert hosts.room(summit, room.code).name == {"en": "Great hall"}
