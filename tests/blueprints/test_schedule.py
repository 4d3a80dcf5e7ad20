"""Organisers' pages of the schedule: placing by form, conflicts, overrides, stale forms, scopes."""

from __future__ import annotations

import datetime as dt

import pytest
from flask.testing import FlaskClient

from confapp.database import Mode
from confapp.domain import audit
from confapp.domain.permissions import Role
from confapp.domain.programme import hosts, sessions, slots
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.sessions import Session
from confapp.domain.programme.slots import Slot
from confapp.domain.release import releases
from tests.blueprints.conftest import As, Queries
from tests.conftest import SetClock, Transaction
from tests.factories import (
    at,
    make_conference,
    make_host,
    make_room,
    make_session,
    make_slot,
    make_speaker,
    make_track,
    token_for,
)
from tests.pages import errors, form_in, notices, open_form, summary, words

URL = "/organise/summit"


def placed(
    write: Transaction, summit: Conference
) -> list[tuple[str, str | None, dt.datetime | None, dt.datetime | None]]:
    """The draft: title or note, room, both ends."""
    with write(Mode.READ):
        return [
            (
                slot.session.title["en"] if slot.session else slot.note,
                slot.room.code if slot.room else None,
                slot.starts_at,
                slot.ends_at,
            )
            for slot in slots.slots(summit)
        ]


@pytest.fixture
def talk(write: Transaction, summit: Conference) -> Session:
    """A talk of 45 minutes by one speaker, unscheduled; there is a room called Aula."""
    with write():
        make_room(summit, "Aula")
        return make_session(summit, "Cold chains", make_speaker(summit, "Ada"), duration_minutes=45)


@pytest.fixture
def slot(write: Transaction, summit: Conference, talk: Session) -> Slot:
    """The talk in the Aula at ten."""
    with write():
        return make_slot(summit, sessions.session(summit, talk.code), hosts.room(summit, "aula"), "10:00", 45)


# Placing.


def test_a_session_is_placed_from_the_tray(
    organiser: FlaskClient, write: Transaction, summit: Conference, talk: Session
) -> None:
    tray = organiser.get(f"{URL}/schedule")
    assert words(tray, "//details[@id='tray']//a") == ["Cold chains"]
    form = open_form(organiser, f"{URL}/schedule/place/{talk.code}")
    assert (form["starts_at"], form["minutes"], form["ends_at"], form["room"]) == ("2026-05-18T09:00", "45", "", "")
    answer = form.send(room="aula", starts_at="2026-05-18T10:00")
    assert placed(write, summit) == [("Cold chains", "aula", at("10:00"), at("10:45"))]
    with write(Mode.READ):
        (slot,) = slots.slots(summit)
    assert answer.location == f"{URL}/schedule?day=2026-05-18#slot-{slot.uuid}"
    page = organiser.get(f"{URL}/schedule?day=2026-05-18")
    assert notices(page) == ["Placed. The public sees it with the next release."]
    assert words(page, f"//tr[@id='slot-{slot.uuid}']/*")[:4] == ["10:00–10:45", "Aula", "Cold chains", "Ada"]
    assert words(page, "//details[@id='tray']") == []


def test_a_slot_moves_and_keeps_its_length(
    organiser: FlaskClient, write: Transaction, summit: Conference, slot: Slot
) -> None:
    form = open_form(organiser, f"{URL}/slots/{slot.uuid}")
    assert (form["room"], form["starts_at"], form["minutes"]) == ("aula", "2026-05-18T10:00", "45")
    assert form.send(starts_at="2026-05-19T14:30").status_code == 302
    assert placed(write, summit) == [("Cold chains", "aula", at("14:30", 2), at("15:15", 2))]


def test_where_an_end_is_typed_it_counts(
    organiser: FlaskClient, write: Transaction, summit: Conference, slot: Slot
) -> None:
    open_form(organiser, f"{URL}/slots/{slot.uuid}").send(ends_at="2026-05-18T12:00", room="")
    assert placed(write, summit) == [("Cold chains", None, at("10:00"), at("12:00"))]


def test_a_session_is_repeated(
    organiser: FlaskClient, write: Transaction, summit: Conference, slot: Slot, talk: Session
) -> None:
    open_form(organiser, f"{URL}/schedule/place/{talk.code}").send(room="aula", starts_at="2026-05-18T15:00")
    assert [start for _, _, start, _ in placed(write, summit)] == [at("10:00"), at("15:00")]


def test_a_slot_is_taken_off_and_placed_again_as_itself(
    organiser: FlaskClient, write: Transaction, summit: Conference, slot: Slot, talk: Session
) -> None:
    answer = form_in(organiser, organiser.get(f"{URL}/slots/{slot.uuid}"), 1).send()
    assert answer.location == f"{URL}/schedule"
    assert notices(organiser.get(f"{URL}/schedule")) == ["Taken off the schedule."]
    assert placed(write, summit) == []
    open_form(organiser, f"{URL}/schedule/place/{talk.code}").send(room="aula")
    with write(Mode.READ):
        assert [each.uuid for each in slots.slots(summit)] == [slot.uuid]


def test_a_room_is_blocked(organiser: FlaskClient, write: Transaction, summit: Conference, talk: Session) -> None:
    form = open_form(organiser, f"{URL}/schedule/blockers/new")
    form.send(note="Sound check", room="aula", starts_at="2026-05-18T08:00", minutes="30")
    assert placed(write, summit) == [("Sound check", "aula", at("08:00"), at("08:30"))]
    assert "Blocked: Sound check" in organiser.get(f"{URL}/schedule").text


WRONG = [
    ({"starts_at": ""}, {"starts-at": "Fill this in."}),
    ({"starts_at": "soon"}, {"starts-at": "Give a date and time such as 2026-05-18T09:30 or 2026-05-18T07:30:00Z."}),
    ({"starts_at": "9999-12-31T23:00"}, {"starts-at": "Give a year from 1900 to 2199."}),
    ({"ends_at": "2026-05-18T09:00"}, {"ends-at": "The end must lie after the start."}),
    ({"ends_at": "2026-05-18T10:00"}, {"ends-at": "The end must lie after the start."}),
    ({"ends_at": "2026-05-19T10:01"}, {"ends-at": "One slot cannot last more than 24 hours."}),
    ({"minutes": "0"}, {"minutes": "Between 1 minute and 24 hours (1440 minutes)."}),
    ({"minutes": "1441"}, {"minutes": "Between 1 minute and 24 hours (1440 minutes)."}),
    ({"minutes": "long"}, {"minutes": "Give a whole number."}),
    ({"room": "unknown"}, {"room": "“unknown” is not known in this conference."}),
    ({"room": "abroad"}, {"room": "“abroad” is not known in this conference."}),
    ({"override": "x" * 501}, {"override": "At most 500 characters."}),
]


def test_what_cannot_be_is_named_and_typed_values_stay(
    organiser: FlaskClient, write: Transaction, summit: Conference, talk: Session
) -> None:
    with write():
        make_room(make_conference("other"), "Abroad")
    place = open_form(organiser, f"{URL}/schedule/place/{talk.code}")
    block = open_form(organiser, f"{URL}/schedule/blockers/new")
    for form in (place, block):
        for change, said in WRONG:
            answer = form.send({"room": "aula", "starts_at": "2026-05-18T10:00", "note": "Kept"} | change)
            assert (change, answer.status_code, errors(answer)) == (change, 422, said)
            again = form_in(organiser, answer)
            assert {name: again[name] for name in change if name != "room"} == {
                name: each for name, each in change.items() if name != "room"
            }
    assert errors(block.send(note=" ")) == {"note": "Fill this in."}
    assert errors(block.send(note="Kept", minutes="")) == {"ends-at": "Say when it ends, or how many minutes it lasts."}
    assert placed(write, summit) == []
    with write(Mode.READ):
        assert slots.slots_of(sessions.session(summit, talk.code)) == []


@pytest.mark.sqlite
def test_a_time_that_the_clocks_skip_is_named(
    organiser: FlaskClient, write: Transaction, summit: Conference, talk: Session
) -> None:
    days = {"starts_on": "2026-03-28", "ends_on": "2026-03-29"}
    assert open_form(organiser, f"{URL}/settings").send(days).status_code == 302
    answer = open_form(organiser, f"{URL}/schedule/place/{talk.code}").send(starts_at="2026-03-29T02:30")
    assert errors(answer) == {"starts-at": "The clocks skip this time on that day; choose another."}


@pytest.mark.sqlite
def test_of_a_time_that_the_clocks_show_twice_the_page_asks_which_and_keeps_it(
    organiser: FlaskClient, write: Transaction, summit: Conference, talk: Session
) -> None:
    days = {"starts_on": "2026-10-24", "ends_on": "2026-10-25"}
    assert open_form(organiser, f"{URL}/settings").send(days).status_code == 302
    form = open_form(organiser, f"{URL}/schedule/place/{talk.code}")
    answer = form.send(starts_at="2026-10-25T02:30", minutes="60")
    assert errors(answer)["starts-at"].startswith("The clocks show this time twice on that day")
    asked = words(answer, "//label[contains(@for, 'f-starts-at-offset')]")
    assert asked == ["The first 02:30 (UTC+02:00)", "The second 02:30 (UTC+01:00)"]
    assert form_in(organiser, answer).send({"starts_at.offset": "+01:00"}).status_code == 302
    with write(Mode.READ):
        (slot,) = slots.slots_of(sessions.session(summit, talk.code))
        assert slot.starts_at == dt.datetime(2026, 10, 25, 1, 30, tzinfo=dt.UTC)
        uuid = slot.uuid
    again = open_form(organiser, f"{URL}/slots/{uuid}")
    assert (again["starts_at"], again["starts_at.offset"]) == ("2026-10-25T02:30", "+01:00")
    assert again.send(room="aula").status_code == 302
    with write(Mode.READ):
        assert slots.slot(summit, uuid).starts_at == dt.datetime(2026, 10, 25, 1, 30, tzinfo=dt.UTC)


# Conflicts.


def test_a_room_is_not_given_twice(organiser: FlaskClient, write: Transaction, summit: Conference, slot: Slot) -> None:
    with write():
        other = make_session(summit, "Phages", make_speaker(summit, "Bo"))
    form = open_form(organiser, f"{URL}/schedule/place/{other.code}")
    answer = form.send(room="aula", starts_at="2026-05-18T10:15")
    assert answer.status_code == 409
    assert summary(answer) == ["That place is not free."]
    assert "Aula holds “Cold chains” (Mon 10:00 to Mon 10:45) and “Phages” (Mon 10:15 to Mon 10:45)." in answer.text
    again = form_in(organiser, answer)
    assert (again["room"], again["starts_at"]) == ("aula", "2026-05-18T10:15")
    assert len(placed(write, summit)) == 1
    assert again.send(starts_at="2026-05-18T10:45").status_code == 302
    assert len(placed(write, summit)) == 2


def test_a_speaker_or_chair_is_in_one_place_at_a_time(
    organiser: FlaskClient, write: Transaction, summit: Conference, slot: Slot
) -> None:
    with write():
        make_room(summit, "Other")
        ada = sessions.session(summit, slot.session.code).parts[0].speaker if slot.session else None
        assert ada is not None
        panel = make_session(summit, "Panel", parts=[(ada, sessions.PartRole.CHAIR)])
    answer = open_form(organiser, f"{URL}/schedule/place/{panel.code}").send(room="other", starts_at="2026-05-18T10:30")
    assert answer.status_code == 409
    assert "Ada is in “Cold chains” (Mon 10:00 to Mon 10:45) and in “Panel”" in answer.text


def test_outside_the_conferences_days_nothing_is_placed(
    organiser: FlaskClient, write: Transaction, summit: Conference, talk: Session
) -> None:
    answer = open_form(organiser, f"{URL}/schedule/place/{talk.code}").send(starts_at="2026-05-20T10:00")
    assert answer.status_code == 409
    assert "lies outside the conference, 2026-05-18 to 2026-05-19." in answer.text
    assert placed(write, summit) == []


def test_warnings_are_said_and_do_not_stop(organiser: FlaskClient, write: Transaction, summit: Conference) -> None:
    with write():
        make_room(summit, "Small", capacity=10)
        code = make_session(summit, "Big", make_speaker(summit), expected=50).code
    assert open_form(organiser, f"{URL}/schedule/place/{code}").send(room="small").status_code == 302
    said = notices(organiser.get(f"{URL}/schedule"))
    assert said == ["Placed. The public sees it with the next release.", "Small seats 10, but “Big” expects 50."]


def test_a_reason_overrides_and_is_kept(
    organiser: FlaskClient, write: Transaction, summit: Conference, slot: Slot
) -> None:
    with write():
        code = make_session(summit, "Phages", make_speaker(summit)).code
    form = open_form(organiser, f"{URL}/schedule/place/{code}")
    assert form.send(room="aula", starts_at="2026-05-18T10:15", override="The general insists").status_code == 302
    assert len(placed(write, summit)) == 2
    history = organiser.get(f"{URL}/schedule/history")
    assert words(history, "//ol/li[1]//ul/li") == ["Phages no place →to Mon 18 May, 10:15–10:45, Aula"]
    assert words(history, "//ol/li[1]//p[@class='step__reason']") == ["Because: The general insists"]
    with write(Mode.READ):
        newest, _email = audit.latest(summit.id, most=1)[0]
        assert (newest.action, newest.facts["reason"]) == ("schedule.override", "The general insists")


def test_only_who_may_override_can(signed_in: As, write: Transaction, summit: Conference) -> None:
    with write():
        track = make_track(summit)
        room = make_room(summit, "Aula")
        make_slot(summit, make_session(summit, "Taken", make_speaker(summit)), room, "10:00")
        code = make_session(summit, "Hers", make_speaker(summit), track=track).code
    client = signed_in(Role.TRACK_MANAGER, scope_id=track.id)
    form = open_form(client, f"{URL}/schedule/place/{code}")
    assert "override" not in form.values
    answer = form.send(room="aula", starts_at="2026-05-18T10:00", override="Because I want it")
    assert answer.status_code == 403
    assert summary(answer) == ["You may not override a conflict that blocks."]
    assert len(placed(write, summit)) == 1
    assert form.send(room="aula", starts_at="2026-05-18T11:00").status_code == 302


def test_the_schedule_lists_conflicts_the_blocking_ones_first(
    organiser: FlaskClient, write: Transaction, summit: Conference, slot: Slot
) -> None:
    with write():
        room = make_room(summit, "Small", capacity=1)
        make_slot(summit, make_session(summit, "Early", make_speaker(summit), expected=9), room, "08:00")
        make_slot(summit, make_session(summit, "Phages", make_speaker(summit)), hosts.room(summit, "aula"), "10:15")
    page = organiser.get(f"{URL}/schedule")
    assert words(page, "//details[@id='conflicts']/summary") == ["2 conflicts"]
    assert [each.split(" ")[0] for each in words(page, "//ul[@class='conflicts']/li")] == ["Blocks", "Warns"]
    assert "Room taken" in words(page, f"//tr[@id='slot-{slot.uuid}']/th")[0]


# Days, rooms.


def test_the_schedule_opens_on_today_or_the_first_day(
    organiser: FlaskClient, write: Transaction, summit: Conference, clock: SetClock
) -> None:
    with write():
        for day in (1, 2):
            make_slot(summit, make_session(summit, f"Day {day}"), make_room(summit, f"Room {day}"), at("10:00", day))

    def shown(query: str = "") -> list[str]:
        page = organiser.get(f"{URL}/schedule{query}")
        return [each.split(" Nobody")[0] for each in words(page, "//tbody//th")]

    clock.now = at("12:00", -5)
    assert shown() == ["Day 1"]
    clock.now = at("12:00", 2)
    assert shown() == ["Day 2"]
    assert shown("?day=2026-05-18") == ["Day 1"]
    assert shown("?day=all") == ["Day 1", "Day 2"]
    assert shown("?day=all&room=room-2") == ["Day 2"]
    assert shown("?day=nonsense") == ["Day 2"]


# Two organisers at once.


def test_a_form_that_was_open_too_long_is_stale(
    organiser: FlaskClient, write: Transaction, summit: Conference, slot: Slot
) -> None:
    mine, theirs = (open_form(organiser, f"{URL}/slots/{slot.uuid}") for _ in range(2))
    takes_off = form_in(organiser, organiser.get(f"{URL}/slots/{slot.uuid}"), 1)
    assert theirs.send(starts_at="2026-05-18T14:00").status_code == 302
    answer = mine.send(starts_at="2026-05-18T16:00")
    assert answer.status_code == 412
    assert summary(answer) == ["Somebody moved this since you looked; look again and repeat your change."]
    assert form_in(organiser, answer)["starts_at"] == "2026-05-18T16:00"
    assert f'href="{URL}/slots/{slot.uuid}"' in answer.text
    assert takes_off.send().status_code == 412
    assert takes_off.send(expected=None).status_code == 422
    assert takes_off.send(expected="x").status_code == 422
    assert [start for _, _, start, _ in placed(write, summit)] == [at("14:00")]


# Scopes.


def test_a_track_manager_places_her_tracks_sessions(signed_in: As, write: Transaction, summit: Conference) -> None:
    with write():
        mine, other = make_track(summit, "Mine"), make_track(summit, "Other")
        room = make_room(summit, "Aula")
        hers = make_slot(summit, make_session(summit, "Hers", track=mine), room, "10:00")
        theirs = make_slot(summit, make_session(summit, "Theirs", track=other), room, "11:00")
        waiting = make_session(summit, "Waiting", track=other)
    client = signed_in(Role.TRACK_MANAGER, scope_id=mine.id)
    assert open_form(client, f"{URL}/slots/{hers.uuid}").send(starts_at="2026-05-18T14:00").status_code == 302
    for path in (
        f"slots/{theirs.uuid}",
        f"slots/{theirs.uuid}/unplace",
        f"schedule/place/{waiting.code}",
        "schedule/blockers/new",
    ):
        data = {
            "csrf_token": token_for(client),
            "starts_at": "2026-05-18T15:00",
            "expected": "2",
            "note": "x",
            "minutes": "9",
        }
        assert (path, client.post(f"{URL}/{path}", data=data).status_code) == (path, 404)
        assert client.get(f"{URL}/{path}").status_code in (404, 405)
    assert words(client.get(f"{URL}/schedule"), "//tbody/tr[td/a]/th") == ["Hers Nobody speaks"]
    assert "Block a room" not in client.get(f"{URL}/schedule").text
    assert words(client.get(f"{URL}/schedule"), "//details[@id='tray']//a") == []


def test_a_coordinator_moves_slots_within_what_her_host_lends(
    signed_in: As, write: Transaction, summit: Conference
) -> None:
    with write():
        mine, other = make_host(summit, "Mine"), make_host(summit, "Other")
        room = make_room(summit, "Hers", host_id=mine.id)
        make_room(summit, "Second", host_id=mine.id)
        abroad = make_room(summit, "Theirs", host_id=other.id)
        make_room(summit, "Nobodys")
        hers = make_slot(summit, make_session(summit, "In hers"), room, "10:00")
        theirs = make_slot(summit, make_session(summit, "In theirs"), abroad, "10:00")
        whole = make_slot(summit, make_session(summit, "Plenary"), None, "16:00")
        waiting = make_session(summit, "Waiting")
    client = signed_in(Role.HOST_COORDINATOR, scope_id=mine.id)
    form = open_form(client, f"{URL}/slots/{hers.uuid}")
    assert words(client.get(f"{URL}/slots/{hers.uuid}"), "//select[@name='room']/option") == ["Hers", "Second"]
    for room_code in ("theirs", "nobodys", ""):
        assert form.send(room=room_code).status_code == 404
    assert form.send(room="second").status_code == 302
    for each in (theirs, whole):
        assert client.get(f"{URL}/slots/{each.uuid}").status_code == 404
        data = {
            "csrf_token": token_for(client),
            "starts_at": "2026-05-18T12:00",
            "room": "hers",
            "minutes": "9",
            "expected": "2",
        }
        assert client.post(f"{URL}/slots/{each.uuid}", data=data).status_code == 404
        assert client.post(f"{URL}/slots/{each.uuid}/unplace", data=data).status_code == 404
    assert open_form(client, f"{URL}/schedule/place/{waiting.code}").send(room="hers").status_code == 302
    blocker = open_form(client, f"{URL}/schedule/blockers/new")
    assert blocker.send(note="Cleaning", room="hers", starts_at="2026-05-18T18:00").status_code == 302
    assert blocker.send(note="Cleaning", room="theirs", starts_at="2026-05-18T18:00").status_code == 404
    assert {room for _, room, _, _ in placed(write, summit)} == {"second", "theirs", None, "hers"}


def test_who_may_not_place_sees_the_schedule_without_buttons(
    signed_in: As, write: Transaction, summit: Conference, slot: Slot
) -> None:
    with write():
        waiting = make_session(summit, "Waiting")
    for role in (Role.READ_ONLY, Role.STAGE_DESK):
        client = signed_in(role)
        page = client.get(f"{URL}/schedule")
        assert words(page, "//tbody//a | //details[@id='tray']//a | //ul[@class='conflicts']//a") == []
        for path in (f"slots/{slot.uuid}", f"schedule/place/{waiting.code}", "schedule/blockers/new"):
            assert client.get(f"{URL}/{path}").status_code == 404


def test_slots_of_other_conferences_are_out_of_reach(
    organiser: FlaskClient, write: Transaction, summit: Conference
) -> None:
    with write():
        other = make_conference("other")
        abroad = make_slot(other, make_session(other), make_room(other))
    for conference in ("summit", "other"):
        assert organiser.get(f"/organise/{conference}/slots/{abroad.uuid}").status_code == 404
    assert organiser.get(f"{URL}/slots/no-uuid").status_code == 404


# How much it takes.


def test_the_pages_take_as_many_queries_whatever_there_is(
    organiser: FlaskClient, write: Transaction, summit: Conference, queries: Queries
) -> None:
    def more(count: int, start: int) -> list[int]:
        with write():
            host = make_host(summit)
            for number in range(start, start + count):
                session = make_session(
                    summit, None, make_speaker(summit), make_speaker(summit), track=make_track(summit)
                )
                slot = make_slot(summit, session, make_room(summit, host_id=host.id))
                make_slot(summit, make_session(summit, None, make_speaker(summit)), make_room(summit), "12:00")
                make_session(summit)
                if (start + count - number) % 2:  # so that the last one clashes
                    make_slot(summit, make_session(summit, None, make_speaker(summit)), slot.room, "10:05")
        with write():
            releases.release(
                summit, expected=None, note={}, by=None, now=summit.created_at, override="x", may_override=True
            )
        pages = ["schedule?day=all", "schedule/history", "releases", f"slots/{slot.uuid}"]
        return [queries(organiser, f"{URL}/{page}") for page in pages]

    more(2, 0)
    few = more(1, 2)
    assert more(29, 3) == few
    assert max(few) < 38


def test_letters_that_no_font_draws_are_told_before_the_release(
    organiser: FlaskClient, summit: Conference, write: Transaction
) -> None:
    assert "no font for print" not in organiser.get(f"{URL}/releases").text
    with write():
        session = make_session(summit, "Yeast 漢", make_speaker(summit))
        make_slot(summit, session, make_room(summit))
    told = organiser.get(f"{URL}/releases").text
    assert "1 session holds characters that no font for print has" in told
    assert f"/sessions/{session.code}" in told
    assert "漢 (U+6F22)" in told
