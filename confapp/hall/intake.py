"""Programme files on their way in: kept as sent, and put before the worker to be compared or imported."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from werkzeug.datastructures import FileStorage

from confapp.database import aside, db
from confapp.domain import files, jobs
from confapp.domain.errors import N_, Invalid
from confapp.domain.jobs import JobKind
from confapp.domain.people import Account
from confapp.domain.programme.conferences import Conference
from confapp.imports.plan import MAX_BYTES, check_size
from confapp.imports.sources import packed
from confapp.imports.zones import wanted_zone
from confapp.web import now

MEDIA_TYPE = "application/octet-stream"
NAME_LENGTH = 100


def received(sent: Sequence[FileStorage]) -> tuple[bytes, str]:
    """The bytes and the name of what was sent: one file as it is, several as one archive. Raises Invalid, TooLarge."""
    named = [each for each in sent if each.filename]
    if not named:
        raise Invalid({"file": [N_("Choose a file.")]})
    bodies = {f"{each.filename}"[-NAME_LENGTH:]: each.read(MAX_BYTES + 1) for each in named}
    if len(bodies) == 1:
        ((name, body),) = bodies.items()
        check(body, name)
        return body, name
    return packed(bodies), ", ".join(bodies)[:NAME_LENGTH]


def check(body: bytes, name: str) -> None:
    """Refuse what no worker need look at. Raises Invalid for nothing at all, TooLarge for too much."""
    check_size(body)
    if not body.strip():
        raise Invalid({"file": [N_("The file %(filename)s is empty.", filename=name)]})


def ask(
    conference: Conference,
    body: bytes,
    name: str,
    *,
    timezone: str,
    by: Account,
    columns: Mapping[str, str] | None = None,
    cancel: Iterable[str] = (),
    is_applied: bool = False,
) -> uuid.UUID:
    """Keep a file and have it compared, or with `is_applied` imported; the job's UUID. In a transaction of its own.

    `timezone` is the clock that its times are on; `columns` and `cancel` are as for `read_programme` and `prepare`.
    Raises Invalid for an unknown zone.
    """
    wanted_zone(timezone)
    moment, here, asker = now(), conference.id, by.id  # read before: aside, they would open another transaction
    with aside():
        spec: dict[str, Any] = {
            "sha256": files.keep(body, MEDIA_TYPE, now=moment).sha256,
            "name": name,
            "timezone": timezone,
            "columns": dict(columns or {}),
            "cancel": sorted(cancel),
            "is_applied": is_applied,
            "expected": None,
        }
        rows = db.session.get_one(Conference, here), db.session.get_one(Account, asker)
        return jobs.ask(JobKind.IMPORT, rows[0], spec, by=rows[1], now=moment).uuid
