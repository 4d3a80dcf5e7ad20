"""Content lines: whatever is written comes back from another library's parser, in lines of at most 75 octets."""

from __future__ import annotations

import datetime as dt
from typing import Any

import icalendar
from hypothesis import example, given
from hypothesis import strategies as st

from confapp.exports.contentlines import duration, fold, line, moment, text
from confapp.exports.prose import lines

WORDS = st.text(max_size=200).map(lines)


@example("C:\\New, and; more\nlines: \\n \\\\")
@example("é" * 80 + "漢字🧬" * 30)
@given(WORDS)
def test_a_text_comes_back(words: str) -> None:
    written = line("SUMMARY", text(words))
    assert written.endswith(b"\r\n")
    assert all(len(each) <= 75 for each in written.split(b"\r\n"))
    made: Any = icalendar.Event.from_ical(b"BEGIN:VEVENT\r\n" + written + b"END:VEVENT\r\n")
    assert made["SUMMARY"] == words


@example('"quoted": ^n; ^^ and ^')
@given(WORDS.filter(lambda words: words.strip() == words and words))
def test_a_parameter_comes_back(words: str) -> None:
    written = line("ORGANIZER", "mailto:a@example.org", {"CN": words})
    made: Any = icalendar.Event.from_ical(b"BEGIN:VEVENT\r\n" + written + b"END:VEVENT\r\n")
    assert made["ORGANIZER"].params["CN"] == words
    assert made["ORGANIZER"] == "mailto:a@example.org"


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=400))
def test_no_character_is_broken_and_unfolding_gives_the_line_back(words: str) -> None:
    folded = fold(words)
    for part in folded.removesuffix(b"\r\n").split(b"\r\n"):
        part.decode()
    assert folded.replace(b"\r\n ", b"").removesuffix(b"\r\n").decode() == words


@given(st.integers(-100_000, 100_000))
def test_a_duration_comes_back(minutes: int) -> None:
    length = dt.timedelta(minutes=minutes)
    assert icalendar.vDuration.from_ical(duration(length)) == length


def test_moments_are_in_utc_to_the_second() -> None:
    at = dt.datetime(2027, 3, 8, 10, 0, 0, 900_000, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    assert moment(at) == "20270308T090000Z"
