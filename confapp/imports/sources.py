"""Where a programme's files come from: one file, a folder or a ZIP archive, read within bounds and never unpacked."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from confapp.domain.errors import N_, Invalid, TooLarge
from confapp.imports.plan import MAX_BYTES

Files = Mapping[str, bytes]
"""Bytes by name."""

MAX_FILES = 2_000
MAX_TOTAL = 60_000_000
"""Bytes of all files together, unpacked."""
_READ = {".json", ".xml", ".ics", ".ical", ".csv", ".tsv", ".txt", ""}
_SPREADSHEET = ("xl/workbook.xml", "content.xml")


def is_zip(data: bytes) -> bool:
    """Whether these bytes are an archive."""
    return data.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def _is_wanted(name: str) -> bool:
    """Whether a file can be part of a programme: no pictures, nothing hidden, nothing that only one system knows."""
    path = PurePosixPath(name)
    is_hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
    return not is_hidden and path.suffix.lower() in _READ


def unzipped(data: bytes, name: str) -> Files:
    """The files of an archive that can be part of a programme. Nothing is written, so paths lead nowhere.

    Raises Invalid, naming `file`, for what is damaged, encrypted, or a spreadsheet; TooLarge for too much.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [each for each in archive.infolist() if not each.is_dir()]
            if any(each.filename in _SPREADSHEET for each in entries):
                message = N_("%(name)s is a spreadsheet or document; save it as CSV and import that.", name=name)
                raise Invalid({"file": [message]})
            wanted = [each for each in entries if _is_wanted(each.filename)]
            _check(len(wanted), 0, name)
            found: dict[str, bytes] = {}
            total = 0
            for entry in wanted:
                if entry.flag_bits & 1:
                    raise Invalid({"file": [N_("%(name)s is encrypted; unpack it and import that.", name=name)]})
                with archive.open(entry) as packed:
                    # What the entry states of its size is not believed: a bomb lies.
                    body = packed.read(MAX_BYTES + 1)
                total += len(body)
                _check(len(found), total, entry.filename, size=len(body))
                found[entry.filename] = body
            return found
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        zlib.error,
        NotImplementedError,
        EOFError,
        OSError,
        ValueError,
    ) as fault:
        message = N_("%(name)s is a damaged archive: %(reason)s.", name=name, reason=str(fault))
        raise Invalid({"file": [message]}) from None


def files_in(folder: Path) -> Files:
    """The files below a folder that can be part of a programme; links are not followed. Raises as `unzipped` does."""
    found: dict[str, bytes] = {}
    total = 0
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if not _is_wanted(name) or path.is_symlink() or not path.is_file():
            continue
        total += path.stat().st_size
        _check(len(found), total, name, size=path.stat().st_size)
        found[name] = path.read_bytes()
    return found


def packed(files: Files) -> bytes:
    """Several files as one archive; equal files give equal bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name), body, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _check(count: int, total: int, name: str, size: int = 0) -> None:
    if count > MAX_FILES:
        raise TooLarge(N_("There are more than %(limit)d files.", limit=MAX_FILES))
    if size > MAX_BYTES:
        raise TooLarge(N_("%(name)s is larger than %(limit)d bytes.", name=name, limit=MAX_BYTES))
    if total > MAX_TOTAL:
        raise TooLarge(N_("The files have more than %(limit)d bytes together.", limit=MAX_TOTAL))
