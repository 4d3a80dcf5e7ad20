"""What a transcript reader hands on: frozen values that say what was read, line by line, and what a person decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from typing import Any, Literal

BlockKind = Literal["speech", "question", "answer", "remark", "scene", "omission", "unclassified"]
ElisionKind = Literal["omission", "inaudible", "unclassified"]
_MEDIA_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "text/html",
    "markdown": "text/markdown",
    "srt": "application/x-subrip",
    "vtt": "text/vtt",
}
VersionKind = Literal["as_prepared", "as_delivered", "notes", "unspecified"]


def count_tokens(text: str) -> int:
    """Whitespace-separated tokens; U+00A0 and the other Unicode spaces separate too."""
    return len(text.split())


def count_words(text: str) -> int:
    """Tokens that hold a letter or a digit: a lone dash or ellipsis is a token but no word."""
    return sum(any(character.isalnum() for character in token) for token in text.split())


@dataclass(frozen=True)
class Elision:
    """Words that are missing at `offset` (characters into the block); `text` is the mark that says so."""

    offset: int
    text: str
    kind: ElisionKind


@dataclass(frozen=True)
class Cue:
    """When the words from `offset` (characters into the block) were said, in milliseconds of the recording."""

    offset: int
    starts_ms: int
    ends_ms: int


@dataclass(frozen=True)
class BlockPlan:
    """One paragraph of the transcript, its words unchanged."""

    kind: BlockKind
    text: str
    speaker: str | None = None
    line: int = 0
    """The line it starts on."""
    opens_turn: bool = False
    """Somebody begins to speak here, even where the file does not say who."""
    joined: bool = False
    """A single line break, not a blank line, separates it from the block before."""
    number: str | None = None
    """The paragraph's number in the source; it is not part of the text."""
    elisions: tuple[Elision, ...] = ()
    cues: tuple[Cue, ...] = ()

    @property
    def tokens(self) -> int:
        """See `count_tokens`."""
        return count_tokens(self.text)

    @property
    def words(self) -> int:
        """See `count_words`."""
        return count_words(self.text)


@dataclass(frozen=True)
class LineReading:
    """What the reader took one source line for, and how sure it is (0 to 1)."""

    number: int
    text: str
    label: str
    confidence: float


@dataclass(frozen=True)
class SpeakerPlan:
    """The person whom the byline names; role and organisation only where the byline states them."""

    name: str
    role: str | None = None
    organisation: str | None = None


@dataclass(frozen=True)
class EventCandidate:
    """A name that may be the event's, and the lines that use it. A person chooses; the reader never does."""

    name: str
    lines: tuple[int, ...]


@dataclass(frozen=True)
class TranscriptPlan:
    """A transcript as read: a proposal for a draft. Nothing in it is true before a person confirmed it."""

    format: str
    title: str | None
    kicker: str | None
    published_on: date | None
    """The page's date, which says nothing about when the words were spoken."""
    delivered_on: date | None
    caption: str | None
    speaker: SpeakerPlan | None
    event_candidates: tuple[EventCandidate, ...]
    place: str | None
    kind: VersionKind
    language: str | None
    """A suggestion, as a two-letter ISO 639-1 code."""
    blocks: tuple[BlockPlan, ...]
    lines: tuple[LineReading, ...]
    source_sha256: str
    """Over the bytes as they came."""
    text_sha256: str
    """Over the blocks' texts, whitespace runs made one space, joined by line feeds, in UTF-8."""
    words: int
    tokens: int
    counts: Mapping[str, int] = field(default_factory=dict)
    """Paragraphs, turns, cues and the like, for a person to compare with the source."""
    warnings: tuple[str, ...] = ()
    review: tuple[str, ...] = ()
    """What a person must decide before this can be a draft."""

    @property
    def media_type(self) -> str:
        """The source's, by its format."""
        return _MEDIA_TYPES.get(self.format, "text/plain")

    @property
    def speakers(self) -> tuple[str, ...]:
        """Everyone who is named as speaking, in order of appearance."""
        return tuple(dict.fromkeys(block.speaker for block in self.blocks if block.speaker))

    def as_version(self) -> dict[str, Any]:
        """`fields`, `blocks` and `report` as `confapp.domain.press.transcript_editing.import_plan` takes them.

        The report is the plan without its paragraphs, which the version holds: what somebody compares with the source.
        """
        speaker = self.speaker
        role = ", ".join(filter(None, [speaker.role, speaker.organisation])) if speaker else ""
        report = self.to_json()
        del report["blocks"]
        return {
            "fields": {
                "kind": self.kind,
                "language": self.language,
                "kicker": self.kicker,
                "headline": self.title,
                "byline": speaker.name if speaker else None,
                "byline_role": role or None,
                "caption": self.caption,
                "place": self.place,
                "delivered_on": self.delivered_on,
                "page_date": self.published_on,
            },
            "blocks": [
                {
                    "kind": block.kind,
                    "speaker": block.speaker,
                    "text": block.text,
                    "elisions": _plain(block.elisions),
                    "cues": _plain(block.cues),
                }
                for block in self.blocks
            ],
            "report": report,
        }

    def to_json(self) -> dict[str, Any]:
        """The plan in JSON's types: dates in ISO 8601, blocks with their counts, every line with its label."""
        return {**_plain(self), "speakers": list(self.speakers)}


def _plain(value: Any) -> Any:
    """`value` in JSON's types."""
    if isinstance(value, BlockPlan):
        counted = {"tokens": value.tokens, "words": value.words}
        return {**{name.name: _plain(getattr(value, name.name)) for name in fields(value)}, **counted}
    if is_dataclass(value):
        return {name.name: _plain(getattr(value, name.name)) for name in fields(value)}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return dict(value)
    return str(value) if isinstance(value, str) else value
