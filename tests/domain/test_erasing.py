"""Erasing a person: the name goes wherever it is a label, what was said stays, and the ledger goes on to hold."""

from __future__ import annotations

from flask.testing import FlaskClient

from confapp.database import Mode, db
from confapp.domain import audit, erasing
from confapp.domain.audit import AuditEntry
from confapp.domain.people import Person
from confapp.domain.press import publications
from confapp.domain.press.publications import Publication
from confapp.domain.press.revisions import Revision
from confapp.domain.press.transcripts import Policy, Version, VersionState
from tests.conftest import Transaction
from tests.factories import NOW
from tests.press import MINUTE, STARTS, Scene, sweep

NAME = "Ada Lindqvist"


def test_a_name_is_erased_where_it_is_a_label_and_words_stay(write: Transaction, client: FlaskClient) -> None:
    said = [
        {"kind": "speech", "speaker": NAME, "text": "Good afternoon."},
        {"kind": "speech", "speaker": "Ben Okoro", "text": f"Thank you, {NAME}."},
    ]
    with write():
        scene = Scene()
        version = scene.released(now=NOW, blocks=said)
        draft = scene.armed(Policy.AT_TIME, at=STARTS, words={"session": None, "language": "fr"})
        address = f"/summit/press/{version.transcript.public_id}"
    before = client.get(f"{address}.json")
    with write():
        found = erasing.erase(db.session.get_one(Person, scene.speaker.person_id), by=None, now=NOW + MINUTE)
        assert (found.releases, [each.number for each in found.publications]) == (1, [1])
    after = client.get(f"{address}.json")
    assert [each["name"] for each in after.json["speakers"]] == ["—"]
    assert (after.json["byline"], [block["speaker"] for block in after.json["blocks"]]) == ("—", ["—", "Ben Okoro"])
    assert after.json["blocks"][1]["text"] == f"Thank you, {NAME}.", "what was said"
    assert after.json["sha256"] == before.json["sha256"]
    assert "redacted_sha256" in after.json
    assert after.headers["ETag"] != before.headers["ETag"]
    assert client.get(address).text.count(NAME) == 1
    assert client.get("/summit/press/search?q=Lindqvist").text.count("Vaccines for the next outbreak") == 1, "by words"
    with write(Mode.READ):
        assert publications.broken_at(scene.conference.id) is None
        assert audit.broken_at(scene.conference.id) is None
        entry = db.session.query(AuditEntry).filter_by(action="publication.redact").one()
        assert NAME not in str(entry.facts)
        labels = [str((each.byline, [block["speaker"] for block in each.blocks])) for each in db.session.query(Version)]
        labels += [str(each.words["byline"]) for each in db.session.query(Revision)]
        assert not any(NAME in each for each in labels)
    with write():
        assert sweep(STARTS) == []
        assert db.session.get_one(Version, draft.id).state is VersionState.DRAFT, "it needs a new approval"


def test_whoever_changes_what_is_left_is_found(write: Transaction) -> None:
    with write():
        scene = Scene()
        scene.released(now=NOW)
        erasing.erase(db.session.get_one(Person, scene.speaker.person_id), by=None, now=NOW)
        assert publications.broken_at(scene.conference.id) is None
        publication = db.session.query(Publication).one()
        publication.headline = "Other words"
        db.session.flush()
        assert publications.broken_at(scene.conference.id) is publication


def test_somebody_of_the_same_conference_keeps_their_name(write: Transaction) -> None:
    with write():
        scene = Scene()
        scene.released(now=NOW, session=None, byline="Ben Okoro", blocks=[{"kind": "speech", "text": "Hello."}])
        found = erasing.erase(db.session.get_one(Person, scene.speaker.person_id), by=None, now=NOW)
        assert found.publications == ()
        assert db.session.query(Publication).one().byline == "Ben Okoro"
