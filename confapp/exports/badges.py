"""Badges: several a page with marks to cut by, the category told by word and shape, a code that names nobody."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from confapp.domain.agenda import ConferenceFacts
from confapp.domain.errors import N_
from confapp.domain.papers import OFFICE, PAPERS, Badge
from confapp.domain.texts import collate
from confapp.exports import marks
from confapp.exports.printing import render
from confapp.exports.prose import cut, line
from confapp.exports.wording import Translate, Voice, direction

COLUMNS, ROWS = 2, 4
WIDTH, HEIGHT = 90, 65
"""Of one badge, in mm: eight fit on A4 and on Letter alike, with room around for the marks."""
MARK, GAP = 5, 1.5
"""How long the marks are, and how far from the badge, in mm."""
LOOKS: Mapping[str, tuple[str, str, str]] = {
    "ally": (N_("Ally"), "star", "#14243d"),
    "partner": (N_("Partner"), "circle", "#1f5fa8"),
    "industry": (N_("Industry"), "hexagon", "#7a4a2b"),
    "academia": (N_("Academia"), "square", "#2b7a3e"),
    "press": (N_("Press"), "triangle", "#a31f34"),
    "staff": (N_("Staff"), "cross", "#3b46a5"),
    "guest": (N_("Guest"), "diamond", "#52606f"),
}
"""The word, shape and colour of each category."""
NAMES = (("large", 13, 2), ("medium", 16, 2), ("small", 23, 3))
"""Sizes of names, the largest first: about how many letters fit into a line, and how many lines there are."""
LONGEST = 120
"""How much of a name fits in the smallest letters."""
ORGANISATION = 52
"""How many letters of an organisation fit into its two lines."""


@dataclass(frozen=True, slots=True)
class Card:
    """One badge where it stands on its page: `left` and `top` in mm."""

    name: str
    size: str
    organisation: str
    country: str
    category: str
    colour: str
    shape: str
    has_part: bool
    code: str
    picture: str
    left: float
    top: float


@dataclass(frozen=True, slots=True)
class Stroke:
    """A mark to cut by, in mm."""

    left: float
    top: float
    width: float
    height: float


def badges_pdf(
    badges: Sequence[Badge],
    facts: ConferenceFacts,
    *,
    language: str,
    made_for: str,
    size: str = "A4",
    translate: Translate = str,
) -> bytes:
    """Everybody's badge in the order of their names. `made_for`: the moment that the file is dated by, ISO 8601, UTC.

    Raises as `printing.render` does.
    """
    voice = Voice(facts, language, translate)
    ordered = sorted(badges, key=lambda each: (collate(line(each.name)), each.code))
    if size not in OFFICE:
        raise ValueError(f"Badges are printed on {' or '.join(OFFICE)}, not on {size}")
    left, top = _corner(size)
    a_page = COLUMNS * ROWS
    cards = [_card(each, n % a_page, left, top, voice) for n, each in enumerate(ordered)]
    pictures = marks.codes(each.ticket for each in ordered)
    pictures |= {_shape(name): marks.shape(shape, "#ffffff") for name, (_word, shape, _colour) in LOOKS.items()}
    return render(
        "badges.html",
        styles=("badges.css",),
        paper=size,
        pictures=pictures,
        context={"_": voice, "voice": voice, "line": line, "direction": direction},
        title=voice.words(facts.title) or facts.slug,
        released_at=made_for,
        pages=[cards[n : n + a_page] for n in range(0, len(cards), a_page)],
        strokes=_strokes(left, top),
        width=WIDTH,
        height=HEIGHT,
        sheet=PAPERS[size],
    )


def _corner(size: str) -> tuple[float, float]:
    """Where the first badge begins, so that all stand in the middle of the page."""
    width, height = PAPERS[size]
    return (width - COLUMNS * WIDTH) / 2, (height - ROWS * HEIGHT) / 2


def _card(badge: Badge, place: int, left: float, top: float, voice: Voice) -> Card:
    row, column = divmod(place, COLUMNS)
    word, _shape_name, colour = LOOKS.get(badge.category, LOOKS["guest"])
    name = cut(line(badge.name), LONGEST)
    return Card(
        name=name,
        size=_size(name),
        organisation=cut(line(badge.organisation), ORGANISATION),
        country=voice.territory(badge.country),
        category=voice(word),
        colour=colour,
        shape=_shape(badge.category if badge.category in LOOKS else "guest"),
        has_part=badge.has_part,
        code=badge.code,
        picture=marks.address(badge.ticket),
        left=round(left + column * WIDTH, 2),
        top=round(top + row * HEIGHT, 2),
    )


def _size(name: str) -> str:
    """The largest letters in which a name fits into its lines."""
    for size, width, most in NAMES:
        lines = textwrap.wrap(name, width)
        if len(lines) <= most and max((len(word) for word in re.split(r"[\s-]", name)), default=0) <= width:
            return size
    return "tiny"


def _shape(category: str) -> str:
    return f"{marks.SCHEME}shape-{category}"


def _strokes(left: float, top: float) -> list[Stroke]:
    """The marks around the badges, at every line to cut along."""
    right, bottom = left + COLUMNS * WIDTH, top + ROWS * HEIGHT
    made = []
    for column in range(COLUMNS + 1):
        x = round(left + column * WIDTH, 2)
        made += [Stroke(x, round(edge, 2), 0, MARK) for edge in (top - GAP - MARK, bottom + GAP)]
    for row in range(ROWS + 1):
        y = round(top + row * HEIGHT, 2)
        made += [Stroke(round(edge, 2), y, MARK, 0) for edge in (left - GAP - MARK, right + GAP)]
    return made
