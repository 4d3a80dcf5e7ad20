"""Words leave as plain text, as harmless HTML, and cut where a word ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from confapp.exports.prose import cut, has_long, line, lines, plain, printed


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("", ""),
        ("plain &amp; simple", "plain & simple"),
        ("<p>One</p><p>Two<br>three</p>", "One\nTwo\nthree"),
        ("<ul><li>a</li><li>b</li></ul>tail", "- a\n- b\ntail"),
        ("<h2>Head</h2><table><tr><td>1<td>2</table>", "Head\n1 2"),
        ("<p>spread\n   over\u00a0 lines</p>", "spread over lines"),
        ("<script>alert(1)</script><style>p{}</style>said", "said"),
        ("<p>bell\x07 and NUL\x00</p>", "bell and NUL"),
        ("<b>" * 5000 + "deep", "deep"),
    ],
)
def test_html_becomes_plain_text(html, expected):
    assert plain(html) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("", ""),
        ("<p> </p>", ""),
        ("a<b>b</b>", "a<b>b</b>"),
        ("<p style='x' class='y' id='z' onclick='w'>a</p>", "<p>a</p>"),
        ("<h1>Head</h1>", '<p class="heading">Head</p>'),
        ("<img src=x><svg><text>t</text></svg><style>p{}</style>a", "a"),
        ("<a href='https://x.example/'>see <b>this</b></a>", '<a href="https://x.example/">see this</a>'),
        ("<a href='javascript:alert(1)'>no</a><a href='/x'></a>", "no"),
        ("<li>orphan</li>", "<div>orphan</div>"),
        ("<ul>loose<p>p</p>tail<li>i</li></ul>", "<ul><li>loose</li><li>p<br>tail</li><li>i</li></ul>"),
        ("<ul></ul>a", "a"),
        ("<ul><li><p>a</p><p>b</p></li></ul>", "<ul><li>a<br>b</li></ul>"),
        ("<b>" * 5000 + "deep", "deep"),
    ],
)
def test_html_becomes_printable(html, expected):
    assert printed(html) == expected


def test_a_cut_keeps_whole_words_and_accents():
    assert cut("short", 10) == "short"
    assert cut("anything", 0) == ""
    assert cut("one two, three four", 12) == "one two…"
    assert cut("漢" * 9, 5) == "漢漢漢漢…"
    assert cut("aaae\u0301e\u0301", 5) == "aaa…"


@given(st.text(), st.integers(1, 40))
def test_a_cut_is_never_longer(words, limit):
    assert len(cut(words, limit)) <= limit


@given(st.text())
def test_lines_and_line_hold_no_controls(words):
    assert not set(lines(words)) & {chr(code) for code in range(32) if chr(code) not in "\t\n"}
    assert line(words).splitlines() in ([], [line(words)])
    assert lines(words).encode().decode() == lines(words)


def test_words_too_long_for_a_column_are_known():
    assert not has_long("Wastewater sequencing of <em>small</em> ministries <a href='https://x.example'>here</a>")
    assert has_long("Donaudampfschifffahrtsgesellschaft")
    assert has_long("see https://example.org/a/very/long/address")
