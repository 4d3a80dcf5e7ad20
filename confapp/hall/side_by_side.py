"""Two texts of a transcript side by side, for pages and API alike: which there are, the likeliest, what differs."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from confapp.domain.errors import Missing
from confapp.domain.press import differences, revisions, transcripts
from confapp.domain.press.differences import Pair, Piece
from confapp.domain.press.revisions import Revision
from confapp.domain.press.transcripts import Version
from confapp.domain.programme.conferences import Conference

SAID = ("headline", "kicker", "byline", "byline_role", "summary", "caption", "place", "delivered_on", "correction_note")
"""The fields that a comparison shows beside the paragraphs, in the order of the page."""


@dataclass(frozen=True)
class Side:
    """One of the two texts that are compared."""

    key: str
    """As addresses name it: a version's UUID, or `<UUID>.<number>` for a revision of it."""
    version: Version
    number: int | None
    words: Mapping[str, Any]


@dataclass(frozen=True)
class Choice:
    """A text that a version can be compared with; `revision` None: the other version as it stands."""

    key: str
    version: Version
    revision: Revision | None


@dataclass(frozen=True)
class Comparison:
    """What differs between two texts of one transcript, the older one first."""

    before: Side
    after: Side
    choices: Sequence[Choice]
    pairs: Sequence[Pair]
    fields: Sequence[tuple[str, tuple[Piece, ...], tuple[Piece, ...]]]
    """Fields of SAID that differ: name, old and new in pieces."""


def compare(conference: Conference, version: Version, named: str | None) -> Comparison:
    """The version beside the text that `named` says (a key), the older one; raises Missing for what is not there.

    Unless it is named it is the words as prepared for words as delivered, else what this one grew from or translates,
    else what it was before its last edit; without any, the version itself.
    """
    choices = _choices(version)
    named = named or _likeliest(version, [each.key for each in choices])
    after = _side(conference, str(version.uuid))
    before = _side(conference, named) if named else after
    if before.version.transcript_id != version.transcript_id:
        raise Missing()
    return Comparison(
        before,
        after,
        choices,
        differences.compare(before.words["blocks"], after.words["blocks"]),
        differences.fields(before.words, after.words, SAID),
    )


def _side(conference: Conference, key: str) -> Side:
    named, _, number = key.partition(".")
    try:
        version = transcripts.version(conference, uuid.UUID(named))
        revision = revisions.revision(version, int(number)) if number else None
    except ValueError as error:
        raise Missing() from error
    words = revision.words if revision else revisions.words_of(version)
    return Side(key, version, revision.number if revision else None, words)


def _choices(version: Version) -> list[Choice]:
    others = [
        Choice(str(each.uuid), each, None)
        for each in transcripts.versions_of(version.transcript)
        if each.id != version.id
    ]
    older = [each for each in revisions.revisions(version) if each.number != version.lock_version]
    return [*others, *(Choice(f"{version.uuid}.{each.number}", version, each) for each in older)]


def _likeliest(version: Version, keys: list[str]) -> str | None:
    related = (version.base_id, version.translation_of_id)
    found = transcripts.versions_of(version.transcript)
    prepared = [
        str(each.uuid)
        for each in found
        if version.kind.value == "as_delivered"
        and (each.kind.value, each.language) == ("as_prepared", version.language)
    ]
    grown = [str(each.uuid) for each in found if each.id in related]
    return next((key for key in [*grown, *prepared, *keys[::-1]] if key in keys), None)
