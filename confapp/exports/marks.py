"""Drawings for printed sheets, as SVG: codes to scan, and shapes that tell categories apart without colour."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping

import segno

SCHEME = "picture:"
"""How the addresses of drawings begin within a file."""
SHAPES: Mapping[str, str] = {
    "circle": '<circle cx="50" cy="50" r="46"/>',
    "square": '<rect x="8" y="8" width="84" height="84"/>',
    "triangle": '<polygon points="50,4 98,92 2,92"/>',
    "diamond": '<polygon points="50,0 100,50 50,100 0,50"/>',
    "star": '<polygon points="50,2 62,37 99,37 69,59 80,95 50,73 20,95 31,59 1,37 38,37"/>',
    "cross": '<polygon points="34,4 66,4 66,34 96,34 96,66 66,66 66,96 34,96 34,66 4,66 4,34 34,34"/>',
    "hexagon": '<polygon points="27,6 73,6 98,50 73,94 27,94 2,50"/>',
}
"""Shapes by name, drawn within 100 by 100."""


def code(content: str) -> bytes:
    """A QR code (ISO/IEC 18004, correction level M) without a quiet zone: the sheet leaves it."""
    drawn = io.BytesIO()
    segno.make(content, error="m", micro=False).save(
        drawn, kind="svg", border=0, omitsize=True, xmldecl=False, nl=False, svgclass=None, lineclass=None
    )
    return drawn.getvalue()


def shape(name: str, colour: str) -> bytes:
    """One of SHAPES in a colour, such as '#14243d'. Raises KeyError for another name."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" fill="{colour}">{SHAPES[name]}</svg>'
    ).encode()


def codes(contents: Iterable[str]) -> dict[str, bytes]:
    """The codes of these, each once, by the addresses that `address` gives them."""
    return {address(content): code(content) for content in dict.fromkeys(contents)}


def address(content: str) -> str:
    """Under which address a file shows the code of a content: hexadecimal, so that no character of it is special."""
    return f"{SCHEME}{content.encode().hex()}"
