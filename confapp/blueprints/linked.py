"""Linked data in pages: a script element that holds data, which a browser does not run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import current_app
from markupsafe import Markup

from confapp.web.rendering import languages


def linked_script(maker: Callable[..., str], *values: Any) -> Markup:
    """The element for what a maker of `exports.linked_data` tells, in the page's language."""
    told = maker(*values, base_url=current_app.config["CONFAPP"].base_url, language=languages()[0])
    return Markup('<script type="application/ld+json">%s</script>') % Markup(told)  # noqa: S704 — escaped by its maker
