"""The zone that a file's times are read in: as asked for, else as the file names it, else refused with proposals."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Iterable

from confapp.domain.errors import N_, Invalid
from confapp.imports import times
from confapp.imports.plan import Remarks


def wanted_zone(asked: str) -> zoneinfo.ZoneInfo:
    """The zone of that name; raises Invalid naming `timezone` where there is none."""
    wanted = times.zone_named(asked)
    if wanted is None:
        message = N_("There is no time zone “%(name)s”; give one such as Europe/Brussels.", name=asked)
        raise Invalid({"timezone": [message]})
    return wanted


def settle_zone(
    named: str, asked: str | None, remarks: Remarks, *, moments: Iterable[dt.datetime], field: str, where: str
) -> tuple[zoneinfo.ZoneInfo, bool]:
    """The zone, and whether the file itself names that one; `moments` are aware ones of the file, to propose zones by.

    Raises Invalid naming `timezone` where nobody names one, or the asker names none that exists.
    """
    of_file = times.zone_named(named) if named else None
    if named and of_file is None:
        remarks.warn(where, field, N_("There is no such time zone; it was passed over."), named)
    if asked is not None:
        wanted = wanted_zone(asked)
        if of_file is not None and of_file.key != wanted.key:
            message = N_("The time zone that was asked for, %(zone)s, is another; it was taken.", zone=wanted.key)
            remarks.warn(where, field, message, of_file.key)
        return wanted, of_file is not None and of_file.key == wanted.key
    if of_file is not None:
        return of_file, True
    raise Invalid({"timezone": [_ask(moments)]})


def _ask(moments: Iterable[dt.datetime]) -> str:
    aware = [moment for moment in moments if moment.tzinfo is not None]
    if candidates := times.zones_for(aware) if aware else []:
        return N_(
            "The file gives offsets but names no time zone; give it with --timezone, such as %(candidates)s.",
            candidates=", ".join(candidates),
        )
    return N_("The file names no time zone; give it with --timezone, such as Europe/Brussels.")
