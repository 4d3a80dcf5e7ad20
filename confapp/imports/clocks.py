"""Dates and times of day as people type them into tables, beyond ISO 8601."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache

from babel import Locale

from confapp.imports import times

_MONTH_LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt")
_CENTURY = 2000


def read_clock(text: str) -> dt.time | None:
    """'9:30', '09:30:00', '2:30 PM', '2 pm', '14h30', '14.30'; None if it is no time of day."""
    written = text.strip().casefold().removesuffix("uhr").strip()
    if found := times.read_clock(written):
        return found
    match = re.fullmatch(r"(\d{1,2})(?:[:.h](\d{2}))?(?::\d{2})?\s*(?:([ap])\.?\s?m\.?|h)?", written)
    if match is None or not re.search(r"[:.hap]", written):
        return None
    hour, minute = int(match[1]), int(match[2] or 0)
    if match[3]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match[3] == "p" else 0)
    return dt.time(hour, minute) if hour < 24 and minute < 60 else None


def read_late_clock(text: str) -> dt.time | None:
    """'24:00' to '29:59', as programmes write the small hours of the next day; None for anything else."""
    found = re.fullmatch(r"(2[4-9]):([0-5][0-9])(?::00)?", text.strip())
    return dt.time(int(found[1]) - 24, int(found[2])) if found else None


def read_day(text: str, *, is_month_first: bool = False) -> dt.date | None:
    """A date: ISO 8601, 18.5.2026, 18/5/2026 (5/18/2026 if `is_month_first`), 18 May 2026, May 18, 2026."""
    written = text.strip()
    if found := times.read_date(written):
        return found
    numbers = re.fullmatch(r"(\d{1,4})[./-](\d{1,2})[./-](\d{1,4})\.?", written)
    if numbers:
        one, two, three = (int(part) for part in numbers.groups())
        if len(numbers[1]) == 4:
            return _date(one, two, three)
        year = three if three > 99 else _CENTURY + three
        return _date(year, one, two) if is_month_first and "/" in written else _date(year, two, one)
    words = re.sub(r"[,.]|\b(?:de|of)\b", " ", re.sub(r"(?<=\d)(?:st|nd|rd|th)\b", "", written.casefold())).split()
    months = [_months()[word] for word in words if word in _months()]
    digits = [int(word) for word in words if word.isdecimal() and len(word) < 5]
    if len(months) == 1 and len(digits) == 2:
        year, day = max(digits), min(digits)
        return _date(year, months[0], day) if year > 31 else None
    return None


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        made = dt.date(year, month, day)
    except ValueError:
        return None
    return made if 1970 <= year < 2200 else None


@lru_cache(maxsize=1)
def _months() -> dict[str, int]:
    return {
        name.casefold().rstrip("."): number
        for language in _MONTH_LANGUAGES
        for width in ("wide", "abbreviated")
        for number, name in Locale(language).months["format"][width].items()
    }
