"""The bundled fonts: their @font-face rules, which characters they draw, and what an agenda holds that they do not.

PDFs use these fonts and no others: a font of the machine's would change the bytes from node to node, and one missing
glyph breaks PDF/UA-1 (ISO 14289-1 section 7.21.8). Any TrueType file put into the folder joins in.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

from confapp.domain.agenda import Agenda, Host, Room, Session, Track
from confapp.domain.texts import Texts
from confapp.exports.prose import line, plain

FONTS = Path(__file__).parent.parent / "static" / "fonts"
TEXT, DISPLAY = "Noto Sans", "Source Serif 4"
_FONT_HINTS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]|(?<=[\u2190-\U0010ffff])\u200d")
_REPLACEMENT = "\ufffd"


class FontsMissing(Exception):
    """The folder of fonts is empty: the assets were not built."""


@dataclass(frozen=True, slots=True)
class Face:
    """One font file: `weight` is CSS's, 100 to 900."""

    path: Path
    family: str
    weight: int
    is_italic: bool
    characters: frozenset[int]


@lru_cache(maxsize=4)
def faces(folder: Path = FONTS) -> tuple[Face, ...]:
    """The faces in a folder, the text family first and emoji last. Raises `FontsMissing` where there are none."""
    found = [_read(path) for path in sorted(folder.glob("*.ttf"))]
    if not any(face.family == TEXT for face in found):
        raise FontsMissing(f"No {TEXT} in {folder}: run `make assets`.")
    return tuple(sorted(found, key=lambda face: (face.family != TEXT, "Emoji" in face.family, face.family, face.path)))


@lru_cache(maxsize=4)
def drawable(folder: Path = FONTS) -> frozenset[int]:
    """The code points that the text of a PDF can show."""
    return frozenset[int]().union(*(face.characters for face in faces(folder)))


@lru_cache(maxsize=4)
def style_sheet(folder: Path = FONTS) -> str:
    """The @font-face rules, and the families to take a letter from in order, as the custom properties of `html`.

    Families get a name of ours, so that a font of the same name on the machine is never taken.
    """
    rules = [
        f"@font-face {{ font-family: {_name(face.family)}; font-weight: {face.weight}; "
        f"font-style: {'italic' if face.is_italic else 'normal'}; src: url('{face.path.resolve().as_uri()}') }}"
        for face in faces(folder)
    ]
    families = list(dict.fromkeys(face.family for face in faces(folder)))
    text = [family for family in families if family != DISPLAY]
    display = [DISPLAY] if DISPLAY in families else []
    stacks = {"text": text, "display": display + text}
    rules += [
        f"html {{ --{name}: {', '.join(_name(family) for family in families)} }}" for name, families in stacks.items()
    ]
    return "\n".join(rules)


@lru_cache(maxsize=4)
def widths(weight: int, folder: Path = FONTS) -> Mapping[int, float]:
    """How far each character of the text family advances, in em; `weight` is 400 or 700, upright."""
    face = next(each for each in faces(folder) if each.family == TEXT and each.weight == weight and not each.is_italic)
    with TTFont(face.path, lazy=True) as font:
        advances, em = font["hmtx"].metrics, font["head"].unitsPerEm
        return {code: advances[glyph][0] / em for code, glyph in font.getBestCmap().items()}


def printable(words: str, folder: Path = FONTS) -> str:
    """The words as the fonts can show them: what has no glyph becomes U+FFFD, what is only a hint to fonts goes."""
    words = unicodedata.normalize("NFC", _FONT_HINTS.sub("", words))
    lacking = {ord(letter) for letter in set(words)} - drawable(folder) - {9, 10, 13}
    if not lacking:
        return words
    return words.translate({code: "" if _is_invisible(chr(code)) else _REPLACEMENT for code in lacking})


def missing_glyphs(agenda: Agenda, folder: Path = FONTS) -> list[tuple[str, str]]:
    """Each (session code, character) that no bundled font draws, in reading order; ('', character) for the rest.

    Every language's texts count, since a PDF may be asked for in any of them.
    """
    found: dict[tuple[str, str], None] = {}
    known = drawable(folder) | {9, 10, 13}
    for code, words in _texts(agenda):
        if "&#" not in words and known.issuperset(map(ord, words)):
            continue  # as nearly all are: stripping tags of a thousand abstracts takes a second
        readable = unicodedata.normalize("NFC", _FONT_HINTS.sub("", plain(words) if "<" in words else line(words)))
        found |= {(code, letter): None for letter in readable if ord(letter) not in known and not _is_invisible(letter)}
    return list(found)


@dataclass(frozen=True, slots=True)
class Lacking:
    """Characters of a session (None: of names beside the sessions) that no bundled font draws."""

    session: Session | None
    letters: tuple[str, ...]

    def __str__(self) -> str:
        """'漢 (U+6F22), 字 (U+5B57)'; many are cut short."""
        named = [f"{letter} (U+{ord(letter):04X})" for letter in self.letters[:12]]
        return ", ".join(named) + (", …" if len(self.letters) > len(named) else "")


def lacking(agenda: Agenda, folder: Path = FONTS) -> list[Lacking]:
    """What PDFs of the agenda would show as U+FFFD, by session; nothing where there are no fonts at all."""
    try:
        missing = missing_glyphs(agenda, folder)
    except FontsMissing:
        return []
    codes = dict.fromkeys(code for code, _letter in missing)
    return [
        Lacking(agenda.sessions.get(code), tuple(letter for found, letter in missing if found == code))
        for code in codes
    ]


def _texts(agenda: Agenda) -> Iterator[tuple[str, str]]:
    """Every text that a PDF may show, with the code of its session; abstracts with their tags."""
    facts = agenda.conference
    names: list[Texts] = [facts.title, facts.tagline, agenda.note]
    named: tuple[Room | Track | Host, ...] = (*agenda.rooms, *agenda.tracks, *agenda.hosts)
    names += [each.name for each in named]
    names += [room.venue.name for room in agenda.rooms if room.venue]
    yield from (("", words) for texts in names for words in texts.values())
    for session in agenda.sessions.values():
        yield from ((session.code, words) for texts in (session.title, session.subtitle) for words in texts.values())
        for texts in (session.abstract, session.description):
            yield from ((session.code, words) for words in texts.values())
        yield from ((session.code, words) for each in session.people() for words in (each.name, each.affiliation))


def _is_invisible(letter: str) -> bool:
    """Whether a character has no look of its own: formatting hints and joiners."""
    return unicodedata.category(letter) in ("Cf", "Cc", "Cs")


def _name(family: str) -> str:
    return f"'Confapp {family}'"


def _read(path: Path) -> Face:
    with TTFont(path, lazy=True) as font:
        names = font["name"]
        family = names.getBestFamilyName() or path.stem
        return Face(
            path=path,
            family=str(family),
            weight=int(font["OS/2"].usWeightClass),
            is_italic=bool(font["OS/2"].fsSelection & 1),
            characters=frozenset(font.getBestCmap()),
        )
