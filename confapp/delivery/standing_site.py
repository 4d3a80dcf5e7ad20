"""A conference's public pages as an archive that any file server can serve: links relative, no scripts, no forms.

The pages are asked for as a stranger would, so nothing can be in it that the public does not see. What can still change
or be withdrawn (the press room, registration) stays a link to the living site.
"""

from __future__ import annotations

import contextvars
import io
import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qs, quote, urljoin, urlsplit

import lxml.html
from flask import Response

from confapp.domain.agenda import Agenda
from confapp.domain.errors import N_, Missing, NotNow
from confapp.domain.jobs import Job
from confapp.domain.programme.conferences import Conference
from confapp.domain.release import frozen, releases
from confapp.exports import KINDS
from confapp.web import ConfappFlask

FILES = tuple(kind for kind, facts in KINDS.items() if not facts.is_heavy)
_ADDRESSES = ("href", "src", "action")
_LIVING = (
    "//script[not(@type='application/ld+json')] | //form | //*[@data-agenda] | //*[@data-theme-toggle] | //noscript"
)
_IN_STYLES = re.compile(r"url\(\s*[\"']?([^\"')]+)[\"']?\s*\)")
_STAMP = (1980, 1, 1, 0, 0, 0)
"""One moment for all entries, so that equal pages make equal archives."""


def released(conference: Conference) -> tuple[Agenda, int]:
    """What the public reads of a conference, and the number of its release; raises NotNow where there is nothing."""
    release = releases.current(conference.id) if conference.is_public else None
    if release is None:
        raise NotNow(N_("%(slug)s has no public release yet.", slug=conference.slug))
    return frozen.agenda(release), release.number


def download(job: Job) -> Response:
    """The archive that a job made; raises Missing where none was."""
    if job.body is None or job.result is None:
        raise Missing()
    response = Response(job.body, mimetype="application/zip")
    name = f"{job.result['slug']}-release-{job.result['release']}.zip"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def addresses(agenda: Agenda) -> dict[str, str]:
    """The public addresses that belong into the archive, each with its place there."""
    home = f"/{quote(agenda.conference.slug)}/"
    found = {home: "index.html", f"{home}agenda": "agenda.html", f"{home}agenda?view=list": "agenda-list.html"}
    found |= {f"{home}agenda.{kind}": f"agenda.{KINDS[kind].suffix}" for kind in FILES}
    for folder, codes in (
        ("sessions", agenda.sessions),
        ("speakers", agenda.people),
        ("hosts", [host.slug for host in agenda.hosts]),
    ):
        found |= {f"{home}{folder}/{quote(code, safe='')}": f"{folder}/{code}.html" for code in codes}
    found |= {f"{home}sessions/{quote(code, safe='')}.ics": f"sessions/{code}.ics" for code in agenda.sessions}
    return found


def standing_site(app: ConfappFlask, agenda: Agenda, *, base_url: str, progress: Callable[[int, int], None]) -> bytes:
    """The archive, as ZIP; `progress` is told (done, of all). Raises NotNow where a page does not answer."""
    site = _Site(app, addresses(agenda), base_url)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for done, (address, place) in enumerate(site.places.items()):
            if done % 20 == 0:
                progress(done, len(site.places))
            _add(archive, place, site.read(address, place))
        for place, body in site.statics():
            _add(archive, place, body)
    progress(len(site.places), len(site.places))
    return buffer.getvalue()


def _add(archive: zipfile.ZipFile, place: str, body: bytes) -> None:
    archive.writestr(zipfile.ZipInfo(place, _STAMP), body, zipfile.ZIP_DEFLATED)


@dataclass
class _Site:
    """The pages, and what they turned out to need of the built files."""

    app: ConfappFlask
    places: dict[str, str]
    base_url: str
    needed: dict[str, None] = field(default_factory=dict)

    def _get(self, address: str) -> tuple[bytes, str]:
        """What a stranger is answered: in a context of its own, as nothing of ours may colour it."""
        return contextvars.Context().run(self._asked, address)

    def _asked(self, address: str) -> tuple[bytes, str]:
        with self.app.test_client().get(address, base_url=self.base_url) as answer:
            if answer.status_code != 200:
                raise NotNow(N_("%(address)s answered %(status)d.", address=address, status=answer.status_code))
            return answer.data, answer.mimetype or ""

    def read(self, address: str, place: str) -> bytes:
        """A page with relative links, or a file as it is."""
        body, kind = self._get(address)
        if kind != "text/html":
            return body
        page = lxml.html.document_fromstring(body.decode())
        for element in page.xpath(_LIVING):
            element.drop_tree()
        for element in page.xpath("//*[@*[starts-with(name(), 'hx-')]]"):
            for name in [name for name in element.attrib if name.startswith("hx-")]:
                del element.attrib[name]
        for element in page.iter():
            for name in _ADDRESSES:
                if isinstance(element.tag, str) and (link := element.get(name)):
                    element.set(name, self._pointed(link, address, place))
        return bytes(lxml.html.tostring(page, encoding="utf-8", doctype="<!doctype html>"))

    def _pointed(self, link: str, address: str, place: str) -> str:
        """Where a link leads from that place: within the archive, else to the living site."""
        whole = urljoin(self.base_url.rstrip("/") + address, link)
        parts, home = urlsplit(whole), urlsplit(self.base_url)
        if parts.scheme not in ("http", "https") or parts.netloc != home.netloc or link.startswith("#"):
            return link
        path = parts.path
        if path.startswith("/static/"):
            self.needed[path] = None
            return _relative(path.removeprefix("/"), place)
        target = self.places.get(f"{path}?{parts.query}") or self.places.get(path)
        if target is None:
            return whole
        day = parse_qs(parts.query).get("day", [""])[0]
        anchor = parts.fragment or (f"day-{day}" if day else "")
        return _relative(target, place) + (f"#{anchor}" if anchor else "")

    def statics(self) -> Iterator[tuple[str, bytes]]:
        """Built files that pages need, and those that their styles need."""
        waiting = list(self.needed)
        seen = set(waiting)
        while waiting:
            path = waiting.pop()
            body, kind = self._get(path)
            yield path.removeprefix("/"), body
            if kind == "text/css":
                for link in _IN_STYLES.findall(body.decode()):
                    inner = urlsplit(urljoin(path, link)).path
                    if not link.startswith("data:") and inner.startswith("/static/") and inner not in seen:
                        seen.add(inner)
                        waiting.append(inner)


def _relative(target: str, place: str) -> str:
    return quote(posixpath.relpath(target, posixpath.dirname(place) or "."))
