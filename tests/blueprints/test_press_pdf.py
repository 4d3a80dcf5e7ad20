"""Transcripts on paper over HTTP: made by the worker, known by their names, the same for ever, gone when withdrawn."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pypdf
import pytest
import sqlalchemy as sa

from confapp.database import db
from confapp.domain import erasing
from confapp.domain.files import MadeFile
from confapp.domain.people import Person
from confapp.domain.press import publishing, transcript_editing, transcript_states
from confapp.domain.press.transcripts import Correction, Policy, Version
from confapp.domain.programme.speakers import Speaker
from confapp.exports import transcript_pdf
from confapp.worker import clock as worker
from confapp.worker import renders
from tests.newsroom import Newsroom
from tests.press import MINUTE


@pytest.fixture
def newsroom(app: Any, write: Any, clock: Any) -> Newsroom:
    """A press office whose readers wait for no file."""
    app.config["CONFAPP"] = replace(app.config["CONFAPP"], file_wait=0.0)
    return Newsroom(app, write, clock)


@pytest.fixture
def public(newsroom: Newsroom) -> Version:
    """Released words."""
    with newsroom.write():
        return newsroom.scene.released(now=newsroom.clock.now)


@pytest.fixture
def address(newsroom: Newsroom, public: Version) -> str:
    """Where the released words stand."""
    with newsroom.write():
        return f"/summit/press/{db.session.merge(public, load=False).transcript.public_id}"


def _tell(newsroom: Newsroom) -> None:
    while worker.deliver_next(newsroom.clock.now + MINUTE):
        pass


def _make(newsroom: Newsroom) -> int:
    made = 0
    while renders.sweep(newsroom.clock.now):
        made += 1
    return made


def _rows(newsroom: Newsroom) -> list[tuple[str, bool, str | None]]:
    with newsroom.write():
        rows = db.session.scalars(sa.select(MadeFile).where(MadeFile.release.is_(None)))
        return [(row.spec["size"], row.made_at is not None, row.error) for row in rows]


def test_a_release_has_its_pdf_made_before_anybody_asks(newsroom: Newsroom, public: Version, address: str) -> None:
    _tell(newsroom)
    assert _rows(newsroom) == [("A4", False, None)]
    _make(newsroom)
    client = newsroom.app.test_client()
    answer = client.get(f"{address}.pdf")
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    assert "Vaccines for the next outbreak" in pypdf.PdfReader(io.BytesIO(answer.data)).pages[0].extract_text()
    assert answer.headers["Content-Language"] == "en"
    assert answer.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert f'<http://localhost{address}?language=en>; rel="canonical"' == answer.headers["Link"]
    again = client.get(f"{address}.pdf", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    frozen = client.get(f"{address}/v/1.pdf")
    assert (frozen.data, frozen.headers["ETag"]) == (answer.data, answer.headers["ETag"])
    part = client.get(f"{address}.pdf", headers={"Range": "bytes=0-4"})
    assert (part.status_code, part.data) == (206, b"%PDF-")


def test_nothing_is_rendered_within_a_request(
    newsroom: Newsroom, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transcript_pdf, "transcript_pdf", lambda *_a, **_k: pytest.fail("rendered in a request"))
    client = newsroom.app.test_client()
    answer = client.get(f"{address}.pdf?paper=Letter")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.mimetype == "application/problem+json"
    page = client.get(f"{address}.pdf?paper=Letter", headers={"Accept": "text/html"})
    assert (page.status_code, page.mimetype) == (503, "text/html")
    assert [row for row in _rows(newsroom) if row[0] == "Letter"] == [("Letter", False, None)]


def test_unknown_paper_versions_and_transcripts(newsroom: Newsroom, address: str) -> None:
    client = newsroom.app.test_client()
    assert client.get(f"{address}.pdf?paper=A0").status_code == 422
    for unknown in (
        f"{address}/v/9.pdf",
        f"/summit/press/{'f' * 32}.pdf",
        f"{address}.pdf?language=xx",
    ):
        assert client.get(unknown).status_code == 404, unknown


def _correct(newsroom: Newsroom, version: Version) -> Version:
    newsroom.clock.tick(hours=1)
    scene, now = newsroom.scene, newsroom.clock.now
    with newsroom.write():
        mended = transcript_editing.correct(version, Correction.TYPO, "A slip.", by=scene.writer, now=now)
        transcript_editing.edit(mended, {"headline": "Mended"}, expected=1, by=scene.writer, now=now)
        scene.arm(scene.approve(mended), Policy.MANUAL, undo_seconds=0, now=now)
        transcript_states.go_ahead(mended, by=scene.officer, now=now)
    assert newsroom.sweep()
    return mended


def test_a_correction_gets_a_file_of_its_own_and_leaves_the_old_one_as_it_was(
    newsroom: Newsroom, public: Version, address: str
) -> None:
    client = newsroom.app.test_client()
    client.get(f"{address}/v/1.pdf")
    _make(newsroom)
    first = client.get(f"{address}/v/1.pdf")
    _correct(newsroom, public)
    _tell(newsroom)
    _make(newsroom)
    latest, old = client.get(f"{address}.pdf"), client.get(f"{address}/v/1.pdf")
    assert latest.status_code == 200
    words = " ".join(pypdf.PdfReader(io.BytesIO(latest.data)).pages[0].extract_text().split())
    assert "Mended" in words
    assert "A slip." in words
    assert (old.data, old.headers["ETag"]) == (first.data, first.headers["ETag"])
    assert latest.headers["ETag"] != old.headers["ETag"]


def test_withdrawn_words_are_gone_and_no_copy_of_them_is_kept(
    newsroom: Newsroom, public: Version, address: str
) -> None:
    client = newsroom.app.test_client()
    client.get(f"{address}.pdf")
    _make(newsroom)
    known = client.get(f"{address}.pdf").headers["ETag"]
    client.get(f"{address}.pdf?paper=Letter")
    with newsroom.write():
        publishing.withdraw(public, "The figures were wrong.", by=newsroom.scene.officer, now=newsroom.clock.now)
    assert _rows(newsroom) == []
    for gone in (f"{address}.pdf", f"{address}/v/1.pdf"):
        answer = client.get(gone, headers={"If-None-Match": known})
        assert answer.status_code == 410
        assert "The figures were wrong." in answer.text
        assert "Vaccines" not in answer.text
    _tell(newsroom)
    _make(newsroom)
    assert _rows(newsroom) == []


def test_words_withdrawn_while_they_are_printed_are_not_kept(
    newsroom: Newsroom, public: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    newsroom.app.test_client().get(f"{address}.pdf")

    def withdraw(*_arguments: Any, **_named: Any) -> bytes:
        with newsroom.write():
            publishing.withdraw(public, "Too late.", by=newsroom.scene.officer, now=newsroom.clock.now)
        return b"%PDF-withdrawn words"

    monkeypatch.setattr(transcript_pdf, "transcript_pdf", withdraw)
    _make(newsroom)
    assert _rows(newsroom) == []


def test_an_erased_name_is_in_no_file_that_is_kept(newsroom: Newsroom, address: str) -> None:
    client = newsroom.app.test_client()
    client.get(f"{address}.pdf")
    _make(newsroom)
    with newsroom.write():
        person = db.session.get_one(Person, db.session.scalars(sa.select(Speaker.person_id)).first())
        erasing.erase(person, by=None, now=newsroom.clock.now)
    assert _rows(newsroom) == []
    client.get(f"{address}.pdf")
    _make(newsroom)
    answer = client.get(f"{address}.pdf")
    words = " ".join(" ".join(each.extract_text() for each in pypdf.PdfReader(io.BytesIO(answer.data)).pages).split())
    assert answer.status_code == 200
    assert "Lindqvist" not in words


def test_the_page_and_the_other_files_lead_to_it(newsroom: Newsroom, address: str) -> None:
    client = newsroom.app.test_client()
    assert f'href="{address}/v/1.pdf"' in client.get(address).text
    frozen = f"http://localhost{address}/v/1.pdf"
    assert client.get(f"{address}.json").json["pdf"] == frozen
    assert client.get(f"{address}.ninjs").json["renditions"] == [
        {"name": "print", "href": frozen, "contentType": "application/pdf"}
    ]
