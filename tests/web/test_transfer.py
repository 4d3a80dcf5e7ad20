"""Public texts travel compressed under one tag, private ones never; built files are kept for ever."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from confapp.web import ConfappFlask
from tests.agenda_scene import Programme
from tests.conftest import Transaction
from tests.factories import make_account, sign_in

GZIP = {"Accept-Encoding": "br, gzip"}

pytestmark = pytest.mark.sqlite


@pytest.fixture(autouse=True)
def programme(write: Transaction) -> None:
    """The scene, released."""
    with write():
        Programme().release()


@pytest.mark.parametrize("address", ["/summit/agenda", "/summit/agenda.ics"])
def test_public_texts_are_compressed(client: FlaskClient, address: str) -> None:
    plain, packed = client.get(address), client.get(address, headers=GZIP)
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) == packed.content_length < len(plain.data) / 2
    assert client.get(address, headers=GZIP).data == packed.data
    assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"
    assert packed.headers["ETag"] == f"W/{plain.headers['ETag']}"
    again = client.get(address, headers=GZIP | {"If-None-Match": packed.headers["ETag"]})
    assert (again.status_code, again.data, again.headers["Vary"]) == (304, b"", "Accept-Encoding")
    head = client.head(address, headers=GZIP)
    assert (head.data, head.headers["ETag"]) == (b"", packed.headers["ETag"])


def test_a_part_of_a_file_is_a_part_of_its_own_bytes(client: FlaskClient) -> None:
    whole = client.get("/summit/agenda.ics").data
    part = client.get("/summit/agenda.ics", headers=GZIP | {"Range": "bytes=5-9"})
    assert (part.status_code, part.data) == (206, whole[5:10])
    assert "Content-Encoding" not in part.headers


@pytest.mark.parametrize("refused", ["", "identity", "gzip;q=0"])
def test_who_cannot_read_it_gets_it_plain(client: FlaskClient, refused: str) -> None:
    answer = client.get("/summit/agenda", headers={"Accept-Encoding": refused})
    assert "Content-Encoding" not in answer.headers


def test_pages_of_one_person_are_never_compressed(client: FlaskClient, write: Transaction) -> None:
    with write():
        sign_in(client, make_account())
    for address in ("/accounts/", "/summit/register"):
        assert "Content-Encoding" not in client.get(address, headers=GZIP).headers


def test_short_answers_stay_as_they_are(client: FlaskClient) -> None:
    assert client.get("/healthz", headers=GZIP).data == b"alive\n"


def test_built_files_are_kept_for_ever(client: FlaskClient, app: ConfappFlask) -> None:
    manifest = json.loads(Path(str(app.static_folder), "manifest.json").read_text("utf-8"))
    with client.get(f"/static/{manifest['site.css']}", headers=GZIP) as answer:
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert gzip.decompress(answer.data) == Path(str(app.static_folder), manifest["site.css"]).read_bytes()
    parts = [each for folder in ("chunks", "media") for each in Path(str(app.static_folder), folder).glob("*.[jw]*")]
    assert {each.suffix for each in parts} >= {".js", ".woff2"}
    for part in parts[:3] + parts[-3:]:
        with client.get(f"/static/{part.parent.name}/{part.name}") as answer:
            assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    for name, kept in (("manifest.json", "no-cache"), ("fonts/NotoSans-Bold.ttf", "no-cache"), ("no.css", "no-store")):
        with client.get(f"/static/{name}") as answer:
            assert answer.headers["Cache-Control"] == kept
