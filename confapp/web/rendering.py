"""How values look in templates: texts in the reader's language, moments on the conference's clock, assets by hash."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.lists import format_list
from flask import Flask, current_app, g, has_request_context, request, url_for
from flask_babel import get_locale
from markupsafe import Markup

from confapp.domain.texts import collate, in_language

TRANSLATIONS = Path(__file__).parents[1] / "translations"
UI_LANGUAGES = ("en", *sorted(catalogue.parts[-3] for catalogue in TRANSLATIONS.glob("*/LC_MESSAGES/messages.mo")))
"""The languages that the app itself speaks: English, and those with a compiled catalogue."""


def conference_languages() -> tuple[str, ...]:
    """The languages of the conference that this page is about, its first one first."""
    return tuple(g.conference.languages) if has_request_context() and "conference" in g else ()


def languages() -> tuple[str, ...]:
    """The languages to show texts in, most wanted first: the address's `?language=`, then the conference's."""
    asked = request.args.get("language") if has_request_context() else None
    return tuple(dict.fromkeys(([asked] if asked else []) + [*conference_languages(), *UI_LANGUAGES]))


def ui_language() -> str:
    """The language of the app's own words on this page: public answers depend on the address alone."""
    return next((language for language in languages() if language in UI_LANGUAGES), UI_LANGUAGES[0])


def text(texts: Mapping[str, str] | str | None) -> str:
    """A text in the reader's language."""
    return texts if isinstance(texts, str) else in_language(texts, languages())


def rich(texts: Mapping[str, str] | str | None) -> Markup:
    """A text that is HTML, cleaned when it was stored."""
    return Markup(text(texts))  # noqa: S704 — only ever cleaned HTML is stored in rich texts


def _zone(zone: ZoneInfo | str | None) -> ZoneInfo:
    if zone is None:
        return ZoneInfo(g.conference.timezone)
    return ZoneInfo(zone) if isinstance(zone, str) else zone


def local(moment: dt.datetime, zone: ZoneInfo | str | None = None) -> dt.datetime:
    """A moment on the conference's clock."""
    return moment.astimezone(_zone(zone))


def local_time(moment: dt.datetime, zone: ZoneInfo | str | None = None) -> str:
    """Hours and minutes on the conference's clock."""
    return format_time(local(moment, zone), "HH:mm", locale=get_locale())


def local_date(moment: dt.datetime | dt.date, zone: ZoneInfo | str | None = None) -> str:
    """A day in words, such as Monday 18 May 2026."""
    day = local(moment, zone).date() if isinstance(moment, dt.datetime) else moment
    return format_date(day, "EEEE d MMMM y", locale=get_locale())


def local_day(moment: dt.datetime | dt.date, zone: ZoneInfo | str | None = None) -> str:
    """A day in few words, such as Mon 18 May: for tables within one conference."""
    day = local(moment, zone).date() if isinstance(moment, dt.datetime) else moment
    return format_date(day, "EEE d MMM", locale=get_locale())


def local_stamp(moment: dt.datetime, zone: ZoneInfo | str | None = None) -> str:
    """Day and time in few words, such as 18 May 2026, 09:30: for lists of what happened when."""
    return f"{format_date(local(moment, zone).date(), 'd MMM y', locale=get_locale())}, {local_time(moment, zone)}"


def local_datetime(moment: dt.datetime, zone: ZoneInfo | str | None = None) -> str:
    """Day and time in words on the conference's clock."""
    return f"{local_date(moment, zone)}, {local_time(moment, zone)}"


def dates(conference: Any) -> str:
    """The days of a conference in words, such as 18–19 May 2026."""
    first, last = conference.starts_on, conference.ends_on
    locale = get_locale()
    whole = format_date(last, "d MMMM y", locale=locale)
    if first == last:
        return whole
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{whole}"
    return f"{format_date(first, 'd MMMM' if first.year == last.year else 'd MMMM y', locale=locale)} – {whole}"


def country(code: str) -> str:
    """The name of an ISO 3166-1 country in the reader's language; the code where nobody knows one."""
    return str(get_locale().territories.get(code, code))


NO_COUNTRIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})


def countries() -> list[tuple[str, str]]:
    """Every ISO 3166-1 country as (code, name in the reader's language), by name."""
    named = [
        (code, str(name))
        for code, name in get_locale().territories.items()
        if len(code) == 2 and code.isalpha() and code not in NO_COUNTRIES
    ]
    return sorted(named, key=lambda each: collate(each[1]))


def timezones() -> list[str]:
    """The IANA time zones that places have, by name; others are understood all the same."""
    return sorted(name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/")))


def language_name(tag: str) -> str:
    """The name of a BCP 47 language in the reader's language; the tag where nobody knows one."""
    try:
        return str(Locale.parse(tag, sep="-").get_display_name(get_locale()) or tag)
    except (UnknownLocaleError, ValueError):
        return tag


def direction(tag: str) -> str:
    """Which way a BCP 47 language is written: 'rtl' or 'ltr'."""
    try:
        return str(Locale.parse(tag, sep="-").text_direction)
    except (UnknownLocaleError, ValueError):
        return "ltr"


def data_block(facts: Any) -> Markup:
    """Facts for machines as JSON-LD. It is data and no script: the page's policy lets nothing in it run."""
    words = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
    for letter in "<>&":
        words = words.replace(letter, f"\\u{ord(letter):04x}")
    return Markup(f'<script type="application/ld+json">{words}</script>')  # noqa: S704 — nothing in it ends the block


def listed(words: list[str]) -> str:
    """Words as a list in the reader's language: a, b and c."""
    return format_list(words, locale=get_locale())


@lru_cache(maxsize=4)
def _manifest(folder: Path, _changed: float) -> dict[str, str]:
    manifest: dict[str, str] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return manifest


def asset(name: str) -> str:
    """The address of a built file by its logical name. Raises RuntimeError when the assets are not built."""
    return url_for("static", filename=asset_name(name))


def asset_name(name: str) -> str:
    """The name of a built file in the static folder. Raises RuntimeError when the assets are not built."""
    folder = Path(current_app.static_folder or "")
    path = folder / "manifest.json"
    if not path.exists():
        raise RuntimeError("The front end is not built yet: run `make assets`.")
    return _manifest(folder, path.stat().st_mtime)[name]


def init_app(app: Flask) -> None:
    """Give templates their filters and functions."""
    app.jinja_env.filters.update(
        text=text,
        rich=rich,
        local=local,
        local_time=local_time,
        local_date=local_date,
        local_datetime=local_datetime,
        local_day=local_day,
        local_stamp=local_stamp,
        listed=listed,
        country=country,
        language_name=language_name,
        direction=direction,
        data_block=data_block,
        moment=dt.datetime.fromisoformat,
    )
    app.jinja_env.globals.update(
        asset=asset,
        asset_name=asset_name,
        dates=dates,
        languages=languages,
        ui_language=ui_language,
        timezones=timezones,
    )
