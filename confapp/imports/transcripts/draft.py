"""Gathers what a reader finds and closes it into a plan: counts, hashes, and the questions that stay open."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import PurePath
from typing import Final, get_args

from confapp.domain.errors import N_, Message
from confapp.imports.transcripts.decoding import Decoded, Line, refuse
from confapp.imports.transcripts.facts import event_candidates, guess_languages, vocabulary
from confapp.imports.transcripts.plan import (
    BlockKind,
    BlockPlan,
    LineReading,
    SpeakerPlan,
    TranscriptPlan,
    VersionKind,
    count_tokens,
    count_words,
)

_SPACE = re.compile(r"\s+")
_NAMED_IN_A_REVIEW: Final = 5
# strftime would name the day in the language of the process.
_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
LANGUAGES: Final = vocabulary(
    "ar bg ca cs da de el en es et fi fr ga hr hu is it lt lv mt nb nl no pl pt ro ru sk sl sq sr sv tr uk"
)


def some(numbers: list[int]) -> str:
    """The first few line numbers for a sentence, and how many more there are."""
    shown = ", ".join(str(number) for number in numbers[:_NAMED_IN_A_REVIEW])
    return shown if len(numbers) <= _NAMED_IN_A_REVIEW else f"{shown} … ({len(numbers)})"


def text_digest(texts: list[str]) -> str:
    """SHA-256 over the texts with whitespace runs (U+00A0 too) made one space, joined by line feeds, in UTF-8."""
    return hashlib.sha256("\n".join(_SPACE.sub(" ", text).strip() for text in texts).encode()).hexdigest()


@dataclass
class Draft:
    """A plan in the making. Readers fill it; `close` makes it final."""

    format: str
    lines: list[Line]
    title: str | None = None
    kicker: str | None = None
    published_on: date | None = None
    delivered_on: date | None = None
    caption: str | None = None
    speaker: SpeakerPlan | None = None
    place: str | None = None
    kind: VersionKind = "unspecified"
    language: str | None = None
    blocks: list[BlockPlan] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    warnings: list[Message] = field(default_factory=list)
    review: list[Message] = field(default_factory=list)
    telling_lines: list[int] = field(default_factory=list)
    """Lines whose event names come first: the caption, a stated event."""
    repeated: set[int] = field(default_factory=set)
    """Lines that say again what another says, and count for nothing."""
    set_in_lines: bool = True
    """The source is lines on a page: blank lines part paragraphs, line ends may mean nothing. Tags need neither."""
    labels: dict[int, tuple[str, float]] = field(default_factory=dict)

    def label(self, number: int, label: str, confidence: float = 1.0) -> None:
        """Say what line `number` was taken for."""
        self.labels[number] = (label, confidence)

    def close(self, data: bytes, filename: str, decoded: Decoded | None) -> TranscriptPlan:
        """The final plan. Raises `Invalid` where no words were found that anyone could have spoken."""
        if not self.blocks:
            raise refuse(N_("No words of a transcript were found in the file."))
        if decoded is not None:
            self.warnings[:0] = decoded.warnings
            self.review[:0] = decoded.review
        readings = tuple(self._reading(line) for line in self.lines)
        self._ask_about_language(filename)
        self._ask_about_elisions()
        taken = {
            line.number
            for line in self.lines
            if line.number not in self.repeated and self._label_of(line) in _NAMES_EVENTS
        }
        candidates = event_candidates(
            ((line.number, line.text) for line in self.lines if line.number in taken), self.telling_lines
        )
        self._ask_about_facts()
        if len(candidates) > 1:
            names = " · ".join(candidate.name for candidate in candidates[:4])
            self.review.append(N_("Which event is it? The text names: %(names)s.", names=names))
        texts = [block.text for block in self.blocks]
        return TranscriptPlan(
            format=self.format,
            title=self.title,
            kicker=self.kicker,
            published_on=self.published_on,
            delivered_on=self.delivered_on,
            caption=self.caption,
            speaker=self.speaker,
            event_candidates=candidates,
            place=self.place,
            kind=self.kind,
            language=self.language,
            blocks=tuple(self.blocks),
            lines=readings,
            source_sha256=hashlib.sha256(data).hexdigest(),
            text_sha256=text_digest(texts),
            words=sum(count_words(text) for text in texts),
            tokens=sum(count_tokens(text) for text in texts),
            counts=self._counts(),
            warnings=tuple(self.warnings),
            review=tuple(dict.fromkeys(self.review)),
        )

    def _label_of(self, line: Line) -> str:
        return self.labels.get(line.number, ("unclassified" if line.bare else "blank", 0.0))[0]

    def _reading(self, line: Line) -> LineReading:
        if line.number in self.labels:
            return LineReading(line.number, line.text, *self.labels[line.number])
        return LineReading(line.number, line.text, *(("unclassified", 0.0) if line.bare else ("blank", 1.0)))

    def _counts(self) -> dict[str, int]:
        kinds = Counter(block.kind for block in self.blocks)
        return {
            "lines": len(self.lines),
            "paragraphs": len(self.blocks),
            "blank_line_blocks": sum(not block.joined for block in self.blocks),
            "characters": len("\n".join(block.text for block in self.blocks)),
            "turns": sum(block.opens_turn for block in self.blocks),
            "speakers": len({block.speaker for block in self.blocks if block.speaker}),
            **{kind: kinds[kind] for kind in get_args(BlockKind)},
            **self.counts,
        }  # fmt: skip

    def _ask_about_language(self, filename: str) -> None:
        guesses = guess_languages("\n".join(block.text for block in self.blocks))
        suffixes = [suffix[1:].lower() for suffix in PurePath(filename).suffixes[:-1]]
        stated = self.language or next((suffix for suffix in suffixes if suffix in LANGUAGES), None)
        if stated is not None and guesses and stated not in guesses:
            self.review.append(
                N_(
                    "The file says that its language is %(stated)s, but its words look like %(guess)s.",
                    stated=stated,
                    guess=guesses[0],
                )
            )
        if len(guesses) > 1:
            self.review.append(N_("More than one language is spoken: %(codes)s.", codes=", ".join(guesses)))
        self.language = stated or (guesses[0] if guesses else None)
        if self.language is None:
            self.review.append(N_("The language is not stated and could not be told."))

    def _ask_about_elisions(self) -> None:
        open_lines = [block.line for block in self.blocks if any(e.kind == "unclassified" for e in block.elisions)]
        if open_lines:
            self.review.append(
                N_(
                    "An ellipsis may be a pause, words nobody heard or words cut: say which, at line %(lines)s.",
                    lines=some(open_lines),
                )
            )
        unclear = list(dict.fromkeys(block.line for block in self.blocks if block.kind == "unclassified"))
        known = set(unclear)
        if unclear:
            self.review.append(N_("Say what these paragraphs are, or drop them: line %(lines)s.", lines=some(unclear)))
        unread = [
            line.number
            for line in self.lines
            if line.bare and line.number not in known and self._label_of(line) == "unclassified"
        ]
        if unread:
            self.review.append(
                N_("These lines were taken for nothing and are left out: line %(lines)s.", lines=some(unread))
            )

    def _ask_about_facts(self) -> None:
        if self.title is None:
            self.review.append(N_("No headline was found; give one."))
        if self.speaker is None and not any(block.speaker for block in self.blocks):
            self.review.append(N_("No speaker is named; say who spoke."))
        if self.delivered_on is None:
            if self.published_on is None:
                self.review.append(N_("The date of delivery is not stated; give it."))
            else:
                self.review.append(
                    N_(
                        "The date of delivery is not stated; %(date)s, a %(weekday)s, is only the date of the page.",
                        date=self.published_on.isoformat(),
                        weekday=_WEEKDAYS[self.published_on.weekday()],
                    )
                )
        if self.place is None:
            self.review.append(N_("The place is not stated; give it or leave it open."))
        if self.kind == "unspecified":
            self.review.append(N_("Nothing says whether these are the words as delivered or as prepared; choose."))


_NAMES_EVENTS: Final = vocabulary(
    "headline caption kicker body heading question answer cue-text event standfirst byline metadata remark unclassified"
)
