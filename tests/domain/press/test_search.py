"""T3: search finds released words as people write them, on both databases alike, and loses them once they are gone."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from confapp.database import Mode, db
from confapp.domain.errors import Invalid
from confapp.domain.press import press_room, publications, publishing, search, transcript_editing
from confapp.domain.press.search import Term, folded, terms
from confapp.domain.press.transcripts import Correction, Policy
from tests.press import ENDS, MINUTE, Scene


def found(question: str, conference_id: int | None = None) -> list[str]:
    among = [each.id for each in press_room.lines(conference_id)]
    return [each.headline for each in press_room.by_ids(search.find(terms(question), among))]


def blocks(*texts: str) -> list[dict[str, Any]]:
    return [{"kind": "speech", "speaker": "Ada Lindqvist", "text": text} for text in texts]


@pytest.fixture
def scene(write: Any) -> Scene:
    with write():
        made = Scene()
        made.released(
            headline="First", blocks=blocks("The naïve ÉLAN of H5N1.", "Treaties move slowly; biology does not.")
        )
        made.released(session=None, headline="إنها تنمو", language="ar", blocks=blocks("صباحُ الخير لكم جميعاً"))
    return made


@pytest.mark.parametrize(
    ("question", "headlines"),
    [
        ("treaties", ["First"]),
        ("TREATIES naive", ["First"]),
        ("treat*", ["First"]),
        ("treat", ["First"]),
        ("treat slowly", []),
        ('"treaties move"', ["First"]),
        ('"move treaties"', []),
        ('"slowly biology', ["First"]),
        ("elan h5n1", ["First"]),
        ("treatys", []),
        ("lindqvist", ["إنها تنمو", "First"]),
        ("صباح", ["إنها تنمو"]),
        ('"الخير لكم"', ["إنها تنمو"]),
        ("", []),
        ("; -- '\" OR", []),
        ("t", []),
    ],
)
def test_words_prefixes_and_phrases(scene: Scene, write: Any, question: str, headlines: list[str]) -> None:
    with write(Mode.PUBLIC):
        assert found(question) == headlines


def test_nothing_unreleased_is_found(scene: Scene, write: Any) -> None:
    with write():
        scene.armed(words={"headline": "Secretheadline", "blocks": blocks("Secretword"), "kind": "notes"})
    with write(Mode.PUBLIC):
        assert found("secretword") == found("secret*") == found("secretheadline") == []


def test_corrected_words_are_found_in_the_place_of_wrong_ones(scene: Scene, write: Any) -> None:
    with write():
        version = scene.released(session=None, headline="Third", blocks=blocks("Travel and graphite."))
        mended = transcript_editing.correct(version, Correction.TYPO, "Gravel.", by=scene.writer, now=ENDS)
        words = [dict(each, text="Gravel and graphite.") for each in mended.blocks]
        transcript_editing.edit(mended, {"blocks": words}, expected=1, by=scene.writer, now=ENDS)
        scene.arm(scene.approve(mended), Policy.AT_TIME, at=ENDS + MINUTE, now=ENDS, undo_seconds=0)
        assert publishing.release_due(mended.id, now=ENDS + MINUTE)
    with write(Mode.PUBLIC):
        assert (found("travel"), found("gravel"), found("graphite")) == ([], ["Third"], ["Third"])


def test_withdrawn_words_vanish_from_the_index_itself(scene: Scene, write: Any) -> None:
    with write():
        version = scene.released(session=None, headline="Third", blocks=blocks("Unforgettable."))
    with write():
        publishing.withdraw(version, "Wrong.", by=scene.officer, now=ENDS)
    with write(Mode.PUBLIC):
        assert found("unforgettable") == []
    with write(Mode.READ):
        held = db.session.scalars(sa.select(search.PublicationWords.words)).all()
        assert not any("unforgettable" in words for words in held)


@given(st.text(max_size=60))
def test_any_question_can_be_asked(question: str) -> None:
    try:
        asked = terms(question)
    except Invalid:
        return
    assert all(word == "".join(folded(word)) for term in asked for word in term.words)


@pytest.mark.parametrize("question", ["x" * 201, " ".join("abcdefghijklm")])
def test_questions_have_a_limit(question: str) -> None:
    with pytest.raises(Invalid):
        terms(question)


def test_what_was_found_is_marked(scene: Scene, write: Any) -> None:
    with write(Mode.PUBLIC):
        first = next(each for each in publications.latest(scene.conference.id) if each.headline == "First")
        (one, two) = search.excerpts(first, terms("naive biol"))
        assert [piece.text for piece in one.pieces if piece.is_marked] == ["naïve"]
        assert [(piece.text, piece.is_marked) for piece in two.pieces][1] == ("biology", True)
        assert "".join(piece.text for piece in two.pieces) == "Treaties move slowly; biology does not."
        phrase = search.marked("Treaties move, slowly", [Term(("move", "slowly"), False)])
        assert [piece.text for piece in phrase if piece.is_marked] == ["move, slowly"]
    long = "word " * 200 + "needle" + " word" * 200
    (excerpt,) = search.excerpts(type("P", (), {"blocks": [{"id": 1, "text": long}]})(), terms("needle"))  # type: ignore[arg-type]
    assert len("".join(piece.text for piece in excerpt.pieces)) < 500
