"""Bytes to text: finds the encoding, refuses what is no text, and cuts lines where every system cuts them."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field

from confapp.domain.errors import N_, Invalid, Message

MAX_BYTES = 5_000_000
MAX_LINES = 50_000
# Latin script in Windows-1252 has few letters beyond ASCII; another script read as Windows-1252 has little else.
MOST_ACCENTED = 0.25

_BINARY = (
    (b"%PDF-", "PDF"),
    (b"\xd0\xcf\x11\xe0", "Word 97-2003 (.doc)"),
    (b"{\\rtf", "RTF"),
    (b"PK\x03\x04", "ZIP"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"7z\xbc\xaf", "7-Zip"),
    (b"\xfd7zXZ", "xz"),
    (b"Rar!", "RAR"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"\x7fELF", "ELF"),
    (b"MZ\x90", "Windows program"),
    (b"ID3", "MP3"),
    (b"OggS", "Ogg"),
    (b"\x1aE\xdf\xa3", "Matroska"),
)
# UTF-32 before UTF-16: its little-endian mark begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LINE_END = re.compile(r"\r\n|[\n\r\v\f\x85\u2028\u2029]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_HIDDEN = re.compile(r"[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")


@dataclass(frozen=True)
class Line:
    """One line of the source with what its markup says of it."""

    number: int
    text: str
    heading: int = 0
    """1 for the first level, 0 for no heading."""
    chrome: bool = False
    """The markup says that it is page furniture (navigation, footer, form)."""
    hint: str = ""
    """`speaker`, `remark` or `scene` where a style of the source says so."""
    bold: str = ""
    """The bold words that it opens with."""

    @property
    def bare(self) -> str:
        """The text without space at either end."""
        return self.text.strip()

    @property
    def indent(self) -> int:
        """Columns of space before the first character; a tab counts four."""
        expanded = self.text.expandtabs(4)
        return len(expanded) - len(expanded.lstrip())


@dataclass(frozen=True)
class Decoded:
    """Text with what had to be done to get it."""

    text: str
    encoding: str
    warnings: list[Message] = field(default_factory=list)
    review: list[Message] = field(default_factory=list)


def refuse(message: Message) -> Invalid:
    """The refusal of a file, ready to raise."""
    return Invalid({"file": [message]})


def check_size(data: bytes) -> None:
    """Raises `Invalid` for nothing at all and for more than `MAX_BYTES`."""
    if not data:
        raise refuse(N_("The file is empty."))
    if len(data) > MAX_BYTES:
        raise refuse(
            N_(
                "The file has %(size)d bytes; a transcript may have %(limit)d at most. Cut it into parts.",
                size=len(data),
                limit=MAX_BYTES,
            )
        )


def decode(data: bytes, declared: str | None = None) -> Decoded:
    """Text out of bytes: a byte order mark first, then `declared`, UTF-8, UTF-16 without a mark, Windows-1252.

    Raises `Invalid` for binary formats, for bytes that fit no encoding, and for text that would be guesswork.
    """
    for magic, name in _BINARY:
        if data.startswith(magic):
            raise refuse(
                N_(
                    "This is a %(name)s file, no transcript. Save it as text, Markdown, HTML, .docx, .srt or .vtt.",
                    name=name,
                )
            )
    encoding, text = _decoded(data, declared)
    result = Decoded(_checked(text), encoding)
    if encoding == "windows-1252":
        result.warnings.append(N_("The file is not in UTF-8; it was read as Windows-1252."))
        result.review.append(N_("Look at accents, quotation marks and dashes: the encoding was concluded, not stated."))
    if result.text != text.removeprefix("\ufeff"):
        result.warnings.append(N_("Control characters that no text should hold were left out."))
    if _HIDDEN.search(result.text):
        result.review.append(
            N_("The text holds invisible characters (zero-width or direction marks); see that they belong there.")
        )
    return result


def _decoded(data: bytes, declared: str | None) -> tuple[str, str]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return encoding, data[len(mark) :].decode(encoding)
            except UnicodeDecodeError as error:
                raise refuse(
                    N_(
                        "The file says that it is %(encoding)s, but byte %(position)d is not.",
                        encoding=encoding,
                        position=error.start + len(mark) + 1,
                    )
                ) from None
    for encoding in filter(None, (_text_codec(declared), "utf-8")):
        try:
            text = data.decode(encoding)
        except (UnicodeDecodeError, ValueError):
            continue
        if "\x00" not in text:
            return encoding, text
    # Text in UTF-16 without a mark has a zero in every other byte wherever it is Latin.
    for encoding, zeros in (("utf-16-le", data[1::2]), ("utf-16-be", data[::2])):
        if len(data) % 2 == 0 and zeros.count(0) > len(zeros) * 0.4:
            try:
                return encoding, data.decode(encoding)
            except UnicodeDecodeError:
                continue
    if b"\x00" in data:
        raise refuse(N_("This is not text: it holds zero bytes or control characters. Save the transcript as text."))
    try:
        text = data.decode("windows-1252")
    except UnicodeDecodeError as error:
        raise refuse(
            N_("Byte %(position)d fits no encoding known here. Save the file as UTF-8.", position=error.start + 1)
        ) from None
    if sum(character > "\x7f" for character in text) > len(text) * MOST_ACCENTED:
        raise refuse(N_("The encoding of the file cannot be told. Save it as UTF-8."))
    return "windows-1252", text


def _text_codec(name: str | None) -> str | None:
    """The codec of that name if it makes text of bytes; what a page declares is not trusted to be one."""
    if name is None:
        return None
    try:
        codec = codecs.lookup(name.strip())
    except (LookupError, ValueError):
        return None
    # "_is_text_encoding" tells rot13 and zlib from encodings; those that escape are no page's encoding either.
    plain = getattr(codec, "_is_text_encoding", True) and codec.name not in {
        "idna", "mbcs", "oem", "punycode", "raw_unicode_escape", "undefined", "unicode_escape", "utf-7",
    }  # fmt: skip
    return codec.name if plain else None


def _checked(text: str) -> str:
    """`text` without stray control characters. Raises `Invalid` where they say that it is no text at all."""
    text = text.removeprefix("\ufeff")
    odd = len(_CONTROL.findall(text))
    if "\x00" in text or odd > max(8, len(text) // 200):
        raise refuse(N_("This is not text: it holds zero bytes or control characters. Save the transcript as text."))
    text = _CONTROL.sub("", text) if odd else text
    if not text.strip():
        raise refuse(N_("The file holds no words, only blanks."))
    return text


def cut_lines(text: str) -> list[Line]:
    """The lines of `text`, numbered from 1. Raises `Invalid` for more than `MAX_LINES`."""
    texts = _LINE_END.split(text)
    if texts and not texts[-1]:
        texts.pop()
    if len(texts) > MAX_LINES:
        raise refuse(N_("The file has %(lines)d lines; %(limit)d are the most.", lines=len(texts), limit=MAX_LINES))
    return [Line(number, line) for number, line in enumerate(texts, 1)]
