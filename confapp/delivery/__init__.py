"""Files made from releases: named by all that made them, so that they are made once, kept anywhere and never stale."""

from __future__ import annotations

import contextlib
import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from typing import Any, cast

from flask import Response, current_app, request, url_for
from flask_babel import force_locale, gettext

from confapp import exports
from confapp.config import Settings
from confapp.database import Mode, aside, transaction
from confapp.delivery.waiting import not_yet, wait_for
from confapp.domain import files
from confapp.domain.agenda import Agenda, Filter
from confapp.domain.files import Made, MadeFile, PrivateFile
from confapp.domain.papers import usual_paper
from confapp.domain.programme import conferences, pictures
from confapp.domain.release.frozen import Release, agenda, facts
from confapp.web import now
from confapp.web.rendering import UI_LANGUAGES

KEPT = dt.timedelta(days=30)
"""How long this machine keeps a copy of a file."""
PERSONAL_KEPT = dt.timedelta(days=1)
"""How long an attendee's file is kept: it names them, and is made again when they ask."""
UNMADE_KEPT = dt.timedelta(days=1)
"""How long a file that no worker knows how to make is still waited for."""


@dataclass(frozen=True)
class Wanted:
    """Which file: its kind (a key of `exports.KINDS`), part of the agenda, language, and the kind's own options.

    An attendee's name is never part of it, so that no row of work holds one: it is looked up by `registration`.
    """

    kind: str
    filter: Filter = Filter()  # noqa: RUF009 — a frozen value
    language: str = "en"
    options: dict[str, Any] = field(default_factory=dict)
    """Fields of `exports.Options`, JSON values only: the worker reads them."""
    registration: str | None = None
    """The UUID of the attendee whose personal file it is."""

    def spec(self) -> dict[str, Any]:
        """This as JSON, for the worker."""
        narrowed = {
            name: value.isoformat() if isinstance(value, dt.date) else value
            for name, value in vars_of(self.filter).items()
            if value is not None and name != "sessions"
        }
        if self.filter.sessions is not None:
            narrowed["sessions"] = sorted(str(session) for session in self.filter.sessions)
        return {
            "kind": self.kind,
            "filter": narrowed,
            "language": self.language,
            "options": self.options,
            "registration": self.registration,
        }

    @classmethod
    def of_spec(cls, spec: dict[str, Any]) -> Wanted:
        """What `spec` wrote."""
        narrowed = dict(spec["filter"])
        if "day" in narrowed:
            narrowed["day"] = dt.date.fromisoformat(narrowed["day"])
        if "sessions" in narrowed:
            narrowed["sessions"] = frozenset(uuid.UUID(session) for session in narrowed["sessions"])
        return cls(spec["kind"], Filter(**narrowed), spec["language"], spec["options"], spec["registration"])


def vars_of(wanted: Filter) -> dict[str, Any]:
    """A filter's fields by name."""
    return {each.name: getattr(wanted, each.name) for each in fields(wanted)}


def _settings() -> Settings:
    return cast(Settings, current_app.config["CONFAPP"])


def is_personal(kind: str) -> bool:
    """Whether files of this kind name an attendee."""
    return "attendee" in exports.KINDS[kind].options


def _table(kind: str) -> type[Made]:
    """Where files of this kind are kept: one that names an attendee lies outside the public fence."""
    return PrivateFile if is_personal(kind) else MadeFile


def _options(wanted: Wanted, attendee: str) -> exports.Options:
    return exports.Options(
        base_url=_settings().base_url, language=wanted.language, attendee=attendee, translate=gettext, **wanted.options
    )


def name_of(release: Release, wanted: Wanted, attendee: str = "") -> str:
    """The file's name: equal names have equal bytes, on every node and for ever."""
    return exports.file_name(
        wanted.kind,
        facts=facts(release),
        release=release.number,
        redaction=release.redaction,
        wanted=wanted.filter,
        options=_options(wanted, attendee),
    )


def make(whole: Agenda, wanted: Wanted, attendee: str = "") -> bytes:
    """The file's bytes; heavy kinds only ever in the worker or a command."""
    options = _options(wanted, attendee)
    if exports.KINDS[wanted.kind].is_pictured:
        options = replace(options, pictures=_pictures(whole))
    with force_locale(wanted.language if wanted.language in UI_LANGUAGES else UI_LANGUAGES[0]):
        return exports.make(wanted.kind, whole.filtered(wanted.filter), options)


def _pictures(whole: Agenda) -> dict[str, bytes]:
    """The logos and plans that the agenda names, read beside whatever transaction there is."""
    with aside(Mode.READ):
        conference = conferences.named(whole.conference.slug)
        return pictures.shown(conference.id, pictures.printed(whole))


def find(release: Release, wanted: Wanted, attendee: str = "", name: str = "") -> bytes | None:
    """The file's bytes: from this machine's cache, the database, or (light kinds) made now; None: not made yet.

    `name` is what `name_of` says, where the caller knows it.
    """
    name = name or name_of(release, wanted, attendee)
    copy = _settings().cache_folder / name[:2] / name
    is_kept = wanted.filter.sessions is None  # picks are many, small and soon others
    if is_kept:
        with contextlib.suppress(OSError):
            return copy.read_bytes()
    if exports.KINDS[wanted.kind].is_heavy:
        body = files.body_of(name, among=_table(wanted.kind))
    else:
        body = make(agenda(release), wanted, attendee)
    if body is not None and is_kept:
        with contextlib.suppress(OSError):
            copy.parent.mkdir(parents=True, exist_ok=True)
            fresh = copy.with_suffix(f".{uuid.uuid4().hex}")
            fresh.write_bytes(body)
            fresh.replace(copy)
    return body


def tidy(now: dt.datetime) -> None:
    """Remove this machine's copies older than KEPT, and older than PERSONAL_KEPT what is for few eyes."""
    with transaction():
        files.forget_private(before=now - PERSONAL_KEPT)
        files.forget_unmade(before=now - UNMADE_KEPT)
    for copy in _settings().cache_folder.glob("??/*"):
        with contextlib.suppress(OSError):
            if copy.stat().st_mtime < (now - KEPT).timestamp():
                copy.unlink()


def ask(release: Release, wanted: Wanted, attendee: str = "", *, now: dt.datetime) -> None:
    """Ask the worker for a file; asking again changes nothing."""
    files.ask(
        name_of(release, wanted, attendee),
        conference_id=release.conference_id,
        release=release.number,
        spec=wanted.spec(),
        media_type=exports.KINDS[wanted.kind].media_type,
        now=now,
        among=_table(wanted.kind),
    )


def wanted_at_release(release: Release) -> list[Wanted]:
    """The heavy files that are made as soon as a release stands: the whole agenda and each of its days."""
    whole = agenda(release)
    heavy = [kind for kind, facts in exports.KINDS.items() if facts.is_heavy and not is_personal(kind)]
    parts = [Filter(), *(Filter(day=day) for day in whole.days if len(whole.days) > 1)]
    language, paper = whole.conference.languages[0], {"paper": usual_paper(whole.conference.country)}
    return [Wanted(kind, part, language, paper) for kind in heavy for part in parts]


def make_for_release(release: Release, progress: Callable[[int, int], None], *, now: dt.datetime) -> None:
    """Make them here and now, without a worker, outside any write transaction; `progress` is told (done, of all)."""
    wanted = wanted_at_release(release)
    whole = agenda(release)
    for done, each in enumerate(wanted):
        progress(done, len(wanted))
        body = make(whole, each)
        with aside():
            ask(release, each, now=now)
            files.made(name_of(release, each), body, now=now)
    progress(len(wanted), len(wanted))


def answer(
    release: Release,
    wanted: Wanted,
    *,
    download: str,
    previous: Release | None = None,
    is_private: bool = False,
    is_attachment: bool = False,
    attendee: str = "",
) -> Response:
    """The file as an HTTP answer: 304 without touching its bytes, or the bytes, or 503 while the worker makes it.

    `download` is the file's name for people. Never answers with another release's bytes; the page that says "wait"
    links the previous release's file, labelled so.
    """
    kind = exports.KINDS[wanted.kind]
    name = name_of(release, wanted, attendee)
    if request.if_none_match.contains_weak(name):
        response = Response(status=304)
    elif (body := find(release, wanted, attendee, name) or _wait_for(release, wanted, attendee)) is None:
        response = _not_yet(release, wanted, attendee, previous)
    else:
        response = Response(body, content_type=kind.media_type)
        disposition = "attachment" if is_attachment else "inline"
        response.headers["Content-Disposition"] = f'{disposition}; filename="{download}"'
    if is_private:
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex"
    if response.status_code == 503:
        return response
    response.set_etag(name)
    if is_private:
        response.headers["Cache-Control"] = "private, no-cache"
    else:  # picks change the bytes and not this moment
        response.last_modified = release.changed_at
    if response.status_code == 304:
        return response
    return cast(Response, response.make_conditional(request, accept_ranges=True, complete_length=len(body or b"")))


def _wait_for(release: Release, wanted: Wanted, attendee: str) -> bytes | None:
    moment, name = now(), name_of(release, wanted, attendee)

    def asked() -> bool:
        ask(release, wanted, attendee, now=moment)
        return not files.is_given_up(name, among=_table(wanted.kind))

    return wait_for(asked, lambda: find(release, wanted, attendee))


def _not_yet(release: Release, wanted: Wanted, attendee: str, previous: Release | None) -> Response:
    alternative = None
    if previous is not None and files.is_made(name_of(previous, wanted)):
        words = gettext("Take the file of release %(number)s meanwhile", number=previous.number)
        alternative = (words, url_for("agenda.get_old_file", **_old(previous, wanted)))
    media_type = exports.KINDS[wanted.kind].media_type
    is_hopeless = files.is_given_up(name_of(release, wanted, attendee), among=_table(wanted.kind))
    return not_yet(media_type, is_hopeless=is_hopeless, alternative=alternative)


def _old(previous: Release, wanted: Wanted) -> dict[str, Any]:
    narrowed = {name: value for name, value in vars_of(wanted.filter).items() if value is not None}
    suffix = exports.KINDS[wanted.kind].suffix
    address = {"conference": previous.facts["slug"], "number": previous.number, "kind": suffix}
    if wanted.kind != suffix:
        address["view"] = wanted.kind
    if wanted.options.get("paper") != usual_paper(previous.facts.get("country")):
        address["paper"] = wanted.options["paper"].lower()
    if wanted.language != previous.facts["languages"][0]:
        address["language"] = wanted.language
    return address | narrowed
