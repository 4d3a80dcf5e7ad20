"""What the words of foreign programmes mean here: kinds of session, roles, languages."""

from __future__ import annotations

import re
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global

# The first rule that finds one of its words decides, so 'Lightning talk' is no talk and 'Panel discussion' a panel.
_KINDS = (
    ("keynote", r"keynotes?|plenarvortrag"),
    ("lightning", r"lightning\w*|ignite|pecha\w*|blitzvortrag"),
    ("panel", r"panels?|podium\w*|round ?tables?|debates?|discussions?|diskussion\w*|fishbowl|table ronde"),
    ("workshop", r"workshops?|tutorials?|trainings?|hands.?on|class|courses?|atelier|seminars?"),
    ("break", r"breaks?|pauses?|breakfasts?|lunch\w*|dinners?|coffee\w*|tea|mittag\w*|kaffee\w*|meals?"),
    (
        "social",
        r"social\w*|part(?:y|ies)|receptions?|concerts?|music|films?|movies?|performances?|games?|trips?|excursions?",
    ),
    ("other", r"others?|bofs?|birds of a feather|meet\w*|certifications?|keysigning|registration|hack\w*|sprints?"),
    ("talk", r"talks?|lectures?|presentations?|vortr\w*|conf[eé]rences?|maintrack|devroom|podcast"),
)
_KIND_RULES = tuple((kind, re.compile(rf"\b(?:{words})\b", re.IGNORECASE)) for kind, words in _KINDS)
_UNSTAFFED = ("break", "social")

_CHAIR = re.compile(r"chair|moderat|host|facilitat", re.IGNORECASE)
_PANELLIST = re.compile(r"panel", re.IGNORECASE)

# Languages whose own names are looked up as well as their English ones.
_ENDONYMS = (
    *("bg", "ca", "cs", "da", "de", "el", "es", "et", "fi", "fr", "ga", "he", "hr", "hu", "it", "ja", "lt", "lv", "mt"),
    *("nb", "nl", "pl", "pt", "ro", "ru", "sk", "sl", "sr", "sv", "tr", "uk"),
)


def kind_of(source_type: str, title: str, *, staffed: bool) -> str:
    """The kind that `source_type` means; unknown ones are talks. Without a type, a title such as 'Lunch' tells."""
    for kind, words in _KIND_RULES:
        if words.search(source_type):
            return kind
    if not source_type and not staffed:
        for kind, words in _KIND_RULES:
            if kind in _UNSTAFFED and words.search(title):
                return kind
    return "talk"


def role_of(source_role: str) -> str:
    """The part that `source_role` means; speaker unless it says otherwise."""
    if _CHAIR.search(source_role):
        return "chair"
    return "panellist" if _PANELLIST.search(source_role) else "speaker"


@lru_cache(maxsize=1_000)
def language_of(words: str) -> str | None:
    """The BCP 47 tag for 'en', 'EN', 'eng', 'en_US', 'English' or 'Deutsch'; None if it names no one language."""
    words = words.strip()
    tag = words.replace("_", "-")
    if re.fullmatch(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,3}", tag):
        primary = tag.split("-")[0].lower()
        primary = str(get_global("language_aliases").get(primary, primary))
        for candidate in ("-".join([primary, *tag.split("-")[1:]]), primary):
            try:
                locale = Locale.parse(candidate, sep="-")
            except (UnknownLocaleError, ValueError):
                continue
            return "-".join(part for part in (locale.language, locale.script, locale.territory) if part)
    return _languages_by_name().get(words.casefold())


@lru_cache(maxsize=1)
def _languages_by_name() -> dict[str, str]:
    names = {name.casefold(): code for code, name in Locale("en").languages.items() if len(code) == 2}
    for code in _ENDONYMS:
        names[str(Locale(code).languages[code]).casefold()] = code
    return names


_STATES = (
    ("rejected", r"reject\w*|declin\w*|refus\w*|abgelehnt|not.accepted|unaccepted"),
    ("withdrawn", r"withdr[ae]w\w*|delet\w*|retracted"),
    ("cancelled", r"cancel\w*|abgesagt"),
    (
        "proposed",
        r"propos\w*|submitted|pending|drafts?|nominated|wait\w*|review\w*|tentative|new|in.?evaluation|.*queue",
    ),
    (
        "confirmed",
        r"confirm\w*|scheduled|published|final\w*|active|released?|public|ok|live|running|done|held|taking place",
    ),
    ("accepted", r"accept\w*|approved|selected|angenommen"),
)
_STATE_RULES = tuple((state, re.compile(rf"(?:{words})", re.IGNORECASE)) for state, words in _STATES)


def state_of(words: str, default: str) -> str:
    """The state that a foreign one means. What is stated and unknown is a proposal, which is never released."""
    if not words:
        return default
    return next((state for state, rule in _STATE_RULES if rule.fullmatch(words.replace("_", " ").strip())), "proposed")


@lru_cache(maxsize=1_000)
def country_of(words: str) -> str | None:
    """The ISO 3166-1 alpha-2 code for 'BE', 'be' or 'Belgium'; None if it names no one country."""
    territories = _territories()
    code = words.strip().upper()
    return code if code in territories.values() else territories.get(words.strip().casefold())


@lru_cache(maxsize=1)
def _territories() -> dict[str, str]:
    named = {"usa": "US", "uk": "GB", "united states of america": "US", "the netherlands": "NL", "korea": "KR"}
    held = Locale("en").territories.items()
    return named | {name.casefold(): code for code, name in held if re.fullmatch(r"[A-Z]{2}", code) and code != "ZZ"}
