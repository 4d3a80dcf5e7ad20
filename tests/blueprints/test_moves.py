"""Bulk moves by form: choose, look, do; refused with the typed values kept, and never done on an old preview."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from confapp.database import Mode
from confapp.domain.permissions import Role
from confapp.domain.programme import slots
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.sessions import Kind
from confapp.domain.programme.slots import Place, Slot
from tests.blueprints.conftest import As, Queries
from tests.conftest import Transaction
from tests.factories import at, make_room, make_session, make_slot, make_speaker, make_track
from tests.pages import errors, form_in, notices, open_form, summary, words

URL = "/organise/summit/schedule/moves"


@pytest.fixture
def held(write: Transaction, summit: Conference) -> list[Slot]:
    """Two talks in the Aula at ten and eleven, one in the Annexe at ten, a break everywhere at noon."""
    with write():
        aula, annexe = make_room(summit, "Aula"), make_room(summit, "Annexe")
        track = make_track(summit, "Medicine")
        made = [
            make_slot(summit, make_session(summit, title, make_speaker(summit), track=track), room, start)
            for title, room, start in (("One", aula, "10:00"), ("Two", aula, "11:00"), ("Three", annexe, "10:00"))
        ]
        lunch = make_session(summit, "Lunch", kind=Kind.BREAK)
        return [*made, make_slot(summit, lunch, aula, "12:00")]


def places(summit: Conference, write: Transaction) -> list[tuple[str | None, object]]:
    with write(Mode.READ):
        return [
            (place.room.code if place.room else None, place.starts_at)
            for slot in slots.slots(summit)
            if (place := Place.of(slot))
        ]


def test_every_move_is_offered_and_its_form_opens(organiser: FlaskClient, held: list[Slot]) -> None:
    page = organiser.get(URL)
    links = words(page, "//ul[contains(@class, 'move-list')]//a")
    assert len(links) == 9
    for deed in ("shift", "swap", "move", "fit", "compact", "clear", "room", "track", "copy"):
        assert organiser.get(f"{URL}/{deed}").status_code == 200
    for other in ("undo", "place", "x"):
        assert organiser.get(f"{URL}/{other}").status_code == 404


def test_a_move_is_looked_at_then_done(
    organiser: FlaskClient, write: Transaction, summit: Conference, held: list[Slot]
) -> None:
    stood = places(summit, write)
    preview = open_form(organiser, f"{URL}/shift").send(slots=str(held[0].uuid), minutes="30")
    assert preview.status_code == 200
    assert words(preview, "//ul[@class='ways']/li")[0] == (
        "One Mon 18 May, 10:00–10:30, Aula →to Mon 18 May, 10:30–11:00, Aula"
    )
    assert places(summit, write) == stood
    assert form_in(organiser, preview).send().location == "/organise/summit/schedule/history"
    assert notices(organiser.get("/organise/summit/schedule/history")) == ["3 slots changed."]
    assert places(summit, write) == [
        ("annexe", at("10:00")),
        ("aula", at("10:30")),
        ("aula", at("11:30")),
        ("aula", at("12:30")),
    ]


def test_with_none_ticked_all_that_the_filter_left_are_meant(
    organiser: FlaskClient, write: Transaction, summit: Conference, held: list[Slot]
) -> None:
    form = open_form(organiser, f"{URL}/clear?of_day=2026-05-18&of_rooms=aula&until=11:30")
    preview = form.send()
    assert [each.split()[0] for each in words(preview, "//ul[@class='ways']/li")] == ["One", "Two"]
    form_in(organiser, preview).send()
    assert places(summit, write) == [("annexe", at("10:00")), ("aula", at("12:00"))]


def test_what_is_missing_is_said_beside_its_field_and_the_choice_stays(
    organiser: FlaskClient, held: list[Slot]
) -> None:
    answer = open_form(organiser, f"{URL}/swap").send(slots=[str(held[0].uuid)])
    assert answer.status_code == 422
    assert errors(answer) == {"slots": "Choose the two slots that change places."}
    assert form_in(organiser, answer)["slots"] == str(held[0].uuid)
    answer = open_form(organiser, f"{URL}/shift").send(slots=str(held[0].uuid), minutes="0")
    assert errors(answer) == {"minutes": "Say by how many minutes; earlier is negative."}


def test_a_preview_that_is_old_is_made_anew(
    organiser: FlaskClient, write: Transaction, summit: Conference, held: list[Slot]
) -> None:
    preview = open_form(organiser, f"{URL}/shift").send(slots=str(held[0].uuid), minutes="5")
    with write():
        make_slot(summit, None, held[0].room, "17:00")
    stale = form_in(organiser, preview).send()
    assert (stale.status_code, summary(stale)) == (
        412,
        ["The schedule changed since you looked; look again, then do it."],
    )
    assert len(words(stale, "//ul[@class='ways']/li")) == 4, "what came meanwhile is shifted too, and told"
    assert form_in(organiser, stale).send().status_code == 302


def test_what_clashes_takes_a_reason(
    organiser: FlaskClient, write: Transaction, summit: Conference, held: list[Slot]
) -> None:
    preview = open_form(organiser, f"{URL}/room").send(slots=str(held[0].uuid), room="annexe")
    (conflict,) = words(preview, "//ul[@class='conflicts']/li")
    assert conflict.startswith("Blocks")
    assert "“One”" in conflict
    assert "“Three”" in conflict
    refused = form_in(organiser, preview).send()
    assert (refused.status_code, summary(refused)) == (409, ["That place is not free."])
    assert form_in(organiser, refused).send(override="They share it.").status_code == 302
    assert places(summit, write)[:2] == [("annexe", at("10:00"))] * 2


def test_breaks_are_copied_and_tracks_assigned(
    organiser: FlaskClient, write: Transaction, summit: Conference, held: list[Slot]
) -> None:
    preview = open_form(organiser, f"{URL}/copy").send(slots=str(held[3].uuid), rooms=["aula", "annexe"])
    assert form_in(organiser, preview).send().status_code == 302
    assert places(summit, write)[-2:] == [("aula", at("12:00")), ("annexe", at("12:00"))]
    with write():
        make_track(summit, "Defence")
    preview = open_form(organiser, f"{URL}/track?of_rooms=aula").send(slots=str(held[0].uuid), track="defence")
    assert words(preview, "//ul[@class='ways']/li") == ["One track medicine →to defence"]
    assert form_in(organiser, preview).send().status_code == 302


def test_one_with_a_scope_chooses_from_what_is_theirs(
    signed_in: As, write: Transaction, summit: Conference, held: list[Slot]
) -> None:
    with write():
        mine = make_track(summit, "Mine")
        make_slot(summit, make_session(summit, "My talk", make_speaker(summit), track=mine), held[0].room, "15:00")
    manager = signed_in(Role.TRACK_MANAGER, mine.id)
    page = manager.get(f"{URL}/move")
    assert [each.split(" Mon")[0] for each in words(page, "//div[@class='slot-choices']//label")] == ["My talk"]
    form = form_in(manager, page)
    refused = form.send(slots=str(held[0].uuid), starts_at="2026-05-18T16:00")
    assert refused.status_code == 403
    assert "This lies outside your rights: “One”." in refused.text
    assert signed_in(Role.READ_ONLY).get(URL).status_code == 404


def test_the_forms_take_as_many_queries_whatever_there_is(
    organiser: FlaskClient, write: Transaction, summit: Conference, queries: Queries
) -> None:
    def more(count: int) -> int:
        with write():
            for _ in range(count):
                session = make_session(summit, None, make_speaker(summit), track=make_track(summit))
                make_slot(summit, session, make_room(summit))
        return queries(organiser, f"{URL}/move")

    few = more(1)
    assert more(29) == few
    assert few < 20
