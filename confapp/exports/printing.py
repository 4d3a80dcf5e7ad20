"""From a template to a PDF/UA-1 file: one Jinja environment, one strict fetcher, bundled fonts, equal bytes."""

from __future__ import annotations

import datetime as dt
import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.request import url2pathname

import jinja2
import pydyf
import weasyprint
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from confapp.domain.papers import PAPERS
from confapp.exports.binding import Binding, Leaves
from confapp.exports.fonts import FONTS, printable, style_sheet
from confapp.exports.prose import printed
from confapp.exports.wording import direction

BULKY = 30
"""Pages of a part whose garbage is worth a look: while it is laid out the collector rests."""
_PACKAGE = Path(__file__).parent.parent
TEMPLATES = next(
    path for path in (_PACKAGE.parent / "templates", _PACKAGE / "templates") if (path / "exports").is_dir()
)


class OnlyFonts(URLFetcher):
    """Fetches the bundled fonts and refuses everything else, wherever a style or a hostile abstract points.

    `pictures`: what this house kept or drew for this very file, by the addresses under which it shows them.
    """

    def __init__(self, folder: Path = FONTS, pictures: Mapping[str, bytes] | None = None) -> None:
        super().__init__(allowed_protocols={"file"}, allow_redirects=False)
        self.folder = folder.resolve()
        self.pictures = pictures or {}

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        """The picture or font at that address; raises ValueError for any other address."""
        if url in self.pictures:
            return URLFetcherResponse(url, self.pictures[url], {"Content-Type": _media_type(self.pictures[url])})
        path = Path(url2pathname(url.removeprefix("file://"))).resolve() if url.startswith("file:///") else None
        if path is None or path.parent != self.folder or path.suffix != ".ttf":
            raise ValueError(f"PDFs are made of bundled fonts only, not of {url[:80]}")
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": "font/ttf"})


def _media_type(picture: bytes) -> str:
    """Of the three kinds that pictures here are of."""
    if picture.startswith(b"\x89PNG"):
        return "image/png"
    return "image/jpeg" if picture.startswith(b"\xff\xd8") else "image/svg+xml"


class Volume:
    """A PDF/UA-1 file (ISO 14289-1: tagged, with bookmarks) made of parts that are laid out one after another."""

    def __init__(
        self,
        *,
        styles: Sequence[str],
        paper: str,
        context: Mapping[str, object],
        is_landscape: bool = False,
        pictures: Mapping[str, bytes] | None = None,
    ) -> None:
        """`paper` is one of `papers.PAPERS`, `pictures` as in `OnlyFonts`.

        Raises ValueError for another paper, `FontsMissing` where assets are not built.
        """
        if paper not in PAPERS:
            raise ValueError(f"Paper is one of {', '.join(PAPERS)}, not {paper}")
        width, height = PAPERS[paper][::-1] if is_landscape else PAPERS[paper]
        size = f"@page {{ size: {width}mm {height}mm }}"
        css = "\n".join((style_sheet(), *(_style(name) for name in ("base.css", *styles)), size))
        self._context = context
        self._fetcher, self._fonts = OnlyFonts(pictures=pictures), FontConfiguration()
        self._sheet = weasyprint.CSS(string=css, font_config=self._fonts, url_fetcher=self._fetcher)
        self._binding = Binding()

    def add(
        self,
        template: str,
        *,
        first_page: int = 1,
        attachments: Sequence[weasyprint.Attachment] = (),
        **values: object,
    ) -> Leaves:
        """Lay out `templates/exports/<template>`, told the context and `values`, its pages counted from `first_page`.

        The template has to set `lang`, `<title>` and the dates of its metadata. Characters that no font draws are shown
        as U+FFFD.
        """
        page = _environment().get_template(f"exports/{template}").render(self._context, first_page=first_page, **values)
        taken: list[Leaves] = []

        def take(document: object, pdf: pydyf.PDF) -> None:
            """Bind what was laid out, and leave nothing to write."""
            _name_every_glyph(document, pdf)
            taken.append(self._binding.take(pdf))
            pdf.objects = pdf.objects[:1]

        with _uncollected():
            weasyprint.HTML(string=printable(page), url_fetcher=self._fetcher).write_pdf(
                finisher=take,
                stylesheets=[self._sheet],
                font_config=self._fonts,
                attachments=list(attachments),
                pdf_variant="pdf/ua-1",
            )
        if len(taken[0].pages) > BULKY:
            gc.collect()
        return taken[0]

    def bound(self, parts: Sequence[Leaves], *, front: int = 0) -> bytes:
        """The file, as `Binding.bound` says."""
        return self._binding.bound(parts, front=front)


def render(
    template: str,
    *,
    styles: Sequence[str],
    paper: str,
    context: Mapping[str, object],
    attachments: Sequence[weasyprint.Attachment] = (),
    pictures: Mapping[str, bytes] | None = None,
    **values: Any,
) -> bytes:
    """`templates/exports/<template>` as a PDF/UA-1 file of one part; arguments and errors are those of `Volume`."""
    volume = Volume(styles=styles, paper=paper, context=context, pictures=pictures)
    return volume.bound([volume.add(template, attachments=attachments, **values)])


@contextmanager
def _uncollected() -> Iterator[None]:
    """Let the garbage collector rest: layout makes millions of objects that live, and walking them takes a sixth."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def attachment(data: bytes, name: str, description: str, made_at: dt.datetime) -> weasyprint.Attachment:
    """A file to carry inside a PDF as the data behind what it shows."""
    return weasyprint.Attachment(
        string=data, name=name, description=description, created=made_at, modified=made_at, relationship="Data"
    )


def _name_every_glyph(document: object, pdf: pydyf.PDF) -> None:
    """Give glyphs that are only part of a letter (an accent, a dot) a character, as ISO 14289-1 section 7.21.7 asks.

    It is U+2060, which joins words and changes neither the shape of letters nor what is copied and searched.
    """
    for made in pdf.objects:
        if isinstance(made, pydyf.Stream) and b"begincmap" in made.stream:
            made.stream = [
                each[:-2] + b"<2060>" if isinstance(each, bytes) and each.endswith(b"> <>") else each
                for each in made.stream
            ]


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["printed"] = printed
    made.filters["direction"] = direction
    return made


def _style(name: str) -> str:
    return (TEMPLATES / "exports" / name).read_text(encoding="utf-8")
