"""Erasing a person's name from releases, publications and transcripts, where it is a label and not what was said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from confapp.database import db
from confapp.domain import audit, files
from confapp.domain.people import Account, Person
from confapp.domain.press import search
from confapp.domain.press.publications import WORDS, Publication
from confapp.domain.press.revisions import Revision
from confapp.domain.press.transcripts import Transcript, Version
from confapp.domain.press.wording import digest
from confapp.domain.programme.speakers import Speaker
from confapp.domain.release import releases
from confapp.domain.release.frozen import ReleasePerson
from confapp.domain.release.releases import ERASED


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure changed."""

    releases: int
    publications: tuple[Publication, ...]
    """Those whose labels were overwritten: what was said in them stays, and may still name the person."""


def erase(person: Person, *, by: Account | None, now: dt.datetime) -> Erased:
    """Overwrite a person's name in every release, publication, transcript version and revision; for good.

    Names that stand as labels go: speakers, bylines, who said a paragraph. Words that were said, headlines and
    summaries stay, being the press office's record: to take them back is a withdrawal, which it decides on. The
    ledger goes on to hold the hash of what was approved, and beside it that of what is left. Words that are not
    released yet need a new approval. Her addresses go too, that of an account excepted, which is its owner's.
    """
    held = db.session.execute(
        sa.select(Speaker.uuid, Speaker.code, Speaker.conference_id).where(Speaker.person_id == person.id)
    ).all()
    frozen = sa.select(ReleasePerson.name).where(ReleasePerson.uuid.in_([row.uuid for row in held])).distinct()
    names = frozenset({person.name, *db.session.scalars(frozen)}) - {ERASED}
    count = releases.erase(person, by=by, now=now)
    db.session.execute(sa.update(Speaker).where(Speaker.person_id == person.id).values(email=None))
    person.email = None
    codes: dict[int, set[str]] = {}
    for row in held:
        codes.setdefault(row.conference_id, set()).add(row.code)
    touched: list[Publication] = []
    for conference_id in sorted(codes):
        touched += _publications(conference_id, codes[conference_id], names, by=by, now=now)
        _versions(conference_id, names)
    files.forget_private()
    db.session.flush()
    return Erased(count, tuple(touched))


def _publications(
    conference_id: int, codes: set[str], names: frozenset[str], *, by: Account | None, now: dt.datetime
) -> list[Publication]:
    touched = []
    public = sa.select(Publication).where(Publication.conference_id == conference_id).order_by(Publication.id)
    for each in db.session.scalars(public).all():
        labels = _without({"byline": each.byline, "blocks": each.blocks}, names)
        if any(speaker["code"] in codes for speaker in each.speakers):
            labels["speakers"] = [
                {**speaker, "name": ERASED} if speaker["code"] in codes else speaker for speaker in each.speakers
            ]
        if not labels:
            continue
        for name, value in labels.items():
            setattr(each, name, value)
        each.redacted_hash = digest({name: getattr(each, name) for name in WORDS})
        if each.is_latest:
            search.forget(each)
            search.index(each)
        audit.record(
            "publication.redact",
            f"publication:{each.public_id}/{each.number}",
            conference_id=conference_id,
            by=by,
            now=now,
            facts={"hash": each.redacted_hash},
        )
        files.forget_paper(conference_id, each.public_id)
        touched.append(each)
    return touched


def _versions(conference_id: int, names: frozenset[str]) -> None:
    """Labels of what the office keeps, drafts too; open versions no longer are what was approved."""
    found = sa.select(Version).join(Version.transcript).where(Transcript.conference_id == conference_id)
    for version in db.session.scalars(found).all():
        for name, value in _without({"byline": version.byline, "blocks": version.blocks}, names).items():
            setattr(version, name, value)
        for revision in db.session.scalars(sa.select(Revision).where(Revision.version_id == version.id)).all():
            labels = _without(revision.words, names)
            if labels:
                revision.words = {**revision.words, **labels}


def _without(words: Mapping[str, Any], names: frozenset[str]) -> dict[str, Any]:
    """The labels among the words that hold one of the names, without it."""
    changed: dict[str, Any] = {}
    if words.get("byline") in names:
        changed["byline"] = ERASED
    blocks = words.get("blocks") or []
    if any(block.get("speaker") in names for block in blocks):
        changed["blocks"] = [
            {**block, "speaker": ERASED} if block.get("speaker") in names else block for block in blocks
        ]
    return changed
