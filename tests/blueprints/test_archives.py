"""The organisers' page of the archive of the public pages: asked for, watched, downloaded, made anew."""

from __future__ import annotations

import io
import zipfile

import pytest
from flask.testing import FlaskClient

from confapp.domain.permissions import Role
from confapp.web import ConfappFlask
from confapp.worker import jobs
from tests.agenda_scene import Programme
from tests.blueprints.conftest import As
from tests.conftest import Transaction
from tests.factories import NOW, make_account, sign_in
from tests.pages import form_in, open_form, tree, words

URL = "/organise/archived/site"


@pytest.fixture
def programme(write: Transaction) -> Programme:
    """The scene, released."""
    with write():
        made = Programme("archived")
        made.release()
    return made


@pytest.fixture
def archivist(app: ConfappFlask, write: Transaction, programme: Programme) -> FlaskClient:
    """An organiser of it."""
    with write():
        account = make_account("archivist@example.org", role=Role.ORGANISER, conference=programme.conference)
    return sign_in(app.test_client(), account)


def work(client: FlaskClient) -> None:
    with client.application.app_context():
        assert jobs.sweep(NOW) == 1


def test_an_archive_is_asked_for_watched_and_downloaded(
    archivist: FlaskClient, write: Transaction, programme: Programme
) -> None:
    assert URL in tree(archivist.get("/organise/archived/releases")).xpath("//main//@href")
    first = open_form(archivist, URL)
    assert first.send().location == URL
    waiting = archivist.get(URL)
    assert words(waiting, "//*[@data-refresh]/*[@role='status']") == ["Waiting for the worker …"]
    assert "No worker is running." in waiting.text
    assert tree(waiting).xpath("//main//form") == []
    work(archivist)
    page = archivist.get(URL)
    assert tree(page).xpath("//*[@data-refresh]") == []
    (address,) = tree(page).xpath("//a[@download]/@href")
    names = zipfile.ZipFile(io.BytesIO(archivist.get(address).data)).namelist()
    assert f"sessions/{programme.keynote.code}.html" in names
    assert "is public since" not in page.text
    with write():
        programme.cancel(programme.panel)
        programme.release()
    page = archivist.get(URL)
    assert "Release 2 is public since: make it anew." in page.text
    form_in(archivist, page).send()
    work(archivist)
    assert "Release 2, " in archivist.get(URL).text


def test_before_the_first_release_there_is_nothing_to_archive(organiser: FlaskClient) -> None:
    page = organiser.get("/organise/summit/site")
    assert "Nothing is released yet" in page.text
    assert tree(page).xpath("//main//form") == []


def test_why_none_could_be_made_is_said(archivist: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object, **_named: object) -> bytes:
        raise OSError("no paper")

    open_form(archivist, URL).send()
    with monkeypatch.context() as fault:
        fault.setattr("confapp.worker.archives.standing_site", broken)
        work(archivist)
    page = archivist.get(URL)
    assert "It could not be made." in page.text
    assert form_in(archivist, page).action == URL


def test_who_may_not_edit_sees_none(signed_in: As) -> None:
    reader = signed_in(Role.READ_ONLY)
    assert reader.get("/organise/summit/site").status_code == 404
