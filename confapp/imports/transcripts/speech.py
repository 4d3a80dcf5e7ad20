"""Paragraphs to blocks: who begins to speak, what is asked, answered or remarked, and where words are missing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from confapp.domain.errors import N_
from confapp.imports.transcripts.draft import Draft, some
from confapp.imports.transcripts.facts import vocabulary
from confapp.imports.transcripts.plan import BlockKind, BlockPlan, Cue, Elision, ElisionKind


@dataclass(frozen=True)
class Paragraph:
    """One paragraph as a reader cut it out of the source, before anybody asked who says it."""

    text: str
    numbers: tuple[int, ...]
    joined: bool = False
    hint: str = ""
    """`speaker`, `remark`, `scene` or `heading` where the source's markup says so."""
    bold: str = ""
    voice: str | None = None
    """The speaker where the source's markup names one."""
    cues: tuple[Cue, ...] = ()


@dataclass(frozen=True)
class Turn:
    """The opening of a turn, cut off the words that follow it."""

    speaker: str | None
    kind: BlockKind
    rest: str
    sure: bool
    """False where the label might be an ordinary word before a colon."""


_QUESTION = re.compile(
    r"(?:Q|QUESTION|Question|Frage|Vraag|Pregunta)(?:\s+\d{1,3})?(?:\s*\(([^)]{1,60})\))?\s*[:.]\s+(?=\S)"
)
_ANSWER = re.compile(r"(?:A|ANSWER|Answer|Réponse|Antwort|Antwoord|Respuesta)(?:\s+\d{1,3})?\s*[:.]\s+(?=\S)")
# "Mr. McCONNELL. Mr. President, ...": the record of a parliament sets the surname in capitals.
_MEMBER = re.compile(
    r"((?:Mr|Mrs|Ms|Miss|Dr|Sen|Rep)\.\s+(?:(?:Mac|Mc|De|La|Le|Van|Von|d['’]|O['’])?[A-ZÀ-Þ]{2,}[A-ZÀ-Þ'’-]*)"
    r"(?:\s+[A-ZÀ-Þ]{2,}[A-ZÀ-Þ'’-]*){0,2}(?:\s+of\s+[A-Z][a-z]+(?:\s[A-Z][a-z]+)?)?)\.\s+(?=\S)"
)
_OFFICE = re.compile(r"(The\s+[A-Z]{3,}(?:\s+[A-Z]{2,}){0,4}(?:\s+pro\s+tempore)?(?:\s+\([^)]{1,60}\))?)\.\s+(?=\S)")
_CHEVRONS = re.compile(r"(?:>>+|»)\s*")
_STAMP = re.compile(r"[\[(]?(\d{1,2}):(\d{2})(?::(\d{2}))?(?:[.,]\d{1,3})?[\])]?\s*(?:[-–—]\s*)?(?=\S)")
_NAME_AND_STAMP = re.compile(r"([A-ZÀ-Þ][^\d:]{1,60}?)\s+[\[(]?(?:\d{1,2}:)?\d{1,2}:\d{2}[\])]?")
_LABEL = re.compile(r"([^\W\d_][^:\n]{0,70}?)\s*:(?:\s+|$)")
_CAPITALISED = re.compile(
    r"[A-ZÀ-Þ][\w’'.-]*(?:\s+(?:[A-ZÀ-Þ][\w’'.-]*|van|von|de|der|la|le|bin|al|da|di)){0,5}(?:\s*\([^)]{1,60}\))?"
)
_NO_SPEAKER: Final = vocabulary(
    "ADDRESS ATTENTION CAUTION CAVEAT CONTACT CORRECTION DATE DISCLAIMER "
    "EMAIL EXAMPLE FAX FAQ HTTP HTTPS IMPORTANT NB NOTE NOTES PHONE PS "
    "REMINDER SOURCE SUMMARY TEL TIP TITLE TODO UPDATE URL VENUE WARNING WEB WEBSITE"
)
_REMARK = re.compile(r"[(\[{][^()\[\]{}]+[)\]}]\.?|[♪♫].*|\*[^*]+\*")
_RULE = re.compile(r"[-_=*~.•·…\s]{3,}|[-_=*~…]")
_NUMBER = re.compile(r"(\d{1,4})[.)]\s+(?=\S)")
_CLERK = re.compile(
    r"The\s+(?:(?:assistant|senior|legislative|bill|journal|reading)\s+)*clerk\s+(?:called|proceeded|read)\b"
    r"|\[?The (?:meeting|session|sitting) (?:was|rose|began|opened|adjourned|resumed)\b"
)
_ELISION = re.compile(
    r"[\[(]\s*(?:…|\.{3}|\. \. \.)\s*[\])]|…|\.{3,}|\. \. \.(?: \.)?|"
    r"[\[(]\s*(?:inaudible|indiscernible|unintelligible|unclear|crosstalk|off[- ]mic(?:rophone)?)\b[^\])]{0,30}[\])]",
    re.IGNORECASE,
)


def elisions(text: str) -> tuple[Elision, ...]:
    """Every mark of missing words in `text`.

    A bracketed ellipsis, and one that opens a paragraph before a new sentence, is an omission. What an ellipsis
    means anywhere else only a person who heard it can say.
    """
    found = []
    for match in _ELISION.finditer(text):
        mark, after = match[0], text[match.end() : match.end() + 20]
        kind: ElisionKind = "unclassified"
        if mark[0] in "[(":
            kind = "omission" if any(dots in mark for dots in ("…", "..", ". .")) else "inaudible"
        elif match.start() == 0 and after[:1].isspace() and after.lstrip()[:1].isupper():
            kind = "omission"
        found.append(Elision(match.start(), mark, kind))
    return tuple(found)


def is_remark(text: str) -> bool:
    """The whole text is a stage direction: "(Applause)", "[ Laughter ]", a line of music."""
    return _REMARK.fullmatch(text) is not None and not _only_elision(text)


def is_name_line(text: str) -> bool:
    """A line such as "Jane Doe  00:05", as meeting software puts it above what somebody says."""
    return _NAME_AND_STAMP.fullmatch(text) is not None


def _only_elision(text: str) -> bool:
    return _ELISION.fullmatch(text) is not None


def read_turn(text: str, bold: str = "") -> Turn | None:
    """The turn that `text` opens, or None. A label in small letters is never `sure` unless it is bold."""
    chevrons = _CHEVRONS.match(text)
    if chevrons is not None:
        inner = read_turn(text[chevrons.end() :])
        if inner is not None and inner.sure:
            return inner
        return Turn(None, "speech", text[chevrons.end() :], True)
    stamp = _STAMP.match(text)
    if stamp is not None:
        return read_turn(text[stamp.end() :], bold)
    for pattern, kind in ((_QUESTION, "question"), (_ANSWER, "answer")):
        match = pattern.match(text)
        # "A. Smith went" and "Q. Who" differ only by the colon; a lone letter with a full stop is no sure sign.
        if match is not None:
            sure = match[0].rstrip().endswith(":") or text[0] == "Q"
            asker = match[1] if pattern is _QUESTION else None
            return Turn(asker, "question" if kind == "question" else "answer", text[match.end() :], sure)
    for pattern in (_MEMBER, _OFFICE):
        match = pattern.match(text)
        if match is not None:
            return Turn(match[1], "speech", text[match.end() :], True)
    return _labelled(text, bold)


def _labelled(text: str, bold: str) -> Turn | None:
    match = _LABEL.match(text)
    if match is None:
        return None
    label, rest = match[1].strip(" *_"), text[match.end() :]
    letters = [character for character in label if character.isalpha()]
    if label.upper() in _NO_SPEAKER or len(letters) < 2 or len(label.split()) > 8:
        return None
    is_bold = bool(bold) and bold.strip(" :*_") == label
    if all(
        character.isupper()
        for character in re.sub(r"\([^)]*\)|\b(?:Mc|Mac|de|van|von)\b", "", label)
        if character.isalpha()
    ):
        return Turn(label, "speech", rest, True)
    if _CAPITALISED.fullmatch(label):
        return Turn(label, "speech", rest, is_bold)
    return None


def known_speakers(texts: Sequence[str]) -> frozenset[str]:
    """Labels in small letters that are speakers after all, since they come back again and again."""
    unsure = Counter(turn.speaker for turn in map(read_turn, texts) if turn and turn.speaker and not turn.sure)
    return frozenset(label for label, times in unsure.items() if times > 1)


def read_body(draft: Draft, paragraphs: Sequence[Paragraph], *, unclassified: bool = False) -> None:
    """Append the blocks that `paragraphs` make to `draft` and label their lines.

    With `unclassified` the extent of the transcript is in doubt, so no paragraph is called speech.
    """
    speakers = known_speakers([paragraph.text for paragraph in paragraphs])
    numbered = _are_numbered(paragraphs)
    state = _Speaking(speakers)
    doubtful: list[int] = []
    for paragraph in paragraphs:
        number = None
        if numbered and (match := _NUMBER.match(paragraph.text)) is not None:
            number = match[1]
            paragraph = replace(paragraph, text=paragraph.text[match.end() :])
        block, label, confidence = state.take(paragraph)
        for line in paragraph.numbers:
            draft.label(line, label, confidence if not unclassified else min(confidence, 0.4))
        if block is None:
            continue
        # A turn that names its speaker is an anchor of its own.
        if unclassified and block.kind == "speech" and block.speaker is None:
            block = replace(block, kind="unclassified")
        draft.blocks.append(replace(block, number=number))
        if confidence < 0.6 and block.kind == "speech" and not unclassified:
            doubtful.append(block.line)
    if doubtful:
        draft.review.append(
            N_("A word before a colon may name a speaker, or not: line %(lines)s.", lines=some(doubtful))
        )
    if state.pending is not None:
        draft.warnings.append(N_("%(name)s is announced but says nothing.", name=state.pending))


def _are_numbered(paragraphs: Sequence[Paragraph]) -> bool:
    """The paragraphs count upwards one by one, so the number is the paragraph's and not a word of the speech."""
    numbers = [int(match[1]) for p in paragraphs if (match := _NUMBER.match(p.text)) is not None]
    return (
        len(numbers) >= 3
        and len(numbers) * 2 >= len(paragraphs)
        and all(after == before + 1 for before, after in pairwise(numbers))
    )


class _Speaking:
    """Who speaks now, and in which part: it lasts until somebody else begins."""

    def __init__(self, speakers: frozenset[str]) -> None:
        self.speakers = speakers
        self.speaker: str | None = None
        self.kind: BlockKind = "speech"
        self.pending: str | None = None
        self.opening = False

    def take(self, paragraph: Paragraph) -> tuple[BlockPlan | None, str, float]:
        """The block that the paragraph is (None for a mere name), the label of its lines, and how sure that is."""
        text, line = paragraph.text, paragraph.numbers[0] if paragraph.numbers else 0
        if _RULE.fullmatch(text) and not _only_elision(text):
            return None, "rule", 0.9
        if paragraph.hint == "speaker" or (not paragraph.hint and _NAME_AND_STAMP.fullmatch(text)):
            named = _NAME_AND_STAMP.fullmatch(text)
            self._begin((named[1] if named else text).strip(" :*"), "speech")
            self.pending = self.speaker
            return None, "speaker", 1.0 if paragraph.hint else 0.8
        if paragraph.hint in {"heading", "scene"}:
            label = "heading" if paragraph.hint == "heading" else "scene"
            return BlockPlan("scene", text, line=line, joined=paragraph.joined), label, 0.9
        if paragraph.voice is not None and paragraph.voice != self.speaker:
            self._begin(paragraph.voice, "speech")
        confidence = 0.95
        turn = read_turn(text, paragraph.bold)
        if turn is not None and (turn.sure or turn.speaker in self.speakers):
            self._begin(turn.speaker, turn.kind)
            text = turn.rest.strip()
            if not text:
                self.pending = self.speaker
                return None, "speaker", 0.9
        elif turn is not None and turn.speaker and self.speaker is not None and len(turn.speaker.split()) > 1:
            confidence = 0.5
        shift = len(paragraph.text) - len(text)
        cues = tuple(replace(cue, offset=max(0, cue.offset - shift)) for cue in paragraph.cues)
        opens, self.opening, self.pending = self.opening, False, None
        block = BlockPlan(
            self.kind,
            text,
            self.speaker,
            line,
            opens,
            paragraph.joined,
            elisions=elisions(text),
            cues=cues,
        )
        if paragraph.hint == "remark" or is_remark(text):
            long = len(text.split()) > 15
            return replace(block, kind="scene" if long else "remark", speaker=None, elisions=()), "remark", 0.95
        if _CLERK.match(text):
            return replace(block, kind="scene", speaker=None), "scene", 0.8
        if _only_elision(text):
            return replace(block, kind="omission" if text[0] in "[(" else "unclassified"), "omission", 0.8
        return block, "body" if self.kind == "speech" else self.kind, confidence

    def _begin(self, speaker: str | None, kind: BlockKind) -> None:
        self.speaker, self.kind, self.opening = speaker, kind, True
