"""How answers travel: compressed where that tells no secret, and kept for ever where the name holds the content."""

from __future__ import annotations

import gzip
import json
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, current_app, request

from confapp import web

LEAST = 1000
"""Bytes below which compressing gains nothing."""
LEVEL = 5
TEXTS = frozenset(
    {"text/html", "text/css", "text/javascript", "text/calendar", "text/plain", "text/csv", "image/svg+xml"}
    | {"application/json", "application/problem+json", "application/xml", "application/atom+xml", "application/rss+xml"}
    | {"application/calendar+xml"}
)

NAMED_BY_CONTENT = ("chunks/", "media/")
"""Folders of what built files share or need (confapp/assets/build.mjs): the manifest names only those that pages do."""


def pack(response: Response) -> Response:
    """Compress a public text. Answers for one person are left alone: their length could tell secrets (BREACH)."""
    if request.endpoint == "static":
        _keep_for_ever(response)
    if response.mimetype not in TEXTS or response.status_code not in (200, 304) or not web.is_public_answer():
        return response
    response.vary.add("Accept-Encoding")
    if response.status_code == 304 or request.range or "Content-Encoding" in response.headers:
        return response
    if not request.accept_encodings["gzip"] or (response.content_length or 0) < LEAST:
        return response
    response.direct_passthrough = False
    tag, _is_weak = response.get_etag()
    response.set_data(gzip.compress(response.get_data(), LEVEL, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    response.headers.pop("Accept-Ranges", None)
    if tag:
        response.set_etag(tag, weak=True)  # the same words in other bytes (RFC 9110 section 8.8.1)
    return response


def _keep_for_ever(response: Response) -> None:
    """A built file is named after its content, and never changes."""
    folder = Path(current_app.static_folder or "")
    manifest = folder / "manifest.json"
    name = str((request.view_args or {}).get("filename"))
    if response.status_code not in (200, 304) or not manifest.exists():
        return
    if name.startswith(NAMED_BY_CONTENT) or name in _built(manifest, manifest.stat().st_mtime):
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"


@lru_cache(maxsize=4)
def _built(manifest: Path, _changed: float) -> frozenset[str]:
    names: dict[str, str] = json.loads(manifest.read_text(encoding="utf-8"))
    return frozenset(built for name, built in names.items() if built != name)


def init_app(app: Flask) -> None:
    """Let an app's answers travel so. To be called before `web.init_app`: what is registered later runs earlier."""
    app.after_request(pack)
