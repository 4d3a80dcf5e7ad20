"""How a calendar is wanted, as its address says."""

from __future__ import annotations

from typing import Any

from flask import request

from confapp.domain.errors import N_, Invalid

LONGEST_ALARM = 7 * 24 * 60
CHOICES = {"cancelled": ("", "show", "hide"), "detail": ("", "brief", "full")}


def calendar_options() -> dict[str, Any]:
    """How a calendar is wanted, by the address: `?alarm=10&cancelled=hide&detail=full`. Raises Invalid."""
    errors: dict[str, Any] = {}
    for name, known in CHOICES.items():
        if request.args.get(name, "") not in known:
            errors[name] = [N_("Give %(one)s or %(other)s.", one=known[1], other=known[2])]
    made: dict[str, Any] = {}
    if alarm := request.args.get("alarm"):
        if not (alarm.isdecimal() and alarm.isascii() and len(alarm) < 6 and int(alarm) <= LONGEST_ALARM):
            errors["alarm"] = [N_("Give whole minutes, from 0 to %(most)s.", most=LONGEST_ALARM)]
        else:
            made["alarm"] = int(alarm)
    if errors:
        raise Invalid(errors)
    if request.args.get("cancelled") == "hide":
        made["with_cancelled"] = False
    if request.args.get("detail") == "full":
        made["is_full"] = True
    return made
