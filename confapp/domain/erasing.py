"""Erasing a person from a conference, or from all: profiles, releases, imports, and labels on what was said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from confapp.database import db
from confapp.domain import audit, files, imported
from confapp.domain.attendance.registrations import Registration
from confapp.domain.errors import N_, Invalid
from confapp.domain.people import Account, Person
from confapp.domain.press import search
from confapp.domain.press.publications import WORDS, Publication
from confapp.domain.press.revisions import Revision
from confapp.domain.press.transcripts import Transcript, Version
from confapp.domain.press.wording import digest
from confapp.domain.press.working_copies import WorkingCopy
from confapp.domain.programme import origins, speaker_pages, speakers
from confapp.domain.programme.speakers import Speaker
from confapp.domain.release import releases
from confapp.domain.release.frozen import ReleasePerson
from confapp.domain.release.releases import ERASED

BLANK: dict[str, Any] = {
    "name": ERASED,
    "affiliation": "",
    "country": None,
    "biography": {},
    "email": None,
    "photo": None,
    "needs": "",
}
"""What is left of a profile: its parts in sessions stand, and nobody is named."""
SPOKEN = ("headline", "kicker", "summary", "caption", "withdrawn_reason")
"""Words of a publication that stay, and may name somebody."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure changes, or changed."""

    profiles: int
    releases: int
    publications: tuple[Publication, ...]
    """Those whose labels are overwritten."""
    versions: int
    """Transcript versions of which labels are overwritten, drafts too."""
    imports: int


@dataclass(frozen=True, slots=True)
class Staying:
    """What an erasure leaves, for somebody else to decide on."""

    publications: tuple[Publication, ...]
    """Those in which the name was said or written: to take words back is a withdrawal, which the press office does."""
    has_account: bool
    has_registration: bool
    elsewhere: int
    """Profiles in other conferences."""


def preview(person: Person, conference_id: int) -> tuple[Erased, Staying]:
    """What erasing a person from a conference would change, and what would stay; only reads."""
    profiles = _profiles(person, conference_id)
    names, codes = _names(person, profiles), {each.code for each in profiles}
    public = _public(conference_id)
    erased = Erased(
        len(profiles),
        len(releases.holding(person, conference_id)),
        tuple(each for each in public if _labels(each, names, codes)),
        sum(bool(_without(_plain(each), names)) for each in _versions(conference_id)),
        len(imported.naming(conference_id, [each.uuid for each in profiles])),
    )
    registered = sa.select(Registration.id).where(
        Registration.person_id == person.id, Registration.conference_id == conference_id
    )
    others = sa.select(sa.func.count(Speaker.id)).where(
        Speaker.person_id == person.id, Speaker.conference_id != conference_id
    )
    staying = Staying(
        tuple(each for each in public if _is_spoken_of(each, names)),
        db.session.scalar(sa.select(Account.id).where(Account.person_id == person.id)) is not None,
        db.session.scalar(registered.limit(1)) is not None,
        db.session.scalar(others) or 0,
    )
    return erased, staying


def check_typed(speaker: Speaker, typed: str) -> None:
    """Raise Invalid unless somebody typed the name of the speaker whom they are about to erase."""
    if " ".join(typed.split()).casefold() != " ".join(speaker.name.split()).casefold():
        raise Invalid({"name": [N_("Type the name as it stands above: “%(name)s”.", name=speaker.name)]})


def erase(person: Person, *, by: Account | None, now: dt.datetime, conference_id: int | None = None) -> Erased:
    """Overwrite a person's name and profile in one conference, or (None) in all; for good.

    Names that stand as labels go: profiles, speakers of releases, bylines, who said a paragraph, what imports keep.
    Words that were said, headlines and summaries stay, being the press office's record: to take them back is a
    withdrawal, which it decides on. The ledger goes on to hold the hash of what was approved, and beside it that of
    what is left. Words that are not released yet need a new approval. Addresses of the profiles go too; an account and
    a registration are their owner's.
    """
    profiles = _profiles(person, conference_id)
    names = _names(person, profiles)
    count = releases.erase(person, by=by, now=now, conference_id=conference_id)
    touched: list[Publication] = []
    versions, imports = 0, 0
    for place in sorted({each.conference_id for each in profiles}):
        mine = [each for each in profiles if each.conference_id == place]
        touched += _publications(place, {each.code for each in mine}, names, by=by, now=now)
        versions += _redact_versions(place, names)
        for run in imported.naming(place, [each.uuid for each in mine]):
            imported.erase(run, [each.uuid for each in mine], ERASED)
            imports += 1
    origins.forget_names([each.uuid for each in profiles])
    for each in profiles:
        speaker_pages.revoke(each, by=by, now=now)
        speakers.edit_speaker(each, dict(BLANK), by=by, now=now)
    if conference_id is None:
        person.email = None
    files.forget_private()
    db.session.flush()
    _forget_person(person)
    return Erased(len(profiles), count, tuple(touched), versions, imports)


def _forget_person(person: Person) -> None:
    """The person's own name goes where nothing is left that needs it: no account, registration or profile."""
    known: list[sa.Select[Any]] = [
        sa.select(Account.id).where(Account.person_id == person.id),
        sa.select(Registration.id).where(Registration.person_id == person.id),
        sa.select(Speaker.id).where(Speaker.person_id == person.id, Speaker.name != ERASED),
    ]
    if all(db.session.scalar(each.limit(1)) is None for each in known):
        person.name, person.email = ERASED, None
        audit.forget(person.id)
        db.session.flush()


def _profiles(person: Person, conference_id: int | None) -> Sequence[Speaker]:
    wanted = sa.select(Speaker).where(Speaker.person_id == person.id).order_by(Speaker.id)
    if conference_id is not None:
        wanted = wanted.where(Speaker.conference_id == conference_id)
    return db.session.scalars(wanted).all()


def _names(person: Person, profiles: Sequence[Speaker]) -> frozenset[str]:
    """Every name under which the person is or was known there."""
    frozen = sa.select(ReleasePerson.name).where(ReleasePerson.uuid.in_([each.uuid for each in profiles])).distinct()
    return frozenset({person.name, *(each.name for each in profiles), *db.session.scalars(frozen)}) - {ERASED, ""}


def _public(conference_id: int) -> Sequence[Publication]:
    return db.session.scalars(
        sa.select(Publication).where(Publication.conference_id == conference_id).order_by(Publication.id)
    ).all()


def _versions(conference_id: int) -> Sequence[Version]:
    found = sa.select(Version).join(Version.transcript).where(Transcript.conference_id == conference_id)
    return db.session.scalars(found.order_by(Version.id)).all()


def _is_spoken_of(publication: Publication, names: frozenset[str]) -> bool:
    words = [getattr(publication, name) or "" for name in SPOKEN]
    words += [block["text"] for block in publication.blocks]
    return any(name in each for name in names for each in words)


def _labels(publication: Publication, names: frozenset[str], codes: set[str]) -> dict[str, Any]:
    """The labels of a publication that hold one of the names or codes, without it."""
    labels = _without({"byline": publication.byline, "blocks": publication.blocks}, names)
    told = [{**each, "name": ERASED} if each["code"] in codes else each for each in publication.speakers]
    return labels | ({"speakers": told} if told != publication.speakers else {})


def _publications(
    conference_id: int, codes: set[str], names: frozenset[str], *, by: Account | None, now: dt.datetime
) -> list[Publication]:
    touched = []
    for each in _public(conference_id):
        labels = _labels(each, names, codes)
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


def _plain(version: Version) -> dict[str, Any]:
    return {"byline": version.byline, "blocks": version.blocks}


def _redact_versions(conference_id: int, names: frozenset[str]) -> int:
    """Labels of what the office keeps, drafts and unsaved typing too; open versions no longer are what was approved."""
    touched = 0
    for version in _versions(conference_id):
        labels = _without(_plain(version), names)
        touched += bool(labels)
        for name, value in labels.items():
            setattr(version, name, value)
        if version.import_report is not None:
            version.import_report = _blanked(version.import_report, names)
        for revision in db.session.scalars(sa.select(Revision).where(Revision.version_id == version.id)).all():
            words = _without(revision.words, names)
            if words:
                revision.words = {**revision.words, **words}
        for copy in db.session.scalars(sa.select(WorkingCopy).where(WorkingCopy.version_id == version.id)).all():
            copy.typed = [[name, ERASED if value in names else value] for name, value in copy.typed]
    return touched


def _blanked(value: Any, names: frozenset[str]) -> Any:
    """What a reader said of a file's lines, without the names."""
    if isinstance(value, str):
        for name in names:
            value = value.replace(name, ERASED)
        return value
    if isinstance(value, list):
        return [_blanked(each, names) for each in value]
    return {key: _blanked(each, names) for key, each in value.items()} if isinstance(value, dict) else value


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
