"""Reads single facts out of single lines: dates, place, kind of version, event names, language."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from confapp.imports.transcripts.plan import EventCandidate, VersionKind


def vocabulary(words: str) -> frozenset[str]:
    """The words of a string, as a set to look them up in."""
    return frozenset(words.split())


_MONTHS_BY_LANGUAGE: Final = (
    "january february march april may june july august september october november december",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "januar februar märz april mai juni juli august september oktober november dezember",
    "januari februari maart april mei juni juli augustus september oktober november december",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "gener febrer març abril maig juny juliol agost setembre octubre novembre desembre",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
)
MONTHS: Final = {
    name: number for row in _MONTHS_BY_LANGUAGE for number, name in enumerate(row.split(), 1)
} | {
    name[:3]: number for number, name in enumerate(_MONTHS_BY_LANGUAGE[0].split(), 1)
} | {"sept": 9}  # fmt: skip

_MONTH = "(?P<month>" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\.?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th|er|\.)?"
_DATES: Final = (
    re.compile(rf"\b{_MONTH}\s+{_DAY}\s*,?\s+{_YEAR}\b", re.IGNORECASE),
    re.compile(rf"(?<!\d){_DAY}\s+(?:of\s+|de\s+|d['’])?{_MONTH}\s*,?\s*(?:de\s+|del\s+)?{_YEAR}\b", re.IGNORECASE),
    re.compile(rf"(?<!\d){_YEAR}[-/.](?P<month>[01]?\d)[-/.](?P<day>[0-3]?\d)(?!\d)"),
    re.compile(rf"(?<!\d)(?P<day>[0-3]?\d)[-/.](?P<month>[01]?\d)[-/.]{_YEAR}(?!\d)"),
)
_NUMERIC: Final = _DATES[3]
_AROUND_DATE = re.compile(
    r"(?:published|posted|updated|last updated|date|on|publié|le|veröffentlicht|am|gepubliceerd|op|"
    r"mon|tue|wed|thu|fri|sat|sun|monday|tuesday|wednesday|thursday|friday|saturday|sunday|"
    r"lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|montag|dienstag|mittwoch|donnerstag|freitag|samstag|"
    r"sonntag|maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag|"
    r"at|um|à|om|[ap]\.?m\.?|utc|gmt|cest|cet|est|edt|pst|pdt|bst|z|hrs)",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"T?\d{1,2}[:h.]\d\d(?::\d\d(?:\.\d+)?)?(?:[+-]\d\d:?\d\d)?", re.IGNORECASE)
_SEPARATORS = re.compile(r"[\s,;:|•·()\[\]/+–—-]+")
_PLACE_NAME = re.compile(r"[A-ZÀ-Þ][\w’'.-]+(?:[\s,]+(?:[A-ZÀ-Þ][\w’'.-]+|de|la|le|der|am|upon|on|of|the)){0,5}")


@dataclass(frozen=True)
class DateReading:
    """A date in a line; `value` is None where day and month could be either way round."""

    value: date | None
    start: int
    end: int


def find_date(text: str) -> DateReading | None:
    """The first date in `text` that the calendar has, in the common spellings of eight languages."""
    for pattern in _DATES:
        for found in pattern.finditer(text):
            month_text = found["month"].lower()
            month = MONTHS[month_text] if month_text in MONTHS else int(month_text)
            day, year = int(found["day"]), int(found["year"])
            if pattern is _NUMERIC and day <= 12 and month <= 12 and day != month:
                return DateReading(None, *found.span())
            if pattern is _NUMERIC and month > 12:
                day, month = month, day
            try:
                return DateReading(date(year, month, day), *found.span())
            except ValueError:
                continue
    return None


def only_date(text: str) -> DateReading | None:
    """The date of a line that says nothing but a date (weekday, time and "Published:" beside it are no words)."""
    if len(text) > 100:
        return None
    reading = find_date(text)
    if reading is None:
        return None
    rest = _SEPARATORS.split(_CLOCK.sub(" ", text[: reading.start] + " " + text[reading.end :]))
    return reading if all(not word or _AROUND_DATE.fullmatch(word) for word in rest) else None


def dateline(text: str) -> tuple[str, DateReading] | None:
    """Place and date of a line such as "Lisbon, 3 May 2026": a place name, then a date, and nothing else."""
    if len(text) > 100:
        return None
    reading = find_date(text)
    if reading is None or text[reading.end :].strip(" .)–-|"):
        return None
    before = text[: reading.start].strip(" ,–—-|(:").removesuffix(" on").rstrip(" ,")
    words = [word for word in _SEPARATORS.split(before) if word]
    while words and _AROUND_DATE.fullmatch(words[-1]):
        before = before[: before.rindex(words.pop())].rstrip(" ,")
    return (before, reading) if words and _PLACE_NAME.fullmatch(before) else None


_KINDS: Final[tuple[tuple[re.Pattern[str], VersionKind], ...]] = (
    (re.compile(r"(?:remarks |speech |text |transcript )?as (?:it was )?delivered\b", re.I), "as_delivered"),
    (re.compile(r"(?:prononcé|telle? que prononcée?)\b|es gilt das gesprochene wort nicht", re.I), "as_delivered"),
    (re.compile(r"(?:please )?check against delivery\b", re.I), "as_prepared"),
    (re.compile(r"(?:remarks |speech |text )?(?:as )?prepared(?: for delivery)?\b", re.I), "as_prepared"),
    (re.compile(r"es gilt das gesprochene wort\b|seul le prononcé fait foi\b", re.I), "as_prepared"),
    (re.compile(r"(?:speaking|speaker'?s?) notes?\b", re.I), "notes"),
)


def version_kind(text: str) -> VersionKind | None:
    """What a label such as "(As delivered)" or "Check against delivery" says; None for any other line."""
    bare = text.strip(" ()[]*_.:!–-")
    if len(bare) > 60:
        return None
    return next((kind for pattern, kind in _KINDS if pattern.match(bare)), None)


_EVENT: Final = re.compile(
    r"(?:[A-ZÀ-Þ0-9][\w&’'.-]{0,40}\s+){1,7}"
    r"(?:Conference|Summit|Forum|Symposium|Congress|Workshop|Seminar|Convention|Colloquium|Hackathon|Konferenz|"
    r"Conférence|Conferentie|Conferencia|Congrés|Congrès|Congreso|Sommet|Gipfel)\b"
)
_NO_PART_OF_A_NAME: Final = vocabulary(
    "a an and annual another at but our in inside on opening so that the their these this to today tomorrow "
    "welcome when with"
)


def event_candidates(lines: Iterable[tuple[int, str]], first: Iterable[int] = ()) -> tuple[EventCandidate, ...]:
    """Names that look like an event's, most telling lines (`first`) first, then in order; ten at most."""
    found: dict[str, list[int]] = {}
    for number, text in lines:
        for match in _EVENT.finditer(text):
            words = match[0].split()
            for index in range(len(words) - 1, -1, -1):
                if words[index].endswith((".", "’s", "'s")) and len(words[index]) > 2:
                    words = words[index + 1 :]
                    break
            while words and words[0].lower() in _NO_PART_OF_A_NAME:
                words = words[1:]
            if len(words) > 1:
                numbers = found.setdefault(" ".join(words), [])
                if not numbers or numbers[-1] != number:
                    numbers.append(number)
    telling = set(first)
    ordered = sorted(found.items(), key=lambda item: (not telling.intersection(item[1]), item[1][0]))
    return tuple(EventCandidate(name, tuple(numbers)) for name, numbers in ordered[:10])


_COMMON_WORDS: Final = {
    "en": "the and of to is that we are this have for with it was you not be on as they",
    "fr": "le les des et est que nous une dans pour pas vous qui sur avec ce sont au du je",
    "de": "der die und das ist nicht wir mit ein eine auf für den auch sie dem zu von ich es",
    "nl": "de het een en van dat niet we zijn op voor met is ook aan maar er dit wij ik",
    "es": "el los las y que en una por con para se del está más como pero esta hay nos lo",
    "ca": "el els les i que en una per amb és del no més com però aquesta aquest dels hem ho",
    "it": "il che di e è non una per con del della sono gli nel più come anche questo ma ci",
    "pt": "o os as e que em uma por com para não do da mais como é ao dos nós isso",
}
_VOCABULARY: Final = {language: vocabulary(words) for language, words in _COMMON_WORDS.items()}
_LETTERS = re.compile(r"[^\W\d_]+")


def guess_languages(text: str) -> tuple[str, ...]:
    """The languages that the common words speak for, likeliest first; empty where they do not decide.

    A second language is named where a tenth of the words are in it.
    """
    votes: dict[str, int] = {}
    voting = 0
    for paragraph in text.split("\n"):
        words = [word.lower() for word in _LETTERS.findall(paragraph)]
        hits = sorted(((sum(w in known for w in words), code) for code, known in _VOCABULARY.items()), reverse=True)
        (most, code), (second, _) = hits[0], hits[1]
        if most >= 4 and most > second * 1.15 and most >= len(words) * 0.1:
            votes[code] = votes.get(code, 0) + len(words)
            voting += len(words)
    ranked = sorted(votes, key=lambda code: (-votes[code], code))
    return tuple(code for index, code in enumerate(ranked) if index == 0 or votes[code] >= voting / 10)
