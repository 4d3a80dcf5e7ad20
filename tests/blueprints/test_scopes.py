"""Those whose rights end somewhere: no page offers them what it would then refuse, nor does the API."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from confapp.domain.permissions import Role
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.slots import Deed
from confapp.domain.schedule import moves, tasks
from confapp.domain.schedule.moves import Choice, Move
from confapp.domain.schedule.scopes import EVERYWHERE
from confapp.domain.schedule.tasks import Cause
from tests.blueprints.conftest import As
from tests.conftest import NOW, Transaction
from tests.factories import make_host, make_room, make_session, make_slot, make_speaker, make_track
from tests.pages import tree

URL = "/organise/summit"
PAGES = ("board", "schedule", "schedule/history", "conflicts", "tasks", "sessions", "speakers", "hosts", "venues")


@pytest.fixture
def scopes(write: Transaction, summit: Conference) -> dict[Role, int | None]:
    """Clashes within a track and a host's rooms, across both, and in neither; steps of history of each kind."""
    with write():
        host, track = make_host(summit, "Academy"), make_track(summit, "Medicine")
        other_host, other_track = make_host(summit, "Institute"), make_track(summit, "Food")
        hers, theirs = make_room(summit, "Aula", host_id=host.id), make_room(summit, "Barn", host_id=other_host.id)
        ada = make_speaker(summit, "Ada")
        with tasks.watching(summit, Cause.SESSION, by=None, now=NOW):
            for room, start, pair in (
                (hers, "10:00", (track, other_track)),
                (hers, "12:00", (other_track, other_track)),
                (theirs, "14:00", (track, track)),
                (theirs, "16:00", (other_track, None)),
            ):
                for each in pair:
                    make_slot(summit, make_session(summit, None, ada, track=each), room, start)
        make_slot(summit, make_session(summit, "Plenary", track=other_track), None, "10:00")
        make_session(summit, "Waiting", track=other_track)
        for deed, choice, to in (
            (Deed.SHIFT, Choice(rooms=[hers], track=track), {"minutes": 5}),
            (Deed.TRACK, Choice(rooms=[theirs], track=track), {"track": other_track}),
        ):
            moves.run(
                summit, Move(deed, choice, **to), expected=None, rights=EVERYWHERE, by=None, now=NOW, override="x"
            )
        return {
            Role.TRACK_MANAGER: track.id,
            Role.HOST_COORDINATOR: host.id,
            Role.STAGE_DESK: None,
            Role.READ_ONLY: None,
        }


def offered(client: FlaskClient, path: str) -> set[str]:
    """Where a page of the organisers' leads to."""
    page = client.get(path)
    assert page.status_code == 200, path
    return {str(href).partition("#")[0] for href in tree(page).xpath("//main//a/@href") if str(href).startswith(URL)}


@pytest.mark.parametrize("role", [Role.TRACK_MANAGER, Role.HOST_COORDINATOR, Role.STAGE_DESK, Role.READ_ONLY])
def test_no_page_leads_where_one_may_not_go(signed_in: As, scopes: dict[Role, int | None], role: Role) -> None:
    client = signed_in(role, scopes[role])
    found = {path for page in PAGES for path in offered(client, f"{URL}/{page}")}
    found |= {path for each in found if "/conflicts/" in each for path in offered(client, each)}
    refused = {path: answer.status_code for path in sorted(found) if (answer := client.get(path)).status_code >= 400}
    assert refused == {}
    assert any("/slots/" in path for path in found) is (scopes[role] is not None)
    assert any("/undo" in path for path in found) is (scopes[role] is not None)


@pytest.mark.parametrize("role", [Role.TRACK_MANAGER, Role.HOST_COORDINATOR])
def test_ways_out_lead_only_where_one_may_place(signed_in: As, scopes: dict[Role, int | None], role: Role) -> None:
    client = signed_in(role, scopes[role])
    told: Any = client.get("/api/conferences/summit/conflicts").json
    board: Any = client.get("/api/conferences/summit/board").json
    movable = {slot["uuid"] for slot in board["slots"] if slot["may_move"]}
    tracks = {slot["uuid"]: slot["track"] for slot in board["slots"]}
    rights, seen = board["rights"], 0
    for conflict in told["items"]:
        for way in conflict["ways_out"]:
            seen += 1
            assert conflict["slots"][-1] in movable
            assert way["room"] in rights["rooms"] or tracks[conflict["slots"][-1]] in rights["tracks"]
    assert seen > 0
