"""The transcript editor: paragraphs with lasting ids, stale edits that lose nothing, imports that somebody confirms."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from confapp.database import db
from confapp.domain.press import transcript_states
from confapp.domain.press.transcripts import Version, VersionState
from confapp.imports.transcripts import decoding
from tests import pages
from tests.factories import make_session, token_for
from tests.newsroom import DESK, Newsroom

S = VersionState


@pytest.fixture
def newsroom(app: Any, write: Any, clock: Any) -> Newsroom:
    """A released keynote and its press office."""
    return Newsroom(app, write, clock)


def _blocks(newsroom: Newsroom, version: Version) -> list[tuple[int, str, str | None, str]]:
    with newsroom.write():
        held = db.session.scalars(sa.select(Version).where(Version.uuid == version.uuid)).one()
        return [(block["id"], block["kind"], block["speaker"], block["text"]) for block in held.blocks]


def _edit(newsroom: Newsroom, version: Version, name: str = "writer") -> pages.PageForm:
    return pages.open_form(newsroom.as_(name), newsroom.url(version, "edit"))


def test_an_untouched_form_changes_nothing(newsroom: Newsroom) -> None:
    version = newsroom.draft()
    before = _blocks(newsroom, version)
    assert _edit(newsroom, version).send().status_code == 302
    assert _blocks(newsroom, version) == before
    assert _edit(newsroom, version)["expected"] == "1"


def test_paragraphs_are_cut_dropped_and_added_and_keep_their_ids(newsroom: Newsroom) -> None:
    version = newsroom.draft()
    form = _edit(newsroom, version)
    texts = form.values["blocks.text"]
    texts[0], texts[1], texts[3] = "Good afternoon.\r\n\r\nTo all of you.", "  ", "And so good night."
    assert form.send().status_code == 302
    assert _blocks(newsroom, version) == [
        (1, "speech", "Ada Lindqvist", "Good afternoon."),
        (4, "speech", "Ada Lindqvist", "To all of you."),
        (3, "speech", "Ada Lindqvist", "Biology moves faster than treaties do."),
        (5, "speech", "Ada Lindqvist", "And so good night."),
    ]
    form = _edit(newsroom, version)
    form.values["blocks.text"][0] = ""
    form.send()
    form = _edit(newsroom, version)
    form.values["blocks.text"][3] = "A new end."
    form.send()
    assert [block[0] for block in _blocks(newsroom, version)] == [4, 3, 5, 6]


def test_two_hundred_paragraphs_are_edited_at_once(newsroom: Newsroom) -> None:
    words = [{"kind": "speech", "speaker": "Ada Lindqvist", "text": f"Sentence {n}. " + "x " * 300} for n in range(200)]
    version = newsroom.draft(blocks=words)
    form = _edit(newsroom, version)
    form.values["blocks.text"][199] = "The last one."
    assert form.send().status_code == 302
    held = _blocks(newsroom, version)
    assert (len(held), held[199]) == (200, (200, "speech", "Ada Lindqvist", "The last one."))


def test_what_is_wrong_is_said_beside_it_and_what_was_typed_stays(newsroom: Newsroom) -> None:
    version = newsroom.draft()
    form = _edit(newsroom, version)
    form.values["blocks.speaker"][1] = "x" * 201
    refused = form.send(language="English", headline="Typed")
    assert refused.status_code == 422
    assert pages.errors(refused) == {
        "language": "Give language tags such as en or pt-BR.",
        "paragraph-2": "At most 200 characters.",
    }
    again = pages.form_in(form.client, refused)
    assert (again["headline"], again.values["blocks.speaker"][1]) == ("Typed", "x" * 201)
    assert again.values["blocks.id"][:3] == ["1", "2", "3"]


def test_a_stale_edit_keeps_what_was_typed_and_shows_what_changed(newsroom: Newsroom) -> None:
    version = newsroom.draft()
    mine = _edit(newsroom, version, "writer")
    theirs = _edit(newsroom, version, "officer")
    theirs.values["blocks.text"][0] = "Good evening to all of you."
    theirs.values["blocks.text"][1] = ""
    theirs.values["blocks.text"][3] = "Their last words."
    assert theirs.send().status_code == 302
    mine.values["blocks.text"][0] = "Good day to all of you."
    mine.values["blocks.text"][2] = "Treaties are slow."
    refused = mine.send(headline="My headline")
    assert refused.status_code == 412
    assert pages.summary(refused) == [
        "Somebody edited this since you looked; take their changes in, then save.",
    ]
    assert pages.words(refused, "//*[@class='paragraph__stands']/blockquote") == [
        "Good evening to all of you.",
        "Biology moves faster than treaties do.",
    ]
    assert pages.words(refused, "//*[contains(@class, 'notice')]/blockquote") == ["Their last words."]
    again = pages.form_in(mine.client, refused)
    assert again["headline"] == "My headline"
    assert again.values["blocks.text"][:3] == ["Good day to all of you.", "(Applause)", "Treaties are slow."]
    assert again.send().status_code == 302
    assert [(block[0], block[3]) for block in _blocks(newsroom, version)] == [
        (1, "Good day to all of you."),
        (5, "(Applause)"),
        (3, "Treaties are slow."),
    ]


def test_editing_what_is_armed_says_so_and_makes_it_a_draft(newsroom: Newsroom) -> None:
    with newsroom.write():
        version = newsroom.scene.armed()
    form = _edit(newsroom, version)
    page = form.client.get(newsroom.url(version, "edit"))
    assert "Saving a change makes it a draft again" in page.text
    assert form.send(headline="Another").status_code == 302
    with newsroom.write():
        held = db.session.scalars(sa.select(Version)).one()
        assert (held.state, held.policy, held.approval) == (S.DRAFT, None, None)


def test_a_session_under_the_chatham_house_rule_is_not_offered(newsroom: Newsroom) -> None:
    with newsroom.write():
        closed = make_session(newsroom.conference, "Closed", is_chatham_house=True)
    form = pages.open_form(newsroom.as_("writer"), f"{DESK}/new")
    page = newsroom.as_("writer").get(f"{DESK}/new")
    offered = pages.tree(page).xpath("//select[@name='session']/option/@value")
    assert (newsroom.code in offered, closed.code in offered) == (True, False)
    refused = form.send(session=closed.code, kind="notes", headline="x")
    assert refused.status_code == 409
    assert "Chatham House" in pages.summary(refused)[0]


def test_a_draft_is_linked_to_another_session(newsroom: Newsroom) -> None:
    with newsroom.write():
        other = make_session(newsroom.conference, "Another keynote")
    version = newsroom.draft()
    form = _edit(newsroom, version)
    assert form["session"] == newsroom.code
    assert form.send(session="nowhere").status_code == 422
    assert form.send(session=other.code).status_code == 302
    assert _edit(newsroom, version)["session"] == other.code


def test_a_translation_keeps_the_paragraphs_and_joins_the_transcript(newsroom: Newsroom) -> None:
    version = newsroom.draft()
    form = pages.open_form(newsroom.as_("writer"), f"{DESK}/new?translates={version.uuid}")
    form.values["blocks.text"][:3] = ["Bonjour.", "(Applaudissements)", "La biologie va vite."]
    assert form.send(language="fr").status_code == 302
    with newsroom.write():
        made = db.session.scalars(sa.select(Version).where(Version.language == "fr")).one()
        assert (made.transcript_id, made.translation_of_id) == (version.transcript_id, version.id)
        assert [block["id"] for block in made.blocks] == [1, 2, 3]


def test_an_unknown_source_of_a_translation_is_missing(newsroom: Newsroom) -> None:
    client = newsroom.as_("writer")
    for named in ("nonsense", "00000000-0000-0000-0000-000000000000"):
        assert client.get(f"{DESK}/new?translates={named}").status_code == 404


# Importing.

SOURCE = """Vaccines for the next outbreak

Ada Lindqvist

Good afternoon to all of you.

We shall have … in ten years. Biology moves faster than treaties do.
"""


def _upload(newsroom: Newsroom, body: bytes, name: str = "speech.txt", session: str = "") -> Any:
    client = newsroom.as_("writer")
    data = {"csrf_token": token_for(client), "session": session, "file": (io.BytesIO(body), name)}
    return client.post(f"{DESK}/import", data=data, content_type="multipart/form-data")


def test_a_file_becomes_a_draft_that_somebody_confirms(newsroom: Newsroom) -> None:
    answer = _upload(newsroom, SOURCE.encode(), session=newsroom.code)
    assert answer.status_code == 302, answer.text
    with newsroom.write():
        version = db.session.scalars(sa.select(Version)).one()
        assert (version.is_confirmed, version.transcript.session) == (False, newsroom.scene.session)
        assert version.import_report is not None
        labels = [line["label"] for line in version.import_report["lines"] if line["label"] != "blank"]
    page = newsroom.as_("writer").get(answer.location)
    assert pages.words(page, "//details//tbody/tr/td[2]") == labels
    assert "To be decided by a person" in page.text
    refused = newsroom.send("writer", newsroom.url(version, "submit"))
    assert pages.summary(refused) == ["Confirm first what was read from the imported file."]
    stale = newsroom.send("writer", newsroom.url(version, "confirm-import"), {"expected": "7"})
    assert stale.status_code == 412
    assert newsroom.send("writer", newsroom.url(version, "confirm-import"), {"expected": "1"}).status_code == 302
    assert "What was read from the file" not in newsroom.as_("writer").get(answer.location).text


@pytest.mark.parametrize(
    ("body", "said"),
    [(b"", "empty"), (b"\x00\x01\x02\x03" * 50, "text"), (b"Words. " * 200, "1000 at most")],
)
def test_what_is_no_transcript_is_refused_and_stores_nothing(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch, body: bytes, said: str
) -> None:
    monkeypatch.setattr(decoding, "MAX_BYTES", 1000)
    refused = _upload(newsroom, body)
    assert refused.status_code in (413, 422)
    assert said in pages.errors(refused).get("file", "") + " ".join(pages.summary(refused))
    with newsroom.write():
        assert db.session.scalars(sa.select(Version)).all() == []


def test_an_import_without_a_file_or_for_an_unknown_session_is_refused(newsroom: Newsroom) -> None:
    assert pages.errors(_upload(newsroom, b"x", name=""))["file"] == "Choose a file."
    refused = _upload(newsroom, SOURCE.encode(), session="nowhere")
    assert "is not known in this conference" in pages.errors(refused)["session"]


def test_a_mark_of_missing_words_is_decided_in_the_editor(newsroom: Newsroom) -> None:
    words = [
        {
            "kind": "speech",
            "speaker": None,
            "text": "We shall have … in ten years.",
            "elisions": [{"offset": 14, "text": "…", "kind": "unclassified"}],
        },
        {
            "kind": "speech",
            "speaker": None,
            "text": "And … then.",
            "elisions": [{"offset": 4, "text": "…", "kind": "unclassified"}],
        },
    ]
    version = newsroom.draft(blocks=words)
    refused = newsroom.send("writer", newsroom.url(version, "submit"))
    assert pages.summary(refused) == ["Say what these paragraphs hold: 1, 2."]
    form = _edit(newsroom, version)
    form.values["blocks.text"][0] = "Soon we shall have … in ten years."
    answer = form.send({"blocks.1.elision.14": "inaudible", "blocks.2.elision.4": "pause"})
    assert answer.status_code == 302
    with newsroom.write():
        held = db.session.scalars(sa.select(Version)).one()
        assert held.blocks[0]["elisions"] == [{"offset": 19, "text": "…", "kind": "inaudible"}]
        assert "elisions" not in held.blocks[1]
    assert newsroom.send("writer", newsroom.url(version, "submit")).status_code == 302


def test_the_seed_keynote_goes_the_whole_way(newsroom: Newsroom, real_file: Any) -> None:
    source: Path = real_file("seed-keynote.txt")
    answer = _upload(newsroom, source.read_bytes(), source.name, newsroom.code)
    assert answer.status_code == 302
    with newsroom.write():
        version = db.session.scalars(sa.select(Version)).one()
        assert (len(version.blocks), version.place, version.delivered_on) == (34, None, None)
    page = newsroom.as_("writer").get(answer.location)
    assert "1282" in pages.words(page, "//dl")[0]
    newsroom.send("writer", newsroom.url(version, "confirm-import"), {"expected": "1"})
    form = _edit(newsroom, version)
    marks = {name: "inaudible" for name, value in form.values.items() if value == ["unclassified"]}
    assert len(marks) == 1
    assert form.send({**marks, "kind": "as_prepared", "delivered_on": "2026-05-18"}).status_code == 302
    assert newsroom.send("writer", newsroom.url(version, "submit")).status_code == 302
    with newsroom.write():
        held = db.session.scalars(sa.select(Version)).one()
        transcript_states.approve(held, seen=held.hash, by=newsroom.people["approver"], now=newsroom.clock.now)
        newsroom.scene.arm(held)
    newsroom.end()
    public: Any = newsroom.app.test_client().get(f"/summit/press/{held.transcript.public_id}.json").json
    assert (public["words"], len(public["blocks"])) == (1282, 34)
