"""The page of imports: a file is compared first and confirmed then; one that cannot be read leaves no trace."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lxml.html
import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from confapp.database import Mode, db
from confapp.domain import outbox
from confapp.domain.files import Blob
from confapp.domain.permissions import NEEDS_SCOPE, Role
from confapp.domain.programme import conferences, hosts, sessions, slots, speakers
from confapp.domain.programme.conferences import Conference
from confapp.worker import jobs
from tests.blueprints.conftest import As
from tests.conftest import Transaction
from tests.factories import NOW, at, make_conference, make_session, token_for
from tests.imports.schedules import day, event, schedule
from tests.pages import errors, form_in, open_form, summary, tree, words

URL = "/organise/summit/imports"
PROGRAMME = schedule(
    day(event(id="1"), event(id="2", title="Phages", start="11:00"), date="2026-05-18"),
    day(event(id="3", title="Sensors"), date="2026-05-19"),
)


def watched(client: FlaskClient, answer: Any) -> Any:
    """What is shown once the worker has done all that was asked; an answer that asks it nothing as it is."""
    if answer.status_code != 302:
        return answer
    work(client)
    return client.get(answer.location, follow_redirects=True)


def work(client: FlaskClient) -> None:
    """Let the worker do what it was asked."""
    with client.application.app_context():
        while jobs.sweep(NOW):
            pass


def upload(client: FlaskClient, data: bytes | None = PROGRAMME, **more: str) -> Any:
    """Send the form with a file, as a browser does (RFC 7578), and let the worker look at it; None: none was chosen."""
    return watched(client, send(client, data, **more))


def send(client: FlaskClient, data: bytes | None = PROGRAMME, **more: str) -> Any:
    """Only send the form."""
    form = open_form(client, URL)
    body = b"".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in ({name: values[0] for name, values in form.values.items()} | more).items()
    )
    filename = "schedule.xml" if data is not None else ""
    body += f'--x\r\nContent-Disposition: form-data; name="file"; filename="{filename}"\r\n\r\n'.encode()
    body += (data or b"") + b"\r\n--x--\r\n"
    return client.post(form.action, data=body, content_type="multipart/form-data; boundary=x")


def upload_files(client: FlaskClient, files: dict[str, bytes], **more: str) -> Any:
    """Send the form with several files."""
    form = open_form(client, URL)
    data: dict[str, Any] = {name: values[0] for name, values in form.values.items()} | more
    data["file"] = [(io.BytesIO(body), name) for name, body in files.items()]
    return watched(client, client.post(form.action, data=data, content_type="multipart/form-data"))


def confirm(client: FlaskClient, report: Any, **more: Any) -> Any:
    """Press the report's button, and let the worker import it."""
    return watched(client, form_in(client, report).send(**more))


def stored(write: Transaction, summit: Conference) -> tuple[int, int, int]:
    """How many sessions, rooms and uploads there are."""
    with write(Mode.READ):
        blobs = db.session.scalar(sa.select(sa.func.count()).select_from(Blob)) or 0
        return len(sessions.sessions(summit)), len(hosts.rooms(summit)), blobs


def test_a_file_is_compared_first_and_applied_when_confirmed(
    organiser: FlaskClient, write: Transaction, summit: Conference
) -> None:
    report = upload(organiser)
    assert report.status_code == 200
    counts = dict(
        zip(words(report, "(//table)[1]/tbody/tr/th"), words(report, "(//table)[1]/tbody/tr/td[1]"), strict=True)
    )
    assert counts == {"Sessions": "3", "Rooms": "1", "Tracks": "0", "Speakers": "0"}
    assert "Nothing is stored yet." in report.text
    assert stored(write, summit) == (0, 0, 1)
    applied = confirm(organiser, report)
    assert words(applied, "//h1") == ["One import"]
    assert [link.get("href").rpartition("/")[2] for link in tree(applied).xpath("//main//p[@class='actions']/a")] == [
        "schedule",
        "conflicts",
        "releases",
    ]
    assert stored(write, summit) == (3, 1, 1)
    with write(Mode.READ):
        assert [slot.starts_at for slot in slots.slots(summit)] == [at("10:00"), at("11:00"), at("10:00", 2)]


def test_the_same_file_again_has_nothing_to_bring(
    organiser: FlaskClient, write: Transaction, summit: Conference
) -> None:
    confirm(organiser, upload(organiser))
    again = upload(organiser)
    assert "Everything in this file stands here already." in again.text
    assert words(again, "//main//form") == []
    assert stored(write, summit) == (3, 1, 1)


def test_warnings_and_refusals_are_named(organiser: FlaskClient, summit: Conference) -> None:
    odd = schedule(
        day(
            event(id="1"), event(id="2", title="Phages", start="10:15"), event(id="3", start="25:99"), date="2026-05-18"
        )
    )
    report = upload(organiser, odd)
    said = " ".join(words(report, "//ul[@class='conflicts']/li"))
    assert "Aula holds" in said
    assert "25:99" in said


def test_what_was_made_here_meanwhile_stays(organiser: FlaskClient, write: Transaction, summit: Conference) -> None:
    report = upload(organiser)
    with write():
        make_session(summit, "Mine")
    open_form(organiser, "/organise/summit/rooms/new").send({"name.en": "Aula"})
    anew = confirm(organiser, report)
    assert "The programme changed here meanwhile." in anew.text
    assert words(anew, "(//table)[1]/tbody/tr/td[3]") == ["0", "1", "0", "0"]
    assert stored(write, summit) == (1, 1, 1)
    assert words(confirm(organiser, anew), "//h1") == ["One import"]
    assert stored(write, summit) == (4, 1, 1)


def test_what_changed_here_without_touching_the_report_is_no_reason_to_ask_again(
    organiser: FlaskClient, write: Transaction, summit: Conference
) -> None:
    report = upload(organiser)
    with write():
        make_session(summit, "Mine")
    assert words(confirm(organiser, report), "//h1") == ["One import"]
    assert stored(write, summit)[0] == 4


BOMB = "<!DOCTYPE s [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'>]><schedule>&b;</schedule>"


def test_what_cannot_be_read_is_named_and_not_kept(
    organiser: FlaskClient, write: Transaction, summit: Conference
) -> None:
    cases: list[tuple[bytes | None, str, str]] = [
        (None, "file", "Choose a file."),
        (b"", "file", "The file schedule.xml is empty."),
        (b"hello", "file", "is in no format that is read here"),
        (b"<schedule><unclosed>", "file", ""),
        (b"<schedule>" + b"<x>" * 1_000_000, "file", ""),
        (BOMB.encode(), "file", "entities"),
        (b"<schedule/>", "", ""),
    ]
    for data, field, said in cases:
        answer = upload(organiser, data)
        if data:
            assert (data[:30], words(answer, "//h1")) == (data[:30], ["Nothing was imported"])
            assert said in " ".join(summary(answer))
            assert form_in(organiser, organiser.get(URL)).action == URL
        else:
            assert (answer.status_code, list(errors(answer)), said in errors(answer)[field]) == (422, [field], True)
    assert errors(upload(organiser, timezone="Mars/Olympus")).keys() == {"timezone"}
    assert errors(upload(organiser, timezone="")) == {"timezone": "Fill this in."}
    assert stored(write, summit)[:2] == (0, 0)


@pytest.mark.sqlite
def test_too_large_a_file_is_refused(organiser: FlaskClient, write: Transaction, summit: Conference) -> None:
    answer = upload(organiser, b"<schedule>" + b" " * 20_000_000)
    assert answer.status_code == 413
    assert stored(write, summit) == (0, 0, 0)


def test_an_address_is_good_for_its_conference_only(
    organiser: FlaskClient, write: Transaction, summit: Conference, signed_in: As
) -> None:
    with write():
        make_conference("other")
    location = form_in(organiser, upload(organiser)).action
    identifier = location.rsplit("/", 1)[1]
    for url in (f"/organise/other/imports/{identifier}", f"{URL}/{uuid.uuid4()}", f"{URL}/made-up"):
        assert organiser.get(url).status_code == 404
        assert organiser.post(url, data={"csrf_token": token_for(organiser)}).status_code == 404
    for role in (Role.READ_ONLY, Role.TRACK_MANAGER, Role.HOST_COORDINATOR):
        client = signed_in(role, scope_id=1 if role in NEEDS_SCOPE else None)
        assert [client.get(url).status_code for url in (URL, location)] == [404, 404]
    assert stored(write, summit) == (0, 0, 1)


@pytest.mark.sqlite
def test_a_real_programme_arrives_whole(
    organiser: FlaskClient, write: Transaction, summit: Conference, real_file: Callable[[str], Path]
) -> None:
    data = next(real_file("03-debconf23").glob("*.xml")).read_bytes()
    report = upload(organiser, data, timezone="Asia/Kolkata")
    planned = int(words(report, "(//table)[1]/tbody/tr[1]/td[1]")[0])
    assert planned > 50
    assert words(confirm(organiser, report), "//h1") == ["One import"]
    assert stored(write, summit)[0] == planned


# Row by row, vanished sessions, tables, undoing.


def test_the_report_goes_row_by_row(organiser: FlaskClient, summit: Conference) -> None:
    confirm(organiser, upload(organiser))
    changed = PROGRAMME.replace(b"<title>Phages", b"<title>Phages at work").replace(b"11:00", b"12:00")
    report = upload(organiser, changed)
    assert words(report, "//details//tbody/tr/*") == ["Phages at work", "Sessions", "changed", "Place and time, Title"]


def test_what_vanished_is_cancelled_when_asked(organiser: FlaskClient, write: Transaction, summit: Conference) -> None:
    confirm(organiser, upload(organiser))
    fewer = schedule(day(event(id="1"), event(id="2", title="Phages", start="11:00"), date="2026-05-18"))
    report = upload(organiser, fewer)
    assert words(report, "//label[starts-with(@for, 'f-cancel')]") == ["Cancel “Sensors”"]
    with write(Mode.READ):
        (sensors,) = [each for each in sessions.sessions(summit) if each.title["en"] == "Sensors"]
    assert words(confirm(organiser, report, cancel=sensors.code), "//h1") == ["One import"]
    with write(Mode.READ):
        held = {each.title["en"]: each.state.value for each in sessions.sessions(summit)}
    assert held == {"Yeast at work": "confirmed", "Phages": "confirmed", "Sensors": "cancelled"}


def test_an_import_is_listed_and_undone(organiser: FlaskClient, write: Transaction, summit: Conference) -> None:
    confirm(organiser, upload(organiser))
    page = organiser.get(URL)
    assert words(page, "//tbody/tr/th") == ["schedule.xml"]
    (address,) = lxml.html.fromstring(page.text).xpath("//tbody/tr/th/a/@href")
    assert [row.split()[0] for row in words(organiser.get(address), "//tbody/tr/td[1]")].count("Session") == 3
    assert open_form(organiser, address).send().location == URL
    assert stored(write, summit) == (0, 0, 1)
    assert "undone" in organiser.get(URL).text
    assert words(organiser.get(address), "//main//form") == []


def test_who_is_in_the_way_of_undoing_is_named(organiser: FlaskClient, write: Transaction, summit: Conference) -> None:
    confirm(organiser, upload(organiser))
    (address,) = lxml.html.fromstring(organiser.get(URL).text).xpath("//tbody/tr/th/a/@href")
    with write():
        held = conferences.named("summit")
        sessions.edit(sessions.sessions(held)[0], held, {"title": {"en": "Ours"}}, by=None, now=NOW)
    refused = open_form(organiser, address).send()
    assert refused.status_code == 409
    assert summary(refused) == ["session “Yeast at work”: it was changed since (title)"]
    assert stored(write, summit)[0] == 3


def test_columns_nobody_knows_are_asked_for(organiser: FlaskClient, write: Transaction, summit: Conference) -> None:
    page = upload(organiser, b"Was;Wann;Wo\nHefe;18.5.2026 10:00;Aula")
    assert page.request.path.endswith("/columns")
    assert words(page, "//thead/tr/th") == ["Was", "Wann", "Wo"]
    assert words(page, "//tbody/tr/td") == ["Hefe", "18.5.2026 10:00", "Aula"]
    refused = watched(organiser, form_in(organiser, page).send({"column.title": "", "column.start": "Wann"}))
    assert (refused.request.path, len(summary(refused))) == (page.request.path, 1)
    assert words(refused, "//select[@name='column.start']/option[@selected]") == ["Wann"]
    good = {"column.title": "Was", "column.start": "Wann", "column.room": "Wo"}
    report = watched(organiser, form_in(organiser, refused).send(good))
    assert words(report, "(//table)[1]/tbody/tr/td[1]") == ["1", "1", "0", "0"]
    (again,) = tree(report).xpath("//main//a[contains(@href, '/columns')]/@href")
    assert words(organiser.get(again), "//select[@name='column.title']/option[@selected]") == ["Was"]
    confirm(organiser, report)
    assert stored(write, summit)[:2] == (1, 1)


def test_several_files_are_one_programme(organiser: FlaskClient, write: Transaction, summit: Conference) -> None:
    files = {"talks.csv": b"Title,Date,Start,Duration,Speakers\nYeast,2026-05-18,10:00,30,Ada",
             "people.csv": b"Name,Bio\nAda,Chemist\nBo,Biologist"}  # fmt: skip
    report = upload_files(organiser, files)
    assert words(report, "(//table)[1]/tbody/tr/td[1]") == ["1", "0", "0", "2"]
    confirm(organiser, report)
    with write(Mode.READ):
        assert [each.name for each in speakers.speakers(summit)] == ["Ada", "Bo"]


# While the worker is at it.


def test_the_page_says_how_far_the_worker_is(
    organiser: FlaskClient, write: Transaction, summit: Conference, monkeypatch: pytest.MonkeyPatch
) -> None:
    with write():
        outbox.beat("jobs", now=NOW)
    sent = send(organiser)
    waiting = organiser.get(sent.location)
    assert words(waiting, "//*[@data-refresh]//*[@role='status']") == ["Waiting for the worker …"]
    assert tree(waiting).xpath("//noscript/meta/@content") == ["2"]
    assert words(waiting, "//*[@role='alert']") == []
    seen = []

    def look(*_arguments: object, **_named: object) -> None:
        page = organiser.get(sent.location)
        seen.extend(words(page, "//li[@aria-current='step']"))
        raise ValueError("the reader broke")

    monkeypatch.setattr("confapp.worker.programmes.read_programme", look)
    work(organiser)
    assert seen == ["Reading the file"]
    failed = organiser.get(sent.location)
    assert words(failed, "//main//h2")[-1:] == ["Something is wrong with the app, not with your file."]
    monkeypatch.undo()
    assert words(confirm(organiser, failed), "//h1") == ["What would change"]


def test_that_no_worker_runs_is_said(organiser: FlaskClient, write: Transaction, summit: Conference) -> None:
    location = send(organiser).location
    assert "No worker is running." in organiser.get(location).text
    with write():
        outbox.beat("jobs", now=NOW - outbox.ALIVE)
    assert "No worker is running." in organiser.get(location).text
    with write():
        outbox.beat("jobs", now=NOW)
    assert "No worker is running." not in organiser.get(location).text


def test_pressing_twice_imports_once(organiser: FlaskClient, write: Transaction, summit: Conference) -> None:
    form = form_in(organiser, upload(organiser))
    first, second = form.send(), form.send()
    assert (first.location, second.location) == (form.action, form.action)
    applied = watched(organiser, second)
    assert words(applied, "//h1") == ["One import"]
    assert watched(organiser, form.send()).request.path == applied.request.path
    assert stored(write, summit)[0] == 3
    assert len(words(organiser.get(URL), "//tbody/tr/th")) == 1


def test_the_same_bytes_are_kept_once(organiser: FlaskClient, write: Transaction, summit: Conference) -> None:
    assert send(organiser).location != send(organiser).location
    assert stored(write, summit) == (0, 0, 1)
