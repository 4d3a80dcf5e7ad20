"""What the API's files share: documented bodies, partial edits, pages of lists, versions as ETags."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, TypeVar

import flask_smorest
from flask import Response, jsonify, make_response, request

from confapp.domain.errors import N_, Invalid
from confapp.domain.programme.conferences import Conference
from confapp.schemas.base import Schema
from confapp.web import load

View = TypeVar("View", bound=Callable[..., Any])

PAGE_SIZE = 100
LARGEST_PAGE = 1000
LAST_PAGE = 10**9
"""No list reaches so far, and databases still count its rows."""


class Blueprint(flask_smorest.Blueprint):
    """A part of the API; every address in it begins with /api."""

    def __init__(self, name: str, description: str) -> None:
        super().__init__(f"api_{name}", f"confapp.api.{name}", url_prefix="/api", description=description)

    def takes(self, schema: type[Schema], *, partial: bool = False) -> Callable[[View], View]:
        """Document the body; the view reads it with `body`, since the conference decides zone and languages."""
        content = {"application/json": {"schema": schema(partial=partial or None)}}
        documented: Callable[[View], View] = self.doc(
            requestBody={"content": content, "required": True}, security=[{"token": []}]
        )
        return documented


def spec_name(schema: Any) -> str:
    """The name of a schema in the description."""
    kind = schema if isinstance(schema, type) else type(schema)
    name = kind.__name__.removesuffix("Schema")
    return f"{name}Edit" if getattr(schema, "partial", False) else name


def body(schema: type[Schema], conference: Conference | None = None, *, partial: bool = False) -> dict[str, Any]:
    """The request's values, cleaned; of an edit only those that were sent. Raises Invalid."""
    context: dict[str, Any] = {"zone": conference.zone, "languages": conference.languages} if conference else {}
    return load(schema, partial=partial, **context)


def listed(schema: type[Schema], rows: Any, *, without: Collection[str] = ()) -> Response:
    """One page of a list: `?page=` from 1, `?page_size=` up to LARGEST_PAGE; `total` counts all.

    `without`: fields that the asker may not see.
    """
    page, size = page_asked()
    shown = rows[(page - 1) * size : page * size]
    return jsonify(
        {"items": schema(many=True, exclude=without).dump(shown), "total": len(rows), "page": page, "page_size": size}
    )


def page_asked() -> tuple[int, int]:
    """Which page of a list is asked for, and how long its pages are. Raises Invalid."""
    return min(_positive("page", 1), LAST_PAGE), min(_positive("page_size", PAGE_SIZE), LARGEST_PAGE)


def _positive(name: str, default: int) -> int:
    given = request.args.get(name)
    if given is None:
        return default
    number = _whole_number(given)
    if not number:
        raise Invalid({name: [N_("Give a number from 1.")]})
    return number


def _whole_number(words: str) -> int | None:
    """The number that is written in digits and nothing else; None for what is none, or longer than Python reads."""
    try:
        return int(words) if words.isdecimal() else None
    except ValueError:
        return None


def shown(schema: type[Schema], row: Any, status: int = 200, *, without: Collection[str] = ()) -> Response:
    """One thing; its version, where it has one, is the ETag to send back in If-Match. `without` as in `listed`."""
    response = make_response(jsonify(schema(exclude=without).dump(row)), status)
    if hasattr(row, "version"):
        response.set_etag(str(row.version))
    return response


def seen_version() -> int | None:
    """The version in If-Match: what the asker saw. Raises Invalid for one that is no version."""
    if not request.if_match or request.if_match.star_tag:
        return None
    tag = next(iter(request.if_match.as_set()), "")
    version = _whole_number(tag)
    if version is None:
        raise Invalid({"If-Match": [N_('Send the ETag that came with the thing, such as "3".')]})
    return version
