"""The board's payload, its changes, who is present, and blockers: as the page asks for them, by cookie and token."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from confapp.domain.people import Account
from confapp.domain.permissions import Role
from confapp.domain.programme import conferences, slots
from confapp.domain.programme.conferences import Conference
from confapp.domain.schedule import scheduling
from confapp.web import ConfappFlask
from tests.conftest import SetClock, Transaction
from tests.factories import (
    NOW,
    at,
    make_account,
    make_conference,
    make_host,
    make_room,
    make_session,
    make_slot,
    make_speaker,
    make_track,
    sign_in,
    token_for,
)

URL = "/api/conferences/summit"
HERE, THERE = uuid.UUID(int=1), uuid.UUID(int=2)


class Page:
    """A page that is open: asks with its cookie, and sends the token that came with it."""

    def __init__(self, client: FlaskClient, account: Account) -> None:
        self.client = sign_in(client, account)

    def __call__(self, method: str, path: str, headers: dict[str, str] | None = None, **more: Any) -> Any:
        sent = {"X-CSRFToken": token_for(self.client)} | (headers or {})
        return self.client.open(URL + path, method=method, headers=sent, **more)

    def board(self) -> Any:
        return self("GET", "/board").json

    def changes(self, since: int, tag: str | None = None) -> Any:
        return self("GET", f"/board/changes?since={since}", headers={"If-None-Match": tag} if tag else {})


@pytest.fixture
def summit(write: Transaction) -> Conference:
    """Spores in the Aula at ten, by Ada, in Medicine; Yeast waits; the Annexe is lent by the Academy."""
    with write():
        summit = make_conference()
        aula = make_room(summit, "Aula")
        make_room(summit, "Annexe", host_id=make_host(summit, "Academy").id)
        medicine, ada = make_track(summit, "Military medicine"), make_speaker(summit, "Ada")
        make_slot(summit, make_session(summit, "Spores", ada, track=medicine), aula, "10:00", 30)
        make_session(summit, "Yeast", ada, track=make_track(summit, "Food"), duration_minutes=45)
        return summit


@pytest.fixture
def page(app: ConfappFlask, write: Transaction, summit: Conference) -> Callable[..., Page]:
    """`page(role, name)`: one more person with the board open."""

    def come(role: Role = Role.ORGANISER, name: str = "Mia", **scope: Any) -> Page:
        with write():
            account = make_account(f"{name.lower()}@example.org", role=role, conference=summit, **scope)
        return Page(app.test_client(), account)

    return come


def move(page: Page, slot: Any, **changes: Any) -> Any:
    body = {name: slot[name] for name in ("room", "starts_at", "ends_at")} | changes
    return page("PUT", f"/slots/{slot['uuid']}", headers={"If-Match": f'"{slot["version"]}"'}, json=body)


# The whole board.


def test_the_board_tells_what_stands_and_what_waits(page: Callable[..., Page]) -> None:
    told = page().board()
    (slot,), (waiting,) = told["slots"], told["tray"]
    assert (slot["title"], slot["room"], slot["track"], slot["may_move"]) == (
        "Spores",
        "aula",
        "military-medicine",
        True,
    )
    assert (slot["starts_at"], slot["ends_at"]) == ("2026-05-18T08:00:00Z", "2026-05-18T08:30:00Z")
    assert (waiting["title"], waiting["minutes"], waiting["may_move"]) == ("Yeast", 45, True)
    assert [told["people"][code] for code in slot["people"]] == ["Ada"]
    assert [(track["letters"], track["colour"]) for track in told["tracks"]] == [("MM", 1), ("F", 2)]
    assert [day["date"] for day in told["days"]] == ["2026-05-18", "2026-05-19"]
    assert told["days"][0]["starts_at"] == "2026-05-17T22:00:00Z"
    assert told["rights"] == {
        "edit": True, "override": True, "release": True, "sessions": True, "rooms": None, "tracks": None,
    }  # fmt: skip


def test_a_day_outside_the_conference_on_which_something_stands_is_told(
    page: Callable[..., Page], write: Transaction, summit: Conference
) -> None:
    with write():
        make_slot(conferences.named("summit"), None, None, at("10:00", day=4))
    assert [day["date"] for day in page().board()["days"]] == ["2026-05-18", "2026-05-19", "2026-05-21"]


def test_scopes_narrow_what_may_be_moved(page: Callable[..., Page], write: Transaction, summit: Conference) -> None:
    with write():
        make_slot(summit, make_session(summit, "Mould"), None, "12:00")
        food = conferences.track(summit, "food")
        host = make_host(summit, "Institute")
        make_slot(summit, make_session(summit, "Cold"), make_room(summit, "Cellar", host_id=host.id), "14:00")
    manager = page(Role.TRACK_MANAGER, "Tam", scope_id=food.id).board()
    assert {slot["title"]: slot["may_move"] for slot in manager["slots"]} == {
        "Spores": False, "Mould": False, "Cold": False,
    }  # fmt: skip
    assert [waiting["may_move"] for waiting in manager["tray"]] == [True]
    assert (manager["rights"]["tracks"], manager["rights"]["rooms"]) == (["food"], [])
    coordinator = page(Role.HOST_COORDINATOR, "Cor", scope_id=host.id).board()
    assert {slot["title"]: slot["may_move"] for slot in coordinator["slots"]} == {
        "Spores": False, "Mould": False, "Cold": True,
    }  # fmt: skip
    assert (coordinator["rights"]["tracks"], coordinator["rights"]["rooms"]) == ([], ["cellar"])
    reader = page(Role.READ_ONLY, "Rea").board()
    assert reader["rights"]["edit"] is False
    assert not any(slot["may_move"] for slot in [*reader["slots"], *reader["tray"]])


def test_the_board_takes_as_many_queries_for_thirty_slots_as_for_one(
    page: Callable[..., Page], write: Transaction, summit: Conference, count_queries: Any
) -> None:
    mia = page()
    counts = []
    for _ in range(2):
        with count_queries() as statements:
            mia.board()
        counts.append(len(statements))
        with write():
            for number in range(30):
                session = make_session(summit, f"More {number}", make_speaker(summit), track=make_track(summit))
                make_slot(summit, session, make_room(summit), "16:00")
            make_session(summit)
    assert counts[0] == counts[1]


# What changed since.


def test_nothing_changed_is_304(page: Callable[..., Page]) -> None:
    mia = page()
    version = mia.board()["version"]
    answer = mia.changes(version)
    assert (answer.status_code, answer.data) == (304, b"")
    assert mia.changes(version, answer.headers["ETag"]).status_code == 304
    assert mia.changes(version, '"elsewhere"').status_code == 200


def test_a_move_is_told_to_the_others_with_who_did_it(page: Callable[..., Page]) -> None:
    mia, ola = page(), page(name="Ola")
    before = mia.board()
    assert move(ola, before["slots"][0], room="annexe").status_code == 200
    told = mia.changes(before["version"]).json
    (step,), (slot,) = told["steps"], told["slots"]
    assert (step["by"]["name"], step["title"], step["before"]["room"], step["after"]["room"]) == (
        "Ola", "Spores", "aula", "annexe",
    )  # fmt: skip
    assert step["slot_version"] == slot["version"]
    assert slot == mia.board()["slots"][0]
    assert mia.changes(told["version"]).status_code == 304


def test_taking_off_is_told_and_fills_the_tray(page: Callable[..., Page]) -> None:
    mia, ola = page(), page(name="Ola")
    before = mia.board()
    slot = before["slots"][0]
    ola("DELETE", f"/slots/{slot['uuid']}", headers={"If-Match": f'"{slot["version"]}"'})
    told = mia.changes(before["version"]).json
    assert (told["slots"], [step["after"] for step in told["steps"]]) == ([], [None])
    assert [waiting["title"] for waiting in told["tray"]] == ["Spores"]


def test_changes_bring_the_conflicts_of_what_moved(
    page: Callable[..., Page], write: Transaction, summit: Conference
) -> None:
    mia = page()
    version = mia.board()["version"]
    with write():
        make_slot(summit, make_session(summit, "Rival"), slots.slots(summit)[0].room, "10:15")
    conflicts = mia.changes(version).json["conflicts"]
    assert ("room", "blocks") in [(each["rule"], each["grade"]) for each in conflicts]
    assert len(conflicts) == len({(each["rule"], each["subject"], *sorted(each["slots"])) for each in conflicts})


def test_a_board_that_missed_too_much_is_told_to_read_anew(
    page: Callable[..., Page], write: Transaction, summit: Conference
) -> None:
    mia = page()
    version = mia.board()["version"]
    assert mia.changes(version + 5).json["reset"] is True
    with write():
        made = scheduling.create_slots(summit, [None] * 61)
        wanted = [(slot, None, at("10:00"), at("11:00")) for slot in made]
        scheduling.place_many(summit, wanted, reason="many", by=None, now=NOW)
    told = mia.changes(version).json
    assert (told["reset"], told["steps"]) == (True, [])


def test_a_placing_answers_with_the_slots_conflicts_and_the_schedules_version(
    page: Callable[..., Page], write: Transaction, summit: Conference
) -> None:
    mia = page()
    with write():
        make_slot(summit, make_session(summit, "Rival"), slots.slots(summit)[0].room, "12:00")
    before = mia.board()
    refused = move(
        mia, before["slots"][0], room="aula", starts_at="2026-05-18T12:00+02:00", ends_at="2026-05-18T12:30+02:00"
    )
    assert refused.status_code == 409
    moved = move(
        mia, before["slots"][0],
        starts_at="2026-05-18T12:00+02:00", ends_at="2026-05-18T12:30+02:00", override="a debate",
    ).json  # fmt: skip
    assert moved["schedule_version"] == before["version"] + 1 == mia.board()["version"]
    assert moved["warnings"] == [
        each | {"ways_out": []} for each in mia("GET", "/conflicts").json["items"] if moved["uuid"] in each["slots"]
    ]


# What was edited since.


def edited(mia: Page, before: Any) -> Any:
    return mia("GET", f"/board/changes?since={before['version']}&edits={before['edits']}").json


def test_an_edit_of_a_session_is_told_with_who_did_it(page: Callable[..., Page]) -> None:
    mia, ola = page(), page(name="Ola")
    before = mia.board()
    code = before["slots"][0]["session"]
    assert ola("PATCH", f"/sessions/{code}", json={"title": {"en": "Moulds"}, "track": "food"}).status_code == 200
    told = edited(mia, before)
    (edit,) = told["edited"]
    assert (edit["action"], edit["code"], edit["by"]["name"]) == ("session.edit", code, "Ola")
    assert (told["reset"], told["sessions"]) == (False, [code])
    assert [(slot["title"], slot["track"]) for slot in told["slots"]] == [("Moulds", "food")]
    assert told["slots"] == mia.board()["slots"]
    assert edited(mia, told) is None
    # Who only asks for moves hears of none.
    assert mia.changes(before["version"]).status_code == 304


def test_a_session_that_was_made_or_turned_down_comes_into_the_tray_and_leaves_it(page: Callable[..., Page]) -> None:
    mia, ola = page(), page(name="Ola")
    before = mia.board()
    made = ola("POST", "/sessions", json={"title": {"en": "Bread"}, "duration_minutes": 20}).json
    told = edited(mia, before)
    assert [(each["session"], each["minutes"]) for each in told["tray"]] == [(made["code"], 20)]
    ola("PATCH", f"/sessions/{made['code']}", json={"state": "rejected"})
    assert (edited(mia, told)["sessions"], edited(mia, told)["tray"]) == ([made["code"]], [])


def test_an_edit_of_a_speaker_is_told_where_they_stand_unless_no_card_shows_it(page: Callable[..., Page]) -> None:
    mia, ola = page(), page(name="Ola")
    before = mia.board()
    (ada,) = before["slots"][0]["people"]
    ola("PATCH", f"/speakers/{ada}", json={"biography": {"en": "Long."}})
    told = edited(mia, before)
    assert (told["edited"], told["slots"], told["reset"]) == ([], [], False)
    ola("PATCH", f"/speakers/{ada}", json={"name": "Ada Lovelace"})
    told = edited(mia, told)
    assert told["people"] == {ada: "Ada Lovelace"}
    assert {each["session"] for each in [*told["slots"], *told["tray"]]} == set(told["sessions"])
    assert len(told["sessions"]) == 2


@pytest.mark.parametrize(
    ("path", "values"),
    [("/rooms/aula", {"name": {"en": "Great hall"}}), ("/tracks/food", {"name": {"en": "Cooking"}, "colour": 7})],
)
def test_what_changes_the_frame_of_the_board_lets_it_be_read_anew(
    page: Callable[..., Page], path: str, values: Any
) -> None:
    mia, ola = page(), page(name="Ola")
    before = mia.board()
    assert ola("PATCH", path, json=values).status_code == 200
    assert edited(mia, before)["reset"] is True


def test_what_only_changes_conflicts_lets_those_be_read_anew(page: Callable[..., Page]) -> None:
    mia, ola = page(), page(name="Ola")
    before = mia.board()
    spans = [{"starts_at": "2026-05-18T14:00+02:00", "ends_at": "2026-05-18T18:00+02:00"}]
    assert ola("PUT", "/rooms/aula/availability", json={"spans": spans}).status_code == 200
    told = edited(mia, before)
    assert (told["reset"], told["recheck"], told["slots"]) == (False, True, [])


def test_too_many_edits_or_numbers_from_elsewhere_let_the_board_be_read_anew(page: Callable[..., Page]) -> None:
    mia = page()
    before = mia.board()
    for number in range(41):
        mia("POST", "/sessions", json={"title": {"en": f"More {number}"}})
    assert edited(mia, before)["reset"] is True
    assert edited(mia, mia.board() | {"edits": 99_999})["reset"] is True


def test_what_was_edited_takes_as_many_queries_for_thirty_sessions_as_for_one(
    page: Callable[..., Page], count_queries: Any
) -> None:
    mia = page()
    counts = []
    for count in (1, 30):
        before = mia.board()
        for number in range(count):
            mia("POST", "/sessions", json={"title": {"en": f"More {number}"}})
        with count_queries() as statements:
            assert len(edited(mia, before)["tray"]) == count
        counts.append(len(statements))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("since", ["", "-1", "x", "9999999999"])
def test_since_is_a_version(page: Callable[..., Page], since: str) -> None:
    refused = page()("GET", f"/board/changes?since={since}")
    assert refused.status_code == 422
    assert "since" in refused.json["errors"]
    refused = page(name="Ola")("GET", f"/board/changes?since=0&edits={since}")
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["edits"])


# Who is here.


def test_who_has_the_board_open_is_told_and_forgotten(page: Callable[..., Page], clock: SetClock) -> None:
    mia, ola = page(), page(name="Ola")
    before = mia.board()
    quiet = mia.changes(before["version"]).headers["ETag"]
    slot = before["slots"][0]["uuid"]
    assert ola("PUT", f"/board/present/{HERE}", json={"slot": slot}).status_code == 204
    told = mia.changes(before["version"], quiet)
    assert [(each["name"], each["client"], each["slot"]) for each in told.json["present"]] == [("Ola", str(HERE), slot)]
    assert mia.changes(before["version"], told.headers["ETag"]).status_code == 304
    ola("PUT", f"/board/present/{HERE}", json={})
    assert [each["slot"] for each in mia.changes(before["version"], quiet).json["present"]] == [None]
    clock.tick(seconds=31)
    assert mia.changes(before["version"], quiet).status_code == 304


def test_leaving_is_told_at_once_and_only_for_oneself(page: Callable[..., Page]) -> None:
    mia, ola = page(), page(name="Ola")
    version = mia.board()["version"]
    for client in (HERE, THERE):
        ola("PUT", f"/board/present/{client}", json={})
    mia("DELETE", f"/board/present/{HERE}")
    assert len(mia.changes(version, '"x"').json["present"]) == 2
    ola("DELETE", f"/board/present/{HERE}")
    assert [each["client"] for each in mia.changes(version, '"x"').json["present"]] == [str(THERE)]


def test_a_page_is_one_persons(page: Callable[..., Page]) -> None:
    mia, ola = page(), page(name="Ola")
    ola("PUT", f"/board/present/{HERE}", json={})
    assert mia("PUT", f"/board/present/{HERE}", json={}).status_code == 409


# What the page sends.


def test_a_move_without_the_pages_token_is_refused(page: Callable[..., Page]) -> None:
    mia = page()
    slot = mia.board()["slots"][0]
    refused = mia.client.put(f"{URL}/slots/{slot['uuid']}", json={"room": None, "starts_at": slot["starts_at"]})
    assert refused.status_code == 400
    assert mia.board()["slots"][0] == slot


def test_a_blocker_keeps_a_room_free(page: Callable[..., Page], write: Transaction, summit: Conference) -> None:
    made = page()(
        "POST", "/blockers", json={"note": "Piano", "room": "aula", "starts_at": "2026-05-18T12:00", "minutes": 30}
    )
    assert (made.status_code, made.json["room"], made.headers["ETag"]) == (201, "aula", f'"{made.json["version"]}"')
    with write():
        (_, blocker) = slots.slots(summit)
        assert (blocker.note, blocker.session, blocker.starts_at) == ("Piano", None, at("12:00"))
        assert blocker.ends_at == at("12:00") + dt.timedelta(minutes=30)


def test_a_blocker_where_something_stands_is_refused_and_leaves_nothing(page: Callable[..., Page]) -> None:
    mia = page()
    refused = mia(
        "POST", "/blockers", json={"note": "Piano", "room": "aula", "starts_at": "2026-05-18T10:00", "minutes": 30}
    )
    assert (refused.status_code, [each["rule"] for each in refused.json["conflicts"]]) == (409, ["room"])
    assert len(mia.board()["slots"]) == 1
