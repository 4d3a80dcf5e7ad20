"""Foreign text becomes safe text, and clean text stays as it is."""

from __future__ import annotations

import re
from time import process_time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from confapp.domain.cleaning import MAX_TAGS, clean_html, clean_line, clean_markdown, editable, plain_text, web_address

REL = 'rel="nofollow noopener noreferrer"'
ALLOWED = {"p", "br", "ul", "ol", "li", "a", "em", "strong", "b", "i", "code", "pre", "blockquote"}
ALLOWED |= {"h3", "h4", "h5", "h6"}
TAGS = "<p> </p> <ul> <li> </ul> <pre> </pre> <b> </b> <br> <h1> <div> </div> </a> <table> <td> <svg> <style> <!-- -->"
WORDS = [
    "\n",
    "\n\n",
    " ",
    "\xa0",
    "\x00",
    "\ud800",
    "&amp;",
    "&lt;p&gt;",
    "&lt;",
    "&gt;",
    "<",
    ">",
    "&",
    "word",
    "a < b",
    "-",
]
LINKS = ["<a href='http://x.example'>", "<a href='/x'>", "<script>", "</script>"]
PIECES = st.sampled_from([*TAGS.split(), *WORDS, *LINKS])
MARKUP = st.one_of(st.text(), st.lists(PIECES, max_size=25).map("".join))


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("", ""),
        (" \n\t ", ""),
        ("Plain words", "<p>Plain words</p>"),
        ("One\nTwo\r\n\r\n\r\n\r\nThree", "<p>One<br>Two</p>\n<p>Three</p>"),
        ("if a < b && b > c", "<p>if a &lt; b &amp;&amp; b &gt; c</p>"),
        ("#include <stdio.h>", "<p>#include &lt;stdio.h&gt;</p>"),
        ("Fish &mdash; and chips", "<p>Fish — and chips</p>"),
        ("Fish &amp; chips", "<p>Fish &amp; chips</p>"),
        ("<p>Fish &amp; chips</p>", "<p>Fish &amp; chips</p>"),
        ("<p>Write &amp;amp; for it</p>", "<p>Write &amp;amp; for it</p>"),
        ("&lt;p&gt;Escaped &amp;amp; whole&lt;/p&gt;", "<p>Escaped &amp; whole</p>"),
        ("Use &lt;p&gt; for a paragraph", "<p>Use &lt;p&gt; for a paragraph</p>"),
        ("<p>one</p>\n\n\n<p>&nbsp;</p><p></p><p>two</p>", "<p>one</p>\n<p>two</p>"),
        ("<p>a<br><br/><br /><br>b</p>", "<p>a<br><br>b</p>"),
        ("Line<br>break", "<p>Line<br>break</p>"),
        ("<h1>Big</h1><h2>Less</h2><h3>Small</h3>", "<h3>Big</h3><h3>Less</h3><h3>Small</h3>"),
        ("<div>one</div><div>two</div>", "<p>one</p>\n<p>two</p>"),
        ("See <b>this</b>\n\nand that", "<p>See <b>this</b></p>\n<p>and that</p>"),
        ("Points:\n\n<ul>\n\n<li>a</li>\n\n<li>b</li></ul>", "<p>Points:</p>\n<ul>\n<li>a</li>\n<li>b</li></ul>"),
        ("<pre>a\n  b\n\n\n\nc</pre>", "<pre>a\n  b\n\nc</pre>"),
        ('<p style="color:red" onclick="x()" class="y">a</p>', "<p>a</p>"),
        ("<p>a<script>alert(1)</script><style>p{}</style><iframe src=x>y</iframe></p>", "<p>a</p>"),
        ("<p>a<svg><script>b</script></svg><img src=x onerror=y>c</p>", "<p>ac</p>"),
        ("<p>bell\x07 nul\x00 lone\ud800</p>", "<p>bell nul lone</p>"),
    ],
)
def test_clean_html(text, cleaned):
    assert clean_html(text) == cleaned


@pytest.mark.parametrize(
    ("link", "cleaned"),
    [
        ('<a href="https://x.example/">x</a>', f'<p><a href="https://x.example/" {REL}>x</a></p>'),
        ('<a href="mailto:a@x.example" target="_top">x</a>', f'<p><a href="mailto:a@x.example" {REL}>x</a></p>'),
        ('<a href="javascript:alert(1)">x</a>', "<p>x</p>"),
        ('<a href="data:text/html,x">x</a>', "<p>x</p>"),
        ('<a href="/relative">x</a>', "<p>x</p>"),
        ('<a href="//host.example">x</a>', "<p>x</p>"),
        ('<a name="top">x</a>', "<p>x</p>"),
    ],
)
def test_links_keep_web_and_mail_addresses_only(link, cleaned):
    assert clean_html(link) == cleaned


def test_a_paragraph_that_an_editor_wrapped_is_joined_and_a_list_is_not():
    line = "These words run on until an editor of letters wrapped them"
    assert clean_html(f"{line}\n{line}\nat the end.") == f"<p>{line} {line} at the end.</p>"
    assert clean_html(f"- {line}\n- {line}\n- end") == f"<p>- {line}<br>- {line}<br>- end</p>"


@pytest.mark.parametrize(
    "nest", ["<ul><li>", "<div>", "<b><i>", "<table><tr><td>", "<ul><table></ul>", "<blockquote>", "</p><a>", "<br> "]
)
@pytest.mark.parametrize("times", [900, 12_000])
def test_deep_nesting_costs_little_and_loses_no_words(nest, times):
    began = process_time()
    cleaned = clean_html("<p>first</p>" + nest * times + "last")
    assert process_time() - began < 1
    assert plain_text(cleaned).split() == ["first", "last"]


def test_many_tags_leave_the_words():
    assert clean_html("<b>a</b> &amp; " * MAX_TAGS).startswith("<p>a &amp; a &amp; a")


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("**Bold** and\nnew line", "<p><strong>Bold</strong> and<br>new line</p>"),
        ("- one\n- two", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>"),
        ("[x](https://x.example)", f'<p><a href="https://x.example" {REL}>x</a></p>'),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        ("# Title\n\n<script>x</script>text", "<h3>Title</h3>\ntext"),
        ("<p>HTML stays</p>", "<p>HTML stays</p>"),
    ],
)
def test_clean_markdown(text, cleaned):
    assert clean_markdown(text) == cleaned


@given(MARKUP)
@example("&lt;p&gt;&amp;lt;p&amp;gt;&lt;/p&gt;")
@example("<pre>\n\n\na</pre>")
def test_cleaning_what_is_clean_changes_nothing(text):
    once = clean_html(text)
    assert clean_html(once) == once


@given(MARKUP)
def test_only_the_allowlist_comes_through(text):
    for made in (clean_html(text), clean_markdown(text)):
        assert {name.lower() for name in re.findall(r"</?([A-Za-z0-9]+)", made)} <= ALLOWED
        made.encode()


@given(MARKUP)
@example("&lt;p&gt;")
@example("<p>&amp;amp;</p>")
def test_saving_an_untouched_form_changes_nothing(text):
    cleaned = clean_html(text)
    assert clean_html(editable(cleaned)) == cleaned


@pytest.mark.parametrize(
    ("cleaned", "shown"),
    [
        ("", ""),
        ("<p>One<br>Two</p>\n<p>Three</p>", "One\nTwo\n\nThree"),
        ("<p>if a &lt; b &amp;&amp; b &gt; c</p>", "if a < b && b > c"),
        ("<p>Write &amp;amp; for it</p>", "Write &amp;amp; for it"),
        ("<p>Use &lt;p&gt; for a paragraph</p>", "Use &lt;p&gt; for a paragraph"),
        ("<p>See <b>this</b></p>", "<p>See <b>this</b></p>"),
        ("<ul>\n<li>a</li></ul>", "<ul>\n<li>a</li></ul>"),
    ],
)
def test_paragraphs_are_edited_as_plain_text_and_other_markup_as_it_is(cleaned, shown):
    assert editable(cleaned) == shown


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ""),
        ("<p>One <b>two</b></p><p>three<br>four</p>", "One two\nthree\nfour"),
        ("<ul><li>a &amp; b</li><li>&lt;c&gt;</li></ul>", "a & b\n<c>"),
        ("<p>a<script>b</script></p>", "a"),
        ('<a href="https://x.example/?a>b">text</a>', "text"),
        ("<div>one</div><div>two</div>", "one\ntwo"),
    ],
)
def test_plain_text(text, words):
    assert plain_text(text) == words


@given(st.text())
def test_plain_words_survive_being_cleaned(text):
    words = clean_line(text)
    if "<" not in words and "&" not in words:
        assert " ".join(plain_text(clean_html(words)).split()) == words


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("  A \n\t title ", "A title"),
        ("Fish &amp; chips", "Fish & chips"),
        ("R&D and a&copy", "R&D and a&copy"),
        ("&lt;b&gt; is bold", "<b> is bold"),
        ("Why <...>?", "Why <...>?"),
        ("nul\x00 esc\x1b &#0;bom\ufeff", "nul esc \ufffdbom"),
    ],
)
def test_clean_line(text, line):
    assert clean_line(text) == line


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://x.example/a?b=c&amp;d", "https://x.example/a?b=c&d"),
        ("//x.example/a", "https://x.example/a"),
        ("https;//x.example", "https://x.example"),
        ("HTTP:/x.example/a b", "http://x.example/a%20b"),
        ("x.example/a", "https://x.example/a"),
        ("/a.pdf", "https://base.example/a.pdf"),
        ("a b.pdf", "https://base.example/dir/a%20b.pdf"),
        ("javascript:alert(1)", None),
        ("dat://x/y", None),
        ("https://", None),
        ("http://[bad", None),
        ("http://x.example:99999/", None),
        ("https://x.example/" + "a" * 3_000, None),
        ("", None),
    ],
)
def test_web_address(text, address):
    assert web_address(text, "https://base.example/dir/") == address


def test_an_attachment_is_a_path_and_not_a_host():
    assert web_address("slides.pdf", "https://base.example/", bare_host=False) == "https://base.example/slides.pdf"
    assert web_address("slides.pdf", None, bare_host=False) is None
