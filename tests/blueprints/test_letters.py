"""Organisers' pages of letters: previewed before a release, sent afterwards, and the wishes of those who get them."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import re
from collections.abc import Callable
from email.message import EmailMessage

import lxml.html
import pytest
from flask.testing import FlaskClient

from confapp.database import Mode, db
from confapp.domain.attendance import registrations
from confapp.domain.attendance.registrations import Registration
from confapp.domain.letters import tellings
from confapp.domain.permissions import Role
from confapp.domain.programme.conferences import Conference
from confapp.domain.programme.slots import Slot
from confapp.domain.release import releases
from confapp.web import ConfappFlask
from confapp.worker import clock
from tests.blueprints.conftest import As, Queries
from tests.conftest import SetClock, Transaction
from tests.factories import (
    make_account,
    make_host,
    make_registration,
    make_room,
    make_session,
    make_slot,
    make_speaker,
    sign_in,
    token_for,
)
from tests.pages import errors, form_in, notices, open_form, summary, words

URL = "/organise/summit"
Deliver = Callable[[], list[EmailMessage]]


@pytest.fixture
def slot(write: Transaction, summit: Conference) -> Slot:
    """Ada's talk in the academy's Aula at ten; Ben chairs it and has no address."""
    with write():
        host = make_host(summit, "Royal Academy", contact_name="Events office", contact_email="events@example.org")
        ada, ben = make_speaker(summit, "Ada", email="ada@example.org"), make_speaker(summit, "Ben")
        talk = make_session(summit, "Cold chains", parts=[(ada, "speaker"), (ben, "chair")])
        return make_slot(summit, talk, make_room(summit, "Aula", host=host))


@pytest.fixture
def deliver(app: ConfappFlask, write: Transaction, clock_: SetClock) -> Deliver:
    """Deliver what is due; the letters of this time."""
    seen: set[str] = set()

    def run() -> list[EmailMessage]:
        db.session.rollback()
        while clock.deliver_next(clock_.now):
            pass
        new = [
            path for path in sorted((app.config["CONFAPP"].instance / "mail").glob("*.eml")) if path.name not in seen
        ]
        seen.update(path.name for path in new)
        found = [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in new]
        return sorted(found, key=lambda each: str(each["To"]))

    return run


@pytest.fixture
def clock_(clock: SetClock) -> SetClock:
    """The app's clock, a day before the conference."""
    clock.now -= dt.timedelta(days=1)
    return clock


def text_of(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def previewed(page: str) -> list[str]:
    """The letters' words as the page shows them."""
    return [element.text_content() for element in lxml.html.fromstring(page).xpath("//pre")]


def test_the_preview_shows_the_very_words_that_are_sent(
    organiser: FlaskClient, slot: Slot, deliver: Deliver, write: Transaction, summit: Conference
) -> None:
    form = open_form(organiser, f"{URL}/releases")
    assert form["tell"] == "later"
    page = form.send({"note.en": "Welcome!", "tell": "now", "preview": "1"})
    assert page.status_code == 200
    with write(Mode.READ):
        assert releases.current(summit.id) is None, "nothing is released yet"
    assert words(page, "//ul[@class='told-counts']/li") == [
        "1 Speakers and panellists",
        "0 Chairs",
        "1 Hosts",
        "0 Attendees who picked the session",
        "1 cannot be told: nobody entered an address",
    ]
    assert words(page, "//section[@aria-labelledby='unreachable']//li") == ["Ben"]
    shown = previewed(page.text)
    answer = form_in(organiser, page).send()
    assert answer.location == f"{URL}/releases"
    assert "The letters on release 1 are on their way." in notices(organiser.get(f"{URL}/releases"))
    sent = deliver()
    assert [str(each["To"]) for each in sent] == ["ada@example.org", "events@example.org"]
    assert [text_of(each) for each in sent] == shown
    assert all("The organisers write:\nWelcome!" in each for each in shown)
    assert "2 of 2 sent" in " ".join(words(organiser.get(f"{URL}/releases"), "//tbody//td"))


def test_one_goes_back_from_the_preview_and_keeps_what_was_typed(organiser: FlaskClient, slot: Slot) -> None:
    form = open_form(organiser, f"{URL}/releases")
    page = form.send({"note.en": "Welcome!", "tell": "nobody", "tell_groups": ["chairs"], "preview": "1"})
    assert "Nobody is told of this release" in page.text
    again = form_in(organiser, form_in(organiser, page).send(back="1"))
    assert (again["note.en"], again["tell"], again.values["tell_groups"]) == ("Welcome!", "nobody", ["chairs"])


def test_letters_that_lie_ready_are_sent_with_one_button(
    organiser: FlaskClient, slot: Slot, deliver: Deliver, clock_: SetClock
) -> None:
    open_form(organiser, f"{URL}/releases").send(tell_groups=["speakers", "chairs"])
    assert deliver() == []
    page = organiser.get(f"{URL}/releases/1/letters")
    assert "nobody has been told anything" in page.text
    shown = previewed(page.text)
    clock_.tick(minutes=5)
    assert form_in(organiser, page).send().status_code == 302
    (letter,) = deliver()
    assert [text_of(letter)] == shown
    page = organiser.get(f"{URL}/releases/1/letters")
    assert "1 of 1 letters went out" in page.text
    assert not [each for each in words(page, "//button") if each.startswith("Send")]
    answer = organiser.post(f"{URL}/releases/1/letters", data={"csrf_token": token_for(organiser), "tell": "now"})
    assert answer.status_code == 409


def test_a_time_to_come_is_asked_for_and_kept_to(
    organiser: FlaskClient, slot: Slot, deliver: Deliver, clock_: SetClock
) -> None:
    refused = open_form(organiser, f"{URL}/releases").send(tell="at", tell_at="2026-05-16T10:00")
    assert refused.status_code == 422
    assert summary(refused) == ["Time: Give a time to come."]
    nobody = open_form(organiser, f"{URL}/releases").send(tell="now", tell_groups=None)
    assert errors(nobody) == {"tell-groups": "Choose who is told, or that nobody is."}
    open_form(organiser, f"{URL}/releases").send(tell="at", tell_at="2026-05-17T18:00")
    assert deliver() == []
    assert "They go out on Sunday 17 May 2026, 18:00" in organiser.get(f"{URL}/releases/1/letters").text
    form = form_in(organiser, organiser.get(f"{URL}/releases/1/letters"), 1)
    assert form.send(tell="nobody").status_code == 302
    clock_.tick(hours=12)
    assert deliver() == []


def test_a_change_released_alone_and_a_way_back_ask_the_same(
    organiser: FlaskClient, slot: Slot, deliver: Deliver
) -> None:
    open_form(organiser, f"{URL}/releases").send(tell="now")
    deliver()
    form = open_form(organiser, f"{URL}/slots/{slot.uuid}")
    page = form.send({"starts_at": "2026-05-18T14:00", "note.en": "Later!", "tell": "now", "preview": "1"})
    shown = previewed(page.text)
    assert all("Was: Monday 18 May 2026, 10:00–10:30, Aula" in each for each in shown)
    assert open_form(organiser, f"{URL}/slots/{slot.uuid}")["starts_at"] == "2026-05-18T10:00", "it was only asked"
    assert form_in(organiser, page).send(amend="1").status_code == 302
    assert [text_of(each) for each in deliver()] == shown
    form = open_form(organiser, f"{URL}/releases/1/roll-back")
    page = form.send(tell="now", tell_groups=["hosts"], preview="1")
    shown = previewed(page.text)
    assert form_in(organiser, page).send().status_code == 302
    (letter,) = deliver()
    assert (str(letter["To"]), text_of(letter)) == ("events@example.org", shown[0])
    assert "Now: Monday 18 May 2026, 10:00" in shown[0]


def test_only_who_may_release_reads_letters(signed_in: As, organiser: FlaskClient, slot: Slot) -> None:
    open_form(organiser, f"{URL}/releases").send()
    reader = signed_in(Role.READ_ONLY)
    assert reader.get(f"{URL}/releases/1/letters").status_code == 404
    page = reader.get(f"{URL}/releases")
    assert page.status_code == 200
    assert "ada@example.org" not in page.text
    assert "Whom it concerns" not in page.text
    answer = reader.post(f"{URL}/releases", data={"csrf_token": token_for(reader), "preview": "1"})
    assert answer.status_code == 404


def test_the_letters_take_as_many_queries_whatever_there_is(
    organiser: FlaskClient, write: Transaction, summit: Conference, slot: Slot, queries: Queries
) -> None:
    def count(number: int) -> list[int]:
        with write():
            for each in range(number):
                talk = make_session(summit, None, make_speaker(summit, email=f"s{each}@example.org"))
                make_slot(summit, talk, make_room(summit), "12:00")
                account = make_account(f"a{summit.id}-{number}-{each}@example.org")
                held = make_registration(summit, account.person)
                held.wants_letters = True
                registrations.pick(held, talk, now=summit.created_at)
        open_form(organiser, f"{URL}/releases").send()
        latest = organiser.get(f"{URL}/releases")
        number = int(words(latest, "//tbody/tr/th")[0])
        pages = [f"releases/{number}/letters", "releases", f"releases/compare?before={number}&rooms=all"]
        return [queries(organiser, f"{URL}/{page}") for page in pages]

    few = count(1)
    assert count(29) == few
    assert max(few) < 38


def test_a_speaker_is_sent_her_address_by_letter(
    organiser: FlaskClient, client: FlaskClient, write: Transaction, slot: Slot, deliver: Deliver
) -> None:
    with write(Mode.READ):
        assert slot.session is not None
        ada, ben = (part.speaker.code for part in slot.session.parts)
    page = organiser.get(f"{URL}/speakers/{ada}")
    assert "Letters reach her at ada@example.org." in page.text
    forms = [form_in(organiser, page, number) for number in range(3)]
    (send,) = [each for each in forms if each.action.endswith("/send-page")]
    assert send.send().status_code == 302
    first = deliver()
    assert send.send().status_code == 302
    (letter,) = deliver()
    assert str(letter["To"]) == "ada@example.org"
    found = re.search(r"http://localhost(/speak/\S+)", text_of(letter))
    assert found is not None
    assert client.get(found[1]).status_code == 200
    before = re.search(r"http://localhost(/speak/\S+)", text_of(first[0]))
    assert before is not None
    assert client.get(before[1]).status_code == 404, "the newer letter's address is the one that works"
    assert "send-page" not in organiser.get(f"{URL}/speakers/{ben}").text
    answer = organiser.post(f"{URL}/speakers/{ben}/send-page", data={"csrf_token": token_for(organiser)})
    assert answer.status_code == 409


def test_an_address_that_died_before_its_letter_was_written_is_not_sent(
    organiser: FlaskClient, write: Transaction, slot: Slot, deliver: Deliver
) -> None:
    with write(Mode.READ):
        assert slot.session is not None
        code = slot.session.parts[0].speaker.code
    for deed in ("send-page", "uninvite"):
        organiser.post(f"{URL}/speakers/{code}/{deed}", data={"csrf_token": token_for(organiser)})
    assert deliver() == []


def test_attendees_say_whether_they_want_letters_and_in_which_language(
    client: FlaskClient, write: Transaction, summit: Conference
) -> None:
    with write():
        account = make_account("cleo@example.org")
        held = make_registration(summit, account.person)
    sign_in(client, account)

    def send(**more: str) -> int:
        return client.post("/summit/me/letters", data={"csrf_token": token_for(client), **more}).status_code

    assert send(wanted="true", language="fr") == 302
    with write(Mode.READ):
        now_held = db.session.get_one(Registration, held.id)
        assert (now_held.wants_letters, now_held.letter_language) == (True, "fr")
    assert send(wanted="true", language="nl") == 422
    assert send() == 302
    with write():
        assert not db.session.get_one(Registration, held.id).wants_letters
        account.confirmed_at = None
        db.session.merge(account)
    assert send(wanted="true") == 409


def test_a_release_that_was_not_told_of_has_no_page(
    organiser: FlaskClient, write: Transaction, summit: Conference, slot: Slot
) -> None:
    with write():
        releases.release(summit, expected=None, note={}, by=None, now=summit.created_at)
    assert organiser.get(f"{URL}/releases/1/letters").status_code == 404
    with write(Mode.READ):
        assert tellings.tellings(summit) == {}
