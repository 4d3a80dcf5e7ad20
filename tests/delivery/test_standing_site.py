"""The archive of the public pages: every link in it leads somewhere, and nothing private or living is in it."""

from __future__ import annotations

import io
import posixpath
import zipfile
from pathlib import Path
from urllib.parse import unquote, urlsplit

import lxml.html
import pytest

from confapp.database import Mode
from confapp.delivery.standing_site import standing_site
from confapp.domain.release import releases
from confapp.domain.release.frozen import agenda
from confapp.web import ConfappFlask
from tests.agenda_scene import Programme
from tests.conftest import Transaction


@pytest.fixture
def programme(write: Transaction) -> Programme:
    """The scene, released."""
    with write():
        made = Programme()
        made.release()
    return made


def archive(app: ConfappFlask, write: Transaction, programme: Programme) -> zipfile.ZipFile:
    with write(Mode.READ):
        release = releases.current(programme.conference_id)
        assert release is not None
        whole = agenda(release)
    body = standing_site(app, whole, base_url="http://localhost", progress=lambda _done, _whole: None)
    return zipfile.ZipFile(io.BytesIO(body))


def test_every_link_in_it_leads_somewhere(app: ConfappFlask, write: Transaction, programme: Programme) -> None:
    held = archive(app, write, programme)
    names = set(held.namelist())
    assert {"index.html", "agenda.html", "agenda-list.html", "agenda.ics", "agenda.json"} <= names
    assert f"sessions/{programme.keynote.code}.html" in names
    inside = 0
    for name in names:
        if not name.endswith(".html"):
            continue
        page = lxml.html.document_fromstring(held.read(name).decode())
        assert page.xpath("//form | //script[not(@type='application/ld+json')] | //@hx-get") == []
        for link in page.xpath("//@href | //@src"):
            parts = urlsplit(link)
            if parts.scheme:
                assert parts.scheme in ("http", "https", "mailto", "webcal"), link
                continue
            if parts.path:
                inside += 1
                assert not parts.path.startswith("/"), (name, link)
                assert posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(parts.path))) in names
    assert inside > 20


def test_only_what_the_public_sees_is_in_it(app: ConfappFlask, write: Transaction, programme: Programme) -> None:
    held = archive(app, write, programme)
    assert not any(b"Secret exercise" in held.read(name) for name in held.namelist())
    again = archive(app, write, programme)
    assert {name: held.read(name) for name in held.namelist()} == {name: again.read(name) for name in again.namelist()}


def test_styles_come_with_what_they_need(app: ConfappFlask, write: Transaction, programme: Programme) -> None:
    names = archive(app, write, programme).namelist()
    assert any(name.startswith("static/") and name.endswith(".css") for name in names)
    assert any(Path(name).suffix == ".woff2" for name in names)
