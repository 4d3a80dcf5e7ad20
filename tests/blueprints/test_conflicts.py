"""Organisers' pages of conflicts: found, with ways out that fill in forms, let stand for a reason that is shown."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from confapp.domain.permissions import Role
from confapp.domain.programme import conferences
from confapp.domain.programme.conferences import Conference
from confapp.domain.schedule import checking
from confapp.domain.schedule.placements import Conflict
from tests.blueprints.conftest import As, Queries
from tests.conftest import Transaction
from tests.factories import make_host, make_room, make_session, make_slot, make_speaker, make_track, token_for
from tests.pages import form_in, notices, open_form, tree, words

URL = "/organise/summit"


@pytest.fixture
def clash(write: Transaction, summit: Conference) -> Conflict:
    """Two talks in the Aula at ten; there is an Annexe too."""
    with write():
        host, track = make_host(summit, "Academy"), make_track(summit, "Medicine")
        room = make_room(summit, "Aula", host_id=host.id)
        make_room(summit, "Annexe")
        for title, start in (("Cold chains", "10:00"), ("Phages", "10:15")):
            make_slot(summit, make_session(summit, title, make_speaker(summit), track=track), room, start)
        (found,) = checking.draft_conflicts(summit)
        return found


def test_a_conflict_offers_ways_out_that_fill_in_the_form(organiser: FlaskClient, clash: Conflict) -> None:
    listed = organiser.get(f"{URL}/conflicts")
    (item,) = words(listed, "//ul[@class='conflicts']/li")
    assert "Aula holds “Cold chains” (Mon 10:00 to Mon 10:30) and “Phages” (Mon 10:15 to Mon 10:45)." in item
    page = organiser.get(f"{URL}/conflicts/{clash.fingerprint}")
    ways = words(page, "//ul[@class='ways']/li")
    assert "Annexe, Mon 18 May 10:00 to 10:30" in ways
    href = tree(page).xpath("//ul[@class='ways']//a[contains(., 'Annexe')]/@href")[0]
    form = open_form(organiser, href)
    assert (form["room"], form["starts_at"], form["minutes"]) == ("annexe", "2026-05-18T10:00", "30")
    assert form.send().status_code == 302
    assert organiser.get(f"{URL}/conflicts/{clash.fingerprint}").status_code == 404
    assert "Nothing is wrong here." in organiser.get(f"{URL}/conflicts").text


def test_a_refused_place_offers_ways_out(organiser: FlaskClient, clash: Conflict) -> None:
    form = open_form(organiser, f"{URL}/slots/{clash.one.slot}")
    refused = form.send({"starts_at": "2026-05-18T10:10"})
    assert refused.status_code == 409
    assert "Annexe, Mon 18 May 10:10 to 10:40" in words(refused, "//ul[@class='ways']/li")


def test_a_conflict_may_stand_for_a_reason_shown_beside_the_slot(organiser: FlaskClient, clash: Conflict) -> None:
    form = open_form(organiser, f"{URL}/conflicts/{clash.fingerprint}")
    empty = form.send({"reason": " "})
    assert empty.status_code == 422
    assert form_in(organiser, empty).send({"reason": "They share the stage."}).status_code == 302
    for page in (f"{URL}/conflicts", f"{URL}/slots/{clash.one.slot}", f"{URL}/conflicts/{clash.fingerprint}"):
        assert "They share the stage." in organiser.get(page).text
    schedule = organiser.get(f"{URL}/schedule")
    marks = words(schedule, "//tr//*[contains(@class, 'badge')]")
    assert marks == ["Room taken, accepted"] * 2
    assert words(schedule, "//tbody//th//span[contains(@class, 'small')]") == ["They share the stage."] * 2
    assert "1 conflict" not in schedule.text
    assert open_form(organiser, f"{URL}/releases").send({"note.en": "First"}).status_code == 302
    taken = open_form(organiser, f"{URL}/conflicts/{clash.fingerprint}").send()
    assert taken.status_code == 302
    assert notices(organiser.get(taken.location)) == ["It counts as a conflict again."]


def test_the_list_is_narrowed_by_weight_and_rule(organiser: FlaskClient, clash: Conflict) -> None:
    for query, count in (("", 1), ("grade=blocks", 1), ("grade=warns", 0), ("rule=room", 1), ("rule=person", 0)):
        found = organiser.get(f"{URL}/conflicts?{query}")
        assert len(words(found, "//ul[@class='conflicts']/li")) == count, query


def test_who_may_not_override_sees_ways_out_only(
    signed_in: As, write: Transaction, summit: Conference, clash: Conflict
) -> None:
    with write():
        track_id = conferences.track(summit, "medicine").id
    manager = signed_in(Role.TRACK_MANAGER, track_id)
    page = manager.get(f"{URL}/conflicts/{clash.fingerprint}")
    assert page.status_code == 200
    assert not tree(page).xpath("//textarea[@name='reason'] | //input[@name='reason']")
    refused = manager.post(
        f"{URL}/conflicts/{clash.fingerprint}", data={"csrf_token": token_for(manager), "reason": "I like it."}
    )
    assert refused.status_code == 403
    with write():
        elsewhere = make_track(summit, "Elsewhere").id
    other = signed_in(Role.HOST_COORDINATOR, elsewhere + 100)
    assert other.get(f"{URL}/conflicts/{clash.fingerprint}").status_code == 404
    assert other.get(f"{URL}/conflicts").status_code == 200
    reader = signed_in(Role.READ_ONLY)
    assert reader.get(f"{URL}/conflicts/{clash.fingerprint}").status_code == 404


@pytest.mark.parametrize("place", ["starts_at=nonsense", "starts_at=2026-05-18T10:00&ends_at=x"])
def test_a_broken_place_in_an_address_is_answered_clearly(organiser: FlaskClient, clash: Conflict, place: str) -> None:
    assert organiser.get(f"{URL}/slots/{clash.one.slot}?{place}").status_code == 422


def test_the_pages_take_as_many_queries_whatever_there_is(
    organiser: FlaskClient, write: Transaction, summit: Conference, clash: Conflict, queries: Queries
) -> None:
    pages = [f"{URL}/conflicts", f"{URL}/conflicts/{clash.fingerprint}"]
    few = [queries(organiser, page) for page in pages]
    with write():
        for number in range(30):
            room = make_room(summit)
            for _ in range(2):
                make_slot(summit, make_session(summit, None, make_speaker(summit)), room, f"{10 + number % 8}:00")
    assert [queries(organiser, page) for page in pages] == few
