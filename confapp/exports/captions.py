"""Transcripts as WebVTT: the recording's own times where there are some, else times estimated from reading aloud."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from confapp.domain.errors import N_
from confapp.domain.papers import Block, Transcript
from confapp.exports.prose import line
from confapp.exports.wording import Translate

WORDS_PER_MINUTE = 130
LONGEST = 28
"""Words in one estimated cue: about two lines of a screen, twice."""


@dataclass(frozen=True, slots=True)
class Cue:
    """Words on the screen from one moment to another, in milliseconds."""

    id: str
    starts: int
    ends: int
    speaker: str
    text: str


def vtt(paper: Transcript, *, address: str, translate: Translate = str) -> bytes:
    """The words as captions (W3C WebVTT); a cue's id begins with its paragraph's: `p-3.2`."""
    is_timed = any(block.cues for block in paper.blocks)
    head = [f"WEBVTT - {_plain(line(paper.headline))}", f"NOTE {_plain(address)}", f"NOTE SHA-256 {paper.hash}"]
    if paper.is_withdrawn:
        head[0] = f"WEBVTT - {_plain(translate(N_('These words have been withdrawn')))}"
    elif not is_timed:
        head.append(f"NOTE {_plain(translate(N_('No recording was timed: these times are estimated.')))}")
    cues = [] if paper.is_withdrawn else list(_timed(paper) if is_timed else _estimated(paper))
    return ("\n\n".join([*head, *(_cue(each) for each in cues)]) + "\n").encode()


def _timed(paper: Transcript) -> Iterator[Cue]:
    for block, speaker in _spoken(paper):
        for number, (at, starts, ends) in enumerate(block.cues, 1):
            following = block.cues[number][0] if number < len(block.cues) else len(block.text)
            words = line(block.text[at:following])
            if words:
                yield Cue(f"p-{block.id}.{number}", starts, max(ends, starts + 1), speaker, words)


def _estimated(paper: Transcript) -> Iterator[Cue]:
    said = 0
    for block, speaker in _spoken(paper):
        words = block.text.split()
        for number, first in enumerate(range(0, len(words), LONGEST), 1):
            part = words[first : first + LONGEST]
            starts, said = said, said + len(part)
            yield Cue(f"p-{block.id}.{number}", _milliseconds(starts), _milliseconds(said), speaker, " ".join(part))


def _spoken(paper: Transcript) -> Iterator[tuple[Block, str]]:
    """Every paragraph with who says it: what was not said has nobody."""
    speaker = paper.byline
    for block in paper.blocks:
        if block.kind in ("remark", "scene", "omission"):
            yield block, ""
        else:
            speaker = block.speaker or speaker
            yield block, line(speaker)


def _milliseconds(words: int) -> int:
    return round(words * 60_000 / WORDS_PER_MINUTE)


def _cue(cue: Cue) -> str:
    voice = f"<v {_plain(cue.speaker).replace('.', ' ')}>" if cue.speaker else ""
    return f"{cue.id}\n{_time(cue.starts)} --> {_time(cue.ends)}\n{voice}{_plain(cue.text)}"


def _time(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:03}"


def _plain(words: str) -> str:
    """Words as cue text (WebVTT section 4.2.2): nothing in them is a tag or an arrow."""
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
