"""Readers of programme files: bytes in, a plan out; only `apply` acts upon a plan."""

from __future__ import annotations

import re
from collections.abc import Callable

from confapp.domain.errors import N_, Invalid
from confapp.imports.frab import read_frab
from confapp.imports.plan import Plan

FORMATS_READ = "frab or Pentabarf XML (schedule.xml)"
"""What a refusal names."""

_BOMS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


def read_programme(data: bytes, filename: str, *, timezone: str | None) -> Plan:
    """The plan of a programme file in whichever format it is; `timezone` as for that format's reader.

    Raises Invalid naming `file` for a format that is not read, and whatever the format's reader raises.
    """
    if not data.strip():
        raise Invalid({"file": [N_("The file %(filename)s is empty.", filename=filename)]})
    reader = _reader_for(_opening(data))
    if reader is None:
        raise Invalid(
            {
                "file": [
                    N_(
                        "%(filename)s is in no format that is read here: %(formats)s.",
                        filename=filename,
                        formats=FORMATS_READ,
                    )
                ]
            }
        )
    return reader(data, timezone=timezone)


def _reader_for(opening: str) -> Callable[..., Plan] | None:
    """The reader for a file that opens like this; web pages look like XML and are not."""
    if re.match(r"<(?!!doctype html|html)[?!a-z_]", opening, re.IGNORECASE):
        return read_frab
    return None


def _opening(data: bytes) -> str:
    """The first characters, as far as they can be told before the format is known."""
    head = data[:2_000]
    for mark, encoding in _BOMS.items():
        if head.startswith(mark):
            return head.removeprefix(mark).decode(encoding, "ignore").lstrip()
    return head.replace(b"\x00", b"").decode("latin-1").lstrip()
