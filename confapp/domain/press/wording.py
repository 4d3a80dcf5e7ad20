"""Wording: what a version says. Its paragraphs and their lasting ids, its length, what is unfinished, and its hash."""

from __future__ import annotations

import datetime as dt
import enum
import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from confapp.database import db
from confapp.domain.errors import N_, Invalid, Message
from confapp.domain.live.stage import SessionFacts
from confapp.domain.press.transcripts import Transcript, Version

Block = dict[str, Any]
"""One paragraph: `id`, `kind`, `speaker` (or None), `text`, and `elisions` and `cues` where a reader found some."""


class BlockKind(enum.StrEnum):
    """What a paragraph is."""

    SPEECH = "speech"
    QUESTION = "question"
    ANSWER = "answer"
    REMARK = "remark"
    """What the audience did: applause, laughter."""
    SCENE = "scene"
    OMISSION = "omission"
    UNCLASSIFIED = "unclassified"
    """A reader could not tell; must be decided before submitting."""


SPOKEN = frozenset({BlockKind.SPEECH, BlockKind.QUESTION, BlockKind.ANSWER, BlockKind.UNCLASSIFIED})
WORDS_PER_MINUTE = 130
"""An unhurried speech in a large room."""

_PLACEHOLDER = re.compile(r"\b(?i:TB[CDA])\b|\bPENDING\b|\bXXX+\b|\[\[|\]\]")
_LINES = {
    "kicker": N_("kicker"),
    "headline": N_("headline"),
    "byline": N_("byline"),
    "byline_role": N_("role of the speaker"),
    "summary": N_("summary"),
    "caption": N_("caption"),
    "place": N_("place"),
    "correction_note": N_("note on the correction"),
}


@dataclass(frozen=True, slots=True)
class Placeholder:
    """Something that was to be filled in, and where; `block` is the id of the paragraph if it stands in one."""

    words: str
    where: Message
    block: int | None = None


def count_words(blocks: Iterable[Block]) -> int:
    """The spoken words: tokens that hold a letter or a digit, cut at any Unicode space."""
    return sum(
        any(character.isalnum() for character in token)
        for block in blocks
        if block["kind"] in SPOKEN
        for token in block["text"].split()
    )


def speaking_time(blocks: Iterable[Block]) -> dt.timedelta:
    """How long saying it takes at WORDS_PER_MINUTE, to the second."""
    return dt.timedelta(seconds=round(count_words(blocks) * 60 / WORDS_PER_MINUTE))


def placeholders(version: Version) -> list[Placeholder]:
    """Everything that looks as if it was to be filled in: TBC, TBD, TBA, PENDING, XXX and double brackets."""
    found = [
        Placeholder(match[0], where)
        for name, where in _LINES.items()
        for match in _PLACEHOLDER.finditer(getattr(version, name) or "")
    ]
    found += [
        Placeholder(match[0], N_("paragraph %(number)s", number=block["id"]), block["id"])
        for block in version.blocks
        for match in _PLACEHOLDER.finditer(f"{block['speaker'] or ''}\n{block['text']}")
    ]
    return found


def unclassified(blocks: Iterable[Block]) -> list[int]:
    """The ids of the paragraphs that still need somebody to say what they are, or what is missing in them."""
    return [
        block["id"]
        for block in blocks
        if block["kind"] == BlockKind.UNCLASSIFIED
        or any(elision["kind"] == "unclassified" for elision in block.get("elisions", ()))
    ]


def public_words(version: Version, facts: SessionFacts | None) -> dict[str, Any]:
    """Every word that the public would see, by column of the publication: what is hashed is what is published."""
    return {
        "kind": version.kind.value,
        "language": version.language,
        "kicker": version.kicker,
        "headline": version.headline,
        "byline": version.byline,
        "byline_role": version.byline_role,
        "summary": version.summary,
        "caption": version.caption,
        "place": version.place,
        "delivered_on": version.delivered_on,
        "blocks": version.blocks,
        "correction": version.correction.value if version.correction else None,
        "correction_note": version.correction_note,
        "session": facts.code if facts else None,
        "session_title": dict(facts.title) if facts else {},
        "speakers": [{"code": code, "name": name} for code, name in facts.speakers] if facts else [],
    }


def digest(words: Mapping[str, Any]) -> str:
    """SHA-256 over the words in one canonical form: JSON with sorted keys, no spaces, ASCII, dates in ISO 8601.

    Paragraphs count without their ids, which are numbers for citations and not words.
    """
    blocks = [{name: value for name, value in block.items() if name != "id"} for block in words["blocks"]]
    plain = json.dumps({**words, "blocks": blocks}, sort_keys=True, separators=(",", ":"), default=dt.date.isoformat)
    return hashlib.sha256(plain.encode()).hexdigest()


def public_blocks(transcript: Transcript, blocks: Iterable[Block]) -> list[Block]:
    """The paragraphs under their public numbers: for ever the same ones, new ones in order, whatever was in drafts."""
    known = dict(transcript.public_blocks)
    for block in blocks:
        known.setdefault(str(block["id"]), max(known.values(), default=0) + 1)
    transcript.public_blocks = known
    return [{**block, "id": known[str(block["id"])]} for block in blocks]


def number_blocks(transcript: Transcript, wanted: Sequence[Mapping[str, Any]], held: Iterable[Block]) -> list[Block]:
    """The `wanted` paragraphs with ids: those of `held` are kept, those without one get one that nobody ever had.

    What a reader found in a paragraph (missing words, times of the recording) follows its words when they change,
    unless it is given anew; `decided` says by offset in the held words what an elision stands for (None: for nothing,
    a pause). Raises Invalid, naming the paragraph by its place, for an unknown kind, no words, or an id
    that is not among `held` or comes twice.
    """
    known = {block["id"]: block for block in held}
    errors: dict[int, dict[str, list[str]]] = {}
    seen: set[int] = set()
    for place, block in enumerate(wanted):
        wrong = _wrong(block, known, seen)
        if wrong:
            errors[place] = wrong
        if block.get("id") is not None:
            seen.add(block["id"])
    if errors:
        raise Invalid({"blocks": errors})
    fresh = iter(_new_ids(transcript, sum(block.get("id") is None for block in wanted)))
    return [_block(block, known.get(block.get("id") or 0), fresh) for block in wanted]


def _wrong(block: Mapping[str, Any], known: Mapping[int, Block], seen: set[int]) -> dict[str, list[str]]:
    wrong: dict[str, list[str]] = {}
    if block.get("kind") not in set(BlockKind):
        wrong["kind"] = [N_("%(kind)s is no kind of paragraph.", kind=block.get("kind") or "—")]
    if not (block.get("text") or "").strip():
        wrong["text"] = [N_("A paragraph needs words; to drop it, leave it out.")]
    identifier = block.get("id")
    if identifier is not None and identifier not in known:
        wrong["id"] = [
            N_("Paragraph %(id)s does not belong to this version; leave the id out for a new one.", id=identifier)
        ]
    elif identifier in seen:
        wrong["id"] = [N_("Paragraph %(id)s comes twice.", id=identifier)]
    return wrong


def _new_ids(transcript: Transcript, count: int) -> range:
    if not count:
        return range(0)
    following = db.session.scalars(
        sa.update(Transcript)
        .where(Transcript.id == transcript.id)
        .values(next_block=Transcript.next_block + count)
        .returning(Transcript.next_block)
        .execution_options(synchronize_session=False)
    ).one()
    return range(following - count, following)


def _block(wanted: Mapping[str, Any], held: Block | None, fresh: Any) -> Block:
    made: Block = {
        "id": wanted["id"] if wanted.get("id") is not None else next(fresh),
        "kind": str(wanted["kind"]),
        "speaker": wanted.get("speaker") or None,
        "text": wanted["text"],
    }
    for name in ("elisions", "cues"):
        found = wanted.get(name)
        if found is None and held is not None:
            known = held.get(name, ())
            if name == "elisions":
                known = _decided(known, wanted.get("decided") or {})
            found = list(_moved(known, held["text"], made["text"]))
        if found:
            made[name] = [dict(each) for each in found]
    return made


def _decided(found: Iterable[Mapping[str, Any]], kinds: Mapping[int, str | None]) -> list[dict[str, Any]]:
    """Elisions with the kinds that somebody decided on; without those that turned out to stand for nothing."""
    decided = [{**each, "kind": kinds.get(each["offset"], each["kind"])} for each in found]
    return [each for each in decided if each["kind"] is not None]


def _moved(found: Iterable[Mapping[str, Any]], old: str, new: str) -> Iterable[dict[str, Any]]:
    """What was found at offsets of `old`, at its offsets in `new`; a mark whose words are gone is dropped."""
    head = next((at for at, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    shorter = min(len(old), len(new)) - head
    tail = next((at for at in range(shorter) if old[-1 - at] != new[-1 - at]), shorter)
    for each in found:
        offset = each["offset"]
        if offset >= len(old) - tail:
            offset += len(new) - len(old)
        elif offset > head:
            offset = head
        if new.startswith(each.get("text", ""), offset):
            yield {**each, "offset": offset}
