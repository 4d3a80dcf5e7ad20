"""Foreign text made safe: HTML cut down to a small allowlist, plain words, single lines, and web addresses."""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache
from urllib.parse import urljoin, urlsplit

import nh3
from markdown_it import MarkdownIt

MAX_MARKUP = 100_000
"""Characters in one text. Longer ones are no abstract; readers leave them out and say so."""
MAX_TAGS = 2_000
"""Tags in one text. Parsing nested HTML takes time that grows with their square; beyond this only words are kept."""
MAX_ADDRESS = 2_000

_TAGS = {"p", "br", "ul", "ol", "li", "a", "em", "strong", "b", "i", "code", "pre", "blockquote"}
_TAGS |= {"h3", "h4", "h5", "h6"}
_DROPPED_WITH_CONTENT = {"script", "style", "iframe", "object", "svg", "math", "template", "textarea", "noscript"}
# The page's own headings are h1 and h2; the others are the nearest that the allowlist has.
_STAND_INS = {"h1": "h3", "h2": "h3", "tt": "code", "kbd": "code", "samp": "code"}
_STAND_INS |= dict.fromkeys(("div", "section", "article", "header", "footer", "tr", "dt", "dd", "figure"), "p")
_BLOCK = r"p|br|ul|ol|li|pre|blockquote|h[1-6]|div|section|article|header|footer|table|tr|dl|dt|dd|figure|hr"
_INLINE = r"a|em|strong|b|i|code|tt|kbd|samp|u|s|del|ins|small|sub|sup|span|font|img|abbr|cite|q|mark|big|center"

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
_TURNING = re.compile("[\u202a-\u202e]")
_BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and symbols by their category that show nothing: Hangul fillers and the empty Braille cell."""
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_ANY_TAG = re.compile(r"<[^<>]*>")
_TAG = re.compile(rf"</?(?:{_BLOCK}|{_INLINE}|{'|'.join(_DROPPED_WITH_CONTENT)})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_BLOCK_TAG = re.compile(rf"</?(?:{_BLOCK})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_KEPT_BLOCK = re.compile(r"<(?:p|ul|ol|li|pre|blockquote|h[3-6])>")
_BREAKING_TAG = re.compile(r"<(?:p|br|div|pre)(?:\s[^<>]*)?/?>", re.IGNORECASE)
_STAND_IN = re.compile(rf"(</?)({'|'.join(_STAND_INS)})(?=[\s/>])", re.IGNORECASE)
_ESCAPED_WHOLE = re.compile(rf"&lt;(?:{_BLOCK}|{_INLINE})(?:&gt;|\s|/).*&gt;", re.IGNORECASE | re.DOTALL)
_PRE = re.compile(r"(<pre>.*?</pre>)", re.DOTALL)
_EMPTIABLE = {f"</{name}>": f"<{name}>" for name in _TAGS - {"br", "code", "pre", "a"}}
_TOKENS = re.compile(r"<[^<>]*>|[^<]+|<")
_BLANK = re.compile(r"(?:\s|&nbsp;|<br>)*")
_END_OF_LINE = re.compile(r"<br>|</(?:p|li|pre|blockquote|h3|h4|h5|h6|ul|ol)>")
_OTHER_THAN_PARAGRAPHS = re.compile(r"<(?!/?p>|br>)")
_BETWEEN_PARAGRAPHS = re.compile(r"</p>\s*<p>")
_PASSES = 6
_WRAPPED = range(50, 90)
_ITEM = re.compile(r"[-*•+#>]|\(?\w{1,3}[.):]\s")
_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?([/?#]|$)", re.IGNORECASE)


def clean_html(text: str) -> str:
    """HTML that may be shown, made of `text`, which may be HTML, HTML escaped once too often, or plain text.

    Plain text becomes paragraphs and line breaks. Links keep http, https and mailto addresses only.
    Cleaning what is clean changes nothing.
    """
    text = printable(text)
    if not _TAG.search(text):
        stripped = text.strip()
        if not _ESCAPED_WHOLE.fullmatch(stripped):
            return _sanitized(_paragraphs(html.escape(_unescape(text), quote=False)))
        text = html.unescape(stripped)
    if text.count("<") > MAX_TAGS:
        return _sanitized(_paragraphs(html.escape(_unescape(_ANY_TAG.sub(" ", text)), quote=False)))
    if not _BREAKING_TAG.search(text):
        text = _paragraphs(text)
    return _sanitized(text)


def clean_markdown(text: str) -> str:
    """Like `clean_html` for sources that write Markdown (CommonMark, a line's end breaks the line)."""
    text = printable(text)
    if len(text) > MAX_MARKUP or text.count("<") > MAX_TAGS:
        return clean_html(text)
    return _sanitized(_markdown().render(text))


def plain_text(text: str) -> str:
    """The words of HTML: a line for each paragraph or item, without tags and entities."""
    text = printable(text)
    if text.count("<") > MAX_TAGS:
        bare = _ANY_TAG.sub(" ", text)
    else:
        marked = _stand_in(text)
        kept = nh3.clean(marked, tags=_TAGS, clean_content_tags=_DROPPED_WITH_CONTENT, attributes={}, link_rel=None)
        bare = _ANY_TAG.sub("", _END_OF_LINE.sub("\n", kept))
    lines = (" ".join(line.split()) for line in html.unescape(bare).splitlines())
    return printable("\n".join(line for line in lines if line))


def editable(html_text: str) -> str:
    """Clean HTML as somebody edits it: plain paragraphs where it has no other markup, else the HTML itself.

    `clean_html` of the result is the clean HTML again, so that saving an untouched form changes nothing.
    """
    if _OTHER_THAN_PARAGRAPHS.search(html_text):
        return html_text
    words = _BETWEEN_PARAGRAPHS.sub("\n\n", html_text.removeprefix("<p>").removesuffix("</p>"))
    written = words.replace("<br>", "\n")
    plain = (html.unescape(written), written)
    return next((text for text in plain if clean_html(text) == html_text), html_text)


def clean_line(text: str) -> str:
    """One line of plain text: spacing evened, control characters gone, entities that were escaped twice read."""
    return seen(" ".join(printable(_unescape(printable(text))).split()))


def web_address(text: str, base: str | None = None, *, bare_host: bool = True) -> str | None:
    """The absolute http(s) address that `text` means, or None.

    Relative addresses are resolved against `base`; '//host' becomes https, as does 'host.example/path' if `bare_host`.
    """
    address = re.sub(r"\s", "%20", clean_line(text))
    address = re.sub(r"^(https?)[:;]/*", lambda found: found[1].lower() + "://", address, flags=re.IGNORECASE)
    if address.startswith("//"):
        address = "https:" + address
    try:
        if address and not urlsplit(address).scheme:
            if bare_host and _HOST.match(address):
                address = "https://" + address
            elif base:
                address = urljoin(base, address)
        parts = urlsplit(address)
        usable = parts.scheme.lower() in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    return address if usable and len(address) <= MAX_ADDRESS else None


def seen(text: str) -> str:
    """`text` without what turns its neighbours around (bidirectional embeddings and overrides); '' if nobody sees it.

    Marks and isolates stay: names in Arabic or Hebrew need them.
    """
    text = _TURNING.sub("", text)
    return text if any(letter not in _BLANKS and unicodedata.category(letter)[0] not in "CZ" for letter in text) else ""


def printable(text: str) -> str:
    """`text` without control characters, lone surrogates and non-characters; lines end with \\n."""
    return _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _unescape(text: str) -> str:
    """Entities read once; only complete ones, so that 'R&D' and 'a&copy' stay."""
    return _ENTITY.sub(lambda found: html.unescape(found[0]), text)


def _stand_in(text: str) -> str:
    return _STAND_IN.sub(lambda found: found[1] + _STAND_INS[found[2].lower()], text)


def _paragraphs(text: str) -> str:
    """Blank lines part paragraphs and a line's end breaks the line; chunks with block tags stay as they are."""
    chunks = (chunk.strip() for chunk in re.split(r"\n[ \t\n]*\n", text))
    return "\n".join(_paragraph(chunk) for chunk in chunks if chunk)


def _paragraph(chunk: str) -> str:
    if _BLOCK_TAG.search(chunk):
        return chunk
    lines = [line.strip() for line in chunk.split("\n")]
    # Lines of one width are one paragraph that some editor wrapped, unless they are a list.
    wrapped = len(lines) > 2 and all(len(line) in _WRAPPED and not _ITEM.match(line) for line in lines[:-1])
    return "<p>" + (" " if wrapped else "<br>").join(lines) + "</p>"


def _sanitized(text: str) -> str:
    """`text` cut down to the allowlist. Misnested HTML may change at each reading: read until it rests."""
    for _ in range(_PASSES):
        cleaned = _sanitized_once(text)
        if cleaned == text:
            return cleaned
        text = cleaned
    return _sanitized_once(_paragraphs(html.escape(plain_text(text), quote=False)))


def _sanitized_once(text: str) -> str:
    cleaned = nh3.clean(
        _stand_in(text),
        tags=_TAGS,
        clean_content_tags=_DROPPED_WITH_CONTENT,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        url_relative="deny",
        link_rel="nofollow noopener noreferrer",
    )
    cleaned = _even(_without_dead_links(cleaned))
    return cleaned if _KEPT_BLOCK.search(cleaned) else _even(f"<p>{cleaned}</p>")


def _even(cleaned: str) -> str:
    return "".join(_even_part(part) for part in _PRE.split(cleaned)).strip()


def _even_part(part: str) -> str:
    """Paragraphs on lines of their own, no runs of blanks and breaks, no empty elements; in <pre> one blank line."""
    if part.startswith("<pre>"):
        return re.sub(r"\n(?:[ \t]*\n){2,}", "\n\n", re.sub(r"^<pre>\s*\n", "<pre>", part))
    part = _without_empty_elements(part)
    part = re.sub(r" ?\n[ \n]*", "\n", re.sub(r"[ \t]{2,}|\t", " ", part))
    part = re.sub(r"(?:<br>\s*){3,}", "<br><br>", part).replace("<br>\n", "<br>")
    return _BETWEEN_PARAGRAPHS.sub("</p>\n<p>", part)


def _without_dead_links(cleaned: str) -> str:
    """`cleaned` without links that lead nowhere and without links inside links; their words stay."""
    kept: list[str] = []
    alive: list[bool] = []
    for token in _TOKENS.findall(cleaned):
        if token.startswith("<a "):
            alive.append(token.startswith("<a href=") and not any(alive))
            if not alive[-1]:
                continue
        elif token == "</a>" and not (alive and alive.pop()):  # noqa: S105 (a tag)
            continue
        kept.append(token)
    return "".join(kept)


def _without_empty_elements(part: str) -> str:
    """`part` without elements that hold only blanks, breaks or such elements; in one pass, however deep they nest."""
    kept: list[str] = []
    for token in _TOKENS.findall(part):
        if token in _EMPTIABLE:
            last = len(kept) - 1
            while last >= 0 and _BLANK.fullmatch(kept[last]):
                last -= 1
            if last >= 0 and kept[last] == _EMPTIABLE[token]:
                del kept[last:]
                continue
        kept.append(token)
    return "".join(kept)


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True, "breaks": True})
