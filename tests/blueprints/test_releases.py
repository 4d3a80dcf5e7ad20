"""Organisers' pages of releases: what changes, conflicts that block, stale drafts, and who may."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from confapp.database import Mode
from confapp.domain.permissions import Role
from confapp.domain.programme import hosts
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.sessions import SessionState
from confapp.domain.programme.slots import Slot
from confapp.domain.release import releases
from tests.blueprints.conftest import As
from tests.conftest import Transaction
from tests.factories import make_room, make_session, make_slot, make_speaker, make_track, token_for
from tests.pages import form_in, notices, open_form, summary, tree, words

URL = "/organise/summit"


def page_anchors(page: TestResponse) -> set[str]:
    """The parts of the page that its links in grid and words lead to."""
    found = {link.partition("#")[2] for link in tree(page).xpath("//main//a/@href")}
    return {each for each in found if each.startswith(("grid-", "change-"))}


@pytest.fixture
def slot(write: Transaction, summit: Conference) -> Slot:
    """A talk in the Aula at ten."""
    with write():
        return make_slot(summit, make_session(summit, "Cold chains", make_speaker(summit)), make_room(summit, "Aula"))


def test_a_release_makes_the_draft_public(
    organiser: FlaskClient, write: Transaction, summit: Conference, slot: Slot
) -> None:
    page = organiser.get(f"{URL}/releases")
    assert "1 entry changes for readers:" in page.text
    answer = form_in(organiser, page).send({"note.en": "The first programme."})
    assert answer.location == f"{URL}/releases"
    page = organiser.get(f"{URL}/releases")
    assert notices(page) == ["Release 1 is public.", "The letters on release 1 lie ready."]
    assert words(page, "//tbody/tr/*")[::2][:2] == ["1", "The first programme."]
    assert "Nothing changes for readers." in page.text
    with write(Mode.READ):
        made = releases.current(summit.id)
        assert made is not None
        assert (made.number, made.note) == (1, {"en": "The first programme."})
    open_form(organiser, f"{URL}/slots/{slot.uuid}").send(starts_at="2026-05-18T14:00")
    page = organiser.get(f"{URL}/releases")
    assert "Monday 18 May 2026, 10:00, Aula → Monday 18 May 2026, 14:00, Aula (time)" in " ".join(
        words(page, "//details//li")
    )


def test_an_empty_draft_is_not_released(organiser: FlaskClient, write: Transaction, summit: Conference) -> None:
    answer = open_form(organiser, f"{URL}/releases").send()
    assert (answer.status_code, summary(answer)) == (409, ["Nothing is scheduled yet that could be released."])
    with write(Mode.READ):
        assert releases.all_of(summit.id) == []


def test_conflicts_that_block_stop_a_release_unless_a_reason_overrides(
    organiser: FlaskClient, write: Transaction, summit: Conference, slot: Slot
) -> None:
    with write():
        make_slot(summit, make_session(summit, "Phages", make_speaker(summit)), hosts.room(summit, "aula"), "10:15")
    form = open_form(organiser, f"{URL}/releases")
    answer = form.send({"note.en": "Kept"})
    assert (answer.status_code, summary(answer)) == (409, ["The schedule has conflicts that block a release."])
    assert form_in(organiser, answer)["note.en"] == "Kept"
    assert form_in(organiser, answer).send(override="The hall is large enough for two").status_code == 302
    with write(Mode.READ):
        assert [release.number for release in releases.all_of(summit.id)] == [1]


def test_a_release_of_a_draft_that_moved_on_is_stale(
    organiser: FlaskClient, write: Transaction, summit: Conference, slot: Slot
) -> None:
    form = open_form(organiser, f"{URL}/releases")
    open_form(organiser, f"{URL}/slots/{slot.uuid}").send(starts_at="2026-05-18T14:00")
    answer = form.send()
    assert answer.status_code == 412
    assert summary(answer) == ["The schedule changed since you looked; look at it again, then release."]
    assert form.send({"expected": "x", "note.en": "x" * 2001}).status_code == 422
    with write(Mode.READ):
        assert releases.all_of(summit.id) == []


def test_sessions_that_are_not_accepted_stay_out(
    organiser: FlaskClient, write: Transaction, summit: Conference, slot: Slot
) -> None:
    with write():
        proposed = make_session(summit, "Perhaps", state=SessionState.PROPOSED)
        make_slot(summit, proposed, None, "16:00")
    page = organiser.get(f"{URL}/releases")
    assert "1 entry changes for readers:" in page.text
    assert "Perhaps" not in " ".join(words(page, "//details//li"))


def test_only_who_may_release_can(signed_in: As, write: Transaction, summit: Conference, slot: Slot) -> None:
    with write():
        track = make_track(summit)
    for role, scope in ((Role.TRACK_MANAGER, track.id), (Role.READ_ONLY, None), (Role.PRESS_OFFICER, None)):
        client = signed_in(role, scope_id=scope)
        page = client.get(f"{URL}/releases")
        assert (page.status_code, "Release now" in page.text) == (200, False)
        answer = client.post(f"{URL}/releases", data={"csrf_token": token_for(client)})
        assert answer.status_code == 404
    with write(Mode.READ):
        assert releases.all_of(summit.id) == []


def test_releases_are_compared_and_gone_back_to(
    organiser: FlaskClient, write: Transaction, summit: Conference, slot: Slot
) -> None:
    form_in(organiser, organiser.get(f"{URL}/releases")).send()
    open_form(organiser, f"{URL}/slots/{slot.uuid}").send(starts_at="2026-05-18T14:00")
    page = organiser.get(f"{URL}/releases/compare?before=1")
    assert words(page, "//main//h1") == ["From release 1 to the draft"]
    (told,) = words(page, "//main//section[@aria-labelledby='words']//li")
    assert "Monday 18 May 2026, 10:00, Aula → Monday 18 May 2026, 14:00, Aula (time)" in told
    cells = words(page, "//main//td/div")
    assert [cell.split(" Cold")[0] for cell in cells] == ["↗ Was here", "≠ Retimed"]
    assert "Now: Mon 18 May, 14:00–14:30, Aula" in cells[0]
    assert "Was: Mon 18 May, 10:00–10:30, Aula" in cells[1]
    for anchor in page_anchors(page):
        assert tree(page).xpath(f"//*[@id='{anchor}']"), "the grid and the words lead to one another"
    form_in(organiser, organiser.get(f"{URL}/releases")).send()
    page = organiser.get(f"{URL}/releases/1/roll-back")
    assert "Nobody's work in the draft is lost" in page.text.replace("&#39;", "'")
    assert form_in(organiser, page).send({"note.en": "As it was."}).location == f"{URL}/releases"
    page = organiser.get(f"{URL}/releases")
    assert notices(page)[0] == "Release 3 shows what release 1 showed. The draft is as it was."
    assert "1 entry changes for readers:" in page.text
    refused = open_form(organiser, f"{URL}/releases/1/roll-back").send()
    assert (refused.status_code, summary(refused)) == (
        409,
        ["The public sees release 1 already, or one just like it."],
    )


def test_one_change_is_placed_and_released_alone(
    organiser: FlaskClient, write: Transaction, summit: Conference, slot: Slot
) -> None:
    form_in(organiser, organiser.get(f"{URL}/releases")).send()
    form = open_form(organiser, f"{URL}/slots/{slot.uuid}")
    assert form.send(starts_at="2026-05-18T14:00", amend="1").status_code == 302
    page = organiser.get(f"{URL}/releases")
    assert "Placed, and public as release 2; nothing else of the draft is." in notices(page)
    assert "Nothing changes for readers." in page.text


def test_who_may_not_release_compares_only(
    signed_in: As, organiser: FlaskClient, write: Transaction, summit: Conference, slot: Slot
) -> None:
    form_in(organiser, organiser.get(f"{URL}/releases")).send()
    reader = signed_in(Role.READ_ONLY)
    assert reader.get(f"{URL}/releases/compare").status_code == 200
    assert reader.get(f"{URL}/releases/1/roll-back").status_code == 404
    with write():
        session = slot.session
        assert session is not None
        session.track = make_track(summit)
    manager = signed_in(Role.TRACK_MANAGER, session.track.id)
    form = open_form(manager, f"{URL}/slots/{slot.uuid}")
    assert form.send(starts_at="2026-05-18T14:00", amend="1").status_code == 404
