"""A released transcript on paper: PDF/UA-1 to be filed and quoted, with its paragraph numbers, citation and address."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from babel.dates import format_datetime

from confapp.domain.agenda import ConferenceFacts
from confapp.domain.errors import N_
from confapp.domain.papers import Block, Mended, Transcript
from confapp.exports import marks, press_addresses
from confapp.exports.printing import render
from confapp.exports.prose import has_long, line, lines
from confapp.exports.transcripts import ASIDE
from confapp.exports.wording import Translate, Voice, direction, in_sentence

KINDS: Mapping[str, str] = {
    "as_prepared": N_("Check against delivery"),
    "as_delivered": N_("As delivered"),
    "notes": N_("Speaking notes"),
}
CORRECTIONS: Mapping[str, str] = {
    "typo": N_("Typing error"),
    "transcription": N_("Transcription"),
    "attribution": N_("Attribution"),
    "translation": N_("Translation"),
    "retraction": N_("Retraction"),
}
WORDS_A_MINUTE = 130


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph as it is set: who speaks is said where that changes."""

    number: int
    words: str
    speaker: str
    is_aside: bool
    is_question: bool


def transcript_pdf(
    paper: Transcript,
    facts: ConferenceFacts,
    mended: Sequence[Mended],
    *,
    base_url: str,
    size: str = "A4",
    translate: Translate = str,
) -> bytes:
    """Released words; `mended` is what became of them, the newest first. `size` is 'A4' or 'Letter'.

    The bytes follow from the publication and the conference alone: what comes later, such as a correction, changes
    nothing here. Raises ValueError for withdrawn words, and as `printing.render` does.
    """
    if paper.is_withdrawn:
        raise ValueError("there is nothing left to print of withdrawn words")
    voice = Voice(facts, paper.language, translate)
    address = press_addresses.transcript(base_url, facts.slug, paper.public_id, number=paper.number)
    title = voice.words(paper.conference) or facts.slug
    corrections = [each for each in mended if each.correction]
    return render(
        "transcript.html",
        styles=("transcript.css",),
        paper=size,
        context={"_": voice, "voice": voice, "line": line, "has_long": has_long, "direction": direction},
        pictures=marks.codes([address]),
        code=marks.address(address),
        paper_=paper,
        title=title,
        released_at=_stamp(paper.released_at),
        published=_moment(paper.released_at, facts, voice),
        kind=voice(KINDS.get(paper.kind, "")),
        dateline=" · ".join(filter(None, [line(paper.place or ""), _day(paper.delivered_on, voice)])),
        language=str(voice.locale.get_language_name(voice.locale.language) or paper.language),
        session=voice.words(paper.session_title),
        paragraphs=_paragraphs(paper),
        citation=_citation(paper, title, voice),
        address=address,
        contact=line(facts.contact or ""),
        minutes=max(1, math.ceil(paper.words / WORDS_A_MINUTE)),
        mended=[(each, _mended(each, voice), _moment(each.released_at, facts, voice)) for each in mended],
        corrected=(corrections[0], _moment(corrections[0].released_at, facts, voice)) if corrections else None,
    )


def _paragraphs(paper: Transcript) -> list[Paragraph]:
    said_by, made = paper.byline, []
    for block in paper.blocks:
        speaker = block.speaker or ""
        made.append(
            Paragraph(
                number=block.id,
                words=_words(block),
                speaker=line(speaker) if speaker != said_by else "",
                is_aside=block.kind in ASIDE,
                is_question=block.kind == "question",
            )
        )
        said_by = speaker or said_by
    return made


def _words(block: Block) -> str:
    words = lines(block.text).strip()
    return f"[{words}]" if block.kind in ASIDE and not words.startswith(("(", "[")) else words


def _citation(paper: Transcript, title: str, voice: Voice) -> str:
    """Who said it, in what, where and when, as the transcript's page cites it; the address follows it."""
    who = in_sentence([line(paper.byline), line(paper.byline_role)])
    when = _day(paper.delivered_on, voice)
    kind = voice(KINDS.get(paper.kind, ""))
    named = in_sentence([f"“{line(paper.headline)}”", title, when])
    return f"{who}: {named} ({kind.lower()})." if who else f"{named} ({kind.lower()})."


def _mended(each: Mended, voice: Voice) -> str:
    """The category of a correction, or what took whose place."""
    if each.correction:
        return voice(CORRECTIONS.get(each.correction, each.correction))
    before = voice(KINDS.get(each.before or "", N_("an earlier version")))
    return voice(N_("%(kind)s, in the place of: %(before)s"), kind=voice(KINDS.get(each.kind, "")), before=before)


def _day(day: dt.date | None, voice: Voice) -> str:
    return voice.day(day, "long") if day else ""


def _moment(moment: dt.datetime, facts: ConferenceFacts, voice: Voice) -> str:
    """Date and time on the conference's clock, its zone named."""
    local = moment.astimezone(facts.zone)
    return f"{format_datetime(local, 'd MMMM y, HH:mm', locale=voice.locale)} ({facts.timezone})"


def _stamp(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
