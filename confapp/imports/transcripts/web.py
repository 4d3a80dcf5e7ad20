"""Reads a transcript from an HTML page: a printed record in <pre>, a news page by its anchors, or the main content."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from lxml import etree
from lxml import html as lxml_html
from readability import Document  # type: ignore[import-untyped]
from readability.readability import Unparseable  # type: ignore[import-untyped]

from confapp.domain.errors import N_
from confapp.imports.transcripts import anchors, plain, press
from confapp.imports.transcripts.decoding import MAX_LINES, Decoded, Line, refuse
from confapp.imports.transcripts.draft import Draft
from confapp.imports.transcripts.facts import find_date, vocabulary
from confapp.imports.transcripts.tags import check_tags

_START = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--(?:(?!-->).)*-->\s*)*<(?:!doctype\s+html|html|head|body|article|main|div|p|h1|pre)\b",
    re.I | re.S,
)
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.I)
_SILENT: Final = vocabulary(
    "script style template noscript svg math head iframe object embed canvas "
    "audio video select option textarea map dialog"
)
_FURNITURE: Final = vocabulary("nav footer aside form button menu")
_BLOCKS: Final = vocabulary(
    "address article aside blockquote body caption dd details div dl dt "
    "fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 "
    "header hr html li "
    "main menu nav ol p pre section summary table tbody td tfoot th thead tr ul button"
)
_FURNITURE_NAMES: Final = re.compile(
    r"(?:^|[\s_-])(?:cookie|consent|breadcrumbs?|sidebar|widget|social|share|sharing|newsletter|comments?|related|advert|ads?|promo|menu|navbar|skip-link|sr-only)(?:$|[\s_-])",
    re.I,
)
_RECORD_SHARE = 0.5


def looks_like_html(text: str) -> bool:
    """The text starts as a page does."""
    return _START.match(text[:5_000]) is not None


def declared_charset(data: bytes) -> str | None:
    """The character set that a page's head names."""
    match = _CHARSET.search(data[:4_096])
    return match[1].decode("ascii", "ignore") if match else None


def read(decoded: Decoded) -> Draft:
    """A filled draft. Lines are those that a reader sees, numbered from the top of the page.

    Raises `Invalid` for a page that cannot be parsed or shows no words. Nothing of it is run or fetched.
    """
    root = _parse(decoded.text)
    record = list(root.iter("pre"))
    shown = list(_shown(root))
    pre_lines = [line for element in record for line in _pre_lines(element)]
    is_record = bool(pre_lines) and _letters(pre_lines) > _letters(shown) * _RECORD_SHARE
    lines = [Line(number, text, **rest) for number, (text, rest) in enumerate(pre_lines if is_record else shown, 1)]
    if len(lines) > MAX_LINES:
        raise refuse(N_("The file has %(lines)d lines; %(limit)d are the most.", lines=len(lines), limit=MAX_LINES))
    draft = Draft("html", lines, set_in_lines=is_record)
    draft.language = (root.get("lang") or "")[:2].lower() or None
    if draft.language is not None and not draft.language.isalpha():
        draft.language = None
    if is_record:
        plain.read(draft, lines)
    elif anchors.looks_like_page(words := [line for line in lines if not line.chrome]):
        for line in lines:
            if line.chrome:
                draft.label(line.number, "chrome", 0.9)
        press.read(draft, words, closed=lines[-1].chrome)
    else:
        _read_main(draft, decoded.text)
    _read_metadata(draft, root)
    return draft


def _parse(text: str) -> Any:
    check_tags(text)
    # A declaration of an encoding is wrong by now: the text is decoded.
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text, count=1)
    try:
        root = lxml_html.document_fromstring(
            text, parser=lxml_html.HTMLParser(no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)
        )
    except (etree.LxmlError, ValueError, RecursionError) as error:
        raise refuse(N_("The page cannot be read: %(reason)s.", reason=type(error).__name__)) from None
    return root


def _letters(lines: Sequence[tuple[str, dict[str, Any]]]) -> int:
    return sum(len(text.strip()) for text, _ in lines)


def _pre_lines(element: Any) -> list[tuple[str, dict[str, Any]]]:
    return [(line.rstrip(), {}) for line in element.text_content().splitlines()]


def _shown(root: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every line that the page shows, in order, with what its tags say of it. No recursion: pages nest deeply."""
    body = root.find("body")
    gathered: list[str] = []
    bold: list[str] = []
    context: list[tuple[int, bool]] = [(0, False)]
    strong = 0
    leads = True  # nothing but bold words so far

    def flush() -> Iterator[tuple[str, dict[str, Any]]]:
        nonlocal leads
        heading, chrome = context[-1]
        for text in "".join(gathered).split("\n"):
            if text.strip():
                yield (
                    " ".join(text.split(" ")).strip(),
                    {"heading": heading, "chrome": chrome, "bold": "".join(bold).strip()},
                )
            bold.clear()
        bold.clear()
        gathered.clear()
        leads = True

    def add(text: str | None) -> None:
        nonlocal leads
        if text:
            flat = re.sub(r"[ \t\r\n\f]+", " ", text)
            if strong and leads:
                bold.append(flat)
            leads = leads and (strong > 0 or not flat.strip())
            gathered.append(flat)

    walk = etree.iterwalk(body if body is not None else root, events=("start", "end"))
    for event, element in walk:
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            if not tag or tag in _SILENT or _hidden(element):
                walk.skip_subtree()
                continue
            if tag in _BLOCKS:
                yield from flush()
                level = int(tag[1]) if re.fullmatch(r"h[1-6]", tag) else context[-1][0]
                context.append((level, context[-1][1] or _is_furniture(element)))
                if tag == "li":
                    gathered.append("• ")
            elif tag == "br":
                gathered.append("\n")
            strong += tag in {"b", "strong"}
            add(element.text)
        else:
            silent = not tag or tag in _SILENT or _hidden(element)
            if not silent:
                strong -= tag in {"b", "strong"}
                if tag in _BLOCKS:
                    yield from flush()
                    context.pop()
            if element is not body:
                add(element.tail)
    yield from flush()


def _hidden(element: Any) -> bool:
    style = (element.get("style") or "").replace(" ", "").lower()
    return element.get("hidden") is not None or "display:none" in style or "visibility:hidden" in style


def _is_furniture(element: Any) -> bool:
    if element.tag in _FURNITURE or element.get("role") in {
        "navigation",
        "banner",
        "contentinfo",
        "complementary",
        "search",
    }:
        return True
    if element.tag in {"body", "html", "main", "article"}:
        return False
    return _FURNITURE_NAMES.search(f"{element.get('class') or ''} {element.get('id') or ''}") is not None


def _read_main(draft: Draft, text: str) -> None:
    """Take the page's main content, as readability finds it; everything else is furniture."""
    try:
        summary = Document(text).summary(html_partial=True)
        main = lxml_html.fragment_fromstring(summary, create_parent="div")
        kept = {_squeezed(shown) for shown, _ in _shown(main)} - {""}
    except (Unparseable, etree.LxmlError, ValueError, RecursionError, TypeError, AttributeError, AssertionError):
        kept = set()
    if not kept:
        draft.review.append(N_("The page's main content could not be told from its furniture; look through the words."))
        plain.read(draft, draft.lines)
        return
    inside = [line for line in draft.lines if not line.chrome and _squeezed(line.text) in kept]
    first = inside[0].number if inside else 1
    last = inside[-1].number if inside else len(draft.lines)
    chosen: list[Line] = []
    for line in draft.lines:
        if line.chrome or not (line.heading == 1 or first <= line.number <= last):
            draft.label(line.number, "chrome", 0.8)
        else:
            chosen.append(line)
    draft.review.append(
        N_("The words were told from the rest of the page by its layout; see that they are whole and nothing else.")
    )
    plain.read(draft, chosen)


def _squeezed(text: str) -> str:
    return re.sub(r"[\s•]+", " ", text).strip()


def _read_metadata(draft: Draft, root: Any) -> None:
    """Title and date of the page where its text does not show them."""
    if draft.title is None:
        stated = root.xpath("//meta[@property='og:title']/@content") or [t.text_content() for t in root.iter("title")]
        draft.title = next((" ".join(str(title).split()) for title in stated if str(title).strip()), None)
        if draft.title is not None:
            draft.review.append(N_("The headline comes from the page's title; see that it is right."))
    if draft.published_on is None:
        stated = root.xpath(
            "//meta[@property='article:published_time' or @name='date' or @itemprop='datePublished']/@content"
            " | //time/@datetime"
        )
        reading = next((found for value in stated if (found := find_date(str(value))) is not None), None)
        draft.published_on = reading.value if reading else None
