"""Attendees: registering, picking from public pages and from their own, secret calendars, and leaving again."""

from __future__ import annotations

import datetime as dt
import io
import logging
import threading
from collections.abc import Callable
from dataclasses import replace

import icalendar
import pypdf
import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from confapp.accounts.store import LONGEST, SHORTEST
from confapp.database import db, transaction
from confapp.domain import people
from confapp.domain.attendance import registrations
from confapp.domain.attendance.registrations import Category, Feed, Pick, Registration
from confapp.domain.files import MadeFile, PrivateFile
from confapp.domain.people import Account
from confapp.domain.programme import conferences, sessions
from confapp.domain.programme.sessions import Session
from confapp.domain.release import releases
from confapp.domain.tokens import digest
from confapp.schemas.people import PASSWORD_LEAST, PASSWORD_MOST
from confapp.web import ConfappFlask
from confapp.worker import renders, tidying
from tests import pages
from tests.agenda_scene import Programme
from tests.conftest import Transaction
from tests.exports.ical_lints import lint
from tests.factories import NOW, PASSWORD, make_account, make_person, make_registration, sign_in, token_for

GUEST = {"name": "Cleo Marsh", "email": "cleo@example.org", "password": PASSWORD, "category": "industry"}
FROM_OUR_PAGE = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def programme(write: Transaction) -> Programme:
    """The scene, released."""
    with write():
        made = Programme()
        made.release()
    return made


@pytest.fixture
def attendee(client: FlaskClient, write: Transaction, programme: Programme) -> FlaskClient:
    """Ada, registered and signed in."""
    with write():
        account = make_account("ada@example.org")
        make_registration(conferences.named("summit"), account.person)
    return sign_in(client, account)


def _pick(client: FlaskClient, session: Session, **more: str) -> TestResponse:
    return client.post(f"/summit/me/picks/{session.code}", data=more, headers=FROM_OUR_PAGE)


def _picked(write: Transaction, session: Session) -> tuple[int, int]:
    """The session's count of picks, as kept and as counted."""
    with write():
        kept = db.session.scalar(sa.select(Session.picked).where(Session.id == session.id))
        counted = db.session.scalar(sa.select(sa.func.count()).select_from(Pick).where(Pick.session_id == session.id))
        return kept or 0, counted or 0


def _feed(client: FlaskClient) -> str:
    """A new secret address of the attendee's calendar, as the page shows it this once."""
    answer = client.post("/summit/me/feed", data={"csrf_token": token_for(client)})
    assert answer.status_code == 200
    (address,) = pages.words(answer, "//code")
    return address.removeprefix("http://localhost")


# Registering.


def test_a_guest_registers_and_gets_an_account(client: FlaskClient, programme: Programme, write: Transaction) -> None:
    form = pages.open_form(client, "/summit/register")
    answer = form.send(GUEST)
    assert (answer.status_code, answer.location) == (302, "/summit/me")
    page = client.get("/summit/me")
    assert page.headers["Cache-Control"] == "no-store"
    assert pages.words(page, "//main//*[@class='lead']") == ["Cleo Marsh"]
    assert pages.notices(page) == ["You are registered. Pick the sessions that you want to see."]
    with write():
        account = people.account_by_email("cleo@example.org")
        assert account is not None
        assert account.password.startswith("$argon2id$")
        held = registrations.registration_of(account.person_id, conferences.named("summit"))
        assert held is not None
        assert held.category is Category.INDUSTRY
    client.post("/accounts/logout", data={"csrf_token": token_for(client)})
    values = {"csrf_token": token_for(client), "email": "cleo@example.org", "password": PASSWORD}
    assert client.post("/accounts/login", data=values).status_code == 302
    assert client.get("/summit/me").status_code == 200


def test_somebody_signed_in_registers_without_a_password(
    client: FlaskClient, programme: Programme, write: Transaction
) -> None:
    with write():
        sign_in(client, make_account("ada@example.org"))
    assert client.get("/summit/me").location == "/summit/register"
    form = pages.open_form(client, "/summit/register")
    assert "password" not in form.values
    assert form.send(category="press").location == "/summit/me"
    assert client.get("/summit/register").location == "/summit/me"
    assert client.get("/summit/me").status_code == 200


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({"name": ""}, "name", ""),
        ({"email": "cleo"}, "email", "Give an e-mail address such as ada@example.org."),
        ({"password": "short"}, "password", "Between 12 and 128 characters."),
        ({"password": "x" * 129}, "password", "Between 12 and 128 characters."),
        ({"category": "emperor"}, "category", "Must be one of:"),
        ({"category": ""}, "category", "Fill this in."),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(
    client: FlaskClient, programme: Programme, write: Transaction, typed: dict[str, str], field: str, message: str
) -> None:
    answer = pages.open_form(client, "/summit/register").send(GUEST | typed)
    assert answer.status_code == 422
    assert list(pages.errors(answer)) == [field]
    assert pages.errors(answer)[field].startswith(message)
    shown = pages.form_in(client, answer)
    assert shown["organisation"] == ""
    assert "password" not in dict(shown.values) or shown["password"] == ""
    with write():
        assert db.session.scalars(sa.select(Account)).all() == []


def test_passwords_have_one_length_everywhere() -> None:
    assert (PASSWORD_LEAST, PASSWORD_MOST) == (SHORTEST, LONGEST)


def test_a_known_address_needs_its_password(client: FlaskClient, programme: Programme, write: Transaction) -> None:
    with write():
        make_account("cleo@example.org")
    form = pages.open_form(client, "/summit/register")
    answer = form.send(GUEST, password="another long password")
    assert answer.status_code == 422
    assert pages.errors(answer)["email"].startswith("This address cannot register with this password.")
    assert client.get("/summit/me").status_code == 302
    with write():
        assert db.session.scalars(sa.select(Registration)).all() == []
    assert form.send(GUEST).location == "/summit/me"
    with write():
        assert len(db.session.scalars(sa.select(Account)).all()) == 1


@pytest.mark.parametrize("values", [{"is_active": False}, {"totp_secret": "enc"}])
def test_a_password_alone_does_not_open_every_account(
    client: FlaskClient, programme: Programme, write: Transaction, values: dict[str, object]
) -> None:
    with write():
        account = make_account("cleo@example.org")
        for name, value in values.items():
            setattr(account, name, value)
    assert pages.open_form(client, "/summit/register").send(GUEST).status_code == 422
    assert client.get("/summit/me").status_code == 302


def test_nobody_registers_twice(app: ConfappFlask, attendee: FlaskClient, write: Transaction) -> None:
    other = app.test_client()
    answer = pages.open_form(other, "/summit/register").send(GUEST, email="Ada@example.org")
    assert answer.status_code == 422
    assert pages.errors(answer) == {"email": "This person is registered already."}
    with write():
        assert len(db.session.scalars(sa.select(Registration)).all()) == 1


def test_registering_needs_a_token(client: FlaskClient, programme: Programme) -> None:
    assert client.post("/summit/register", data=GUEST).status_code == 400
    form = pages.open_form(client, "/summit/register")
    assert form.send(GUEST, csrf_token="wrong").status_code == 400


def test_guesses_of_passwords_are_counted(
    make_app: Callable[..., ConfappFlask], programme: Programme, write: Transaction
) -> None:
    with write():
        make_account("cleo@example.org")
    app = make_app(is_testing=False, rate_limit_storage="memory://")
    client = app.test_client()
    form = pages.open_form(client, "/summit/register")
    guesses = [form.send(GUEST, password=f"a wrong password {number}").status_code for number in range(11)]
    assert guesses == [422] * 10 + [429]


def test_hidden_conferences_take_no_registrations(client: FlaskClient, write: Transaction) -> None:
    with write():
        Programme("hidden", is_public=False)
    assert client.get("/hidden/register").status_code == 404
    assert client.get("/nowhere/register").status_code == 404
    assert client.get("/hidden/me").status_code == 302


# Picking.


def test_picking_from_the_public_page(attendee: FlaskClient, programme: Programme, write: Transaction) -> None:
    page = attendee.get(f"/summit/sessions/{programme.keynote.code}")
    (form,) = pages.tree(page).xpath("//main//form")
    assert not form.xpath(".//input")
    answer = attendee.post(form.get("action"), headers=FROM_OUR_PAGE)
    assert (answer.status_code, answer.location) == (302, f"/summit/me#session-{programme.keynote.code}")
    mine = attendee.get("/summit/me")
    assert pages.words(mine, "//h2[@id='mine']") == ["1 session picked"]
    assert pages.words(mine, "//*[contains(@class, 'entry__title')]") == ["Biology and treaties"]
    _pick(attendee, programme.keynote)
    assert _picked(write, programme.keynote) == (1, 1)
    for _ in range(2):
        _pick(attendee, programme.keynote, remove="1")
        assert _picked(write, programme.keynote) == (0, 0)


def test_my_page_picks_and_drops(attendee: FlaskClient, programme: Programme, write: Transaction) -> None:
    def press(number: int) -> None:
        form = pages.tree(attendee.get("/summit/me")).xpath("//*[@class='picks']//form")[number]
        values = {each.get("name"): each.get("value") for each in form.xpath(".//input")}
        assert attendee.post(form.get("action"), data=values, headers=FROM_OUR_PAGE).status_code == 302

    press(0)
    assert _picked(write, programme.keynote) == (1, 1)
    assert pages.words(attendee.get("/summit/me"), "//*[@class='picks']//button") == ["Drop", "Pick", "Pick"]
    press(0)
    assert _picked(write, programme.keynote) == (0, 0)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "http://localhost", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "null", "Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_picks_from_elsewhere_are_refused(
    attendee: FlaskClient, programme: Programme, write: Transaction, headers: dict[str, str]
) -> None:
    answer = attendee.post(f"/summit/me/picks/{programme.keynote.code}", headers=headers)
    assert answer.status_code == 400
    assert _picked(write, programme.keynote) == (0, 0)


def test_drafts_cannot_be_picked(
    attendee: FlaskClient, app: ConfappFlask, programme: Programme, write: Transaction
) -> None:
    assert _pick(attendee, programme.draft).status_code == 404
    assert _pick(attendee, programme.draft, remove="1").status_code == 404
    assert _pick(app.test_client(), programme.draft).status_code == 404
    assert attendee.post("/summit/me/picks/NOTHERE", headers=FROM_OUR_PAGE).status_code == 404
    assert _picked(write, programme.draft) == (0, 0)


def test_a_pick_waits_for_who_registers(client: FlaskClient, programme: Programme, write: Transaction) -> None:
    answer = _pick(client, programme.keynote)
    assert (answer.status_code, answer.location) == (302, f"/summit/register?pick={programme.keynote.code}")
    page = client.get(answer.location)
    assert pages.notices(page) == ["Register, or sign in, to pick your sessions."]
    (way,) = [each for each in pages.tree(page).xpath("//main//a/@href") if each.startswith("/accounts/login")]
    assert way == f"/accounts/login?next=/summit/sessions/{programme.keynote.code}"
    form = pages.form_in(client, page)
    form.action = answer.location
    assert form.send(GUEST).status_code == 302
    assert _picked(write, programme.keynote) == (1, 1)


def test_a_draft_named_while_registering_is_not_picked(
    client: FlaskClient, programme: Programme, write: Transaction
) -> None:
    address = f"/summit/register?pick={programme.draft.code}"
    form = pages.open_form(client, address)
    form.action = address
    assert form.send(GUEST).status_code == 302
    assert _picked(write, programme.draft) == (0, 0)


def test_a_picked_session_that_is_cancelled_is_told(
    attendee: FlaskClient, programme: Programme, write: Transaction
) -> None:
    _pick(attendee, programme.keynote)
    _pick(attendee, programme.panel)
    address = _feed(attendee)
    first = attendee.get(address)
    with write():
        programme.cancel(programme.keynote)
        programme.release(now=NOW + dt.timedelta(hours=1))
    mine = attendee.get("/summit/me")
    assert pages.words(mine, "//h2[@id='mine']") == ["1 session picked"]
    assert "Taken off the agenda" in mine.text
    calendar = attendee.get(address, headers={"If-None-Match": first.headers["ETag"]})
    events = icalendar.Calendar.from_ical(calendar.data).walk("VEVENT")
    assert {str(event["SUMMARY"]): str(event["STATUS"]) for event in events} == {
        "Cancelled: Biology and treaties": "CANCELLED",
        "Who answers for a gene?": "CONFIRMED",
    }
    assert lint(calendar.data) == []
    assert _pick(attendee, programme.keynote).status_code == 404
    assert _pick(attendee, programme.keynote, remove="1").status_code == 302
    assert "Taken off the agenda" not in attendee.get("/summit/me").text


def test_counts_are_right_when_many_pick_at_once(app: ConfappFlask, write: Transaction, programme: Programme) -> None:
    with write():
        conference = conferences.named("summit")
        held = [make_registration(conference, make_person(f"Person {number}")).id for number in range(2)]
    code, start = programme.keynote.code, threading.Barrier(2)
    errors: list[Exception] = []

    def pick(registration_id: int) -> None:
        try:
            with app.app_context():
                start.wait()
                for number in range(15):
                    with transaction():
                        mine = db.session.get_one(Registration, registration_id)
                        session = sessions.session(conferences.named("summit"), code)
                        if number % 3 == 1:
                            registrations.unpick(mine, session, now=NOW)
                        else:
                            registrations.pick(mine, session, now=NOW)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=pick, args=(each,)) for each in held]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert _picked(write, programme.keynote) == (2, 2)


def test_one_attendee_picking_twice_at_once_counts_once(
    app: ConfappFlask, write: Transaction, programme: Programme
) -> None:
    with write():
        held = make_registration(conferences.named("summit")).id
    code, start = programme.keynote.code, threading.Barrier(2)
    errors: list[Exception] = []

    def pick() -> None:
        try:
            with app.app_context():
                start.wait()
                with transaction():
                    mine = db.session.get_one(Registration, held)
                    registrations.pick(mine, sessions.session(conferences.named("summit"), code), now=NOW)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=pick) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert _picked(write, programme.keynote) == (1, 1)


# The calendar at a secret address.


def test_the_secret_is_shown_once_and_its_hash_kept(
    attendee: FlaskClient, app: ConfappFlask, programme: Programme, write: Transaction
) -> None:
    _pick(attendee, programme.keynote)
    address = _feed(attendee)
    token = address.split("/")[2]
    assert len(token) >= 43
    assert token not in attendee.get("/summit/me").text
    with write():
        assert [feed.digest for feed in db.session.scalars(sa.select(Feed))] == [digest(token)]
    answer = app.test_client().get(address)
    assert answer.status_code == 200
    assert lint(answer.data) == []
    assert b"Biology and treaties" in answer.data
    assert b"Who answers" not in answer.data
    assert token.encode() not in answer.data
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.last_modified is None
    assert "Set-Cookie" not in answer.headers
    again = app.test_client().get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.headers["X-Robots-Tag"]) == (304, "noindex")
    _pick(attendee, programme.panel)
    changed = app.test_client().get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert (changed.status_code, b"Who answers" in changed.data) == (200, True)


def test_a_new_address_ends_the_old_one_and_revoking_ends_all(attendee: FlaskClient, programme: Programme) -> None:
    old = _feed(attendee)
    new = _feed(attendee)
    assert attendee.get(old).status_code == 404
    assert attendee.get(new).status_code == 200
    answer = attendee.post("/summit/me/feed/revoke", data={"csrf_token": token_for(attendee)})
    assert answer.location == "/summit/me"
    assert attendee.get(new).status_code == 404
    assert attendee.get("/feeds/unknown/agenda.ics").status_code == 404
    assert attendee.get(new.replace(".ics", ".exe")).status_code == 404


def test_secrets_stay_out_of_the_log(
    make_app: Callable[..., ConfappFlask],
    attendee: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    address = _feed(attendee)
    app = make_app()
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def fail(*_arguments: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(releases, "known", fail)
    with caplog.at_level(logging.DEBUG):
        assert app.test_client().get(address).status_code == 500
    assert "/feeds/<token>/agenda.<kind>" in caplog.text
    assert address.split("/")[2] not in caplog.text


def test_the_personal_pdf_comes_from_the_worker(
    app: ConfappFlask, attendee: FlaskClient, programme: Programme, write: Transaction
) -> None:
    app.config["CONFAPP"] = replace(app.config["CONFAPP"], file_wait=0.0)
    _pick(attendee, programme.keynote)
    page = attendee.get("/summit/me/agenda.pdf", headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["Referrer-Policy"]) == (503, "no-referrer")
    with write():
        row = db.session.scalars(sa.select(PrivateFile)).one()
        assert "Ada" not in str(row.spec)
        assert db.session.scalars(sa.select(MadeFile)).all() == []
    assert renders.sweep(NOW) == 1
    answer = attendee.get("/summit/me/agenda.pdf")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-cache"
    text = "".join(each.extract_text() for each in pypdf.PdfReader(io.BytesIO(answer.data)).pages)
    assert "Ada" in text
    assert "Biology and treaties" in text
    assert "Who answers for a gene?" not in text
    feed = app.test_client().get(_feed(attendee).replace(".ics", ".pdf"))
    assert feed.data == answer.data
    assert attendee.get("/summit/me/agenda.pdf?paper=a0").status_code == 422
    assert (attendee.get("/summit/me/agenda.pdf?paper=LETTER").status_code, renders.sweep(NOW)) == (503, 1)
    (sheet,) = pypdf.PdfReader(io.BytesIO(attendee.get("/summit/me/agenda.pdf?paper=letter").data)).pages
    assert (round(sheet.mediabox.width), round(sheet.mediabox.height)) == (612, 792)
    tidying.tidy(NOW + dt.timedelta(days=2))
    with write():
        assert db.session.scalars(sa.select(PrivateFile)).all() == []


def test_my_pages_are_mine_alone(app: ConfappFlask, client: FlaskClient, programme: Programme) -> None:
    for address in ("/summit/me", "/summit/me/agenda.pdf"):
        answer = client.get(address)
        assert (answer.status_code, answer.location.split("?")[0]) == (302, "/accounts/login")
    for address in ("/summit/me/feed", "/summit/me/feed/revoke", "/summit/me/cancel"):
        assert client.post(address, data={"csrf_token": token_for(client)}).status_code == 302


def test_somebody_unregistered_has_no_calendar(client: FlaskClient, programme: Programme, write: Transaction) -> None:
    with write():
        sign_in(client, make_account("ada@example.org"))
    for address in ("/summit/me/feed", "/summit/me/feed/revoke", "/summit/me/cancel"):
        assert client.post(address, data={"csrf_token": token_for(client)}).status_code == 404
    assert client.get("/summit/me/agenda.pdf").status_code == 404


# Leaving.


def test_leaving_gives_picks_and_addresses_up(attendee: FlaskClient, programme: Programme, write: Transaction) -> None:
    _pick(attendee, programme.keynote)
    _pick(attendee, programme.panel)
    address = _feed(attendee)
    answer = attendee.post("/summit/me/cancel", data={"csrf_token": token_for(attendee)})
    assert answer.location == "/summit/register"
    assert attendee.get(address).status_code == 404
    assert _picked(write, programme.keynote) == _picked(write, programme.panel) == (0, 0)
    assert attendee.get("/summit/me").location == "/summit/register"
    assert pages.open_form(attendee, "/summit/register").send(category="guest").location == "/summit/me"
    assert pages.words(attendee.get("/summit/me"), "//h2[@id='mine']") == ["0 sessions picked"]
    assert attendee.get(address).status_code == 404
