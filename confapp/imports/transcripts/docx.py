"""Reads Word's .docx with mammoth, behind guards: sizes are checked before unpacking, and macros are refused."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any, Final
from xml.parsers.expat import ExpatError

import mammoth  # type: ignore[import-untyped]
from mammoth import documents

from confapp.domain.errors import N_
from confapp.imports.transcripts import anchors, plain, press
from confapp.imports.transcripts.decoding import MAX_LINES, Line, refuse
from confapp.imports.transcripts.draft import Draft

MOST_ENTRIES = 2_000
MOST_UNPACKED = 50_000_000
# mammoth holds a part as a tree twice over; these keep it under some hundred megabytes.
MOST_XML = 10_000_000
MOST_TAGS = 400_000
DEEPEST = 200

_SPEAKER_STYLES: Final = re.compile(
    r"speaker|intervin|intervien|intervenant|orador|orateur|oratore|redner|sprecher|spreker|talare|puhuja|mówca", re.I
)
_REMARK_STYLES: Final = re.compile(r"acotaci|acotació|didascali|remark|stage.?direction|applau|aplau|beifall", re.I)
_HEADING: Final = re.compile(r"(?:heading|titre|überschrift|\bkop|título|títol|titolo|rubrik|\btitle)\s*(\d)?", re.I)
_MACROS: Final = re.compile(r"vbaproject|vbadata|activex|macrosheets", re.I)


def is_zip(data: bytes) -> bool:
    """The bytes begin like a ZIP archive, which every .docx is."""
    return data.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def check(data: bytes) -> None:
    """Raises `Invalid` for an archive that is no .docx, that unpacks to too much, or that carries macros or DTDs."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
            if "word/document.xml" not in names:
                raise refuse(N_("This ZIP file is not a Word document (.docx). Send the transcript itself."))
            if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
                raise refuse(
                    N_("The document unpacks to more than %(limit)d bytes or too many parts.", limit=MOST_UNPACKED)
                )
            if any(_MACROS.search(name) for name in names):
                raise refuse(N_("The document carries macros or controls. Save it as a plain .docx without them."))
            for entry in entries:
                if entry.flag_bits & 0x1:
                    raise refuse(N_("The document is locked with a password. Save it without."))
                if entry.filename.endswith((".xml", ".rels")):
                    _check_xml(archive, entry)
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        NotImplementedError,
        EOFError,
        OSError,
        ValueError,
        RuntimeError,
        KeyError,
    ) as error:
        raise refuse(N_("The document is damaged: %(reason)s.", reason=type(error).__name__)) from None
    except Exception as error:
        if type(error).__module__ in {"zlib", "lzma", "_lzma", "bz2"}:
            raise refuse(N_("The document is damaged: %(reason)s.", reason="compression")) from None
        raise


def _check_xml(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    if entry.file_size > MOST_XML:
        raise refuse(N_("The part %(name)s of the document is too large.", name=entry.filename))
    # ZipFile reads no more than the size that the entry declares, so a lying header cannot grow.
    content = archive.read(entry)
    if content.count(b"<") > MOST_TAGS:
        raise refuse(N_("The part %(name)s of the document is too large.", name=entry.filename))
    # UTF-16 puts zeros between the letters. Word writes no document type; entities can be bombs.
    letters = content.replace(b"\x00", b"")
    if b"<!DOCTYPE" in letters or b"<!ENTITY" in letters:
        raise refuse(N_("The part %(name)s declares entities, which no Word document does.", name=entry.filename))
    if b"macroEnabled" in letters and entry.filename == "[Content_Types].xml":
        raise refuse(N_("The document carries macros or controls. Save it as a plain .docx without them."))


def read(data: bytes) -> Draft:
    """A filled draft. Each paragraph is a line, numbered in order, empty ones too. Raises `Invalid` as `check` does."""
    check(data)
    seen: list[Line] = []

    def keep(document: Any) -> Any:
        seen.extend(_lines(document))
        return documents.document([])

    try:
        mammoth.convert_to_html(
            io.BytesIO(data), transform_document=keep, include_embedded_style_map=False, external_file_access=False
        )
    except (
        ExpatError,
        RecursionError,
        ValueError,
        KeyError,
        AttributeError,
        TypeError,
        IndexError,
        OSError,
        zipfile.BadZipFile,
    ) as error:
        raise refuse(N_("The document is damaged: %(reason)s.", reason=type(error).__name__)) from None
    if len(seen) > MAX_LINES:
        raise refuse(N_("The file has %(lines)d lines; %(limit)d are the most.", lines=len(seen), limit=MAX_LINES))
    draft = Draft("docx", seen, set_in_lines=False)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        body = archive.read("word/document.xml")
    if b"<w:ins " in body or b"<w:del " in body:
        draft.review.append(
            N_("The document holds tracked changes; insertions were taken, deletions left out. See that this is right.")
        )
    if anchors.looks_like_page(seen) and not any(line.hint == "speaker" for line in seen):
        press.read(draft, seen)
    else:
        _read_head(draft)
        taken = max(draft.labels, default=0)
        plain.read(draft, [line for line in seen if line.number > taken])
    return draft


def _read_head(draft: Draft) -> None:
    """Where styles name speakers, what stands above the first of them is the record's front page."""
    first = next((index for index, line in enumerate(draft.lines) if line.hint == "speaker"), 0)
    for line in draft.lines[:first]:
        if not line.bare:
            continue
        if draft.title is None and (line.heading == 1 or len(line.bare.split()) <= 12):
            draft.title = line.bare
            draft.label(line.number, "headline", 0.5)
        else:
            draft.label(line.number, "metadata", 0.6)
    if first:
        draft.review.append(N_("What stands above the first speaker is left out of the words; look through it."))


def _lines(document: Any) -> Iterator[Line]:
    number = 0
    for paragraph in _paragraphs(document, 0):
        name = f"{paragraph.style_name or ''} {paragraph.style_id or ''}"
        heading = _HEADING.search(name)
        level = 1 if (paragraph.style_id or "") == "Title" else int(heading[1] or 2) if heading else 0
        hint = "speaker" if _SPEAKER_STYLES.search(name) else "remark" if _REMARK_STYLES.search(name) else ""
        bold = _leading_bold(paragraph)
        for text in _text(paragraph, 0).split("\n"):
            number += 1
            bare = text.strip()
            yield Line(number, bare, level, hint=hint if bare else "", bold=bold)
            bold = ""


def _paragraphs(element: Any, depth: int) -> Iterator[Any]:
    if depth > DEEPEST:
        raise refuse(N_("The document is nested too deeply."))
    for child in getattr(element, "children", ()):
        if isinstance(child, documents.Paragraph):
            yield child
        else:
            yield from _paragraphs(child, depth + 1)


def _text(element: Any, depth: int) -> str:
    if depth > DEEPEST:
        raise refuse(N_("The document is nested too deeply."))
    if isinstance(element, documents.Text):
        return str(element.value)
    if isinstance(element, documents.Tab):
        return " "
    if isinstance(element, documents.Break):
        return "\n"
    return "".join(_text(child, depth + 1) for child in getattr(element, "children", ()))


def _leading_bold(paragraph: Any) -> str:
    bold = ""
    for child in paragraph.children:
        if not isinstance(child, documents.Run) or not child.is_bold:
            break
        bold += _text(child, 0)
    return bold.strip()
