"""Reads transcripts from whatever people keep them in: bytes in, a plan out, nothing stored and nothing guessed."""

from __future__ import annotations

from pathlib import PurePath

from confapp.domain.errors import N_
from confapp.imports.transcripts import anchors, captions, docx, markdown, plain, press, web
from confapp.imports.transcripts.decoding import MAX_BYTES, Line, check_size, cut_lines, decode, refuse
from confapp.imports.transcripts.draft import Draft
from confapp.imports.transcripts.plan import (
    BlockPlan,
    Cue,
    Elision,
    EventCandidate,
    LineReading,
    SpeakerPlan,
    TranscriptPlan,
)

__all__ = [
    "MAX_BYTES",
    "BlockPlan",
    "Cue",
    "Elision",
    "EventCandidate",
    "LineReading",
    "SpeakerPlan",
    "TranscriptPlan",
    "read_transcript",
]


def read_transcript(data: bytes, filename: str) -> TranscriptPlan:
    """The plan of the transcript in `data`; `filename` helps only where the content leaves its format open.

    Raises `Invalid` (field `file`) for what is no transcript: empty, larger than `MAX_BYTES`, binary, in no known
    encoding, damaged, or hostile. Whatever is merely unclear is in the plan's `review`.
    """
    check_size(data)
    if docx.is_zip(data):
        return docx.read(data).close(data, filename, None)
    decoded = decode(data, web.declared_charset(data))
    extension = PurePath(filename).suffix.lower()
    if web.looks_like_html(decoded.text):
        return web.read(decoded).close(data, filename, decoded)
    if decoded.text.lstrip().startswith("<?xml"):
        raise refuse(N_("This is XML, but no page: save the transcript as HTML, text, Markdown, .docx, .srt or .vtt."))
    lines = cut_lines(decoded.text)
    draft = Draft(_format(lines, extension), lines)
    if draft.format in {"srt", "vtt"}:
        captions.read(draft, lines)
    elif draft.format == "markdown":
        draft.set_in_lines = False
        markdown.read(draft, lines)
    elif draft.format == "page":
        press.read(draft, lines)
    else:
        plain.read(draft, lines)
    return draft.close(data, filename, decoded)


def _format(lines: list[Line], extension: str) -> str:
    """The format that the content shows; the extension decides only what content cannot."""
    first = next(line.bare for line in lines if line.bare)
    if first.startswith("WEBVTT"):
        return "vtt"
    if captions.looks_like_captions(lines) or extension in {".srt", ".vtt"}:
        return "vtt" if extension == ".vtt" else "srt"
    if extension in {".md", ".markdown", ".mkd"} or (extension in {"", ".txt"} and markdown.looks_like_markdown(lines)):
        return "markdown"
    return "page" if anchors.looks_like_page(lines) else "text"
