"""The lines that end a transcript on a web page: share rows, polls, news teasers and other furniture."""

from __future__ import annotations

import re
from typing import Final

# Labels and their markers. Whole lines only: the same words in a sentence are speech.
_MARKERS: Final = {
    "share": (
        r"share(?: this)?(?: (?:post|page|article|story|speech|entry))?(?: (?:on|via|with|to) .{1,60})?",
        r"share (?:it|now)",
        r"spread the word|like this|tweet",
        r"partage[rz](?: .{1,40})?|compartir|condividi",
        r"(?:beitrag |artikel )?teilen|(?:bericht )?delen|deel dit(?: .{1,30})?",
    ),
    "poll": (
        r"(?:online |readers?['’]? |readers['’] |quick |opinion |daily |weekly )?polls?(?: of the (?:day|week))?",
        r"survey|cast your vote|vote now",
        r"sondage|umfrage|encuesta|sondaggio|peiling",
    ),
    "recent-news": (
        r"(?:recent|related|latest|more|other|popular|trending|top|similar) (?:news|posts?|articles?|stories)",
        r"(?:recent|related|latest|more|other|popular|recommended|similar) (?:speeches|content|links|topics|reading)",
        r"(?:recent|related|latest|more|other|popular|upcoming) (?:events|videos|pages|documents|headlines)",
        r"related|trending(?: now)?|most (?:read|popular|viewed)|recommended(?: for you)?",
        r"more (?:from|on|about|in)(?: .{1,60})?|more like this|see also",
        r"read (?:more|next|also)(?: .{0,60})?|you (?:may|might) also (?:like|be interested in)",
        r"what to read next|further reading|keep reading|up next",
        r"à lire aussi|lire aussi|articles? liés?|dernières nouvelles",
        r"mehr zum thema|weitere (?:nachrichten|artikel|meldungen)|lees ook|meer nieuws",
        r"noticias relacionadas|te puede interesar",
    ),
    "chrome": (
        r"(?:tags?|filed under|categor(?:y|ies)|posted in|topics|keywords)(?:\s*:.{0,200})?",
        r"(?:leave a |post a |add a |\d+ )?(?:comments?|repl(?:y|ies))|comments are closed.?",
        r"post navigation|(?:previous|next|older|newer)(?: (?:post|article|story|page|entry)s?(?:\s*:? .{0,120})?)?",
        r"(?:sign up|subscribe)(?: .{0,100})?|newsletter(?: .{0,60})?|follow us(?: .{0,60})?",
        r"advertisement|advertising|sponsored(?: content)?|about the author",
        r"(?:press |media )contacts?|contact us|contacts?|notes? (?:to|for) editors?",
        r"print(?: this)?(?: (?:page|article))?|back to (?:top|news|all news|overview)",
        r"(?:©|\(c\)|copyright).{0,150}|all rights reserved.?",
        r"skip to (?:main )?content|search|cookie (?:policy|settings|notice)",
        r"privacy policy|terms (?:of|and) .{1,40}|site ?map",
    ),
    "end-mark": (
        r"-\s?30\s?-",
        r"[-–—\s*]*(?:ends?|end of (?:speech|remarks|transcript|text|statement))[-–—\s*]*",
    ),
}
_PATTERNS: Final = {label: re.compile("|".join(markers), re.IGNORECASE) for label, markers in _MARKERS.items()}
_PAGE_LINK = re.compile(r".{0,60}\b(?:go to|back to|click here|country url|read more)\b.{0,60}", re.IGNORECASE)
_BUTTON: Final = (
    r"(?:facebook|twitter|x|linkedin|whatsapp|e-?mail|telegram|reddit|pinterest|bluesky|mastodon|threads|instagram|youtube|"
    r"copy link|link|print|pdf|tweet|xing|messenger|sms|more|home|menu|news|search)"
)
_FURNITURE = re.compile(rf"(?:share (?:on|via) )?{_BUTTON}(?:(?:\s+|\s*[|·,/]\s*){_BUTTON})*", re.IGNORECASE)
PAGE_LABELS: Final = frozenset({"share", "poll", "recent-news"})


def end_marker(text: str) -> str | None:
    """The label of the furniture that `text`, as a whole line, opens; None for any other line."""
    bare = text.strip().strip("*_#").strip()
    if len(bare) > 220:
        return None
    if text.strip().startswith("###") and not bare:
        return "end-mark"
    # A marker is not a sentence: what ends in a full stop or asks a question was said by somebody.
    core = bare.rstrip(" :…»>→")
    return next((label for label, pattern in _PATTERNS.items() if pattern.fullmatch(core)), None)


def is_page_link(text: str) -> bool:
    """A line that only leads elsewhere on the site."""
    return len(text) < 120 and _PAGE_LINK.fullmatch(text.strip()) is not None


def is_furniture(text: str) -> bool:
    """A line that is only the name of a network or a button."""
    return len(text) < 120 and _FURNITURE.fullmatch(text.strip(" •-*|[]")) is not None
