"""PDFs: PDF/UA-1 by validation, equal bytes, bundled fonts only, and nothing a hostile abstract could do."""

from __future__ import annotations

import datetime as dt
import io
import random
import re
from dataclasses import replace
from typing import Any

import page
import pypdf
import pytest
from hypothesis import HealthCheck, given, settings
from PIL import Image

from confapp.domain.agenda import Agenda, Filter
from confapp.exports import printing, programme_pdf
from confapp.exports.fonts import FONTS, printable
from confapp.exports.ical import calendar
from confapp.exports.pdf import personal_pdf
from confapp.exports.printing import OnlyFonts
from confapp.exports.programme_pdf import agenda_pdf, grid_pdf
from confapp.exports.wording import Voice
from tests.agendas import agendas, make_agenda

BASE = "https://conf.example"


def programme(agenda: Agenda, **options) -> bytes:
    return agenda_pdf(agenda, **{"base_url": BASE, "language": "en"} | options)


def failures(data: bytes) -> list[tuple[str, str]]:
    """What PDF/UA-1 asks and the file does not give."""
    return [(each.rule_id, each.message) for each in page.validate_pdf_bytes(data, profile="ua1").failures]


def reader(data: bytes) -> Any:
    return pypdf.PdfReader(io.BytesIO(data))


def pages(data: bytes) -> list[str]:
    """The text of each page, spaces and line breaks made one space."""
    return [" ".join(each.extract_text().split()) for each in reader(data).pages]


def fonts(data: bytes) -> set[str]:
    found = {
        font.get_object()["/BaseFont"] for each in reader(data).pages for font in each["/Resources"]["/Font"].values()
    }
    return {name.split("+")[1] for name in found}


def with_abstracts(abstracts: list[str]) -> Agenda:
    agenda = make_agenda(len(abstracts))
    entries = [
        replace(entry, session=replace(entry.session, kind="talk", abstract={"en": abstract}))
        for entry, abstract in zip(agenda.entries, abstracts, strict=True)
    ]
    return replace(agenda, entries=tuple(entries))


@pytest.fixture(scope="module")
def agenda() -> Agenda:
    titles = ["Opening: the laboratory that travels", "Τα όρια της βιολογίας", "Биобезопасность", "بناء الثقة", "🧬 漢"]
    return make_agenda(24, titles=titles, cancelled=1)


@pytest.fixture(scope="module")
def made(agenda) -> bytes:
    return programme(agenda)


def test_the_programme_is_pdf_ua(made):
    assert failures(made) == []


def test_the_programme_made_again_is_equal(agenda, made):
    assert programme(agenda) == made


def test_the_cover_names_conference_dates_place_hosts_release_and_zone(made):
    cover = pages(made)[0]
    for words in (
        "Biotechnology in Defence 2027",
        "8 – 9, 2027",
        "Brussels, Belgium",
        "Royal Military Academy, Belgium",
        "Defence Institute for Life Sciences, Netherlands",
        "Release 7, February 1, 2027, 10:30. All times: Europe/Brussels.",
    ):
        assert words in cover


def test_contents_grids_sessions_and_index_stand_on_their_pages(agenda, made):
    told = pages(made)
    monday, tuesday, index = (
        next(n for n, each in enumerate(told) if n > 1 and words in each)
        for words in ("DAY 1 Monday", "DAY 2 Tuesday", "Speakers and chairs The numbers")
    )
    counted = f"Monday, March 8, 2027 {monday - 1} Tuesday, March 9, 2027 {tuesday - 1} Speakers and chairs {index - 1}"
    assert told[1].startswith(f"Contents {counted}")
    assert told[1].endswith("ii")
    assert told[monday].endswith("Monday, March 8, 2027 1")
    assert "All times: Europe/Brussels, UTC+1" in told[monday]
    assert told[monday + 1].startswith("SessionsMonday, March 8, 2027 From 09:00 KEYNOTE Opening: the laboratory")
    assert "1 09:00–09:40 Auditorium Diagnostics" in told[monday + 1]
    assert "(chair)" in told[monday + 1]
    for day, first in ((dt.date(2027, 3, 8), monday), (dt.date(2027, 3, 9), tuesday)):
        for entry in agenda.on(day):
            assert printable(entry.session.title["en"].split()[-1]) in told[first]
    assert "Amélie Vandamme, Institute of Field Medicine" in told[index]


def test_the_contents_of_a_long_day_tell_its_hours(monkeypatch, made):
    assert ":00 " not in pages(made)[1].partition("Tracks")[0]
    monkeypatch.setattr(programme_pdf, "LONG", 1)
    data = programme(make_agenda(40, rooms=2))
    assert failures(data) == []
    told = pages(data)
    contents = told[1].partition("Tracks")[0]
    begun = [(hour, number) for number, each in enumerate(told, -1) for hour in re.findall(r"From (\d\d:00)", each)]
    assert len(begun) > 4
    assert re.findall(r"(\d\d:00) (\d+)", contents) == [(hour, str(number)) for hour, number in begun]


def test_the_programme_carries_its_calendar(agenda, made):
    assert reader(made).attachments == {"agenda.ics": [calendar(agenda, base_url=BASE, language="en")]}
    assert "attached to this file: agenda.ics" in pages(made)[1]


def test_the_table_of_rooms_has_no_empty_columns(agenda, made):
    assert "Room Venue Floor Seats Step-free" in pages(made)[1]
    bare = tuple(replace(room, venue=None, floor="", capacity=None, is_step_free=None) for room in agenda.rooms)
    told = pages(programme(replace(agenda, rooms=bare)))[1]
    assert "Rooms Room Auditorium" in told


def test_no_session_is_begun_at_the_foot_of_a_page():
    """What is short stays whole; of what is long, some lines stand under its title."""
    counts = [9 + n * 11 for n in range(36)]
    agenda = with_abstracts([f"<p>{f'word{n}. ' * count}</p>" for n, count in enumerate(counts)])
    entries = [
        replace(each, session=replace(each.session, kind="panel", title={"en": f"Title{n}"}))
        for n, each in enumerate(agenda.entries)
    ]
    told = [each for each in pages(programme(replace(agenda, entries=tuple(entries)))) if "PANEL" in each]
    for n, count in enumerate(counts):
        [page] = [each for each in told if f"PANEL Title{n} " in each]
        assert page.count(f"word{n}.") >= min(count, 40)
        assert sum(each.count(f"word{n}.") for each in told) == count


def test_pages_are_labelled_as_they_are_numbered(made):
    assert reader(made).page_labels[:4] == ["i", "ii", "1", "2"]


def test_links_lead_to_days_and_sessions_in_other_parts(made):
    found = reader(made)
    targets = [
        note.get_object()["/Dest"]
        for each in found.pages
        for note in each.get("/Annots", [])
        if "/Dest" in note.get_object()
    ]
    assert {"day-1", "day-2", "people", "s1"} <= set(targets)
    assert set(targets) <= set(found.named_destinations)
    first = found.named_destinations["s1"]
    assert found.get_destination_page_number(first) == next(
        n for n, each in enumerate(pages(made)) if each.startswith("SessionsMonday")
    )


def test_a_long_day_is_laid_out_in_parts(monkeypatch, agenda, made):
    monkeypatch.setattr(programme_pdf, "MOST", 5)
    data = programme(agenda)
    assert failures(data) == []
    told = " ".join(pages(data))
    assert "Monday, March 8, 2027 · from 09:45" in told
    assert len(reader(data).pages) == len(reader(made).pages) + 2


def test_what_is_cancelled_is_not_printed(agenda, made):
    [gone] = [entry for entry in agenda.entries if entry.is_cancelled]
    assert gone.session.title["en"] not in " ".join(pages(made))


def test_bookmarks_name_days_and_sessions(made):
    def titles(items):
        for item in items:
            yield from titles(item) if isinstance(item, list) else [item.title]

    named = list(titles(reader(made).outline))
    assert named[:6] == ["Contents", "Tracks", "Rooms", "Monday, March 8, 2027", "Sessions", "From 09:00"]
    assert named[6:8] == ["Opening: the laboratory that travels", "Τα όρια της βιολογίας"]
    assert named[-2:] == ["W", "Z"] or named[-1] in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def test_only_bundled_fonts_are_used(made):
    assert fonts(made)
    assert all(name.startswith("Confapp-") for name in fonts(made))


def test_the_metadata_dates_are_the_releases(made):
    told = reader(made).metadata
    assert told is not None
    assert told.title == "Biotechnology in Defence 2027: programme"
    assert told.creation_date == told.modification_date == dt.datetime(2027, 2, 1, 9, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize(("paper", "size"), [("A4", (595, 842)), ("Letter", (612, 792)), ("A3", (842, 1191))])
def test_paper(paper, size):
    for make, expected in ((agenda_pdf, size), (grid_pdf, size[::-1])):
        data = make(make_agenda(2), base_url=BASE, language="en", paper=paper)
        assert failures(data) == []
        assert {(round(each.mediabox.width), round(each.mediabox.height)) for each in reader(data).pages} == {expected}


def test_another_paper_is_refused():
    with pytest.raises(ValueError, match="A4, Letter, A3, Tabloid, not A0"):
        programme(make_agenda(1), paper="A0")


def test_a_right_to_left_programme_is_pdf_ua():
    agenda = make_agenda(3)
    facts = replace(agenda.conference, title={"ar": "التقنية الحيوية في الدفاع"}, languages=("ar",))
    title, abstract = {"ar": "بناء الثقة"}, {"ar": "<p>هذا ملخص الجلسة.</p>"}
    entries = [replace(each, session=replace(each.session, title=title, abstract=abstract)) for each in agenda.entries]
    data = programme(replace(agenda, conference=facts, entries=tuple(entries)), language="ar")
    assert failures(data) == []
    assert reader(data).trailer["/Root"]["/Lang"] == "ar"


def test_an_abstract_runs_the_way_of_its_words_not_of_its_tags():
    said = printing._environment().from_string(
        "{% from 'exports/parts.html' import said with context %}{{ said(texts) }}"
    )
    voice = Voice(make_agenda(1).conference, "en")
    assert said.render(voice=voice, marks={}, texts={"ar": "<p>هذا ملخص</p>"}) == ' lang="ar" dir="rtl"'
    assert said.render(voice=voice, marks={}, texts={"en": "<p>An abstract</p>"}) == ""
    assert said.render(voice=voice, marks={}, texts={"fr": "Un résumé"}) == ' lang="fr"'


def test_an_empty_agenda_is_pdf_ua():
    empty = replace(make_agenda(1), entries=(), rooms=(), tracks=(), hosts=())
    assert failures(programme(empty)) == []


def test_the_interface_language_is_spoken():
    french = {"Contents": "Sommaire", "All times: %(zone)s": "Heures : %(zone)s"}
    told = pages(programme(make_agenda(2), language="fr", translate=lambda words: french.get(words, words)))
    assert "Biotechnologie et défense 2027" in told[0]
    assert told[1].startswith("Sommaire")
    assert "Heures : Europe/Brussels, UTC+1" in told[2]


# The grid


def test_the_grid_is_a_sheet_a_day(agenda):
    data = grid_pdf(agenda, base_url=BASE, language="en")
    assert failures(data) == []
    assert data == grid_pdf(agenda, base_url=BASE, language="en")
    monday, tuesday = pages(data)
    assert monday.startswith(
        "BIOTECHNOLOGY IN DEFENCE 2027 Monday, March 8, 2027 All times: Europe/Brussels, UTC+1 Release 7"
    )
    assert "Lecture Room 5" in monday
    assert "09:00–09:40 Opening: the laboratory that travels" in monday
    assert all(entry.session.title["en"].split()[0] in tuesday for entry in agenda.on(dt.date(2027, 3, 9)))


def test_many_rooms_go_on_to_further_sheets():
    data = grid_pdf(make_agenda(70, rooms=35, days=1), base_url=BASE, language="en")
    assert failures(data) == []
    told = pages(data)
    assert [f"{n}/{len(told)}" in each for n, each in enumerate(told, 1)] == [True] * 4
    assert [sum(f"Lecture Room {n} " in each for each in told) for n in range(1, 35)] == [1] * 34


def _colours(data: bytes) -> set[bytes]:
    """Every colour that something is filled with."""
    told = b"".join(each.get_contents().get_data() for each in reader(data).pages)
    return set(re.findall(rb"[\d.]+ [\d.]+ [\d.]+ (?:rg|sc|scn)\b", told))


def test_a_right_to_left_grid_is_pdf_ua_and_keeps_the_colours_of_tracks():
    agenda = make_agenda(9)
    facts = replace(agenda.conference, languages=("ar",))
    data = grid_pdf(replace(agenda, conference=facts), base_url=BASE, language="ar")
    assert failures(data) == []
    assert len(_colours(data)) > 4
    assert _colours(data) == _colours(grid_pdf(agenda, base_url=BASE, language="en"))


def test_a_grid_of_nothing_says_so():
    data = grid_pdf(replace(make_agenda(1), entries=()), base_url=BASE, language="en")
    assert failures(data) == []
    assert "Nothing takes place here yet." in pages(data)[0]


# A personal agenda


def test_a_personal_agenda_is_one_page_with_the_calendar_attached(agenda):
    picked = [entry for entry in agenda.shown if entry.session.kind != "break"][:14:3]
    mine = agenda.filtered(Filter(sessions=frozenset(entry.session.uuid for entry in picked)))
    data = personal_pdf(mine, "Zoë O’Neill", base_url=BASE, language="en")
    assert failures(data) == []
    [told] = pages(data)
    assert "Zoë O’Neill" in told
    assert all(entry.session.title["en"].split()[0] in told for entry in picked[:3])
    assert "Overlaps another of your sessions" in told
    assert reader(data).attachments == {"agenda.ics": [calendar(mine, base_url=BASE, language="en")]}
    assert data == personal_pdf(mine, "Zoë O’Neill", base_url=BASE, language="en")


def test_no_picks_yet_is_said():
    data = personal_pdf(
        make_agenda(2).filtered(Filter(sessions=frozenset())), "Ann <b>Lee</b>", base_url=BASE, language="en"
    )
    assert "Ann <b>Lee</b>" in pages(data)[0]
    assert "You have not picked any sessions yet." in pages(data)[0]


# Hostile words

HOSTILE = """<style>@page{size:1in}*{display:none}</style><link rel=stylesheet href=http://evil.example/x.css>
<img src="file:///etc/passwd"><img src=http://evil.example/i.png><svg><image href="http://evil.example/s.svg"/></svg>
<p style="background:url(http://evil.example/bg);position:fixed;font-size:400pt">styled</p><base href="http://evil.example/">
<a href="file:///etc/passwd">file</a><a href="https://ok.example"><b>bold</b> link <img src=x></a><h1>Heading</h1>
<ul><p>x</p><ul><li>y</ul></ul><li>orphan</li><table><tr><th>a<td>b</table><object data=x></object><iframe src=http://evil.example>
</iframe><meta http-equiv=refresh content=0><div id="s1">dup</div><p></p><ol></ol><pre>code
 x</pre>a<sub>2</sub> {{ 7 * 7 }} <b>still said</b>"""


def test_a_hostile_abstract_fetches_nothing_and_breaks_nothing(monkeypatch):
    asked = []
    fetch = OnlyFonts.fetch

    def noted(self, url, headers=None):
        asked.append(url)
        return fetch(self, url, headers)

    monkeypatch.setattr(OnlyFonts, "fetch", noted)
    data = programme(with_abstracts([HOSTILE] * 3))
    assert failures(data) == []
    assert asked
    assert all(url.startswith(FONTS.resolve().as_uri()) for url in asked)
    text = " ".join(pages(data))
    assert text.count("still said") == 3
    assert "{{ 7 * 7 }}" in text
    links = {
        note.get_object()["/A"]["/URI"]
        for each in reader(data).pages
        for note in each.get("/Annots", [])
        if "/A" in note.get_object()
    }
    assert links == {"https://ok.example"}


@pytest.mark.parametrize(
    "url",
    [
        "http://evil.example/x.css",
        "https://evil.example/",
        "file:///etc/passwd",
        "file://evil.example/x.ttf",
        f"{FONTS.as_uri()}/../manifest.json",
        f"{FONTS.as_uri()}/%2e%2e/%2e%2e/config.ttf",
        f"{FONTS.as_uri()}/NotoSans-LICENSE.txt",
        "data:image/svg+xml,<svg/>",
        "ftp://evil.example/a.ttf",
    ],
)
def test_everything_but_a_bundled_font_is_refused(url):
    with pytest.raises(ValueError, match="bundled fonts only"):
        OnlyFonts().fetch(url)


TAGS = (
    *("a href=https://x.example", "b", "br", "code", "em", "span", "sub", "p", "div", "blockquote", "pre", "ul", "ol"),
    *("li", "h2", "table", "tr", "td", "dl", "dt", "dd", "img src=x", "svg", "style"),
)


def tag_soup(chance: random.Random, depth: int = 0) -> str:
    """HTML with tags in any order, some of them never closed."""
    soup = ""
    for _ in range(chance.randint(0, 3)):
        if depth == 5 or chance.random() < 0.4:
            soup += chance.choice(["word ", "two words", " ", "\n", "&amp;"])
        else:
            tag = chance.choice(TAGS)
            soup += f"<{tag}>{tag_soup(chance, depth + 1)}" + chance.choice([f"</{tag.split()[0]}>"] * 4 + [""])
    return soup


@pytest.mark.parametrize("seed", [1, pytest.param(range(2, 60), marks=pytest.mark.soak)])
def test_tag_soup_is_pdf_ua(seed):
    for each in seed if isinstance(seed, range) else [seed]:
        chance = random.Random(each)
        assert failures(programme(with_abstracts([tag_soup(chance) for _ in range(40)]))) == [], each


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=5, deadline=None)
@given(agendas())
def test_whatever_goes_in_is_pdf_ua(agenda):
    assert failures(programme(agenda)) == []
    assert failures(grid_pdf(agenda, base_url=BASE, language="en")) == []
    assert failures(personal_pdf(agenda, agenda.conference.title["en"], base_url=BASE, language="en")) == []


# Pictures


def drawing(colour: str, size: tuple[int, int] = (60, 30)) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, colour).save(made, "PNG")
    return made.getvalue()


def pictured(agenda: Agenda) -> Agenda:
    """The agenda with a logo that is there, one that is not, and a plan."""
    venues = [replace(room.venue, plan="c" * 64) for room in agenda.rooms if room.venue]
    rooms = tuple(replace(room, venue=venue) for room, venue in zip(agenda.rooms, venues, strict=True))
    hosts = (replace(agenda.hosts[0], logo="a" * 64), replace(agenda.hosts[1], logo="b" * 64))
    return replace(agenda, hosts=hosts, rooms=rooms)


def test_logos_stand_on_the_cover_and_plans_at_the_end():
    agenda = pictured(make_agenda(4))
    kept = {"a" * 64: drawing("red"), "c" * 64: drawing("white", (400, 300))}
    data = programme(agenda, pictures=kept)
    assert failures(data) == []
    assert data == programme(agenda, pictures=kept)
    found = reader(data)
    assert [[image.image.size for image in each.images] for each in (found.pages[0], found.pages[-1])] == [
        [(60, 30)],
        [(400, 300)],
    ]
    told = pages(data)
    assert told[-1].startswith("WHERE ROOMS ARE Royal Academy, Renaissance WingAvenue 30, Brussels")
    assert "Auditorium (floor 0) · Lecture Room 1 (floor 0)" in told[-1]
    assert f"Royal Academy, Renaissance Wing {len(told) - 2}" in told[1]


def test_without_its_bytes_no_picture_is_asked_for():
    data = programme(pictured(make_agenda(2)))
    assert failures(data) == []
    assert not any(each.images for each in reader(data).pages)
