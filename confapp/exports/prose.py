"""Words made fit to leave the house: HTML as plain text for calendars, as harmless HTML for print, and short."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import lxml.html
import nh3
from lxml import etree
from markupsafe import Markup, escape

_LINE_BREAKS = re.compile("\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_LONG = re.compile(r"\S{22}")
_TAG = re.compile("<[^>]*>")
_SPACES = re.compile(r"[ \t\u00a0]+")

_INLINE = {"a", "b", "br", "code", "em", "i", "span", "strong", "sub", "sup"}
_BLOCKS = {"blockquote", "div", "li", "ol", "p", "pre", "ul"}
_HEADINGS = {f"h{level}" for level in range(1, 7)}
_RENAMED = dict.fromkeys(_HEADINGS | {"dt", "caption"}, "p") | {"td": "span", "th": "span"}
_RENAMED |= dict.fromkeys(("dl", "dd", "table", "thead", "tbody", "tfoot", "tr"), "div")
_ALLOWED = _INLINE | _BLOCKS | set(_RENAMED)
_DEEPEST = 40  # parsers and page layout recurse; words nested deeper than anyone writes lose their tags
_SCHEMES = {"http", "https", "mailto"}


def lines(words: str) -> str:
    """The words without control characters, each line break one newline."""
    return _CONTROLS.sub("", _LINE_BREAKS.sub("\n", words))


def line(words: str) -> str:
    """The words on one line: no control characters, no line breaks, single spaces."""
    if words.isprintable() and "  " not in words and not words.startswith(" ") and not words.endswith(" "):
        return words  # as nearly all are, and most of a calendar's time went into looking closer
    return " ".join(lines(words).split())


def cut(words: str, limit: int) -> str:
    """The words, or as many whole ones as fit into `limit` characters with an ellipsis; '' where limit is 0."""
    if len(words) <= limit or not limit:
        return words if limit else ""
    head = words[: limit - 1]
    while head and unicodedata.combining(words[len(head)]):
        head = head[:-1]  # an accent stays with its letter
    whole = re.match(r".*\S(?=\s)", head + words[len(head)], re.DOTALL)
    if whole and len(whole.group()) > limit // 2:
        head = whole.group()
    return head.rstrip(" \n,;:.-–") + "…"


def has_long(words: str) -> bool:
    """Whether a word is longer than a narrow column may be: then it has to be broken somewhere."""
    return _LONG.search(_TAG.sub("", words)) is not None


@lru_cache(maxsize=16_384)
def plain(html: str) -> str:
    """Cleaned HTML as plain text: a line for a paragraph, '- ' before a list item, no tags, no empty lines."""
    parts: list[str] = []
    root = _tree(html)
    for event, node in etree.iterwalk(root, events=("start", "end")):
        if node.tag in _BLOCKS or node.tag == "br":
            parts.append("\n")
        if event == "start":
            parts.append("- " if node.tag == "li" else "")
            parts.append(_SPACES.sub(" ", (node.text or "").replace("\n", " ")))
        elif node is not root:
            parts.append(_SPACES.sub(" ", (node.tail or "").replace("\n", " ")))
    stripped = (_SPACES.sub(" ", each).strip() for each in "".join(parts).split("\n"))
    return "\n".join(each for each in stripped if each and each != "-")


def printed(html: str) -> Markup:
    """HTML for a PDF: no attribute but a link's address, nothing that fetches, styles or breaks the tag tree.

    Headings become paragraphs of class 'heading' (they are not the document's), tables become blocks, links lose the
    tags inside them, and lists hold items only: PDF/UA-1 (ISO 14289-1 section 7.2) asks for the last two.
    """
    root = _tree(html)
    for link in root.findall(".//a"):
        words, address = " ".join(link.text_content().split()), link.get("href")
        if words and address:
            link.clear(keep_tail=True)
            link.set("href", address)
            link.text = words
        elif link.getparent() is not None:
            link.drop_tag()
    for item in root.findall(".//li"):
        around = item.getparent()
        if around is None or around.tag not in ("ul", "ol"):
            item.tag = "div"
    for kind in ("ul", "ol"):
        for found in root.findall(f".//{kind}"):
            _only_items(found)
    for block in root.xpath(".//li//*[self::p or self::div or self::blockquote or self::pre]"):
        _drop_block(block)
    if not root.text_content().strip():
        return Markup("")
    inner = [escape(root.text or ""), *(etree.tostring(each, method="html", encoding="unicode") for each in root)]
    return Markup("".join(inner))  # noqa: S704 - nh3 cleaned it


def _only_items(found: lxml.html.HtmlElement) -> None:
    """Put whatever a list holds beside its items into items, and drop a list of nothing."""
    for child in list(found):
        tail, child.tail = child.tail, None
        if child.tag != "li":
            item = lxml.html.Element("li")
            found.replace(child, item)
            item.append(child)
            child = item
        if tail and tail.strip():
            child.tail = None
            last = child[-1] if len(child) else None
            if last is None:
                child.text = (child.text or "") + tail
            else:
                last.tail = (last.tail or "") + tail
    if found.text and found.text.strip():
        item = lxml.html.Element("li")
        item.text = found.text
        found.insert(0, item)
    found.text = None
    if not len(found):
        found.drop_tag()


def _drop_block(block: lxml.html.HtmlElement) -> None:
    """Make a block inside a list item mere lines of it."""
    around = block.getparent()
    if around is None:
        return
    if (block.tail or "").strip() or block.getnext() is not None:
        after = lxml.html.Element("br")
        after.tail, block.tail = block.tail, None
        block.addnext(after)
    before = block.getprevious()
    words = around.text if before is None else before.tail
    if (words or "").strip() or (before is not None and before.tag != "br"):
        block.addprevious(lxml.html.Element("br"))
    block.drop_tag()


def _depth(html: str) -> int:
    """How deeply tags are nested in well-formed HTML."""
    depth = deepest = 0
    for closing in re.findall(r"<(/?)(?!br\b)[a-z]", html):
        depth += -1 if closing else 1
        deepest = max(deepest, depth)
    return deepest


def _tree(html: str) -> lxml.html.HtmlElement:
    """The allowed elements of the HTML below one `div`, under the few names that print and plain text know."""
    kept = nh3.clean(
        lines(html), tags=_ALLOWED, attributes={"a": {"href"}}, url_schemes=_SCHEMES, link_rel=None, strip_comments=True
    )
    if _depth(kept) > _DEEPEST:
        kept = nh3.clean(kept, tags=set())
    root = lxml.html.fragment_fromstring(kept, create_parent="div")
    for node in root.iter(*_RENAMED):
        name = str(node.tag)
        if name in ("td", "th"):
            node.tail = " " + (node.tail or "")
        elif name in _HEADINGS:
            node.set("class", "heading")
        node.tag = _RENAMED[name]
    return root
