"""Agenda files over HTTP: never another release's bytes, known without being read, made once and by the worker."""

from __future__ import annotations

import datetime as dt
import io
import json
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace

import icalendar
import pypdf
import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from confapp import delivery
from confapp.database import db
from confapp.delivery import waiting
from confapp.domain.files import MAKING_ATTEMPTS, MadeFile
from confapp.domain.people import Person
from confapp.domain.programme.sessions import Session
from confapp.domain.release import releases
from confapp.domain.release.releases import erase
from confapp.web import ConfappFlask
from confapp.worker import renders, tidying
from tests import pages
from tests.agenda_scene import Programme
from tests.conftest import SetClock, Transaction
from tests.exports.ical_lints import lint
from tests.factories import NOW, at

Counted = Callable[[], AbstractContextManager[list[str]]]
HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
def programme(write: Transaction) -> Programme:
    """The scene, released."""
    with write():
        made = Programme()
        made.release()
    return made


@pytest.fixture
def impatient(app: ConfappFlask) -> ConfappFlask:
    """An app whose requests do not wait for files."""
    app.config["CONFAPP"] = replace(app.config["CONFAPP"], file_wait=0.0)
    return app


def _titles(answer: TestResponse) -> dict[str, str]:
    """Summary and status of each event."""
    events = icalendar.Calendar.from_ical(answer.data).walk("VEVENT")
    return {str(event["SUMMARY"]): str(event["STATUS"]) for event in events}


def _asked(write: Transaction) -> list[tuple[str, int, bool]]:
    with write():
        rows = db.session.scalars(sa.select(MadeFile).order_by(MadeFile.asked_at, MadeFile.name)).all()
        return [(row.spec["kind"], row.release, row.made_at is not None) for row in rows]


# Calendars.


def test_the_calendar_holds_the_release(client: FlaskClient, programme: Programme) -> None:
    answer = client.get("/summit/agenda.ics")
    assert answer.status_code == 200
    assert lint(answer.data) == []
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'inline; filename="summit.ics"'
    assert answer.headers["Cache-Control"] == "public, max-age=0, s-maxage=30, must-revalidate"
    assert answer.last_modified == NOW
    assert "Set-Cookie" not in answer.headers
    assert _titles(answer) == {
        "Biology and treaties": "CONFIRMED",
        "Evening reception": "CONFIRMED",
        "Who answers for a gene?": "CONFIRMED",
    }
    assert b"Secret exercise" not in answer.data
    assert client.get("/summit/agenda.ics").data == answer.data


def test_a_calendar_known_already_touches_no_rows_of_files(
    client: FlaskClient, programme: Programme, count_queries: Counted
) -> None:
    answer = client.get("/summit/agenda.ics")
    tag = answer.headers["ETag"]
    assert not tag.startswith("W/")
    with count_queries() as statements:
        again = client.get("/summit/agenda.ics", headers={"If-None-Match": f'"other", W/{tag}'})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    assert again.headers["Cache-Control"] == answer.headers["Cache-Control"]
    assert statements == []
    since = {"If-Modified-Since": answer.headers["Last-Modified"]}
    assert client.get("/summit/agenda.ics", headers=since).status_code == 304
    assert client.get("/summit/agenda.ics", headers=since | {"If-None-Match": '"other"'}).status_code == 200


def test_parts_of_a_calendar(client: FlaskClient, programme: Programme) -> None:
    whole = client.get("/summit/agenda.ics")
    head = client.head("/summit/agenda.ics")
    assert (head.status_code, head.data, head.content_length) == (200, b"", len(whole.data))
    assert head.headers["ETag"] == whole.headers["ETag"]
    part = client.get("/summit/agenda.ics", headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.data) == (206, whole.data[10:20])
    assert part.headers["Content-Range"] == f"bytes 10-19/{len(whole.data)}"
    stale = client.get("/summit/agenda.ics", headers={"Range": "bytes=10-19", "If-Range": '"other"'})
    assert (stale.status_code, stale.data) == (200, whole.data)
    assert client.get("/summit/agenda.ics", headers={"Range": "bytes=999999-"}).status_code == 416


@pytest.mark.parametrize(
    ("address", "titles"),
    [
        ("agenda.ics?track=medicine", ["Biology and treaties"]),
        ("agenda.ics?day=2026-05-19", ["Who answers for a gene?"]),
        ("agenda.ics?room=lab", ["Evening reception", "Who answers for a gene?"]),
        ("agenda.ics?host=royal-academy", ["Biology and treaties", "Evening reception"]),
        ("agenda.ics?track=medicine&day=2026-05-19", []),
        ("sessions/{keynote}.ics", ["Biology and treaties"]),
        ("speakers/{ben}.ics", ["Who answers for a gene?"]),
    ],
)
def test_calendars_of_a_part(client: FlaskClient, programme: Programme, address: str, titles: list[str]) -> None:
    codes = {"keynote": programme.keynote.code, "ben": programme.ben.code}
    answer = client.get(f"/summit/{address.format(**codes)}")
    assert answer.status_code == 200
    assert lint(answer.data) == []
    assert sorted(_titles(answer)) == titles
    assert answer.headers["ETag"] != client.get("/summit/agenda.ics").headers["ETag"]


def test_a_session_is_downloaded_under_its_own_name(client: FlaskClient, programme: Programme) -> None:
    answer = client.get(f"/summit/sessions/{programme.keynote.code}.ics")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="summit-{programme.keynote.code}.ics"'
    assert client.get(f"/summit/sessions/{programme.draft.code}.ics").status_code == 404
    assert client.get("/summit/speakers/NOBODY.ics").status_code == 404


def test_a_calendar_is_had_as_it_is_wanted(client: FlaskClient, programme: Programme, write: Transaction) -> None:
    with write():
        programme.cancel(programme.panel)
        programme.release()
    whole = client.get("/summit/agenda.ics")
    loud = client.get("/summit/agenda.ics?alarm=15")
    assert loud.text.count("TRIGGER:-PT15M") == 2
    quiet = client.get("/summit/agenda.ics?cancelled=hide")
    assert sorted(_titles(quiet)) == ["Biology and treaties", "Evening reception"]
    assert len(_titles(client.get("/summit/agenda.ics?cancelled=show"))) == 3
    full = client.get("/summit/agenda.ics?detail=full&alarm=0")
    assert "BEGIN:PARTICIPANT" in full.text
    assert "BEGIN:VLOCATION" in full.text
    assert "alarm=0&detail=full" in full.text.replace("\r\n ", "")
    tags = {each.headers["ETag"] for each in (whole, loud, quiet, full)}
    assert len(tags) == 4
    for address in (f"sessions/{programme.keynote.code}.ics", f"speakers/{programme.ada.code}.ics"):
        assert "TRIGGER:-PT5M" in client.get(f"/summit/{address}?alarm=5").text


@pytest.mark.parametrize("wrong", ["alarm=soon", "alarm=-5", "alarm=10081", "alarm=٣", "cancelled=no", "detail=all"])
def test_what_nobody_can_want_is_named(client: FlaskClient, programme: Programme, wrong: str) -> None:
    answer = client.get(f"/summit/agenda.ics?{wrong}", headers=HTML)
    assert answer.status_code == 422
    assert "Give " in answer.text


def test_sessions_in_one_language(client: FlaskClient, programme: Programme, write: Transaction) -> None:
    with write():
        db.session.get_one(Session, programme.keynote.id).language = "en"
        db.session.get_one(Session, programme.panel.id).language = "nl"
        programme.release()
    assert sorted(_titles(client.get("/summit/agenda.ics?language=en"))) == [
        "Biology and treaties",
        "Evening reception",
    ]
    dutch = client.get("/summit/agenda.ics?language=nl")
    assert sorted(_titles(dutch)) == ["Evening reception", "Who answers for a gene?"]
    assert "agenda.ics?language=nl" in dutch.text.replace("\r\n ", "")
    assert client.get("/summit/agenda.ics?language=tlh").status_code == 422


def test_a_release_moves_a_calendar_and_leaves_tombstones(
    client: FlaskClient, programme: Programme, write: Transaction
) -> None:
    first = client.get("/summit/agenda.ics")
    with write():
        programme.move(programme.keynote_slot, at("14:00"))
        programme.cancel(programme.panel)
    assert client.get("/summit/agenda.ics").headers["ETag"] == first.headers["ETag"]
    with write():
        programme.release(now=NOW + dt.timedelta(hours=1))
    second = client.get("/summit/agenda.ics", headers={"If-None-Match": first.headers["ETag"]})
    assert second.status_code == 200
    assert second.headers["ETag"] != first.headers["ETag"]
    assert lint(second.data) == []
    assert _titles(second) == {
        "Biology and treaties": "CONFIRMED",
        "Cancelled: Who answers for a gene?": "CANCELLED",
        "Evening reception": "CONFIRMED",
    }
    for address in (f"sessions/{programme.panel.code}.ics", f"speakers/{programme.ben.code}.ics"):
        assert list(_titles(client.get(f"/summit/{address}")).values()) == ["CANCELLED"]
    filtered = client.get(f"/summit/agenda.ics?speaker={programme.ben.code}")
    assert list(_titles(filtered).values()) == ["CANCELLED"]


def test_erasing_a_person_changes_every_file(client: FlaskClient, programme: Programme, write: Transaction) -> None:
    first = client.get("/summit/agenda.ics")
    assert b"Ada Lindqvist" in first.data
    with write():
        erase(db.session.get_one(Person, programme.ada.person_id), by=None, now=NOW)
    second = client.get("/summit/agenda.ics", headers={"If-Modified-Since": first.headers["Last-Modified"]})
    assert second.status_code == 200
    assert b"Ada Lindqvist" not in second.data
    assert second.headers["ETag"] != first.headers["ETag"]


def test_a_broken_cache_is_no_trouble(client: FlaskClient, app: ConfappFlask, programme: Programme) -> None:
    cache = app.config["CONFAPP"].cache_folder
    cache.parent.mkdir(exist_ok=True)
    cache.write_text("a file where a folder should be")
    assert client.get("/summit/agenda.ics").status_code == 200


# Files that the worker makes.


def test_an_unmade_file_is_asked_for_once_and_made_by_the_worker(
    impatient: ConfappFlask, client: FlaskClient, programme: Programme, write: Transaction
) -> None:
    for _ in range(3):
        answer = client.get("/summit/agenda.pdf")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert answer.headers["Cache-Control"] == "no-store"
        assert "ETag" not in answer.headers
    assert answer.content_type == "application/problem+json"
    assert json.loads(answer.data)["status"] == 503
    assert _asked(write) == [("pdf", 1, False)]
    assert renders.sweep(NOW) == 1
    assert renders.sweep(NOW) == 0
    made = client.get("/summit/agenda.pdf")
    assert (made.status_code, made.content_type) == (200, "application/pdf")
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made.data)).pages)
    assert "Biology and treaties" in text
    assert "Secret exercise" not in text
    with write():
        stored = db.session.scalars(sa.select(MadeFile)).one()
        assert stored.body == made.data
        assert made.headers["ETag"] == f'"{stored.name}"'
    again = client.get("/summit/agenda.pdf", headers={"If-None-Match": made.headers["ETag"]})
    assert again.status_code == 304
    part = client.get("/summit/agenda.pdf", headers={"Range": "bytes=0-4"})
    assert (part.status_code, part.data) == (206, b"%PDF-")


def test_a_request_waits_for_the_worker(
    app: ConfappFlask, client: FlaskClient, programme: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "make", lambda *_: b"%PDF-made")

    def work() -> None:
        with app.app_context():
            for _ in range(200):
                if renders.sweep(NOW):
                    return
                threading.Event().wait(0.05)

    worker = threading.Thread(target=work)
    worker.start()
    answer = client.get("/summit/agenda.pdf")
    worker.join()
    assert (answer.status_code, answer.data) == (200, b"%PDF-made")


def test_only_so_many_requests_wait(
    app: ConfappFlask, client: FlaskClient, programme: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "WAITING", threading.BoundedSemaphore(1))
    assert waiting.WAITING.acquire(blocking=False)
    monkeypatch.setattr("confapp.delivery.waiting.time.sleep", lambda _seconds: pytest.fail("it waited"))
    assert client.get("/summit/agenda.pdf").status_code == 503


def test_people_get_a_page_that_asks_again(
    impatient: ConfappFlask, client: FlaskClient, programme: Programme, write: Transaction
) -> None:
    answer = client.get("/summit/agenda.pdf", headers=HTML)
    assert (answer.status_code, answer.mimetype) == (503, "text/html")
    assert answer.headers["Retry-After"] == "5"
    assert pages.words(answer, "//main//h1") == ["One moment"]
    assert pages.tree(answer).xpath("//*[@data-refresh]")
    assert not pages.tree(answer).xpath("//main//a")
    renders.sweep(NOW)
    first = client.get("/summit/agenda.pdf").data
    with write():
        programme.cancel(programme.panel)
        programme.release(now=NOW + dt.timedelta(hours=1))
    answer = client.get("/summit/agenda.pdf?language=en", headers=HTML)
    assert answer.status_code == 503
    assert pages.words(answer, "//main//a") == ["Take the file of release 1 meanwhile"]
    (address,) = pages.tree(answer).xpath("//main//a/@href")
    assert address == "/summit/releases/1/agenda.pdf"
    old = client.get(address)
    assert (old.status_code, old.data) == (200, first)
    renders.sweep(NOW)
    second = client.get("/summit/agenda.pdf")
    assert second.status_code == 200
    assert second.data != first
    assert second.headers["ETag"] != old.headers["ETag"]


def test_old_addresses_reach_one_release_back_and_never_a_calendar(
    impatient: ConfappFlask, client: FlaskClient, programme: Programme, write: Transaction
) -> None:
    for _ in range(2):
        with write():
            programme.release()
    status = {number: client.get(f"/summit/releases/{number}/agenda.pdf").status_code for number in range(5)}
    assert status == {0: 404, 1: 404, 2: 503, 3: 503, 4: 404}
    assert client.get("/summit/releases/2/agenda.ics").status_code == 404
    assert client.get("/summit/releases/2/agenda.picks").status_code == 404
    assert client.get("/summit/releases/9999999999999999999999/agenda.pdf").status_code == 404


def test_what_cannot_be_made_is_said(
    impatient: ConfappFlask, client: FlaskClient, programme: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.get("/summit/agenda.pdf")

    def fail(*_: object) -> bytes:
        raise ValueError("no ink")

    monkeypatch.setattr(delivery, "make", fail)
    assert [renders.sweep(NOW) for _ in range(MAKING_ATTEMPTS + 1)] == [1] * MAKING_ATTEMPTS + [0]
    answer = client.get("/summit/agenda.pdf", headers=HTML)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "3600")
    assert "could not be made" in answer.text
    assert "no ink" not in answer.text
    assert not pages.tree(answer).xpath("//*[@data-refresh]")


def test_a_release_asks_for_the_whole_and_each_day(
    client: FlaskClient, programme: Programme, write: Transaction
) -> None:
    with write():
        release = releases.numbered(programme.conference_id, 1)
        wanted = delivery.wanted_at_release(release)
    parts = [None, "2026-05-18", "2026-05-19"]
    asked = [(each.kind, each.filter.day and each.filter.day.isoformat()) for each in wanted]
    assert asked == [(kind, part) for kind in ("pdf", "grid") for part in parts]
    renders.ask_for_release(programme.conference_id, 1, now=NOW)
    renders.ask_for_release(programme.conference_id, 1, now=NOW)
    assert sorted(_asked(write)) == [("grid", 1, False)] * 3 + [("pdf", 1, False)] * 3 + [("signs", 1, False)]


def test_the_grid_and_other_paper_are_asked_for_by_address(
    app: ConfappFlask, client: FlaskClient, programme: Programme, write: Transaction
) -> None:
    app.config["CONFAPP"] = replace(app.config["CONFAPP"], file_wait=0.0)
    for query in ("", "?view=grid", "?view=grid&paper=A3", "?paper=letter", "?view=list"):
        assert client.get(f"/summit/agenda.pdf{query}").status_code == 503
    with write():
        specs = [row.spec for row in db.session.scalars(sa.select(MadeFile))]
    assert sorted((each["kind"], each["options"].get("paper", "")) for each in specs) == [
        ("grid", "A3"),
        ("grid", "A4"),
        ("pdf", "A4"),
        ("pdf", "Letter"),
    ]
    for query, named in (("view=poster", "Give programme or grid."), ("paper=a0", "Paper is one of a4, letter, a3")):
        answer = client.get(f"/summit/agenda.pdf?{query}")
        assert answer.status_code == 422
        assert named in answer.text
    assert client.get("/summit/agenda.grid").status_code == 404
    assert client.get("/summit/agenda.picks").status_code == 404


def test_a_conference_prints_on_its_country_s_paper(app: ConfappFlask, client: FlaskClient, write: Transaction) -> None:
    app.config["CONFAPP"] = replace(app.config["CONFAPP"], file_wait=0.0)
    with write():
        made = Programme(country="US")
        made.release()
    renders.ask_for_release(made.conference_id, 1, now=NOW)
    with write():
        rows = db.session.scalars(sa.select(MadeFile)).all()
        made_before = len(rows)
        specs = [row.spec for row in rows]
    assert {each["size"] if each["kind"] == "signs" else each["options"]["paper"] for each in specs} == {"Letter"}
    for address in ("agenda.pdf", "agenda.pdf?paper=letter&view=grid", "rooms/signs.pdf"):
        client.get(f"/summit/{address}")
    with write():
        assert len(db.session.scalars(sa.select(MadeFile)).all()) == made_before


def test_files_of_releases_long_past_are_forgotten(programme: Programme, write: Transaction) -> None:
    for number in (1, 2, 3):
        renders.ask_for_release(programme.conference_id, number, now=NOW)
        if number < 3:
            with write():
                programme.release()
    assert {release for _kind, release, _made in _asked(write)} == {2, 3}


def test_tidying_removes_old_copies(
    client: FlaskClient, app: ConfappFlask, programme: Programme, clock: SetClock
) -> None:
    client.get("/summit/agenda.ics")
    cache = app.config["CONFAPP"].cache_folder
    (copy,) = cache.glob("*/*")
    made = dt.datetime.fromtimestamp(copy.stat().st_mtime, dt.UTC)
    assert tidying.tidy(made + delivery.KEPT - dt.timedelta(seconds=5)) == 0
    assert copy.exists()
    tidying.tidy(made + delivery.KEPT + dt.timedelta(seconds=5))
    assert not copy.exists()
    assert client.get("/summit/agenda.ics").status_code == 200


# Exchange formats.


@pytest.mark.parametrize(
    ("kind", "media_type", "words"),
    [
        ("xml", "application/xml; charset=utf-8", "<title>Biology and treaties</title>"),
        ("json", "application/json", '"title":"Biology and treaties"'),
        ("csv", "text/csv; charset=utf-8", ",Biology and treaties,"),
        ("xcal", "application/calendar+xml; charset=utf-8", "<text>Biology and treaties</text>"),
    ],
)
def test_exchange_files_hold_the_release_filtered(
    kind: str, media_type: str, words: str, client: FlaskClient, programme: Programme, count_queries: Counted
) -> None:
    whole = client.get(f"/summit/agenda.{kind}")
    assert (whole.status_code, whole.headers["Content-Type"]) == (200, media_type)
    assert words in whole.get_data(as_text=True)
    assert "Secret exercise" not in whole.get_data(as_text=True)
    part = client.get(f"/summit/agenda.{kind}?room={programme.lab.code}").get_data(as_text=True)
    assert words not in part
    assert "Who answers for a gene?" in part
    with count_queries() as statements:
        same = client.get(f"/summit/agenda.{kind}", headers={"If-None-Match": whole.headers["ETag"]})
    assert (same.status_code, same.data) == (304, b"")
    assert len(statements) < 10
    assert client.get(f"/summit/agenda.{kind}?room=cellar").status_code == 422
