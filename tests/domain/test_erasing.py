"""Erasing a person: the name goes wherever it is a label, what was said stays, and the ledger goes on to hold."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient

from confapp.database import Mode, Model, db
from confapp.domain import audit, erasing, files, imported
from confapp.domain.audit import AuditEntry
from confapp.domain.people import Person
from confapp.domain.press import publications, working_copies
from confapp.domain.press.publications import Publication
from confapp.domain.press.revisions import Revision
from confapp.domain.press.transcripts import Policy, Version, VersionState
from confapp.domain.programme import origins, speakers
from confapp.domain.programme.origins import Origin
from tests.conftest import Transaction
from tests.factories import NOW, make_conference, make_speaker
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


TOKEN = "Zyxwora"


def _everywhere() -> dict[str, list[str]]:
    """Where the token stands: the columns of each table whose values hold it, bytes too."""
    found: dict[str, list[str]] = {}
    for table in Model.metadata.sorted_tables:
        for row in db.session.execute(sa.select(table)).mappings():
            for name, value in row.items():
                plain = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
                if TOKEN.casefold() in plain.casefold():
                    found.setdefault(table.name, []).append(str(name))
    return {table: sorted(set(names)) for table, names in found.items()}


def _known_everywhere(write: Transaction) -> Scene:
    """A speaker of that name in everything that keeps one: profile, import, releases, drafts, typing, publication."""
    with write():
        scene = Scene()
        speaker = scene.speaker
        values: dict[str, Any] = {name: f"{name} {TOKEN}" for name in ("affiliation", "needs")}
        values |= {"name": TOKEN, "email": f"{TOKEN}@example.org", "biography": {"en": f"<p>{TOKEN}</p>"}}
        speakers.edit_speaker(speaker, values, by=None, now=NOW)
        person = db.session.get_one(Person, speaker.person_id)
        person.name, person.email = TOKEN, f"{TOKEN}@example.org"
        scene.release_schedule(now=NOW)
        files.ask("a file", conference_id=scene.conference.id, release=2, spec={}, media_type="text/plain", now=NOW)
        files.made("a file", TOKEN.encode(), now=NOW)
        said = [{"kind": "speech", "speaker": TOKEN, "text": "Good afternoon."}]
        scene.released(now=NOW, byline=TOKEN, blocks=said)
        draft = scene.draft(session=None, byline=TOKEN, language="fr", blocks=said)
        typed = [("byline", TOKEN), ("blocks.speaker", TOKEN)]
        working_copies.keep(draft, typed, expected=1, by=scene.writer, now=NOW)
        before = {"name": TOKEN, "email": f"{TOKEN}@example.org"}
        step = {"kind": "speaker", "target": str(speaker.uuid), "name": TOKEN, "is_new": False, "after": {}}
        kept: dict[str, Any] = {"source": "frab", "name": "schedule.xml", "counts": {}}
        kept |= {"steps": [step | {"before": before, "version": None}]}
        remembered: list[Any] = ["speaker", str(speaker.uuid), ["guid:1", f"name:{TOKEN.lower()}"], {}]
        imported.record(scene.conference, kept | {"origins": [remembered]}, by=None, now=NOW)
        origins.remember(
            scene.conference, "frab", [("speaker", speaker.uuid, ["id:3", f"name:{TOKEN}"], {"name": "d"})]
        )
        origins.remember(scene.conference, "csv", [("speaker", speaker.uuid, [f"name:{TOKEN}"], {"name": "d"})])
    return scene


def test_nothing_of_an_erased_person_is_left_in_any_table(write: Transaction) -> None:
    """The canary: a name put into everything that keeps one is found in no column of any table afterwards."""
    scene = _known_everywhere(write)
    with write(Mode.READ):
        before = set(_everywhere())
        person = db.session.get_one(Person, scene.speaker.person_id)
        foreseen, staying = erasing.preview(person, scene.conference.id)
    kept = {"person", "speaker", "release_person", "programme_import", "origin", "publication", "made_file"}
    assert kept | {"transcript_version", "transcript_revision", "transcript_working_copy"} <= before
    assert (foreseen.profiles, foreseen.releases, foreseen.versions, foreseen.imports) == (1, 2, 2, 1)
    assert staying == erasing.Staying((), has_account=False, has_registration=False, elsewhere=0)
    with write():
        person = db.session.get_one(Person, scene.speaker.person_id)
        done = erasing.erase(person, by=None, now=NOW + MINUTE, conference_id=scene.conference.id)
        assert done == foreseen
    with write(Mode.READ):
        assert _everywhere() == {}
        assert audit.broken_at(scene.conference.id) is None
        assert [each.keys for each in db.session.query(Origin)] == [["id:3"]], "what names nobody is known again"
        again, _ = erasing.preview(db.session.get_one(Person, scene.speaker.person_id), scene.conference.id)
        assert (again.publications, again.versions) == ((), 0)


def test_another_conference_of_the_same_person_is_left_alone(write: Transaction) -> None:
    with write():
        scene = Scene()
        other = make_speaker(make_conference("elsewhere"), "Ada Lindqvist")
        other.person_id = scene.speaker.person_id
        db.session.flush()
        person = db.session.get_one(Person, scene.speaker.person_id)
        assert erasing.preview(person, scene.conference.id)[1].elsewhere == 1
        erasing.erase(person, by=None, now=NOW, conference_id=scene.conference.id)
        assert (scene.speaker.name, other.name, person.name) == ("—", NAME, NAME)


def test_somebody_with_an_account_keeps_it(write: Transaction) -> None:
    with write():
        scene = Scene()
        scene.speaker.person_id = scene.writer.person_id
        db.session.flush()
        person = scene.writer.person
        assert erasing.preview(person, scene.conference.id)[1].has_account
        erasing.erase(person, by=None, now=NOW, conference_id=scene.conference.id)
        assert (scene.speaker.name, person.name) == ("—", "Writer")


def test_somebody_of_the_same_conference_keeps_their_name(write: Transaction) -> None:
    with write():
        scene = Scene()
        scene.released(now=NOW, session=None, byline="Ben Okoro", blocks=[{"kind": "speech", "text": "Hello."}])
        found = erasing.erase(db.session.get_one(Person, scene.speaker.person_id), by=None, now=NOW)
        assert found.publications == ()
        assert db.session.query(Publication).one().byline == "Ben Okoro"
