"""Programme files on their way in: kept as sent, named by a signed token, compared as often as somebody looks."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.datastructures import FileStorage

from confapp.database import aside, db
from confapp.domain import files
from confapp.domain.errors import N_, Invalid, Missing
from confapp.domain.files import Blob
from confapp.domain.programme.conferences import Conference
from confapp.imports import read_programme, table_in
from confapp.imports.difference import Difference, prepare
from confapp.imports.plan import MAX_BYTES
from confapp.imports.sources import packed
from confapp.imports.tables import Table
from confapp.web import now

MEDIA_TYPE = "application/octet-stream"
NAME_LENGTH = 100


@dataclass(frozen=True)
class Upload:
    """What was uploaded for one conference: the zone that its times are in, and which column of a table holds what."""

    conference: int
    sha256: str
    name: str
    timezone: str
    columns: Mapping[str, str]

    @property
    def token(self) -> str:
        """What stands in the page's address: signed, since nobody shall have other uploads read."""
        values = [self.conference, self.sha256, self.name, self.timezone, dict(self.columns)]
        return str(_signer().dumps(values))

    @property
    def body(self) -> bytes:
        """The bytes that were kept; raises Missing."""
        blob = db.session.get(Blob, self.sha256)
        if blob is None:
            raise Missing()
        return blob.body

    def with_columns(self, columns: Mapping[str, str]) -> Upload:
        """The same file, read by other columns."""
        return replace(self, columns=dict(columns))


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(cast(str, current_app.secret_key), salt="programme-import")


def opened(conference: Conference, token: str) -> Upload:
    """The upload that a token names; raises Missing for one that is forged or another conference's."""
    try:
        upload = Upload(*_signer().loads(token))
    except (BadSignature, TypeError) as error:
        raise Missing() from error
    if upload.conference != conference.id:
        raise Missing()
    return upload


def received(sent: Sequence[FileStorage]) -> tuple[bytes, str]:
    """The bytes and the name of what was sent: one file as it is, several as one archive. Raises Invalid."""
    named = [each for each in sent if each.filename]
    if not named:
        raise Invalid({"file": [N_("Choose a file.")]})
    bodies = {f"{each.filename}"[-NAME_LENGTH:]: each.read(MAX_BYTES + 1) for each in named}
    if len(bodies) == 1:
        ((name, body),) = bodies.items()
        return body, name
    return packed(bodies), ", ".join(bodies)[:NAME_LENGTH]


def difference_of(
    conference: Conference, upload: Upload, body: bytes, *, cancel: Collection[str] | None = ()
) -> Difference:
    """What importing it would change now. Raises Invalid."""
    plan = read_programme(body, upload.name, timezone=upload.timezone, columns=upload.columns)
    return prepare(plan, conference, slug=conference.slug, cancel=cancel)


def keep(conference: Conference, body: bytes, name: str, timezone: str, columns: Mapping[str, str]) -> Upload:
    """Keep the bytes, in a transaction of their own."""
    with aside():
        blob = files.keep(body, MEDIA_TYPE, now=now())
        return Upload(conference.id, blob.sha256, name, timezone, dict(columns))


def table_of(upload: Upload) -> Table | None:
    """The table of sessions among what was uploaded, whose columns can be named; None for other formats."""
    return table_in(upload.body, upload.name)
