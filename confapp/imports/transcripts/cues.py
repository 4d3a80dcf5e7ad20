"""Cuts the text of cues by voice, and joins what belongs together to paragraphs that know their times."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

from webvtt import Caption

from confapp.imports.transcripts.decoding import Line
from confapp.imports.transcripts.draft import Draft
from confapp.imports.transcripts.plan import Cue
from confapp.imports.transcripts.speech import Paragraph, is_remark, read_turn

_VOICE = re.compile(r"<v(?:\.[\w.]+)?[ \t]+([^<>\s][^<>]*)>")
_ITALIC = re.compile(r"<i>([^<]{1,60})</i>")
# A paragraph ends with a sentence, once there is a pause or the paragraph is long enough to read.
_PAUSE_MS = 1_500
_LONG_PAUSE_MS = 4_000
_COMFORTABLE_WORDS = 60
_MOST_WORDS = 160


@dataclass(frozen=True)
class Piece:
    """What one voice says in one cue."""

    text: str
    voice: str | None
    numbers: tuple[int, ...]
    starts_ms: int
    ends_ms: int
    hint: str = ""


def cut_pieces(draft: Draft, payload: Sequence[Line], starts: int, ends: int) -> list[Piece]:
    """The cue's words, one piece for every voice in it."""
    runs: list[tuple[str | None, str, list[str], list[int]]] = []
    voice: str | None = None
    for line in payload:
        draft.label(line.number, "cue-text")
        parts = _VOICE.split(line.bare)
        aside = _ITALIC.fullmatch(line.bare) is not None and len(payload) > 1
        for position in range(0, len(parts), 2):
            if position:
                voice = " ".join(html.unescape(parts[position - 1]).split())
            text = _clean(parts[position])
            if not text:
                continue
            hint = "remark" if aside else ""
            same = bool(runs) and runs[-1][0] == voice and not runs[-1][1] and not hint
            if same and not is_remark(text) and not is_remark(runs[-1][2][0]) and not _opens(text):
                runs[-1][2].append(text)
                runs[-1][3].append(line.number)
            else:
                runs.append((None if aside else voice, hint, [text], [line.number]))
        if "</v>" in line.text:
            voice = None
    return [Piece(" ".join(texts), who, tuple(numbers), starts, ends, hint) for who, hint, texts, numbers in runs]


def _clean(text: str) -> str:
    """The words without cue tags and entities."""
    return " ".join(html.unescape(Caption(text=[text]).text.replace("{\\an8}", "")).split())


def _opens(text: str) -> bool:
    turn = read_turn(text)
    return turn is not None and turn.sure


def join_pieces(pieces: Sequence[Piece]) -> list[Paragraph]:
    """Pieces joined to paragraphs that a person can read, each word still knowing its time."""
    paragraphs: list[Paragraph] = []
    texts: list[str] = []
    numbers: list[int] = []
    cues: list[Cue] = []
    length = words = 0
    previous: Piece | None = None

    def close() -> None:
        nonlocal length, words
        if texts and previous is not None:
            paragraphs.append(
                Paragraph(
                    " ".join(texts),
                    tuple(dict.fromkeys(numbers)),
                    False,
                    previous.hint,
                    "",
                    previous.voice,
                    tuple(cues),
                )
            )
        for gathered in (texts, numbers, cues):
            gathered.clear()
        length = words = 0

    for piece in pieces:
        if previous is not None and _parts(previous, piece, words):
            close()
        cues.append(Cue(length, piece.starts_ms, piece.ends_ms))
        texts.append(piece.text)
        numbers.extend(piece.numbers)
        length += len(piece.text) + 1
        words += len(piece.text.split())
        previous = piece
    close()
    return paragraphs


def _parts(before: Piece, after: Piece, words: int) -> bool:
    """A new paragraph starts between the two pieces."""
    if before.voice != after.voice or before.hint or after.hint:
        return True
    if is_remark(before.text) or is_remark(after.text) or _opens(after.text):
        return True
    pause = after.starts_ms - before.ends_ms
    closed = before.text.rstrip('"”’»)').endswith((".", "!", "?", "…"))
    if closed and (pause >= _PAUSE_MS or words >= _COMFORTABLE_WORDS):
        return True
    return pause >= _LONG_PAUSE_MS or words >= _MOST_WORDS
