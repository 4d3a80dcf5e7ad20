"""Reads SubRip and WebVTT captions (W3C WebVTT, sections 4 and 6): cues become paragraphs that know their times."""

from __future__ import annotations

import re
from collections.abc import Sequence

from webvtt import Caption
from webvtt.errors import MalformedCaptionError

from confapp.domain.errors import N_, Message
from confapp.imports.transcripts.cues import Piece, cut_pieces, join_pieces
from confapp.imports.transcripts.decoding import Line, refuse
from confapp.imports.transcripts.draft import Draft, some
from confapp.imports.transcripts.speech import read_body
from confapp.imports.transcripts.stated import state_fact

_STAMP = r"(?:\d{1,4}:)?\d{1,2}:\d{1,2}[.,]\d{1,3}"
_TIMING = re.compile(rf"\s*({_STAMP})\s*-->\s*({_STAMP})(?!\d)")
_HEADER = re.compile(r"([A-Za-z][\w-]{0,30})\s*[:=]\s*(.{1,200})")
_ASIDES = {"NOTE": "comment", "STYLE": "style", "REGION": "style"}


def looks_like_captions(lines: Sequence[Line]) -> bool:
    """A timing line stands among the first lines that hold anything."""
    filled = [line.text for line in lines[:200] if line.bare][:12]
    return any(_TIMING.match(text) for text in filled)


def read(draft: Draft, lines: Sequence[Line]) -> None:
    """Fill `draft` from captions. Raises `Invalid` where there is not one cue."""
    pieces = _read_cues(draft, lines)
    if not draft.counts["cues"]:
        raise refuse(N_("The file holds no caption: no line such as 00:00:01.000 --> 00:00:04.000 was found."))
    paragraphs = join_pieces(pieces)
    read_body(draft, paragraphs)
    # Two voices in one cue share its lines; what they are is settled by the cue, not by the last of them.
    for piece in pieces:
        for number in piece.numbers:
            if draft.labels.get(number, ("",))[0] == "body":
                draft.label(number, "cue-text")


def _read_cues(draft: Draft, lines: Sequence[Line]) -> list[Piece]:
    """Label every line and return the pieces of all cues, in the order of the file."""
    pieces: list[Piece] = []
    backwards: list[int] = []
    unordered: list[int] = []
    malformed: list[int] = []
    cues, last_start, index = 0, -1, _read_header(draft, lines)
    rolling = _Rolling(lines)
    while index < len(lines):
        line = lines[index]
        timing = _TIMING.match(line.text)
        if timing is None:
            index = _between_cues(draft, lines, index)
            continue
        draft.label(line.number, "timing")
        payload, index = _payload(lines, index + 1)
        try:
            caption = Caption(_normal(timing[1]), _normal(timing[2]))
        except (MalformedCaptionError, ValueError):
            malformed.append(line.number)
            continue
        cues += 1
        starts, ends = caption.start_time.in_milliseconds(), caption.end_time.in_milliseconds()
        if ends < starts:
            backwards.append(line.number)
            ends = starts
        if starts < last_start:
            unordered.append(line.number)
        last_start = starts
        pieces.extend(cut_pieces(draft, rolling.fresh(draft, payload), starts, ends))
    draft.counts["cues"] = cues
    for numbers, text in (
        (backwards, N_("A cue ends before it starts, at line %(lines)s; its words were kept.")),
        (unordered, N_("A cue starts before the one above it, at line %(lines)s; the order of the file was kept.")),
        (malformed, N_("A time cannot be read, at line %(lines)s; the cue's words are left out.")),
    ):
        if numbers:
            draft.warnings.append(Message(text, lines=some(numbers)))
    if malformed:
        draft.review.append(
            N_("Add the words of the cues whose times could not be read, at line %(lines)s.", lines=some(malformed))
        )
    return pieces


def _payload(lines: Sequence[Line], index: int) -> tuple[list[Line], int]:
    """The lines of a cue's text, and where they end. Text behind a blank line inside a cue is no less said."""
    payload: list[Line] = []
    while index < len(lines):
        text = index
        while text < len(lines) and not lines[text].bare:
            text += 1
        if text == len(lines) or _starts_cue(lines, text) or "-->" in lines[text].text:
            break
        if text > index and (_is_aside(lines[text]) or _is_identifier(lines, text)):
            break
        payload.append(lines[text])
        index = text + 1
    return payload, index


def _is_aside(line: Line) -> bool:
    """A comment, style or region block starts here (W3C WebVTT, section 4.1)."""
    return line.bare.split()[0] in _ASIDES


def _is_identifier(lines: Sequence[Line], index: int) -> bool:
    return index + 1 < len(lines) and _TIMING.match(lines[index + 1].text) is not None


def _read_header(draft: Draft, lines: Sequence[Line]) -> int:
    """Take the WEBVTT line and what is stated under it; returns where the cues may start."""
    index = next((i for i, line in enumerate(lines) if line.bare), 0)
    if not lines or not lines[index].bare.startswith("WEBVTT"):
        if draft.format == "vtt":
            draft.warnings.append(N_("The first line is not WEBVTT; the cues were read all the same."))
        return 0
    draft.label(lines[index].number, "metadata")
    title = lines[index].bare.removeprefix("WEBVTT").strip(" -–—:\t")
    if title:
        draft.title = title
    index += 1
    while index < len(lines) and lines[index].bare and not _starts_cue(lines, index):
        stated = _HEADER.fullmatch(lines[index].bare)
        draft.label(lines[index].number, "metadata", 0.9)
        # "Kind: captions" is WebVTT's own kind, not a transcript's.
        if stated is not None and stated[1].lower() in {"language", "title", "date", "place"}:
            state_fact(draft, lines[index], stated[1], stated[2])
        index += 1
    return index


def _starts_cue(lines: Sequence[Line], index: int) -> bool:
    """A timing line, or a number with a timing line under it, as SubRip has it without a blank line between."""
    if _TIMING.match(lines[index].text):
        return True
    following = lines[index + 1].text if index + 1 < len(lines) else ""
    return lines[index].bare.isdigit() and _TIMING.match(following) is not None


def _between_cues(draft: Draft, lines: Sequence[Line], index: int) -> int:
    """Label what is no cue: identifiers, comments, styles; returns the next position."""
    line = lines[index]
    if not line.bare:
        return index + 1
    if _is_aside(line):
        label = _ASIDES[line.bare.split()[0]]
        while index < len(lines) and lines[index].bare and not (index and _TIMING.match(lines[index].text)):
            draft.label(lines[index].number, label)
            index += 1
        return index
    if _is_identifier(lines, index):
        draft.label(line.number, "cue-id")
    elif "-->" in line.text:
        draft.label(line.number, "unclassified", 0.1)
        draft.warnings.append(N_("Line %(line)d looks like a cue's times but cannot be read.", line=line.number))
    else:
        draft.label(line.number, "unclassified", 0.2)
    return index + 1


def _normal(stamp: str) -> str:
    """A SubRip time in WebVTT's writing."""
    return stamp.replace(",", ".")


class _Rolling:
    """Roll-up captions say each line twice: at the bottom of one cue, then at the top of the next."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.last = ""
        tops = bottoms = 0
        previous = ""
        for index, line in enumerate(lines):
            if not _TIMING.match(line.text):
                continue
            payload = [line.bare for line in _payload(lines[index + 1 : index + 6], 0)[0]]
            bottoms += len(payload) > 1
            tops += len(payload) > 1 and payload[0] == previous
            previous = payload[-1] if payload else previous
        self.rolls = bottoms >= 6 and tops * 2 > bottoms

    def fresh(self, draft: Draft, payload: Sequence[Line]) -> list[Line]:
        """The lines that were not said by the cue before; the others are labelled so."""
        kept: list[Line] = []
        for line in payload:
            if self.rolls and not kept and line.bare == self.last:
                draft.label(line.number, "cue-repeat", 0.9)
            else:
                kept.append(line)
        if payload:
            self.last = payload[-1].bare
        return kept
