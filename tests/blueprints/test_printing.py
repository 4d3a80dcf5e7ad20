"""Printed sheets over HTTP: who may have which, kept by no cache, made by the worker, never another's words."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

import pypdf
import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from confapp.database import db
from confapp.domain import erasing
from confapp.domain.attendance import registrations
from confapp.domain.attendance.registrations import Category
from confapp.domain.files import MadeFile, PrivateFile
from confapp.domain.people import Person
from confapp.domain.permissions import Role
from confapp.domain.programme import conferences, hosts, speaker_pages, speakers
from confapp.domain.programme.sessions import Session
from confapp.domain.programme.speakers import Speaker
from confapp.web import ConfappFlask
from confapp.worker import renders, tidying
from tests import pages
from tests.agenda_scene import Programme
from tests.conftest import SetClock, Transaction
from tests.factories import (
    NOW,
    make_account,
    make_person,
    make_registration,
    make_session,
    make_slot,
    make_speaker,
    make_track,
    sign_in,
)

Counted = Callable[[], AbstractContextManager[list[str]]]
SHEETS = ("speakers.pdf", "chairs.pdf", "badges.pdf")


@pytest.fixture
def impatient(app: ConfappFlask) -> ConfappFlask:
    """An app whose requests do not wait for files."""
    app.config["CONFAPP"] = replace(app.config["CONFAPP"], file_wait=0.0)
    return app


@pytest.fixture
def programme(impatient: ConfappFlask, write: Transaction) -> Programme:
    """The scene, released; a host names whom to ask, a speaker what she needs, and one of them attends."""
    with write():
        made = Programme()
        hosts.edit(made.academy, {"contact_name": "Maj. Dubois", "contact_email": "dubois@x.example"}, by=None, now=NOW)
        speakers.edit_speaker(made.ada, {"needs": "A ramp.", "country": "SE"}, by=None, now=NOW)
        made.release()
        make_registration(made.conference, make_person("Zoë Ångström"), organisation="Field Medicine")
    return made


def _as(app: ConfappFlask, write: Transaction, programme: Programme, role: Role, **more: Any) -> FlaskClient:
    with write():
        account = make_account(f"{role.value}@example.org", role=role, conference=programme.conference, **more)
        return sign_in(app.test_client(), account)


@pytest.fixture
def organiser(impatient: ConfappFlask, write: Transaction, programme: Programme) -> FlaskClient:
    """Signed in."""
    return _as(impatient, write, programme, Role.ORGANISER)


def _code(write: Transaction, row: Speaker | Session) -> str:
    with write():
        return str(db.session.merge(row, load=False).code)


def _words(data: bytes) -> str:
    return " ".join(" ".join(each.extract_text() for each in pypdf.PdfReader(io.BytesIO(data)).pages).split())


def _opened(client: FlaskClient, address: str) -> str:
    """Ask, have it made, and read it."""
    assert client.get(address).status_code == 503
    assert renders.sweep(NOW) == 1
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/pdf"
    return _words(answer.data)


def _kept(write: Transaction, table: type[MadeFile | PrivateFile]) -> list[str]:
    with write():
        return [spec["kind"] for spec in db.session.scalars(sa.select(table.spec).order_by(table.name))]


# Who may.


@pytest.mark.parametrize(
    ("role", "open_to"),
    [
        (Role.OWNER, SHEETS),
        (Role.ORGANISER, SHEETS),
        (Role.STAGE_DESK, ("chairs.pdf",)),
        (Role.DOOR_STAFF, ("chairs.pdf",)),
        (Role.PRESS_OFFICER, ("chairs.pdf",)),
        (Role.READ_ONLY, ("chairs.pdf",)),
        (Role.JOURNALIST, ()),
    ],
)
@pytest.mark.sqlite
def test_each_role_has_its_sheets_and_no_others(
    impatient: ConfappFlask, write: Transaction, programme: Programme, role: Role, open_to: tuple[str, ...]
) -> None:
    client = _as(impatient, write, programme, role)
    answers = {sheet: client.get(f"/organise/summit/print/{sheet}").status_code for sheet in SHEETS}
    assert answers == {sheet: 503 if sheet in open_to else 404 for sheet in SHEETS}
    page = client.get("/organise/summit/print")
    if open_to:
        assert {sheet for sheet in SHEETS if f'action="/organise/summit/print/{sheet}"' in page.text} == set(open_to)
        items = client.get("/api/conferences/summit/sheets").json["items"]
        assert {each["url"].rpartition("/")[2] for each in items if each["is_private"]} == set(open_to)
    else:
        assert page.status_code == 404


def test_a_track_manager_has_the_sheets_of_her_track_alone(
    impatient: ConfappFlask, write: Transaction, programme: Programme
) -> None:
    with write():
        conference = conferences.named("summit")
        other, hers = make_track(conference, "Other"), make_speaker(conference, "Cleo Ardent")
        talk = make_session(conference, "Serums", hers, track=programme.track)
        make_slot(conference, talk, programme.hall, "14:00")
        programme.release()
        cleo, ada = hers.code, programme.ada.code
    own = _as(impatient, write, programme, Role.TRACK_MANAGER, scope_id=programme.track.id)
    address = "/organise/summit/print/speakers.pdf"
    assert own.get(f"{address}?speaker={cleo}").status_code == 503
    assert own.get(f"{address}?speaker={ada}").status_code == 404
    assert own.get(address).status_code == 404
    items = {each["kind"]: each for each in own.get("/api/conferences/summit/sheets").json["items"]}
    assert items["speakers"]["choices"]["speaker"] == [{"value": cleo, "label": "Cleo Ardent"}]
    with write():
        account = make_account("other@example.org", role=Role.TRACK_MANAGER, conference=conference, scope_id=other.id)
        elsewhere = sign_in(impatient.test_client(), account)
    assert elsewhere.get(f"{address}?speaker={cleo}").status_code == 404


# What they say.


def test_private_sheets_are_kept_by_no_cache_and_outside_the_fence(
    organiser: FlaskClient, programme: Programme, write: Transaction
) -> None:
    for sheet in SHEETS:
        address = f"/organise/summit/print/{sheet}"
        _opened(organiser, address)
        answer = organiser.get(address)
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert "ETag" not in answer.headers
        assert answer.headers["Content-Disposition"] == f'inline; filename="summit-{sheet}"'
    assert sorted(_kept(write, PrivateFile)) == ["badges", "chairs", "speakers"]
    assert _kept(write, MadeFile) == []


def test_the_organisers_copy_tells_needs_and_the_speakers_own_does_not(
    impatient: ConfappFlask, organiser: FlaskClient, programme: Programme, write: Transaction
) -> None:
    ada = _code(write, programme.ada)
    ours = _opened(organiser, f"/organise/summit/print/speakers.pdf?speaker={ada}")
    assert "A ramp." in ours
    assert "Maj. Dubois, dubois@x.example" in ours
    assert "Ben Okoro" in ours
    with write():
        token = speaker_pages.invite(db.session.merge(programme.ada, load=False), by=None, now=NOW)
    stranger = impatient.test_client()
    own = _opened(stranger, f"/speak/{token}/sheet.pdf")
    assert "Maj. Dubois, dubois@x.example" in own
    assert "Biology and treaties" in own
    assert "A ramp." not in own
    assert stranger.get(f"/speak/{token}/sheet.pdf").headers["Cache-Control"] == "no-store"
    assert f'href="/speak/{token}/sheet.pdf"' in stranger.get(f"/speak/{token}").text


def test_a_speakers_own_sheet_dies_with_its_address(
    impatient: ConfappFlask, programme: Programme, write: Transaction
) -> None:
    with write():
        ada = db.session.merge(programme.ada, load=False)
        token = speaker_pages.invite(ada, by=None, now=NOW)
        speaker_pages.revoke(ada, by=None, now=NOW)
    client = impatient.test_client()
    assert client.get(f"/speak/{token}/sheet.pdf").status_code == 404
    assert client.get("/speak/none/sheet.pdf").status_code == 404


def test_chairs_and_badges_say_what_they_should(
    organiser: FlaskClient, programme: Programme, write: Transaction
) -> None:
    panel = _code(write, programme.panel)
    chair = _opened(organiser, f"/organise/summit/print/chairs.pdf?session={panel}")
    assert "Who answers for a gene?" in chair
    assert "Biology and treaties" not in chair
    badges = _opened(organiser, "/organise/summit/print/badges.pdf")
    assert "Zoë Ångström" in badges
    assert "Field Medicine" in badges


def test_badges_follow_the_registrations(organiser: FlaskClient, programme: Programme, write: Transaction) -> None:
    address = "/organise/summit/print/badges.pdf"
    _opened(organiser, address)
    with write():
        conference = programme.conference
        late = registrations.register(
            conference, make_person("Late Comer"), category=Category.PRESS, organisation="", by=None, now=NOW
        )
        person = speakers.speaker(conference, programme.ada.code).person_id
        ada = db.session.get_one(Person, person)
        registrations.register(conference, ada, category=Category.ALLY, organisation="", by=None, now=NOW)
        code = late.code
    told = _opened(organiser, address)
    assert "Late Comer" in told
    assert "PRESS" in told
    assert "ALLY SPEAKER" in told
    assert "Sweden" in told
    assert "Zoë" not in _opened(organiser, f"{address}?category=press")
    assert "Late Comer" in _opened(organiser, f"{address}?code={code}")
    with write():
        registrations.cancel(registrations.registration(conference, code), by=None, now=NOW)
    assert "Late Comer" not in _opened(organiser, address)


@pytest.mark.sqlite
def test_what_the_agenda_does_not_know_is_named(organiser: FlaskClient, programme: Programme) -> None:
    for query, named in (
        ("chairs.pdf?session=NONE", "The agenda has no session “NONE”."),
        ("chairs.pdf?day=2001-01-01", "Nothing takes place on the day “2001-01-01”."),
        ("speakers.pdf?speaker=NONE", "The agenda has no speaker “NONE”."),
        ("badges.pdf?category=king", "Give one of ally, partner"),
        ("badges.pdf?paper=A0", "Paper is one of a4, letter."),
        ("chairs.pdf?paper=a3", "Paper is one of a4, letter."),
        ("chairs.pdf?language=xx", "The agenda is not there in the language “xx”."),
    ):
        answer = organiser.get(f"/organise/summit/print/{query}")
        assert answer.status_code == 422, query
        assert named in answer.text, query


# Signs.


def test_signs_are_public_and_asked_for_at_each_release(
    impatient: ConfappFlask, programme: Programme, write: Transaction
) -> None:
    renders.ask_for_release(programme.conference_id, 1, now=NOW)
    assert "signs" in _kept(write, MadeFile)
    client = impatient.test_client()
    with write():
        db.session.execute(sa.delete(MadeFile).where(MadeFile.spec["kind"].as_string() != "signs"))
    assert renders.sweep(NOW) == 1
    answer = client.get("/summit/rooms/signs.pdf")
    told = _words(answer.data)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert "Biology and treaties" in told
    assert "Who answers for a gene?" in told
    assert "http://localhost/summit/rooms/hall/sign" in told
    assert "Secret exercise" not in told
    again = client.get("/summit/rooms/signs.pdf", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    lab = _opened(client, "/summit/rooms/signs.pdf?room=lab&paper=letter")
    assert "Biology and treaties" not in lab
    assert client.get("/summit/rooms/signs.pdf?room=none").status_code == 422


def test_a_new_release_has_new_signs(impatient: ConfappFlask, programme: Programme, write: Transaction) -> None:
    client = impatient.test_client()
    assert "Release 1" in _opened(client, "/summit/rooms/signs.pdf")
    with write():
        programme.release()
    assert "Release 2" in _opened(client, "/summit/rooms/signs.pdf")


# The page.


def test_the_page_says_what_each_is_and_when_it_was_made(
    organiser: FlaskClient, programme: Programme, clock: SetClock
) -> None:
    before = organiser.get("/organise/summit/print")
    assert pages.words(before, "//main//section//h2") == [
        "Programme",
        "Room signs",
        "Speakers' sheets",
        "Chairs' sheets",
        "Badges",
    ]
    assert before.text.count("Not made yet") == 5
    _opened(organiser, "/organise/summit/print/badges.pdf")
    after = organiser.get("/organise/summit/print")
    assert after.text.count("Not made yet") == 4
    items = {each["kind"]: each for each in organiser.get("/api/conferences/summit/sheets").json["items"]}
    assert items["badges"]["made_at"] == NOW.isoformat()
    assert (items["badges"]["release"], items["signs"]["release"]) == (None, 1)
    assert {"value": programme.ada.code, "label": "Ada Lindqvist"} in items["speakers"]["choices"]["speaker"]
    assert [each["value"] for each in items["programme"]["choices"]["paper"]] == ["A4", "Letter", "A3", "Tabloid"]
    assert [each["value"] for each in items["programme"]["choices"]["view"]] == ["", "grid"]
    assert [each["value"] for each in items["signs"]["choices"]["paper"]] == ["A4", "Letter"]


def test_before_the_first_release_there_are_badges_alone(
    impatient: ConfappFlask, write: Transaction, client: FlaskClient
) -> None:
    with write():
        made = Programme()
        account = make_account("o@example.org", role=Role.ORGANISER, conference=made.conference)
        sign_in(client, account)
    answer = client.get("/organise/summit/print")
    assert pages.words(answer, "//main//section//h2") == ["Badges"]
    for sheet in ("speakers.pdf", "chairs.pdf"):
        assert client.get(f"/organise/summit/print/{sheet}").status_code == 404
    assert client.get("/summit/rooms/signs.pdf").status_code == 404


@pytest.mark.sqlite
def test_the_page_asks_the_same_number_of_questions_for_many(
    organiser: FlaskClient, programme: Programme, write: Transaction, count_queries: Counted
) -> None:
    organiser.get("/organise/summit/print")
    with count_queries() as few:
        organiser.get("/organise/summit/print")
    with write():
        for n in range(30):
            make_registration(programme.conference, make_person(f"Name {n}"))
    with count_queries() as many:
        organiser.get("/organise/summit/print")
    assert len(many) == len(few)


def test_erasing_somebody_forgets_all_private_files(
    organiser: FlaskClient, programme: Programme, write: Transaction
) -> None:
    _opened(organiser, "/organise/summit/print/badges.pdf")
    with write():
        ada = db.session.merge(programme.ada, load=False)
        erasing.erase(db.session.get_one(Person, ada.person_id), by=None, now=NOW)
    assert _kept(write, PrivateFile) == []


def test_private_files_live_for_a_day(
    organiser: FlaskClient, programme: Programme, write: Transaction, clock: SetClock
) -> None:
    _opened(organiser, "/organise/summit/print/chairs.pdf")
    tidying.tidy(clock.now)
    assert _kept(write, PrivateFile) == ["chairs"]
    tidying.tidy(clock.tick(days=1, seconds=1))
    assert _kept(write, PrivateFile) == []
