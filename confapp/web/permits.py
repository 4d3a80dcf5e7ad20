"""Permits: what each view demands before it runs, written beside it."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from flask import Flask

from confapp.domain.permissions import Permission


class Origin(enum.StrEnum):
    """How an unsafe request proves that a page of ours sent it."""

    TOKEN = "token"  # noqa: S105 — a name, no secret
    SAME_SITE = "same_site"
    """By the Origin and Sec-Fetch-Site headers: for forms on public pages, which are the same for everyone."""
    ADDRESS = "address"
    """By its address, which holds a secret that only a letter told: for mail programs that unsubscribe (RFC 8058)."""


@dataclass(frozen=True)
class Permit:
    """What a view demands before it runs."""

    permission: Permission
    is_public: bool = False
    """Whether it reads only behind the public fence and answers the same to everyone."""
    writes: bool = False
    """Whether even its safe methods write."""
    origin: Origin = Origin.TOKEN
    is_kept: bool = False
    """Whether its answer follows from its address, the conference's facts and its latest release alone, and so may be
    told again (`confapp.web.kept`): no clock, no press, nothing that another table holds."""


View = TypeVar("View", bound=Callable[..., Any])


def permits(
    permission: Permission,
    *,
    public: bool = False,
    writes: bool = False,
    origin: Origin = Origin.TOKEN,
    kept: bool = False,
) -> Callable[[View], View]:
    """Say who may use a view. A `conference` in its address arrives as the row that the asker may see.

    `kept` is for public views of a released agenda: see `Permit.is_kept`.
    """

    def mark(view: View) -> View:
        cast(Any, view).permit = Permit(permission, public, writes, origin, kept)
        return view

    return mark


FOREIGN: dict[str, Permit | None] = {"static": None}
"""Permits of views that libraries bring; None: no permission asked and no database touched."""


def permit_of(app: Flask, endpoint: str) -> Permit | None:
    """The permit of an endpoint. Raises LookupError for a view that names none: it is never served."""
    if endpoint in FOREIGN:
        return FOREIGN[endpoint]
    permit = getattr(app.view_functions[endpoint], "permit", None)
    if permit is None:
        raise LookupError(f"the view {endpoint} names no permission")
    return cast(Permit, permit)
