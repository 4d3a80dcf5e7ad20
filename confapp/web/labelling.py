"""What the fields of a form are called on its page, for the summary of errors above them."""

from __future__ import annotations

import re

from markupsafe import escape


class Labels:
    """A form whose fields say what they are called: later than the summary that is to name them."""

    def __init__(self) -> None:
        self._labels: dict[str, str] = {}

    def labelled(self, name: str, label: str) -> str:
        """Note what a field is called; '' for the page to write."""
        self._labels[name] = label
        return ""

    def fill(self, page: str) -> str:
        """The page with each error in its summary under its field's name."""

        def name(found: re.Match[str]) -> str:
            base, _, language = found[1].partition(".")
            label = self._labels.get(base)
            return str(escape(f"{label} ({language}): " if language else f"{label}: ")) if label else ""

        return _PLACE.sub(name, page)


_PLACE = re.compile("<!--label ([^>]*)-->")
