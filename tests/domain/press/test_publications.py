"""Publications as the public reads them, through the fence, and the ledger that shows any change to them."""

import datetime as dt

import pytest
import sqlalchemy as sa

from confapp.database import Mode, db
from confapp.domain.errors import Missing
from confapp.domain.press import press_room, publications, publishing, transcript_states
from confapp.domain.press.publications import BLANK, WORDS, Publication, PublicationState
from confapp.domain.press.transcript_editing import correct, edit
from confapp.domain.press.transcripts import Correction, Policy, Transcript, Version, VersionKind
from confapp.domain.press.wording import public_words
from confapp.domain.programme.conferences import Conference
from tests.factories import NOW
from tests.press import ENDS, MINUTE, Scene, sweep
from tests.press import WORDS as DRAFTED


def numbers(found):
    return [each.number for each in found]


def test_every_word_that_is_hashed_is_published(write):
    with write():
        scene = Scene()
        assert set(WORDS) == set(public_words(scene.draft(), None))
        assert set(BLANK) < set(WORDS)


def test_the_public_reads_what_is_latest_through_the_fence(write):
    with write():
        scene = Scene()
        first = scene.released(now=NOW)
        scene.released(now=NOW + MINUTE, transcript=first.transcript, language="fr", translation_of=first)
        scene.released(now=NOW + 2 * MINUTE, transcript=first.transcript, kind=VersionKind.AS_DELIVERED)
        scene.draft(session=None)
        conference_id, public_id, code = scene.conference.id, first.transcript.public_id, scene.session.code
    with write(Mode.PUBLIC):
        assert numbers(publications.latest(conference_id)) == [3, 2]
        assert numbers(publications.latest(conference_id, language="fr")) == [2]
        assert numbers(publications.latest(conference_id, most=1)) == [3]
        assert numbers(publications.of_session(conference_id, code)) == [3, 2]
        assert numbers(publications.of_session(conference_id, "ZZZZZZ")) == []
        assert numbers(press_room.by_ids([each.id for each in press_room.lines()])) == [3, 2]
        assert numbers(publications.publications_of(conference_id, public_id)) == [3, 2, 1]
        assert publications.publication(conference_id, public_id).number == 3
        assert publications.publication(conference_id, public_id, language="fr").number == 2
        assert publications.publication(conference_id, public_id, number=1).is_latest is False
        assert numbers(publications.tombstones(conference_id)) == []


def test_the_fence_keeps_drafts_from_public_code(write):
    for table in (Version, Transcript):
        with pytest.raises(sa.exc.DatabaseError), write(Mode.PUBLIC):
            db.session.scalars(sa.select(table)).all()


def test_unreleased_unknown_and_foreign_ids_are_missing_alike(write):
    with write():
        scene = Scene()
        hidden = scene.armed().transcript.public_id
        public = scene.released(now=NOW, session=None).transcript.public_id
        conference_id = scene.conference.id
    with write(Mode.PUBLIC):
        refused = []
        for wanted in (
            {"public_id": hidden},
            {"public_id": "0" * 32},
            {"public_id": public, "number": 2},
            {"public_id": public, "language": "fr"},
        ):
            with pytest.raises(Missing) as missing:
                publications.publication(conference_id, **wanted)
            refused.append(missing.value.message)
        with pytest.raises(Missing) as missing:
            publications.publication(conference_id + 1, public)
        assert {*refused, missing.value.message} == {missing.value.message}


def test_a_conference_that_is_not_public_is_not_among_the_recent(write):
    with write():
        scene = Scene()
        scene.released(now=NOW)
        db.session.get_one(Conference, scene.conference.id).is_public = False
    with write(Mode.PUBLIC):
        assert press_room.lines() == []


def test_t16_a_withdrawn_publication_is_a_tombstone_at_every_address(write):
    with write():
        scene = Scene()
        version = scene.released(now=NOW)
        publishing.withdraw(version, "Wrong words.", by=scene.officer, now=ENDS)
        conference_id, public_id, code = scene.conference.id, version.transcript.public_id, scene.session.code
    with write(Mode.PUBLIC):
        assert publications.latest(conference_id) == publications.of_session(conference_id, code) == []
        assert press_room.lines() == []
        (tombstone,) = publications.tombstones(conference_id)
        assert publications.publication(conference_id, public_id) is tombstone
        assert publications.publication(conference_id, public_id, number=1) is tombstone
        assert (tombstone.is_withdrawn, tombstone.withdrawn_reason, tombstone.blocks) == (True, "Wrong words.", [])


@pytest.mark.parametrize(
    "change",
    [
        {"headline": "Other words"},
        {"blocks": []},
        {"hash": "0" * 64},
        {"released_at": NOW - dt.timedelta(days=1)},
        {"is_not_delivered": True},
        {"previous": "0" * 64},
        {"state": PublicationState.RELEASED, "kicker": "Other"},
    ],
)
def test_the_ledger_shows_any_change(write, change):
    with write():
        scene = Scene()
        for _ in range(3):
            scene.released(now=NOW, session=None)
        assert publications.broken_at(scene.conference.id) is None
        second = db.session.query(Publication).order_by(Publication.id).offset(1).first()
        assert second is not None
        for name, value in change.items():
            setattr(second, name, value)
        db.session.flush()
        broken = publications.broken_at(scene.conference.id)
        assert broken is not None
        assert broken.id == second.id


def test_the_ledger_shows_a_removed_publication(write):
    with write():
        scene = Scene()
        for _ in range(3):
            scene.released(now=NOW, session=None)
        rows = db.session.query(Publication).order_by(Publication.id).all()
        db.session.delete(rows[1])
        db.session.flush()
        broken = publications.broken_at(scene.conference.id)
        assert broken is not None
        assert broken.id == rows[2].id


@pytest.mark.parametrize("columns", [("version",), ("public_id", "number"), ("conference_id", "previous")])
def test_the_database_itself_refuses_a_second_publication(write, columns):
    with write():
        scene = Scene()
        scene.released(now=NOW)
        held = db.session.query(Publication).one()
        kept = {name: getattr(held, name) for name in set(Publication.__table__.columns.keys()) - {"id"}}
    fresh = {"version": "other", "public_id": "other", "previous": "other"}
    with pytest.raises(sa.exc.IntegrityError), write():
        db.session.add(Publication(**kept | {name: value for name, value in fresh.items() if name not in columns}))


def test_paragraphs_are_numbered_for_the_public_by_what_was_released_alone(write):
    """T9: a gap in the numbers would tell of paragraphs that were written and dropped, or stand in another draft."""
    with write():
        scene = Scene()
        first = scene.draft()
        extra = [{"kind": "speech", "text": "Dropped."}, *first.blocks[:1], {"kind": "speech", "text": "Dropped."}]
        edit(first, {"blocks": extra}, expected=1, by=scene.writer, now=NOW)
        edit(first, {"blocks": [*first.blocks[1:2], *DRAFTED["blocks"][1:]]}, expected=2, by=scene.writer, now=NOW)
        scene.draft(transcript=first.transcript, kind="notes", language="nl")
        scene.arm(scene.approve(first), Policy.MANUAL, undo_seconds=0)
        transcript_states.go_ahead(first, by=scene.officer, now=NOW)
        (publication,) = sweep(NOW)
        assert [block["id"] for block in first.blocks] == [1, 6, 7]
        assert [block["id"] for block in publication.blocks] == [1, 2, 3]
        second = correct(first, Correction.TYPO, "More.", by=scene.writer, now=NOW)
        words = [{"kind": "speech", "text": "First of all."}, *second.blocks[1:]]
        edit(second, {"blocks": words}, expected=1, by=scene.writer, now=NOW)
        scene.arm(scene.approve(second), Policy.MANUAL, undo_seconds=0)
        transcript_states.go_ahead(second, by=scene.officer, now=NOW)
        (publication,) = sweep(NOW)
        assert [block["id"] for block in publication.blocks] == [4, 2, 3], "numbers are never given again"
        assert publications.broken_at(scene.conference.id) is None
