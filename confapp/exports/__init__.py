"""Exports: frozen values in, bytes out; the table of kinds, and the name that holds all that made a file."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache
from importlib.metadata import version

from confapp.domain.agenda import Agenda, ConferenceFacts, Filter
from confapp.exports.ical import KEPT, calendar
from confapp.exports.schedule_json import schedule_json
from confapp.exports.schedule_xml import schedule_xml
from confapp.exports.tables import schedule_csv
from confapp.exports.wording import Translate
from confapp.exports.xcal import xcal


@dataclass(frozen=True, slots=True)
class Options:
    """How a file is wanted. A kind looks only at the fields it names; `translate` is gettext for `language`."""

    base_url: str
    language: str
    """BCP 47."""
    alarm: int | None = None
    """A calendar rings so many minutes before each session; None: never."""
    with_cancelled: bool = True
    """Whether a calendar tells of cancelled sessions for a while, so that subscribers see them go."""
    is_full: bool = False
    """Whether a calendar tells what few calendars read: HTML, links, people and rooms as components."""
    paper: str = "A4"
    """A key of `papers.PAPERS`."""
    attendee: str = ""
    """The name over a personal agenda."""
    translate: Translate = field(default=str, compare=False)
    pictures: Mapping[str, bytes] = field(default_factory=dict, compare=False)
    """Those that the agenda names, by SHA-256: logos and plans for print."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file. Raise `revision` with every change to its maker, its templates or its fonts."""

    suffix: str
    media_type: str
    maker: Callable[[Agenda, Options], bytes]
    revision: int
    is_heavy: bool
    """Seconds of work: made by the worker only, never inside a request."""
    options: tuple[str, ...]
    """The fields of `Options` on which its bytes depend."""
    libraries: tuple[str, ...]
    """The distributions whose version its bytes depend on."""
    is_pictured: bool = False
    """Whether it shows pictures."""


def _ics(agenda: Agenda, options: Options) -> bytes:
    return calendar(
        agenda,
        base_url=options.base_url,
        language=options.language,
        alarm=None if options.alarm is None else dt.timedelta(minutes=options.alarm),
        keep_cancelled=KEPT if options.with_cancelled else None,
        is_full=options.is_full,
        translate=options.translate,
    )


def _pdf(agenda: Agenda, options: Options) -> bytes:
    from confapp.exports.programme_pdf import (
        agenda_pdf,  # WeasyPrint: half a second and 60 MB that a web process never needs
    )

    return agenda_pdf(
        agenda,
        base_url=options.base_url,
        language=options.language,
        paper=options.paper,
        translate=options.translate,
        pictures=options.pictures,
    )


def _grid(agenda: Agenda, options: Options) -> bytes:
    from confapp.exports.programme_pdf import grid_pdf

    return grid_pdf(
        agenda,
        base_url=options.base_url,
        language=options.language,
        paper=options.paper,
        translate=options.translate,
    )


def _picks(agenda: Agenda, options: Options) -> bytes:
    from confapp.exports.pdf import personal_pdf

    return personal_pdf(
        agenda,
        options.attendee,
        base_url=options.base_url,
        language=options.language,
        paper=options.paper,
        translate=options.translate,
    )


def _told(maker: Callable[..., bytes]) -> Callable[[Agenda, Options], bytes]:
    """A maker that looks at the address and the language alone."""

    def make(agenda: Agenda, options: Options) -> bytes:
        return maker(agenda, base_url=options.base_url, language=options.language, translate=options.translate)

    return make


def _xcal(agenda: Agenda, options: Options) -> bytes:
    return xcal(_ics(agenda, replace(options, alarm=None, is_full=False)))


_EXCHANGED = ("lxml", "babel")
_PRINT = ("weasyprint", "pydyf", "fonttools", "babel", "icalendar")
KINDS: Mapping[str, Kind] = {
    "ics": Kind(
        suffix="ics",
        media_type="text/calendar; charset=utf-8",
        maker=_ics,
        revision=2,
        is_heavy=False,
        options=("base_url", "language", "alarm", "with_cancelled", "is_full"),
        libraries=("icalendar", "babel", "tzdata"),
    ),
    "xml": Kind(
        suffix="xml",
        media_type="application/xml; charset=utf-8",
        maker=_told(schedule_xml),
        revision=1,
        is_heavy=False,
        options=("base_url", "language"),
        libraries=_EXCHANGED,
    ),
    "json": Kind(
        suffix="json",
        media_type="application/json",
        maker=_told(schedule_json),
        revision=1,
        is_heavy=False,
        options=("base_url", "language"),
        libraries=_EXCHANGED,
    ),
    "csv": Kind(
        suffix="csv",
        media_type="text/csv; charset=utf-8",
        maker=_told(schedule_csv),
        revision=1,
        is_heavy=False,
        options=("base_url", "language"),
        libraries=_EXCHANGED,
    ),
    "xcal": Kind(
        suffix="xcal",
        media_type="application/calendar+xml; charset=utf-8",
        maker=_xcal,
        revision=1,
        is_heavy=False,
        options=("base_url", "language", "with_cancelled"),
        libraries=("icalendar", "lxml", "babel", "tzdata"),
    ),
    "pdf": Kind(
        suffix="pdf",
        media_type="application/pdf",
        maker=_pdf,
        revision=5,
        is_heavy=True,
        options=("base_url", "language", "paper"),
        libraries=(*_PRINT, "pillow"),
        is_pictured=True,
    ),
    "grid": Kind(
        suffix="pdf",
        media_type="application/pdf",
        maker=_grid,
        revision=3,
        is_heavy=True,
        options=("base_url", "language", "paper"),
        libraries=_PRINT,
    ),
    "picks": Kind(
        suffix="pdf",
        media_type="application/pdf",
        maker=_picks,
        revision=2,
        is_heavy=True,
        options=("base_url", "language", "paper", "attendee"),
        libraries=_PRINT,
    ),
}
"""Every kind of file made from an agenda: calendars, exchange, 'pdf' (the programme), 'grid' (days on sheets),
'picks' (an attendee's)."""


def make(kind: str, agenda: Agenda, options: Options) -> bytes:
    """The file of that kind (a key of `KINDS`) for an agenda already filtered. Raises KeyError for an unknown kind."""
    return KINDS[kind].maker(agenda, options)


def file_name(
    kind: str, *, facts: ConferenceFacts, release: int, redaction: int, wanted: Filter, options: Options
) -> str:
    """The name of that file, known without making it: a SHA-256 over all that its bytes follow from, and its suffix.

    Equal names mean equal bytes on every node, so the name is the storage key and, in quotes, the strong ETag. The
    conference's facts are part of it whole, since they may change between releases.
    """
    made = KINDS[kind]
    parts = {
        "kind": kind,
        "revision": made.revision,
        "libraries": _versions(made.libraries),
        "conference": _values(facts),
        "release": release,
        "redaction": redaction,
        "filter": _values(wanted),
        "options": {name: getattr(options, name) for name in made.options},
        "fonts": _fonts() if made.suffix == "pdf" else (),
    }
    return _name(parts, made.suffix)


def sheet_name(kind: str, revision: int, **parts: object) -> str:
    """The same for a printed sheet of which `parts` are all that its bytes follow from, beside the libraries."""
    libraries = _versions((*_PRINT, "segno"))
    return _name({"kind": kind, "revision": revision, "libraries": libraries, "fonts": _fonts(), "parts": parts}, "pdf")


def _name(parts: Mapping[str, object], suffix: str) -> str:
    canonical = json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)
    return f"{hashlib.sha256(canonical.encode()).hexdigest()}.{suffix}"


def _values(record: ConferenceFacts | Filter) -> dict[str, object]:
    return {each.name: getattr(record, each.name) for each in fields(record)}


def _plain(value: object) -> object:
    """What JSON has no form for: sets in order, everything else (UUIDs, dates, times, lengths of time) as its words."""
    if isinstance(value, (set, frozenset)):
        return sorted(str(each) for each in value)
    if isinstance(value, dt.timedelta):
        return value.total_seconds()
    if isinstance(value, Mapping):
        return dict(value)
    return str(value)


@lru_cache(maxsize=1)
def _fonts() -> tuple[tuple[str, int], ...]:
    """The bundled fonts with their sizes: whoever adds one (for Chinese, say) gets other files from then on."""
    from confapp.exports.fonts import FONTS

    return tuple((path.name, path.stat().st_size) for path in sorted(FONTS.glob("*.ttf")))


@lru_cache
def _versions(libraries: tuple[str, ...]) -> dict[str, str]:
    return {library: version(library) for library in libraries}
