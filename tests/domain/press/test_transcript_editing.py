"""Making and changing versions: lasting paragraph ids, what editors saw, imports to be confirmed, corrections."""

import datetime as dt
import hashlib

import pytest

from confapp.database import db
from confapp.domain import files
from confapp.domain.errors import Invalid, NotNow, Stale
from confapp.domain.press import publishing, transcripts
from confapp.domain.press.transcript_editing import (
    attach,
    confirm_import,
    correct,
    create,
    edit,
    import_plan,
    reinstate,
)
from confapp.domain.press.transcript_states import submit
from confapp.domain.press.transcripts import Correction, Version, VersionKind, VersionState, history
from confapp.domain.press.wording import count_words, unclassified
from confapp.imports.transcripts import read_transcript
from tests.factories import NOW, make_session
from tests.press import ENDS, MINUTE, WORDS, Scene


def test_a_draft_is_made_of_a_sessions_words(write):
    with write():
        scene = Scene()
        version = scene.draft()
    with write():
        found = transcripts.version(scene.conference, version.uuid)
        assert (found.state, found.headline, found.lock_version) == (VersionState.DRAFT, WORDS["headline"], 1)
        assert [(block["id"], block["text"]) for block in found.blocks] == [
            (number, block["text"]) for number, block in enumerate(WORDS["blocks"], 1)
        ]
        assert found.transcript.session is scene.session
        assert [each.uuid for each in transcripts.versions(scene.conference)] == [version.uuid]
        assert list(transcripts.transcripts_of(scene.session)) == [found.transcript]
        assert len(found.transcript.public_id) == 32


def test_editing_keeps_the_ids_of_paragraphs_that_move_change_or_go(write):
    with write():
        scene = Scene()
        version = scene.draft()
        first, applause, last = version.blocks
        new = {"kind": "speech", "text": "In between."}
        assert edit(version, {"blocks": [last, new, {**first, "text": "Hello."}]}, expected=1, by=scene.writer, now=NOW)
        assert [(block["id"], block["text"]) for block in version.blocks] == [
            (3, last["text"]),
            (4, "In between."),
            (1, "Hello."),
        ]
        edit(version, {"blocks": [*version.blocks, new]}, expected=2, by=scene.writer, now=NOW)
        assert [block["id"] for block in version.blocks] == [3, 4, 1, 5]
        with pytest.raises(Invalid) as refused:
            edit(version, {"blocks": [applause]}, expected=3, by=scene.writer, now=NOW)
        assert list(refused.value.errors["blocks"][0]) == ["id"]


def test_saving_what_is_there_already_changes_nothing(write):
    with write():
        scene = Scene()
        version = scene.approve(scene.draft())
        same = {"headline": version.headline, "blocks": [dict(block) for block in version.blocks]}
        assert not edit(version, same, expected=1, by=scene.second, now=NOW)
        assert (version.state, version.lock_version) == (VersionState.APPROVED, 1)


def test_two_editors_do_not_overwrite_each_other(write):
    with write():
        scene = Scene()
        version = scene.draft()
        edit(version, {"headline": "Hers"}, expected=1, by=scene.writer, now=NOW)
        with pytest.raises(Stale) as refused:
            edit(version, {"headline": "His"}, expected=1, by=scene.second, now=NOW)
        assert (refused.value.current, version.headline) == (2, "Hers")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"headline": "x" * 301}, "headline"),
        ({"place": "x" * 201}, "place"),
        ({"kind": "poem"}, "kind"),
        ({"correction": "mood"}, "correction"),
        ({"state": "released"}, "state"),
        ({"hash": "0" * 64}, "hash"),
        ({"blocks": [{"kind": "speech", "text": ""}]}, "blocks"),
    ],
)
def test_values_that_cannot_be_are_named(write, values, field):
    with write():
        scene = Scene()
        version = scene.draft()
        with pytest.raises(Invalid) as refused:
            edit(version, values, expected=1, by=scene.writer, now=NOW)
        assert list(refused.value.errors) == [field]


@pytest.mark.parametrize("state", [VersionState.RELEASED, VersionState.SUPERSEDED, VersionState.WITHDRAWN])
def test_released_words_are_never_edited(write, state):
    with write():
        scene = Scene()
        version = scene.bring(scene.draft(), state)
        with pytest.raises(NotNow):
            edit(version, {"headline": "Other"}, expected=1, by=scene.writer, now=NOW)


def test_there_is_one_open_version_a_kind_and_language(write):
    with write():
        scene = Scene()
        version = scene.draft()
        with pytest.raises(NotNow, match="open version"):
            scene.draft(transcript=version.transcript)
        other = scene.draft(transcript=version.transcript, kind=VersionKind.AS_DELIVERED)
        with pytest.raises(NotNow, match="open version"):
            edit(other, {"kind": VersionKind.AS_PREPARED}, expected=1, by=scene.writer, now=NOW)
        scene.bring(version, VersionState.DISCARDED)
        edit(other, {"kind": "as_prepared"}, expected=1, by=scene.writer, now=NOW)
        assert other.kind is VersionKind.AS_PREPARED


def test_public_words_are_corrected_and_not_written_anew(write):
    with write():
        scene = Scene()
        version = scene.released()
        with pytest.raises(NotNow, match="correct that one"):
            scene.draft(transcript=version.transcript)


def test_a_correction_grows_from_what_stays_public(write):
    with write():
        scene = Scene()
        version = scene.released()
        fixed = correct(version, Correction.ATTRIBUTION, "The second speaker.", by=scene.second, now=ENDS)
        assert (version.state, fixed.state) == (VersionState.RELEASED, VersionState.DRAFT)
        assert fixed.blocks == version.blocks
        assert (fixed.base_id, fixed.correction, fixed.correction_note) == (
            version.id,
            Correction.ATTRIBUTION,
            "The second speaker.",
        )
        edit(fixed, {"blocks": fixed.blocks[:1]}, expected=1, by=scene.second, now=ENDS)
        edit(fixed, {"blocks": version.blocks}, expected=2, by=scene.second, now=ENDS)
        assert fixed.blocks == version.blocks, "a paragraph of the public version may come back under its id"
        with pytest.raises(NotNow, match="open version"):
            correct(version, Correction.TYPO, "A comma.", by=scene.second, now=ENDS)


def test_a_correction_needs_a_note_and_something_public(write):
    with write():
        scene = Scene()
        with pytest.raises(NotNow, match="Say why"):
            correct(scene.released(), Correction.TYPO, " ", by=scene.second, now=ENDS)
        with pytest.raises(NotNow, match="not possible now"):
            correct(scene.draft(session=None), Correction.TYPO, "A comma.", by=scene.second, now=ENDS)


def test_withdrawn_words_come_back_only_as_a_new_draft(write):
    with write():
        scene = Scene()
        version = scene.released()
        publishing.withdraw(version, "A doubt.", by=scene.officer, now=ENDS)
        back = reinstate(version, "The doubt is gone.", by=scene.second, now=ENDS)
        assert (version.state, back.state, back.blocks) == (VersionState.WITHDRAWN, VersionState.DRAFT, version.blocks)


def test_a_translation_shares_its_sources_paragraphs(write):
    with write():
        scene = Scene()
        source = scene.draft()
        blocks = [{**block, "text": f"FR {block['text']}"} for block in source.blocks]
        words = WORDS | {"language": "fr", "blocks": blocks}
        translation = create(scene.conference, words, translation_of=source, by=scene.second, now=NOW)
        assert translation.transcript is source.transcript
        assert [block["id"] for block in translation.blocks] == [1, 2, 3]
        edit(translation, {"blocks": blocks[1:]}, expected=1, by=scene.second, now=NOW)
        edit(translation, {"blocks": blocks}, expected=2, by=scene.second, now=NOW)
        assert [block["id"] for block in translation.blocks] == [1, 2, 3]


def test_linking_another_session_voids_approvals_until_anything_is_public(write):
    with write():
        scene = Scene()
        other = make_session(scene.conference)
        version = scene.approve(scene.draft())
        attach(version.transcript, other, by=scene.second, now=NOW)
        assert (version.state, version.approval, version.transcript.session) == (VersionState.DRAFT, None, other)
        public = scene.released()
        with pytest.raises(NotNow, match="is public"):
            attach(public.transcript, None, by=scene.second, now=NOW)


def test_linking_a_session_under_the_chatham_house_rule_is_refused(write):
    with write():
        scene = Scene()
        version = scene.draft(session=None)
        scene.session.is_chatham_house = True
        with pytest.raises(NotNow, match="Chatham House Rule"):
            attach(version.transcript, scene.session, by=scene.writer, now=NOW)


REPORT = {"lines": [{"number": 1, "label": "headline", "confidence": 1.0}], "review": ["Which event is it?"]}
FOUND = {"headline": "Vaccines", "byline": "Ada Lindqvist", "page_date": dt.date(2026, 5, 18), "kicker": None}
GAP = {"offset": 0, "text": "…", "kind": "unclassified"}


def imported(scene: Scene, **more: object) -> Version:
    values: dict = {
        "fields": FOUND,
        "blocks": [{"kind": "speech", "text": "… With that said.", "elisions": [GAP]}],
        "report": REPORT,
        "source": b"as it came",
        "media_type": "text/plain",
        "by": scene.writer,
        "now": NOW,
    }
    return import_plan(scene.conference, **values | more)


def test_an_import_is_a_draft_with_its_report_and_its_source(write):
    with write():
        scene = Scene()
        version = imported(scene)
        assert (version.state, version.kind, version.language) == (VersionState.DRAFT, VersionKind.UNSPECIFIED, "en")
        assert (version.delivered_on, version.place, version.page_date) == (None, None, dt.date(2026, 5, 18))
        assert (version.is_confirmed, version.import_report) == (False, REPORT)
        assert version.blocks == [
            {"id": 1, "kind": "speech", "speaker": None, "text": "… With that said.", "elisions": [GAP]}
        ]
        blob = db.session.get_one(files.Blob, hashlib.sha256(b"as it came").hexdigest())
        assert (version.source, blob.body, blob.media_type) == (blob.sha256, b"as it came", "text/plain")
        assert [event.event for event in history(version)] == [transcripts.Event.IMPORT]


def test_an_import_goes_on_only_after_a_person_decided(write):
    with write():
        scene = Scene()
        version = imported(scene)
        with pytest.raises(NotNow, match="Confirm first"):
            submit(version, by=scene.writer, now=NOW)
        with pytest.raises(Stale):
            confirm_import(version, expected=7, by=scene.second, now=NOW)
        confirm_import(version, expected=1, by=scene.second, now=NOW)
        with pytest.raises(NotNow, match="no import"):
            confirm_import(version, expected=1, by=scene.second, now=NOW)
        with pytest.raises(NotNow, match="still missing: kind"):
            submit(version, by=scene.writer, now=NOW)
        edit(version, {"kind": "notes", "delivered_on": NOW.date()}, expected=1, by=scene.writer, now=NOW)
        with pytest.raises(NotNow, match="what these paragraphs hold: 1"):
            submit(version, by=scene.writer, now=NOW)
        decided = [{**version.blocks[0], "elisions": [GAP | {"kind": "omission"}]}]
        edit(version, {"blocks": decided}, expected=2, by=scene.writer, now=NOW)
        submit(version, by=scene.writer, now=NOW + MINUTE)
        assert version.state is VersionState.IN_REVIEW


def test_an_import_joins_the_sessions_transcript(write):
    with write():
        scene = Scene()
        first = scene.draft()
        version = imported(scene, session=scene.session)
        assert version.transcript is first.transcript
        assert [block["id"] for block in version.blocks] == [4]
        with pytest.raises(NotNow, match="open version"):
            imported(scene, session=scene.session)


def test_words_that_are_too_long_are_not_cut(write):
    with write():
        scene = Scene()
        with pytest.raises(Invalid) as refused:
            imported(scene, fields=FOUND | {"headline": "x" * 301})
        assert list(refused.value.errors) == ["headline"]


def test_the_seed_keynote_keeps_its_paragraphs_and_words(write, real_file):
    plan = read_transcript(real_file("seed-keynote.txt").read_bytes(), "seed-keynote.txt")
    with write():
        version = imported(Scene(), **plan.as_version())
    assert len(version.blocks) == 34
    assert count_words(version.blocks) == 1282
    assert [block["text"] for block in version.blocks] == [block.text for block in plan.blocks]
    assert unclassified(version.blocks) == [1]
