"""The five addresses that every simple noun has: list, create, read, edit, delete; a noun says only what differs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response

from confapp.api.base import Blueprint, body, listed, shown
from confapp.domain.permissions import Permission
from confapp.domain.programme.conferences import Conference
from confapp.schemas.base import Schema
from confapp.web import allowed, me, now, permits

Values = dict[str, Any]


@dataclass(frozen=True)
class Noun:
    """What a noun of a conference is called and which questions and commands serve it."""

    name: str
    """In the singular, as in documentation; addresses add an s."""
    schema: type[Schema]
    edits: Permission
    all: Callable[[Conference], Sequence[Any]]
    one: Callable[[Conference, str], Any]
    create: Callable[[Conference, Values, Any, dt.datetime], Any]
    """(conference, values, by, now)"""
    edit: Callable[[Conference, Any, Values, Any, dt.datetime], None]
    """(conference, row, values, by, now)"""
    delete: Callable[[Conference, Any, Any, dt.datetime], None] | None = None
    """None: the noun is never deleted, only its state changes."""
    creates: Permission | None = None
    """Where making one takes more than editing one."""
    private: tuple[str, ...] = ()
    """Fields that only those see who may edit the noun: where somebody is reached."""
    deletes: Permission | None = None
    """Where deleting one takes more than editing one."""


def serve(blueprint: Blueprint, noun: Noun) -> None:
    """Give a noun its addresses under /api/conferences/<conference>/."""
    collection = f"/conferences/<conference>/{noun.name}s"
    member = f"{collection}/<identifier>"
    schema = noun.schema
    partial = schema(partial=True)

    def without(conference: Conference) -> tuple[str, ...]:
        return () if not noun.private or allowed(noun.edits, conference) else noun.private

    @blueprint.route(collection, endpoint=f"list_{noun.name}s", methods=["GET"])
    @permits(Permission.CONFERENCE_READ)
    @blueprint.alt_response(200, schema=schema(many=True), success=True)
    def list_rows(conference: Conference) -> Response:
        return listed(schema, noun.all(conference), without=without(conference))

    @blueprint.route(collection, endpoint=f"create_{noun.name}", methods=["POST"])
    @permits(noun.creates or noun.edits)
    @blueprint.takes(schema)
    @blueprint.alt_response(201, schema=schema, success=True)
    def create_row(conference: Conference) -> Response:
        return shown(schema, noun.create(conference, body(schema, conference), me(), now()), 201)

    @blueprint.route(member, endpoint=f"get_{noun.name}", methods=["GET"])
    @permits(Permission.CONFERENCE_READ)
    @blueprint.alt_response(200, schema=schema, success=True)
    def get_row(conference: Conference, identifier: str) -> Response:
        return shown(schema, noun.one(conference, identifier), without=without(conference))

    @blueprint.route(member, endpoint=f"edit_{noun.name}", methods=["PATCH"])
    @permits(noun.edits)
    @blueprint.takes(schema, partial=True)
    @blueprint.alt_response(200, schema=partial, success=True)
    def edit_row(conference: Conference, identifier: str) -> Response:
        row = noun.one(conference, identifier)
        noun.edit(conference, row, body(schema, conference, partial=True), me(), now())
        return shown(schema, row)

    views = [list_rows, create_row, get_row, edit_row]
    if noun.delete is not None:
        delete = noun.delete

        @blueprint.route(member, endpoint=f"delete_{noun.name}", methods=["DELETE"])
        @permits(noun.deletes or noun.edits)
        @blueprint.alt_response(204, success=True)
        def delete_row(conference: Conference, identifier: str) -> Response:
            delete(conference, noun.one(conference, identifier), me(), now())
            return Response(status=204)

        views.append(delete_row)
