"""Two saves in one instant: the second waits for the first, and then sees that it changed what its page showed."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from confapp.database import db
from confapp.domain.programme.conferences import Conference
from tests import pages
from tests.conftest import Transaction
from tests.factories import make_host, make_room, make_speaker, make_track, make_venue

pytestmark = pytest.mark.postgres
PATIENCE = 30.0


def made(noun: str, summit: Conference) -> tuple[Any, str]:
    """A row, and the path of its form."""
    if noun == "settings":
        return summit, "settings"
    if noun == "track":
        track = make_track(summit)
        return track, f"tracks/{track.slug}"
    if noun == "host":
        host = make_host(summit)
        return host, f"hosts/{host.slug}"
    if noun == "venue":
        venue = make_venue(summit, host_id=make_host(summit).id)
        return venue, f"venues/{venue.slug}"
    if noun == "room":
        room = make_room(summit, venue_id=make_venue(summit).id)
        return room, f"rooms/{room.code}"
    speaker = make_speaker(summit)
    return speaker, f"speakers/{speaker.code}"


def wait_until_somebody_waits() -> None:
    """Until a second connection stands in line for what this transaction holds."""
    waiting = sa.text(
        "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
    )
    patience = time.monotonic() + PATIENCE
    while not db.session.scalar(waiting):
        assert time.monotonic() < patience, "nobody ever waited"
        time.sleep(0.01)


@pytest.mark.parametrize("noun", ["settings", "track", "host", "venue", "room", "speaker"])
def test_of_two_saves_in_one_instant_the_second_is_refused(
    noun: str, organiser: FlaskClient, write: Transaction, summit: Conference
) -> None:
    with write():
        row, path = made(noun, summit)
    attribute = "title" if noun == "settings" else "name"
    field = "name" if noun == "speaker" else f"{attribute}.en"
    url = f"/organise/summit/{path}"
    form = pages.open_form(organiser, url)
    answers: list[TestResponse] = []
    second = threading.Thread(target=lambda: answers.append(form.send({field: "Mine"})))
    with write():
        setattr(row, attribute, "Theirs" if noun == "speaker" else {"en": "Theirs"})
        db.session.flush()
        second.start()
        wait_until_somebody_waits()
    second.join(PATIENCE)
    assert [answer.status_code for answer in answers] == [412]
    assert pages.open_form(organiser, url)[field] == "Theirs"


def test_what_is_removed_while_a_save_waits_for_it_is_gone(
    organiser: FlaskClient, write: Transaction, summit: Conference
) -> None:
    with write():
        track = make_track(summit)
    form = pages.open_form(organiser, f"/organise/summit/tracks/{track.slug}")
    answers: list[TestResponse] = []
    second = threading.Thread(target=lambda: answers.append(form.send({"name.en": "Mine"})))
    with write():
        db.session.delete(track)
        db.session.flush()
        second.start()
        wait_until_somebody_waits()
    second.join(PATIENCE)
    assert [answer.status_code for answer in answers] == [404]
