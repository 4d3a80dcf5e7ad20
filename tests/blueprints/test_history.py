"""Organisers' pages of the history: every step in words and filtered, taken back and done again by form."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from confapp.database import Mode
from confapp.domain.permissions import Role
from confapp.domain.programme import slots
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.slots import Deed, Place, Slot
from confapp.domain.schedule import moves
from confapp.domain.schedule.moves import Choice, Move
from confapp.domain.schedule.scopes import EVERYWHERE
from tests.blueprints.conftest import As, Queries
from tests.conftest import NOW, Transaction
from tests.factories import at, make_host, make_room, make_session, make_slot, make_speaker, make_track
from tests.pages import form_in, notices, open_form, summary, tree, words

URL = "/organise/summit/schedule/history"


@pytest.fixture
def held(write: Transaction, summit: Conference) -> list[Slot]:
    """Two talks in the Aula, at ten and at eleven; the first is Ada's."""
    with write():
        room, ada = make_room(summit, "Aula"), make_speaker(summit, "Ada")
        make_room(summit, "Annexe")
        first = make_slot(summit, make_session(summit, "Cold chains", ada), room, "10:00")
        return [first, make_slot(summit, make_session(summit, "Phages", make_speaker(summit)), room, "11:00")]


def shift(write: Transaction, summit: Conference, slot: Slot, minutes: int) -> None:
    with write():
        move = Move(Deed.SHIFT, Choice(slots=[slot.uuid]), minutes=minutes)
        moves.run(summit, move, expected=None, rights=EVERYWHERE, by=None, now=NOW)


def told(client: FlaskClient, query: str = "") -> list[str]:
    """The steps that the page tells, by their titles."""
    return words(client.get(f"{URL}{query}"), "//li[contains(@class, 'step')]//h2")


def test_every_step_is_told_in_words_the_newest_first(
    organiser: FlaskClient, write: Transaction, summit: Conference, held: list[Slot]
) -> None:
    shift(write, summit, held[0], 15)
    page = organiser.get(URL)
    assert words(page, "//h2[contains(@class, 'step__title')]") == [
        "3. Shifted with what follows (2 slots)",
        "2. Imported",
        "1. Imported",
    ]
    ways = words(page, "//ul[@class='ways']/li")
    assert ways[0] == "Cold chains Mon 18 May, 10:00–10:30, Aula →to Mon 18 May, 10:15–10:45, Aula"
    assert ways[-1] == "Cold chains no place →to Mon 18 May, 10:00–10:30, Aula"
    assert "Because: a test" in words(page, "//p[@class='step__reason']")
    assert "Confapp" in page.text


def test_the_history_is_narrowed_by_session_room_speaker_and_actor(
    organiser: FlaskClient, write: Transaction, summit: Conference, held: list[Slot]
) -> None:
    open_form(organiser, f"/organise/summit/slots/{held[1].uuid}").send(room="annexe")
    session = held[0].session
    assert session is not None
    assert told(organiser, f"?session={session.code}") == ["1. Imported"]
    assert told(organiser, f"?speaker={session.parts[0].speaker.code}") == ["1. Imported"]
    assert told(organiser, "?room=annexe") == ["3. Placed"]
    assert told(organiser, "?room=aula") == ["3. Placed", "2. Imported", "1. Imported"]
    assert told(organiser, "?by=organiser%40example.org") == ["3. Placed"]
    page = organiser.get(f"{URL}?room=cellar")
    assert "No step is like that." in page.text


def test_a_step_is_undone_and_done_again_from_its_page(
    organiser: FlaskClient, write: Transaction, summit: Conference, held: list[Slot]
) -> None:
    shift(write, summit, held[0], 15)
    page = organiser.get(f"{URL}/3/undo")
    assert words(page, "//ul[@class='ways']/li")[0].startswith("Cold chains Mon 18 May, 10:15–10:45, Aula →to Mon")
    with write(Mode.READ):
        assert slots.version(summit) == 3, "looking changes nothing"
    assert form_in(organiser, page).send().location == URL
    page = organiser.get(URL)
    assert notices(page) == ["Step 3 is undone."]
    assert words(page, "//h2[contains(@class, 'step__title')]")[:2] == [
        "4. Undone step 3 (2 slots)",
        "3. Shifted with what follows (2 slots) undone",
    ]
    with write(Mode.READ):
        assert starts(summit) == [at("10:00"), at("11:00")]
    open_form(organiser, f"{URL}/3/redo").send()
    with write(Mode.READ):
        assert starts(summit) == [at("10:15"), at("11:15")]
    assert "Step 3 stands; there is nothing to do again." in organiser.get(f"{URL}/3/redo").text
    assert organiser.get(f"{URL}/99/undo").status_code == 404


def starts(summit: Conference) -> list[Any]:
    return [place.starts_at for slot in slots.slots(summit) if (place := Place.of(slot))]


def test_later_steps_are_named_and_undone_with_it_only_as_they_were_seen(
    organiser: FlaskClient, write: Transaction, summit: Conference, held: list[Slot]
) -> None:
    shift(write, summit, held[0], 15)
    shift(write, summit, held[1], 5)
    page = organiser.get(f"{URL}/3/undo")
    assert "Later steps stand on it: 4 (Shifted with what follows: “Phages”, Confapp)." in page.text
    (all_of_them,) = [url for url in words_of_links(page) if url.endswith("later=1")]
    form = open_form(organiser, all_of_them)
    shift(write, summit, held[1], 7)
    refused = form.send()
    assert (refused.status_code, summary(refused)) == (
        412,
        ["The schedule changed since you looked; look again, then do it."],
    )
    assert form_in(organiser, refused).send().status_code == 302
    with write(Mode.READ):
        assert starts(summit) == [at("10:00"), at("11:00")]


def words_of_links(page: Any) -> list[str]:
    return [link.get("href") for link in tree(page).xpath("//main//a")]


def test_a_place_that_is_taken_by_now_takes_a_reason(
    organiser: FlaskClient, write: Transaction, summit: Conference, held: list[Slot]
) -> None:
    open_form(organiser, f"/organise/summit/slots/{held[0].uuid}").send(starts_at="2026-05-18T15:00")
    with write():
        make_slot(summit, None, held[0].room, "10:00")
    form = open_form(organiser, f"{URL}/3/undo")
    refused = form.send()
    assert (refused.status_code, summary(refused)) == (409, ["That place is not free."])
    assert form_in(organiser, refused).send(override="They share it.").status_code == 302
    assert "They share it." in organiser.get(URL).text


def test_who_may_not_move_reads_the_history_without_buttons(
    signed_in: As, write: Transaction, summit: Conference, held: list[Slot]
) -> None:
    reader = signed_in(Role.READ_ONLY)
    page = reader.get(URL)
    assert words(page, "//div[@class='step__back']") == []
    assert reader.get(f"{URL}/1/undo").status_code == 404
    with write():
        track = make_track(summit, "Theirs")
    manager = signed_in(Role.TRACK_MANAGER, track.id)
    refused = manager.get(f"{URL}/1/undo")
    assert refused.status_code == 403
    assert "This lies outside your rights: “Cold chains”." in refused.text


def test_the_history_takes_as_many_queries_whatever_there_is(
    organiser: FlaskClient, write: Transaction, summit: Conference, queries: Queries
) -> None:
    def more(count: int) -> int:
        with write():
            host = make_host(summit)
            for _ in range(count):
                session = make_session(summit, None, make_speaker(summit), track=make_track(summit))
                make_slot(summit, session, make_room(summit, host_id=host.id))
        return queries(organiser, URL)

    few = more(1)
    assert more(29) == few
    assert few < 25
