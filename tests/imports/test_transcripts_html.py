"""HTML pages: what is furniture, what is said, and what must never come through."""

from __future__ import annotations

from datetime import date

import pytest

from confapp.domain.errors import Invalid
from confapp.imports.transcripts import SpeakerPlan, TranscriptPlan, read_transcript

SAID = [
    "Good morning. It is a joy to see the hall this full, and I thank the port for lending us its oldest warehouse.",
    "Why does it matter?",
    "Because each ship that waits outside the harbour burns fuel, and the people who live by the quay breathe it.",
    "(Applause)",
    "We have opened the berth times, the tide gauges, and the noise meters, and many of you have built on them.",
    "Thank you.",
]
PAGE = """<!doctype html><html lang="en"><head><title>Summit opens | Port News</title>
<meta property="article:published_time" content="2026-03-04T10:00:00Z"><script>alert("no")</script>
<style>p {{ color: red }}</style></head>
<body><nav><ul><li><a href="/">Home</a></li><li>About us</li></ul></nav><div class="cookie-notice">We use cookies.</div>
<main><article><h1>Summit opens with a call</h1>{byline}<div class="content">{said}</div></article></main>
<aside><h2>Related</h2><ul><li>Bond breach leaves crane idle, the port authority says in its statement</li></ul></aside>
<p hidden>Secret words that nobody sees.</p><footer><p>Copyright 2026 Port News.</p></footer></body></html>"""


def read(html: str | bytes) -> TranscriptPlan:
    return read_transcript(html if isinstance(html, bytes) else html.encode(), "page.html")


def page(byline: str = "", said: str | None = None) -> str:
    return PAGE.format(byline=byline, said=said or "".join(f"<p>{text}</p>" for text in SAID))


def texts(plan: TranscriptPlan) -> list[str]:
    return [block.text for block in plan.blocks]


def test_the_main_content_without_the_furniture():
    plan = read(page())
    assert texts(plan) == SAID
    assert plan.title == "Summit opens with a call"
    assert plan.published_on == date(2026, 3, 4)
    assert plan.language == "en"
    assert [block.kind for block in plan.blocks].count("remark") == 1
    assert any("by its layout" in note for note in plan.review)
    told = {line.text: line.label for line in plan.lines}
    assert told["• Home"] == told["We use cookies."] == told["Copyright 2026 Port News."] == "chrome"
    assert not any("alert" in line.text or "Secret" in line.text or "color" in line.text for line in plan.lines)


def test_a_byline_anchors_a_page_better_than_its_layout():
    plan = read(page("<p>By Port Director <b>Jane Doe</b></p>", "<br>".join(SAID) + "<p>Share this:</p><p>X</p>"))
    assert plan.speaker == SpeakerPlan("Jane Doe", "Director", "Port")
    assert texts(plan) == SAID
    assert not any("by its layout" in note for note in plan.review)


def test_furniture_below_ends_a_page_that_has_a_byline():
    plan = read(page("<p>By Jane Doe</p>"))
    assert texts(plan) == SAID
    assert not any("Nothing marks the end" in note for note in plan.review)


def test_bold_names_are_speakers():
    plan = read(
        page(said=f"<p><strong>Jane Doe:</strong> {SAID[0]}</p><p><b>Ann Roe</b>: {SAID[2]}</p><p>{SAID[4]}</p>")
    )
    assert [block.speaker for block in plan.blocks] == ["Jane Doe", "Ann Roe", "Ann Roe"]


def test_a_record_in_pre_is_read_line_by_line():
    plan = read(
        "<html><head><title>Record</title></head><body><pre>\n[Senate]\n\n"
        "  Mr. DOE. Mr. President, I rise to speak of the\n"
        "port &amp; its <a href='x'>data</a>.\n"
        "  The PRESIDING OFFICER. The Senator from the coast is\nrecognized.\n"
        "  Mr. ROE. I thank the Chair for it.\n</pre></body></html>"
    )
    assert [(block.speaker, block.text) for block in plan.blocks] == [
        ("Mr. DOE", "Mr. President, I rise to speak of the port & its data."),
        ("The PRESIDING OFFICER", "The Senator from the coast is recognized."),
        ("Mr. ROE", "I thank the Chair for it."),
    ]
    assert plan.title == "Record"


def test_the_declared_character_set_is_believed():
    said = "Доброе утро, дорогие друзья и коллеги."
    html = f'<html><head><meta charset="windows-1251"></head><body><p>{said}</p></body></html>'
    assert texts(read(html.encode("cp1251"))) == [said]


@pytest.mark.parametrize("name", ["rot13", "zlib", "idna", "unicode_escape", "utf-7", "no-such"])
def test_a_character_set_that_is_none_is_not_believed(name):
    html = f'<html><head><meta charset="{name}"></head><body><p>Good morning to all of you, + more.</p></body></html>'
    assert texts(read(html)) == ["Good morning to all of you, + more."]


def test_scripts_never_come_through():
    plan = read(
        "<html><body><p onclick='x()'>Good morning to <img src=x onerror=alert(1)>you all, it is good.</p>"
        "<svg><script>alert(2)</script></svg><iframe src='javascript:alert(3)'>no</iframe>"
        "<template>no</template></body></html>"
    )
    assert texts(plan) == ["Good morning to you all, it is good."]


def test_entities_of_its_own_are_refused():
    with pytest.raises(Invalid) as caught:
        read('<!DOCTYPE html [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><html><body><p>&b;</p></body></html>')
    assert "entities" in caught.value.errors["file"][0]


def test_tags_without_end_are_refused():
    with pytest.raises(Invalid) as caught:
        read("<html><body><p>" + "<b>a</b>" * 50_001)
    assert "tags" in caught.value.errors["file"][0]


@pytest.mark.parametrize(
    "start",
    [
        "<p ",
        "<p title='>' ",
        '<p " ',
        "<p\n/",
        "<!--><p ",
        "<!-- a --!><p ",
        "<script></script><p ",
        "<!-- <p ",
        "<script><p ",
    ],
)
def test_attributes_without_end_are_refused(start):
    with pytest.raises(Invalid) as caught:
        read("<html><body>" + start + " ".join(f"a{n}" for n in range(200_000)) + ">Good morning to all of you.</p>")
    assert "attributes" in caught.value.errors["file"][0]


def test_what_stands_in_scripts_and_comments_is_no_tag():
    code = "if (a <b" + " && c" * 600 + ") {}"
    assert texts(read(f"<html><script>{code}</script><!-- {code} --><p>Good morning to all of you.</p>")) == [
        "Good morning to all of you."
    ]


def test_a_page_that_shows_nothing_is_refused():
    with pytest.raises(Invalid) as caught:
        read("<html><body><script>alert(1)</script></body></html>")
    assert "words" in caught.value.errors["file"][0]
