"""What tests ask of a PDF: whether it is PDF/UA-1, what its pages say, and where its links lead."""

from __future__ import annotations

import io
from typing import Any

import page
import pypdf


def failures(data: bytes) -> list[tuple[str, str]]:
    """What PDF/UA-1 asks and the file does not give."""
    return [(each.rule_id, each.message) for each in page.validate_pdf_bytes(data, profile="ua1").failures]


def reader(data: bytes) -> Any:
    """The file, to be asked for what this module does not."""
    return pypdf.PdfReader(io.BytesIO(data))


def pages(data: bytes) -> list[str]:
    """The text of each page, spaces and line breaks made one space."""
    return [" ".join(each.extract_text().split()) for each in reader(data).pages]


def size(data: bytes) -> tuple[int, int]:
    """Width and height of the first page, in points."""
    box = reader(data).pages[0].mediabox
    return round(box.width), round(box.height)


def links(data: bytes) -> set[str]:
    """Every address that the file leads to."""
    notes = [note.get_object() for each in reader(data).pages for note in each.get("/Annots", [])]
    return {note["/A"]["/URI"] for note in notes if "/A" in note and "/URI" in note["/A"]}
