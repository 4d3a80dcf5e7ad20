"""The transcript editor: what its rows show of paragraphs, as they are, as typed, and as others changed them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import request
from flask_babel import gettext

from confapp.domain.errors import Invalid
from confapp.domain.press.transcripts import Version
from confapp.domain.press.wording import Block, BlockKind
from confapp.domain.programme import sessions
from confapp.domain.programme.conferences import Conference
from confapp.schemas.press import PAUSE
from confapp.web.answers import said
from confapp.web.forms import Choices, Form
from confapp.web.rendering import text

EMPTY_ROWS = 3
AROUND = 40
"""Characters shown on either side of a mark of missing words."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark of missing words in a paragraph, and what it was decided to stand for."""

    name: str
    """The input's."""
    before: str
    words: str
    after: str
    kind: str


@dataclass(frozen=True, slots=True)
class Row:
    """One paragraph in the form."""

    id: int | None
    kind: str
    speaker: str
    text: str
    errors: Mapping[str, list[str]] = field(default_factory=dict)
    marks: tuple[Mark, ...] = ()
    stands: str | None = None
    """The words as somebody else saved them meanwhile, where they differ from what was typed."""


def version_choices(conference: Conference) -> dict[str, Choices]:
    """The options of a version's form."""
    linked = [
        (each.code, f"{text(each.title)} ({each.code})")
        for each in sessions.sessions(conference)
        if not each.is_chatham_house
    ]
    return {
        "session": [("", gettext("No session")), *linked],
        "kind": [
            ("", gettext("Choose…")),
            ("as_prepared", gettext("As prepared (check against delivery)")),
            ("as_delivered", gettext("As delivered")),
            ("notes", gettext("Speaking notes")),
            ("unspecified", gettext("Not yet known")),
        ],
    }


def current_of(version: Version) -> dict[str, Any]:
    """What a version's form shows before anybody typed."""
    held = {column.key: getattr(version, column.key) for column in version.__table__.columns}
    session = version.transcript.session
    return held | {"session": session.code if session else None, "expected": version.lock_version}


def rows(form: Form, version: Version | None) -> list[Row]:
    """The paragraphs that a page shows: as typed after a refusal, else as they are; then a few empty ones.

    `version` is the one that is edited or translated. An id that somebody else's edit took away is left out, so that
    saving makes the paragraph anew.
    """
    stored: dict[int, Block] = {block["id"]: block for block in version.blocks} if version else {}
    wrong: Any = form.refusal.errors.get("blocks", {}) if isinstance(form.refusal, Invalid) else {}
    made = []
    for place, block in enumerate(form.value("blocks") or []):
        held = stored.get(block.get("id") or 0)
        differs = form.is_stale and held is not None and held["text"] != block["text"]
        made.append(
            Row(
                id=held["id"] if held else None,
                kind=block["kind"],
                speaker=block.get("speaker") or "",
                text=block["text"],
                errors=said(wrong.get(place, {})) if isinstance(wrong, Mapping) else {},
                marks=_marks(held) if held else (),
                stands=held["text"] if differs and held else None,
            )
        )
    last = made[-1] if made else None
    speaker = last.speaker if last else ""
    return made + [Row(None, BlockKind.SPEECH.value, speaker if version else "", "")] * EMPTY_ROWS


def meanwhile(form: Form, version: Version) -> list[Block]:
    """After a refusal as stale: the paragraphs that stand there now and are not among those typed."""
    if not form.is_stale:
        return []
    typed = {block.get("id") for block in form.value("blocks")}
    return [block for block in version.blocks if block["id"] not in typed]


def _marks(block: Block) -> tuple[Mark, ...]:
    marks = []
    for each in block.get("elisions", ()):
        name = f"blocks.{block['id']}.elision.{each['offset']}"
        start, end = each["offset"], each["offset"] + len(each["text"])
        before, after = block["text"][max(0, start - AROUND) : start], block["text"][end : end + AROUND]
        marks.append(Mark(name, before, each["text"], after, request.form.get(name, each["kind"])))
    return tuple(marks)


def mark_choices() -> Choices:
    """What a mark of missing words can stand for."""
    return [
        ("unclassified", gettext("Not decided yet")),
        ("omission", gettext("Words were cut here")),
        ("inaudible", gettext("Words that nobody could hear")),
        (PAUSE, gettext("A pause: nothing is missing")),
    ]
