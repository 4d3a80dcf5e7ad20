"""No request, however mad, makes the app fail: every address of the URL map, on both databases."""

from __future__ import annotations

import gc
import random
from collections import Counter
from collections.abc import Callable

import pytest

from confapp.domain import registrations
from confapp.domain.people import Account
from confapp.domain.permissions import Role
from confapp.domain.transcripts import VersionState
from confapp.web import ConfappFlask
from tests.conftest import NOW, Transaction
from tests.factories import (
    make_account,
    make_host,
    make_registration,
    make_room,
    make_session,
    make_slot,
    make_speaker,
    make_track,
    make_venue,
)
from tests.press import Scene
from tests.visitors import Known, visits

NOT_MADE_YET = 503
"""What a file answers that no worker made."""


def _scene() -> tuple[Known, Account]:
    """One of everything, and an account that may do all of it."""
    scene = Scene()
    conference = scene.conference
    account = make_account("all@example.org", role=Role.OWNER, conference=conference, is_admin=True)
    from confapp.domain import permissions

    for role in (Role.PRESS_OFFICER, Role.PRESS_APPROVER):
        permissions.grant(account, conference.id, role, by=None, now=NOW)
    track, host, venue = make_track(conference), make_host(conference), make_venue(conference)
    room, spare = make_room(conference, host_id=host.id), make_room(conference)
    speaker = make_speaker(conference)
    session = make_session(conference, None, speaker, track=track)
    slot = make_slot(conference, session, room)
    registration = make_registration(conference, account.person)
    feed = registrations.new_feed(registration, now=NOW)
    registrations.pick(registration, session, now=NOW)
    released, draft = scene.released(), scene.draft(session=None)
    reviewed = scene.bring(scene.draft(session=None), VersionState.IN_REVIEW)
    scene.release_schedule(now=NOW)
    public_id = str(released.transcript.public_id)
    return Known(
        {
            "conference": [conference.slug],
            "kind": ["ics", "pdf", "txt", "json"],
            "number": ["1", "2"],
            "token": [feed],
            "public_id": [public_id],
            "tracks/slug": [track.slug],
            "hosts/slug": [host.slug],
            "venues/slug": [venue.slug],
            "rooms/code": [room.code, spare.code],
            "stage/room": [room.code, "-"],
            "sessions/code": [session.code],
            "place/code": [session.code],
            "picks/code": [session.code],
            "speakers/code": [speaker.code],
            "attendees/code": [registration.code],
            "registrations/code": [registration.code],
            "tracks/identifier": [track.slug],
            "hosts/identifier": [host.slug],
            "venues/identifier": [venue.slug],
            "rooms/identifier": [room.code, spare.code],
            "sessions/identifier": [session.code],
            "speakers/identifier": [speaker.code],
            "slots/identifier": [str(slot.uuid)],
            "identifier": [str(each.uuid) for each in (released, draft, reviewed)],
            "filename": ["manifest.json"],
            "grant_id": ["1", "2", "3"],
            "token_id": ["1"],
        }
    ), account


def _visit(make_app: Callable[..., ConfappFlask], write: Transaction, seed: int) -> None:
    app = make_app(file_wait=0.0)
    app.config["PROPAGATE_EXCEPTIONS"] = False  # a failure is an answer, as in real life
    with write():
        known, account = _scene()
    wrong, seen = [], Counter[int]()
    for visit in visits(app.test_client(), account, known, random.Random(seed)):
        seen[visit.answer.status_code] += 1
        if visit.answer.status_code >= 500 and visit.answer.status_code != NOT_MADE_YET:
            wrong.append(str(visit))
    gc.collect()  # broken uploads leave files that nobody closed; whose test that is, is known here
    assert wrong == [], f"seed {seed}"
    assert seen[200] > 50
    assert seen[404] > 20
    assert seen[422] > 10


LEFT_OPEN = pytest.mark.filterwarnings("ignore:Exception ignored in.*SpooledTemporaryFile")


@LEFT_OPEN
def test_no_visitor_makes_the_app_fail(make_app: Callable[..., ConfappFlask], write: Transaction) -> None:
    _visit(make_app, write, random.SystemRandom().randrange(10**6))


@LEFT_OPEN
@pytest.mark.soak
@pytest.mark.parametrize("seed", range(40))
def test_no_crowd_of_visitors_makes_the_app_fail(
    make_app: Callable[..., ConfappFlask], write: Transaction, seed: int
) -> None:
    _visit(make_app, write, seed)
