"""Transcripts as plain text for people and as JSON for programs, and the kinds of files that there are of them."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from confapp.domain.errors import N_
from confapp.domain.papers import Block, Transcript
from confapp.domain.texts import in_language
from confapp.exports.prose import lines
from confapp.exports.wording import Translate

MEDIA_TYPES = {
    "txt": "text/plain",
    "json": "application/json",
    "vtt": "text/vtt",
    "ninjs": "application/json",
    "akn": "application/akn+xml",
}
"""Every kind of file, as addresses name it, and its media type."""
EXTENSIONS = {"ninjs": "ninjs.json", "akn": "akn.xml"}
"""How a file is called that is kept, where that says more than its kind."""
ASIDE = frozenset({"remark", "scene", "omission"})
"""Paragraphs that nobody said: set in brackets."""


def text(paper: Transcript, *, address: str, translate: Translate) -> bytes:
    """The words to be read anywhere: UTF-8, a blank line between paragraphs, who speaks said where it changes."""
    if paper.is_withdrawn:
        return _joined([translate(N_("These words have been withdrawn")), paper.withdrawn_reason, address])
    kinds = {
        "as_prepared": translate(N_("Check against delivery")),
        "as_delivered": translate(N_("As delivered")),
        "notes": translate(N_("Speaking notes")),
    }
    day = paper.delivered_on.isoformat() if paper.delivered_on else ""
    byline = ", ".join(filter(None, [paper.byline, paper.byline_role]))
    dateline = " · ".join(filter(None, [paper.place, day, kinds.get(paper.kind)]))
    session = in_language(paper.session_title, (paper.language,))
    head = [paper.kicker, paper.headline, byline, dateline, session, paper.summary]
    if paper.is_not_delivered:
        head.append(translate(N_("These words were not delivered.")))
    said_by, body = paper.byline, []
    for block in paper.blocks:
        body.append(_paragraph(block, said_by))
        said_by = block.speaker or said_by
    return _joined([*head, *body, paper.caption, paper.correction_note, address])


def _paragraph(block: Block, said_by: str) -> str:
    words = lines(block.text).strip()
    if block.kind in ASIDE:
        return words if words.startswith(("(", "[")) else f"[{words}]"
    return f"{block.speaker}: {words}" if block.speaker and block.speaker != said_by else words


def _joined(parts: list[str]) -> bytes:
    return ("\n\n".join(part for part in parts if part) + "\n").encode()


def data(paper: Transcript, *, address: str) -> bytes:
    """All that is public of it, in JSON: UTF-8, dates in ISO 8601, moments in UTC."""
    facts: dict[str, Any] = {
        "id": paper.public_id,
        "version": paper.number,
        "url": address,
        "state": paper.state,
        "kind": paper.kind,
        "language": paper.language,
        "conference": dict(paper.conference),
        "sha256": paper.hash,
        **({"redacted_sha256": paper.redacted_hash} if paper.redacted_hash else {}),
        "released_at": _moment(paper.released_at),
        "session": {"code": paper.session, "title": dict(paper.session_title)} if paper.session else None,
        "speakers": [{"code": code, "name": name} for code, name in paper.speakers],
        "delivered_on": paper.delivered_on.isoformat() if paper.delivered_on else None,
        "translates": paper.translates,
        "superseded_by": paper.superseded_by,
    }
    if paper.is_withdrawn:
        facts |= {
            "withdrawn_at": _moment(paper.withdrawn_at) if paper.withdrawn_at else None,
            "reason": paper.withdrawn_reason,
        }
    else:
        facts |= {
            "kicker": paper.kicker,
            "headline": paper.headline,
            "byline": paper.byline,
            "byline_role": paper.byline_role,
            "summary": paper.summary,
            "caption": paper.caption,
            "place": paper.place,
            "is_not_delivered": paper.is_not_delivered,
            "is_self_approved": paper.is_self_approved,
            "correction": {"category": paper.correction, "note": paper.correction_note} if paper.correction else None,
            "pdf": f"{address}.pdf",
            "words": paper.words,
            "blocks": [_block(block) for block in paper.blocks],
        }
    return (json.dumps(facts, ensure_ascii=False, indent=1) + "\n").encode()


def _block(block: Block) -> dict[str, Any]:
    facts: dict[str, Any] = {"id": block.id, "kind": block.kind, "speaker": block.speaker, "text": block.text}
    if block.elisions:
        facts["elisions"] = [{"offset": at, "text": mark, "kind": kind} for at, mark, kind in block.elisions]
    if block.cues:
        facts["cues"] = [{"offset": at, "starts_ms": starts, "ends_ms": ends} for at, starts, ends in block.cues]
    return facts


def _moment(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
